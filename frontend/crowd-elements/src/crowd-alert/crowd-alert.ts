import { css, html, nothing, type PropertyDeclarations } from "lit";
import { icon, iconStyles } from "../iron-icon/icons.ts";
import { CrowdElement } from "../shared/element.ts";
import { focusNear } from "../shared/focus-near.ts";
import { tokens } from "../shared/styles.ts";
import { alertStrings } from "./strings.ts";

const ICONS: Readonly<Record<string, string>> = {
  info: "info",
  success: "check-circle",
  warning: "warning",
  error: "error",
};

export const ALERT_TYPES = Object.keys(ICONS);
export const DEFAULT_ALERT_TYPE = "info";

/** A message on the page. */
export class CrowdAlert extends CrowdElement {
  static override properties: PropertyDeclarations = {
    type: {},
    dismissible: { type: Boolean },
  };
  declare type: string | undefined;
  declare dismissible: boolean;

  constructor() {
    super();
    this.dismissible = false;
  }

  static override styles = [
    tokens,
    iconStyles,
    css`
      :host {
        display: block;
        margin-block: 8px;
      }
      .box {
        --mark: light-dark(#0a5ca8, #7cbcff);
        display: flex;
        align-items: flex-start;
        gap: 12px;
        padding: 10px 14px;
        border: 1px solid color-mix(in srgb, var(--mark) 45%, transparent);
        border-inline-start: 5px solid var(--mark);
        border-radius: var(--tk-radius);
        background: color-mix(in srgb, var(--mark) 9%, var(--tk-raised));
        color: var(--tk-text);
      }
      .success {
        --mark: light-dark(#1c6e36, #79d794);
      }
      .warning {
        --mark: light-dark(#8a5a00, #f3c35b);
      }
      .error {
        --mark: light-dark(#b3261e, #ffa49c);
      }
      .icon-svg {
        margin-block-start: 0.125em;
        color: var(--mark);
      }
      .text {
        flex: 1;
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      button {
        flex: none;
        display: grid;
        place-items: center;
        inline-size: 28px;
        block-size: 28px;
        margin-block: -2px;
        margin-inline: 0 -6px;
        padding: 0;
        border: 0;
        border-radius: 50%;
        background: none;
        color: inherit;
        cursor: pointer;
      }
      button:hover {
        background: color-mix(in srgb, currentColor 12%, transparent);
      }
      button .icon-svg {
        margin: 0;
        color: inherit;
      }
    `,
  ];

  override render() {
    const type = this.type && Object.hasOwn(ICONS, this.type) ? this.type : DEFAULT_ALERT_TYPE;
    const urgent = type === "error" || type === "warning";
    return html`<div class="box ${type}" role=${urgent ? "alert" : "status"}>
      ${icon(ICONS[type])}
      <div class="text"><slot></slot></div>
      ${
        this.dismissible
          ? html`<button type="button" aria-label=${alertStrings(this)("dismiss")} @click=${this.#dismiss}>
              ${icon("close")}
            </button>`
          : nothing
      }
    </div>`;
  }

  #dismiss(): void {
    // Only what a keyboard has brought there is carried on: a finger's press must not open a screen keyboard.
    const byKeyboard = this.renderRoot.querySelector("button:focus-visible") !== null;
    this.hidden = true;
    if (byKeyboard) focusNear(this);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-alert": CrowdAlert;
  }
}
