import { css, html, nothing, type PropertyDeclarations } from "lit";
import { live } from "lit/directives/live.js";
import { TextControl } from "../shared/text-control.ts";

/** What the native field is without a `type`. */
export const DEFAULT_INPUT_TYPE = "text";

/** Types whose native field is never blank to look at. */
const SHOWING = ["date", "datetime-local", "month", "week", "time", "color", "range", "file"];

/** A one-line text field; gives its text, or nothing when empty. */
export class CrowdInput extends TextControl {
  static override properties: PropertyDeclarations = { type: { reflect: true } };
  declare type: string | undefined;

  protected override get alwaysShowing(): boolean {
    return SHOWING.includes(this.type ?? "");
  }

  /** Scripts write the hidden ones anew. */
  protected override readDraft() {
    return this.type?.toLowerCase() === "hidden" ? undefined : super.readDraft();
  }

  static override styles = [
    ...TextControl.styles,
    css`
      :host([type="hidden" i]) {
        display: none;
      }
    `,
  ];

  protected override renderField(described: string | typeof nothing) {
    return html`<input
      id="field"
      type=${this.type || DEFAULT_INPUT_TYPE}
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
    />`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-input": CrowdInput;
  }
}
