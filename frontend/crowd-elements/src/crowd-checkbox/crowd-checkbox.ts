import { CheckControl } from "../shared/check-control.ts";

/** A check box with its label as content; gives `{value: on}` under its name. */
export class CrowdCheckbox extends CheckControl {
  protected override readonly type = "checkbox";
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-checkbox": CrowdCheckbox;
  }
}
