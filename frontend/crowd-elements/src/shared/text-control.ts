import { css, html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { ANSWER, type AnswerPart, type Json } from "./answer.ts";
import { Control } from "./control.ts";
import { errorText, tokens } from "./styles.ts";
import { problemOfNative } from "./validity.ts";
import { validityStrings } from "./validity-strings.ts";

type Field = HTMLInputElement | HTMLTextAreaElement;

/** A text field with a floating label. */
export abstract class TextControl extends Control {
  static override properties: PropertyDeclarations = {
    value: {},
    label: {},
    placeholder: {},
    errorMessage: { attribute: "error-message" },
    autoFocus: { type: Boolean, attribute: "auto-focus" },
    autoValidate: { type: Boolean, attribute: "auto-validate" },
    allowedPattern: { attribute: "allowed-pattern" },
    minLength: { type: Number, attribute: "min-length" },
    maxLength: { type: Number, attribute: "max-length" },
  };
  declare value: string | null | undefined;
  declare label: string | undefined;
  declare placeholder: string | undefined;
  declare errorMessage: string | undefined;
  declare autoFocus: boolean;
  declare autoValidate: boolean;
  declare allowedPattern: string | undefined;
  declare minLength: number | undefined;
  declare maxLength: number | undefined;

  constructor() {
    super();
    this.value = "";
    this.autoFocus = false;
    this.autoValidate = false;
  }

  protected get text(): string {
    return this.value === null || this.value === undefined ? "" : String(this.value);
  }

  protected get field(): Field | null {
    return this.renderRoot.querySelector<Field>("input, textarea");
  }

  /** The value in the answer when there is no text. */
  protected get emptyAnswer(): string | undefined {
    return undefined;
  }

  override [ANSWER](): AnswerPart | undefined {
    const value = this.text === "" ? this.emptyAnswer : this.text;
    return value === undefined ? undefined : { name: this.name ?? "", value };
  }

  protected override findProblem(): string {
    const { field } = this;
    // The field may be older than a value that a script set in this moment.
    if (field && field.value !== this.text && !field.validity.badInput) field.value = this.text;
    if (field && !field.validity.valid) {
      return this.errorMessage || problemOfNative(field);
    }
    const count = this.minLength ?? 0;
    if (this.text !== "" && this.text.length < count) {
      return this.errorMessage || validityStrings(this)("tooShort", { count });
    }
    return "";
  }

  override reset(): void {
    this.value = this.getAttribute("value") ?? "";
    this.problem = "";
  }

  protected override readDraft(): Json | undefined {
    return this.text === (this.getAttribute("value") ?? "") ? undefined : this.text;
  }

  protected override restoreDraft(state: Json): void {
    if (typeof state === "string") this.value = state;
  }

  protected override firstUpdated(): void {
    if (this.autoFocus) this.focus();
  }

  protected onInput(event: Event): void {
    const field = event.target as Field;
    if (!(event as InputEvent).isComposing) this.#dropForbidden(field);
    this.value = field.value;
    if (this.autoValidate || this.problem) this.validate();
  }

  protected onChange(): void {
    this.announceChange();
  }

  /** With `auto-validate`, characters that do not match `allowed-pattern` do not get in. */
  #dropForbidden(field: Field): void {
    if (!this.autoValidate || !this.allowedPattern) return;
    let allowed: RegExp;
    try {
      allowed = new RegExp(`^(?:${this.allowedPattern})$`, "u");
    } catch (error) {
      console.warn(`allowed-pattern="${this.allowedPattern}" is ignored: ${error}`);
      return;
    }
    const keep = (text: string) =>
      Array.from(text, (one) => (allowed.test(one) ? one : "")).join("");
    const kept = keep(field.value);
    if (kept === field.value) return;
    const caret = keep(field.value.slice(0, field.selectionStart ?? undefined)).length;
    field.value = kept;
    if (field.selectionStart !== null) field.setSelectionRange(caret, caret);
  }

  static override styles = [
    tokens,
    errorText,
    css`
      :host {
        display: block;
        margin-block: 8px;
      }
      .field {
        position: relative;
        display: block;
      }
      input,
      textarea {
        display: block;
        inline-size: 100%;
        min-block-size: 44px;
        margin: 0;
        padding: 9px 12px;
        border: 1px solid var(--tk-line);
        border-radius: var(--tk-radius);
        background: var(--tk-surface);
        color: var(--tk-text);
        font: inherit;
        line-height: 1.5;
      }
      .labeled :is(input, textarea) {
        min-block-size: 54px;
        padding-block: 23px 6px;
      }
      :is(input, textarea):focus-visible {
        outline-offset: -1px;
      }
      :is(input, textarea)[aria-invalid] {
        border-color: var(--tk-danger);
        box-shadow: inset 0 0 0 1px var(--tk-danger);
      }
      :is(input, textarea):disabled {
        border-color: var(--tk-hairline);
        background: var(--tk-quiet);
        color: var(--tk-muted);
      }
      ::placeholder {
        color: var(--tk-muted);
        opacity: 1;
      }
      label {
        position: absolute;
        inset-block-start: 15px;
        inset-inline: 13px;
        overflow: hidden;
        color: var(--tk-muted);
        line-height: 1.5;
        white-space: nowrap;
        text-overflow: ellipsis;
        pointer-events: none;
        transform-origin: 0 0;
        transition: scale 120ms, translate 120ms;
      }
      label:dir(rtl) {
        transform-origin: 100% 0;
      }
      .raised label,
      .field:focus-within label {
        scale: 0.8;
        translate: 0 -10px;
      }
      .required label::after {
        content: " *";
      }
      .below {
        display: flex;
        gap: 16px;
      }
      .below .error {
        flex: 1;
      }
      .counter {
        margin-block: 4px 0;
        margin-inline: auto 0;
        font-size: 0.875em;
        font-variant-numeric: tabular-nums;
        color: inherit;
      }
    `,
  ];

  /** Whether the field shows something even while it is empty. */
  protected get alwaysShowing(): boolean {
    return false;
  }

  /** The native field; `id="field"`. */
  protected abstract renderField(described: string | typeof nothing): TemplateResult;

  protected renderBelow(): TemplateResult | typeof nothing {
    return nothing;
  }

  override render() {
    const raised = this.text !== "" || Boolean(this.placeholder) || this.alwaysShowing;
    const classes = `field ${this.label ? "labeled" : ""} ${raised ? "raised" : ""} ${this.required ? "required" : ""}`;
    return html`<div class=${classes}>
        ${this.renderField(this.problem ? "error" : nothing)}
        ${this.label ? html`<label for="field">${this.label}</label>` : nothing}
      </div>
      <div class="below">${this.renderProblem()}${this.renderBelow()}</div>
      <slot></slot>`;
  }
}
