import { css, type PropertyDeclarations } from "lit";
import { CheckControl } from "../shared/check-control.ts";

/** A switch; answers as a check box does. */
export class CrowdToggleButton extends CheckControl {
  static override properties: PropertyDeclarations = {
    invalid: { type: Boolean, reflect: true },
  };
  declare invalid: boolean;

  protected override readonly type = "checkbox";
  protected override readonly inputRole = "switch";

  constructor() {
    super();
    this.invalid = false;
  }

  static override styles = [
    ...CheckControl.styles,
    css`
      @media not (forced-colors: active) {
        input {
          appearance: none;
          position: relative;
          inline-size: 44px;
          border: 1px solid var(--tk-line);
          border-radius: 12px;
          background: var(--tk-line);
          transition: background-color 140ms;
        }
        input::before {
          content: "";
          position: absolute;
          inset-block-start: 2px;
          inset-inline-start: 2px;
          inline-size: 18px;
          block-size: 18px;
          border-radius: 50%;
          background: light-dark(#ffffff, #10161d);
          transition: translate 140ms;
        }
        :host([invalid]) input:not(:checked) {
          border-color: var(--crowd-toggle-button-invalid-color, var(--tk-danger));
          background: var(--crowd-toggle-button-invalid-color, var(--tk-danger));
        }
        input:checked {
          border-color: var(--tk-accent);
          background: var(--tk-accent);
        }
        input:checked::before {
          translate: 20px 0;
        }
        input:dir(rtl):checked::before {
          translate: -20px 0;
        }
        input:disabled {
          opacity: 0.55;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-toggle-button": CrowdToggleButton;
  }
}
