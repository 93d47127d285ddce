/**
 * `short-instructions` and `full-instructions` that stand in a form without a widget around them:
 * a panel, and a link that opens the full text. Inside a widget they fill its slots and show plainly.
 */
import { css, html, type PropertyDeclarations } from "lit";
import { DialogHost } from "../shared/dialog-host.ts";
import { CrowdElement } from "../shared/element.ts";
import { tokens } from "../shared/styles.ts";
import { widgetStrings } from "../shared/widget-strings.ts";

export class ShortInstructions extends CrowdElement {
  static override properties: PropertyDeclarations = { header: {} };
  declare header: string | undefined;

  static override styles = [
    tokens,
    css`
      :host {
        display: block;
      }
      details {
        margin: 0 0 12px;
        border: 1px solid var(--tk-hairline);
        border-radius: var(--tk-radius);
        background: var(--tk-raised);
        color: var(--tk-text);
      }
      summary {
        padding: 10px 16px;
        border-radius: var(--tk-radius);
        font-weight: 600;
        cursor: pointer;
      }
      .text {
        padding: 0 16px 12px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    if (this.slot) return html`<slot></slot>`;
    return html`<details open>
      <summary>${this.header || widgetStrings(this)("instructions")}</summary>
      <div class="text"><slot></slot></div>
    </details>`;
  }
}

export class FullInstructions extends DialogHost {
  static override properties: PropertyDeclarations = { header: {} };
  declare header: string | undefined;

  static override styles = [
    ...[DialogHost.styles].flat(),
    css`
      :host {
        display: block;
        margin-block-end: 12px;
      }
    `,
  ];

  override render() {
    if (this.slot) return html`<slot></slot>`;
    const t = widgetStrings(this);
    return html`
      ${this.renderOpener(t("moreInstructions"), "link", "moreInstructionsLink")}
      ${this.renderDialog(this.header || t("instructions"), html`<slot></slot>`)}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "full-instructions": FullInstructions;
    "short-instructions": ShortInstructions;
  }
}
