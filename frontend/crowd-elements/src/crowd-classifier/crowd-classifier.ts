import type { PropertyDeclarations } from "lit";
import { singleChoiceValue } from "../defaults.ts";
import type { Json } from "../shared/answer.ts";
import type { Category } from "../shared/choice/categories.ts";
import { type Choice, NO_CHOICE, only } from "../shared/choice/choice.ts";
import { ChoiceWidget } from "../shared/choice/choice-widget.ts";
import { renderTargetRegion, TARGET_REGION } from "../shared/choice/target-region.ts";

/** What a `crowd-classifier` adds under its name. */
export type ClassifierAnswer = { label: string };

/** One category for anything that is not a picture. */
export class CrowdClassifier extends ChoiceWidget {
  static override regions = [...ChoiceWidget.regions, TARGET_REGION];
  static override properties: PropertyDeclarations = {
    initialValue: { attribute: "initial-value" },
  };
  /** The text of the category that is chosen from the start. */
  declare initialValue: string | undefined;

  protected override readonly multiple = false;

  protected override initialChoice(categories: readonly Category[]): Choice {
    const initial = categories.find((one) => one.text === this.initialValue);
    return initial ? only(initial.key) : NO_CHOICE;
  }

  protected override get submittable(): ClassifierAnswer | undefined {
    const [chosen] = this.chosen;
    return chosen && { label: chosen.text };
  }

  override get value(): Json | undefined {
    return singleChoiceValue(this.chosen[0]?.text);
  }

  protected override renderTarget() {
    return renderTargetRegion(this);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-classifier": CrowdClassifier;
  }
}
