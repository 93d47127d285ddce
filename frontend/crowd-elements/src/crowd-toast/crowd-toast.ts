import { css, html, type PropertyDeclarations } from "lit";
import { TOAST_DURATION } from "../defaults.ts";
import { CrowdElement } from "../shared/element.ts";
import { tokens } from "../shared/styles.ts";

/** The one toast that is to be seen. */
let shown: CrowdToast | undefined;

/** A brief notification at the lower edge. */
export class CrowdToast extends CrowdElement {
  static override properties: PropertyDeclarations = {
    duration: { type: Number },
    text: {},
    opened: { type: Boolean, reflect: true },
  };
  declare duration: number;
  declare text: string | undefined;
  declare opened: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.duration = TOAST_DURATION;
    this.opened = false;
  }

  open(): void {
    this.opened = true;
    this.#start();
  }

  show(): void {
    this.open();
  }

  close(): void {
    this.opened = false;
  }

  hide(): void {
    this.close();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    if (shown === this) shown = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.opened) this.#start();
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("opened")) return;
    if (this.opened) this.#start();
    else if (shown === this) shown = undefined;
  }

  #start(): void {
    if (shown !== this) shown?.close();
    shown = this;
    clearTimeout(this.#timer);
    if (this.duration > 0 && Number.isFinite(this.duration)) {
      this.#timer = setTimeout(() => this.close(), this.duration);
    }
  }

  static override styles = [
    tokens,
    css`
      :host {
        position: fixed;
        z-index: 2147483000;
        inset-block-end: 16px;
        inset-inline-start: 16px;
        max-inline-size: min(420px, calc(100% - 32px));
        /* It may lie over Submit: presses go through, but for what the template put into it. */
        pointer-events: none;
      }
      ::slotted(*) {
        pointer-events: auto;
      }
      :host(:not([opened])) {
        display: none;
      }
      .toast {
        padding: 12px 18px;
        border: 1px solid transparent;
        border-radius: var(--tk-radius);
        background: light-dark(#1d2833, #e8edf3);
        color: light-dark(#ffffff, #131a21);
        box-shadow: var(--tk-shadow);
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    return html`<div class="toast" role="status">${this.text}<slot></slot></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-toast": CrowdToast;
  }
}
