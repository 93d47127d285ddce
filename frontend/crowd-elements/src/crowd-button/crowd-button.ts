import { css, html, nothing, type PropertyDeclarations } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";
import type { CrowdForm } from "../crowd-form/crowd-form.ts";
import { DEFAULT_BUTTON_VARIANT } from "../defaults.ts";
import { icon, iconStyles } from "../iron-icon/icons.ts";
import { ButtonHost } from "../shared/button-host.ts";
import { closestComposed } from "../shared/element.ts";
import { linkButton, pushButton, tokens } from "../shared/styles.ts";

export const BUTTON_VARIANTS = ["primary", "normal", "link", "icon"];

/** Whether it is the address of a place: a template's data must not become a script. */
function leadsSomewhere(href: string): boolean {
  try {
    return /^(https?|mailto|tel|blob):$/.test(new URL(href, document.baseURI).protocol);
  } catch {
    return false;
  }
}

/** A styled button; with `form-action` it submits or resets the crowd-form around it. */
export class CrowdButton extends ButtonHost {
  static override properties: PropertyDeclarations = {
    formAction: { attribute: "form-action", reflect: true },
    variant: { reflect: true },
    loading: { type: Boolean, reflect: true },
    href: {},
    target: {},
    icon: {},
    iconAlign: { attribute: "icon-align" },
    iconUrl: { attribute: "icon-url" },
  };
  declare formAction: string | undefined;
  declare variant: string | undefined;
  declare loading: boolean;
  declare href: string | undefined;
  declare target: string | undefined;
  declare icon: string | undefined;
  declare iconAlign: string | undefined;
  declare iconUrl: string | undefined;

  constructor() {
    super();
    this.loading = false;
  }

  protected override get inactive(): boolean {
    return this.disabled || this.loading;
  }

  /** As a press: follows `href` too. */
  override click(): void {
    this.ensureRendered();
    const control = this.renderRoot?.querySelector<HTMLElement>("a[href]");
    if (control) control.click();
    else super.click();
  }

  protected override activate(): void {
    const form = closestComposed(this, "crowd-form") as CrowdForm | null;
    if (this.formAction === "submit") form?.submit();
    else if (this.formAction === "reset") form?.reset();
  }

  static override styles = [
    tokens,
    pushButton,
    linkButton,
    iconStyles,
    css`
      :host {
        display: inline-block;
        margin-block: 2px;
        vertical-align: middle;
      }
      :host([data-testid="crowd-submit"]) {
        margin-block: 20px 4px;
      }
      .button.icon {
        min-inline-size: 38px;
        padding: 7px;
        border-color: transparent;
        background: none;
        color: inherit;
      }
      .button.icon:hover {
        background: var(--tk-quiet);
        color: var(--tk-text);
      }
      .link:disabled,
      .link[aria-disabled="true"] {
        color: var(--tk-muted);
        cursor: not-allowed;
      }
      .end {
        flex-direction: row-reverse;
      }
      img {
        inline-size: 1.25em;
        block-size: 1.25em;
        object-fit: contain;
      }
      .spinner {
        inline-size: 1em;
        block-size: 1em;
        border: 2px solid currentColor;
        border-inline-end-color: transparent;
        border-radius: 50%;
        animation: turn 800ms linear infinite;
      }
      @keyframes turn {
        to {
          rotate: 360deg;
        }
      }
    `,
  ];

  override render() {
    const variant = BUTTON_VARIANTS.includes(this.variant ?? "")
      ? (this.variant as string)
      : DEFAULT_BUTTON_VARIANT;
    const look = variant === "link" ? "link" : `button ${variant}`;
    const classes = `${look}${this.iconAlign === "right" ? " end" : ""}`;
    const label = this.getAttribute("aria-label") ?? (variant === "icon" ? this.#iconName() : null);
    const content = html`${this.#picture()}${
      variant === "icon" ? html`<slot hidden></slot>` : html`<slot></slot>`
    }`;
    return this.href !== undefined && leadsSomewhere(this.href) && !this.inactive
      ? html`<a
          class=${classes}
          href=${this.href}
          target=${ifDefined(this.target)}
          aria-label=${label ?? nothing}
          >${content}</a
        >`
      : html`<button
          type="button"
          class=${classes}
          ?disabled=${this.inactive}
          aria-busy=${this.loading ? "true" : nothing}
          aria-label=${label ?? nothing}
        >
          ${content}
        </button>`;
  }

  /** The accessible name of a button that shows no text. */
  #iconName(): string | null {
    return this.textContent?.trim() || this.title || this.icon || null;
  }

  #picture() {
    if (this.loading) return html`<span class="spinner" aria-hidden="true"></span>`;
    if (this.iconUrl) return html`<img src=${this.iconUrl} alt="" />`;
    return icon(this.icon);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-button": CrowdButton;
  }
}
