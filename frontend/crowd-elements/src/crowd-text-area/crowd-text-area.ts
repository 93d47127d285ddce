import { css, html, nothing, type PropertyDeclarations } from "lit";
import { live } from "lit/directives/live.js";
import { styleMap } from "lit/directives/style-map.js";
import { EMPTY_TEXT_AREA } from "../defaults.ts";
import { TextControl } from "../shared/text-control.ts";

/** A text field of several lines that grows with its text. */
export class CrowdTextArea extends TextControl {
  static override properties: PropertyDeclarations = {
    rows: { type: Number },
    maxRows: { type: Number, attribute: "max-rows" },
    charCounter: { type: Boolean, attribute: "char-counter" },
  };
  declare rows: number;
  declare maxRows: number;
  declare charCounter: boolean;

  constructor() {
    super();
    this.rows = 1;
    this.maxRows = 0;
    this.charCounter = false;
  }

  protected override get text(): string {
    return super.text.replace(/\r\n?/g, "\n");
  }

  protected override get emptyAnswer(): string | undefined {
    return EMPTY_TEXT_AREA;
  }

  static override styles = [
    ...TextControl.styles,
    css`
      textarea {
        --room: 20px;
        field-sizing: content;
        min-block-size: max(44px, calc(var(--rows) * 1lh + var(--room)));
        max-block-size: calc(var(--max-rows) * 1lh + var(--room));
        resize: vertical;
      }
      .labeled textarea {
        --room: 31px;
        min-block-size: max(54px, calc(var(--rows) * 1lh + var(--room)));
        /* The text scrolls below the label, not through it. */
        padding-block-start: 0;
        border-block-start-width: 23px;
        border-block-start-color: var(--tk-surface);
        box-shadow: 0 -1px 0 0 var(--tk-line);
      }
      @media (forced-colors: active) {
        .labeled textarea {
          padding-block-start: 23px;
          border-block-start-width: 1px;
        }
      }
    `,
  ];

  protected override renderField(described: string | typeof nothing) {
    const rows = this.rows > 0 ? this.rows : 1;
    return html`<textarea
      id="field"
      rows=${rows}
      style=${styleMap({
        "--rows": String(rows),
        "--max-rows": this.maxRows > 0 ? String(Math.max(this.maxRows, rows)) : undefined,
      })}
      .value=${live(this.text)}
      placeholder=${this.placeholder || nothing}
      maxlength=${this.maxLength ?? nothing}
      ?disabled=${this.disabled}
      ?required=${this.required}
      aria-label=${this.label ? nothing : this.accessibleName}
      aria-invalid=${this.problem ? "true" : nothing}
      aria-describedby=${described}
      @input=${this.onInput}
      @change=${this.onChange}
    ></textarea>`;
  }

  protected override renderBelow() {
    if (!this.charCounter) return nothing;
    const used = this.text.length;
    return html`<p class="counter">${this.maxLength ? `${used}/${this.maxLength}` : used}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-text-area": CrowdTextArea;
  }
}
