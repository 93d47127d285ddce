import { css, type PropertyDeclarations } from "lit";
import { RoundButton } from "../shared/round-button.ts";

/** A raised round button with a picture or one character. */
export class CrowdFab extends RoundButton {
  static override properties: PropertyDeclarations = { label: {} };
  declare label: string | undefined;

  protected override get accessibleName(): string | undefined {
    return this.getAttribute("aria-label") || this.title || this.label || super.accessibleName;
  }

  protected override renderPicture() {
    return this.icon ? super.renderPicture() : (this.label ?? "");
  }

  static override styles = [
    ...RoundButton.styles,
    css`
      button {
        inline-size: 52px;
        block-size: 52px;
        background: var(--tk-accent);
        color: var(--tk-on-accent);
        font-size: 1.25em;
        font-weight: 600;
        box-shadow: var(--tk-shadow);
      }
      button:hover {
        background: var(--tk-accent-strong);
      }
      button:disabled {
        background: var(--tk-quiet);
        color: var(--tk-muted);
        opacity: 1;
        box-shadow: none;
      }
      @media (forced-colors: active) {
        button {
          border-color: ButtonText;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-fab": CrowdFab;
  }
}
