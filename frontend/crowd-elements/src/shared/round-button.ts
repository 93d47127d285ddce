import { css, html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { iconOrImage, iconStyles } from "../iron-icon/icons.ts";
import { ButtonHost } from "./button-host.ts";
import { tokens } from "./styles.ts";

/** A round button with a picture. */
export abstract class RoundButton extends ButtonHost {
  static override properties: PropertyDeclarations = { icon: {} };
  declare icon: string | undefined;

  static override styles = [
    tokens,
    iconStyles,
    css`
      :host {
        display: inline-block;
        vertical-align: middle;
      }
      button {
        display: grid;
        place-items: center;
        inline-size: 40px;
        block-size: 40px;
        padding: 0;
        border: 1px solid transparent;
        border-radius: 50%;
        background: none;
        color: inherit;
        font: inherit;
        cursor: pointer;
        transition: background-color 120ms;
      }
      button:hover {
        background: color-mix(in srgb, currentColor 12%, transparent);
      }
      button:disabled {
        opacity: 0.45;
        cursor: not-allowed;
      }
      .icon-svg,
      img {
        inline-size: 24px;
        block-size: 24px;
      }
    `,
  ];

  protected renderPicture(): TemplateResult | string | typeof nothing {
    return iconOrImage(this.icon);
  }

  protected get accessibleName(): string | undefined {
    return this.getAttribute("aria-label") || this.title || this.icon?.replace(/^.*:/, "");
  }

  override render() {
    return html`<button
        type="button"
        ?disabled=${this.disabled}
        aria-label=${this.accessibleName || nothing}
      >
        ${this.renderPicture()}</button
      ><slot></slot>`;
  }
}
