import { css, html } from "lit";
import { CheckControl } from "../shared/check-control.ts";
import { CrowdElement } from "../shared/element.ts";

const groupOf = (button: Element) => button.closest("crowd-radio-group") as CrowdRadioGroup | null;

/** One of its radio buttons at most is on, whatever their names. */
export class CrowdRadioGroup extends CrowdElement {
  constructor() {
    super();
    this.addEventListener("keydown", (event) => this.#onKey(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasAttribute("role")) this.setAttribute("role", "radiogroup");
  }

  /** Turns all others off. */
  picked(button: CrowdRadioButton): void {
    for (const other of this.#buttons()) {
      if (other !== button) other.checked = false;
    }
  }

  /** Tab stops once in the group: at the button that is on, or at the first. */
  arrangeTabStop(): void {
    const usable = this.#buttons().filter((button) => !button.disabled);
    const stop = usable.find((button) => button.checked) ?? usable[0];
    for (const button of this.#buttons()) button.setReachable(button === stop);
  }

  #buttons(): CrowdRadioButton[] {
    return Array.from(this.querySelectorAll<CrowdRadioButton>("crowd-radio-button")).filter(
      (button) => groupOf(button) === this && button instanceof CrowdRadioButton,
    );
  }

  #onKey(event: KeyboardEvent): void {
    // Right is back where lines run from right to left, as in native groups.
    const right = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const step = { ArrowDown: 1, ArrowRight: right, ArrowUp: -1, ArrowLeft: -right }[event.key];
    const usable = this.#buttons().filter((button) => !button.disabled);
    const at = usable.findIndex((button) => button.hasInput(event.composedPath()[0]));
    if (!step || at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = usable[(at + step + usable.length) % usable.length];
    next?.pick();
  }

  static override styles = css`
    :host {
      display: block;
    }
    :host([hidden]) {
      display: none;
    }
  `;

  override render() {
    return html`<slot></slot>`;
  }
}

/** A radio button; gives `{value: on}` under its own name. */
export class CrowdRadioButton extends CheckControl {
  protected override readonly type = "radio";

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.checked) this.turnedOn();
  }

  protected override turnedOn(): void {
    groupOf(this)?.picked(this);
  }

  protected override updated(): void {
    groupOf(this)?.arrangeTabStop();
  }

  setReachable(reachable: boolean): void {
    this.reachable = reachable;
  }

  hasInput(target: EventTarget | undefined): boolean {
    return target !== undefined && target === this.renderRoot.querySelector("input");
  }

  /** As by a press of the worker. */
  pick(): void {
    const input = this.renderRoot.querySelector("input");
    input?.focus();
    input?.click();
  }

  /** Required is not supported on radio buttons. */
  protected override findProblem(): string {
    return "";
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-radio-button": CrowdRadioButton;
    "crowd-radio-group": CrowdRadioGroup;
  }
}
