import type { PropertyDeclarations } from "lit";
import { CrowdElement } from "./element.ts";

/** An element that is a button: what is pressed is a native control in its shadow root. */
export abstract class ButtonHost extends CrowdElement {
  static override shadowRootOptions: ShadowRootInit = { mode: "open", delegatesFocus: true };
  static override properties: PropertyDeclarations = {
    disabled: { type: Boolean, reflect: true },
  };
  declare disabled: boolean;

  constructor() {
    super();
    this.disabled = false;
    // While capturing: the template's own handlers, also those from before the upgrade, come later.
    this.addEventListener("click", (event) => this.#guard(event), true);
  }

  protected get inactive(): boolean {
    return this.disabled;
  }

  /** What a click does once all handlers have run and none has prevented it. */
  protected activate?(): void;

  #guard(event: Event): void {
    if (this.inactive) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (this.activate) {
      setTimeout(() => {
        if (!event.defaultPrevented) this.activate?.();
      });
    }
  }
}
