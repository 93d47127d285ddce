import { RoundButton } from "../shared/round-button.ts";

/** A round button that is only a picture. */
export class CrowdIconButton extends RoundButton {}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-icon-button": CrowdIconButton;
  }
}
