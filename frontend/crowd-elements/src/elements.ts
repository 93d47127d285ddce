/** Every tag of this build. crowd-form comes first, so that it moves its children before they are upgraded. */
import { CrowdButton } from "./crowd-button/crowd-button.ts";
import { CrowdForm } from "./crowd-form/crowd-form.ts";
import { FullInstructions, ShortInstructions } from "./instruction-regions/instruction-regions.ts";
import { IronIcon } from "./iron-icon/iron-icon.ts";
import { unsupportedWidgets } from "./unsupported-widget/unsupported-widget.ts";

export const elements: Readonly<Record<string, CustomElementConstructor>> = {
  "crowd-form": CrowdForm,
  "crowd-button": CrowdButton,
  "short-instructions": ShortInstructions,
  "full-instructions": FullInstructions,
  "iron-icon": IronIcon,
  ...unsupportedWidgets,
};
