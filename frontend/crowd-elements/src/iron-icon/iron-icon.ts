import { css, html, type PropertyDeclarations } from "lit";
import { CrowdElement } from "../shared/element.ts";
import { icon, iconStyles } from "./icons.ts";

/** `<iron-icon icon="search">`: a picture of the size of the text around it. */
export class IronIcon extends CrowdElement {
  static override properties: PropertyDeclarations = { icon: {} };
  declare icon: string | undefined;

  static override styles = [
    iconStyles,
    css`
      :host {
        display: inline-flex;
        vertical-align: middle;
      }
      :host([hidden]) {
        display: none;
      }
    `,
  ];

  override render() {
    return html`${icon(this.icon)}<slot></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "iron-icon": IronIcon;
  }
}
