import { css, html, nothing, type PropertyDeclarations } from "lit";
import { CrowdElement } from "../shared/element.ts";
import { tokens } from "../shared/styles.ts";

/** A raised box; templates bring their own padding. */
export class CrowdCard extends CrowdElement {
  static override properties: PropertyDeclarations = { heading: {}, image: {} };
  declare heading: string | undefined;
  declare image: string | undefined;

  static override styles = [
    tokens,
    css`
      :host {
        display: block;
        margin-block: 8px;
        overflow: hidden;
        border: 1px solid var(--tk-hairline);
        border-radius: 12px;
        background: var(--tk-raised);
        color: var(--tk-text);
        box-shadow: var(--tk-shadow);
      }
      img {
        display: block;
        inline-size: 100%;
        max-block-size: 360px;
        object-fit: cover;
      }
      h3 {
        margin: 0;
        padding: 14px 16px 6px;
        font-size: 1.2em;
        line-height: 1.35;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    return html`
      ${this.image ? html`<img src=${this.image} alt="" />` : nothing}
      ${this.heading ? html`<h3>${this.heading}</h3>` : nothing}
      <slot></slot>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-card": CrowdCard;
  }
}
