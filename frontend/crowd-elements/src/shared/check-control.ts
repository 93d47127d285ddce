import { css, html, nothing, type PropertyDeclarations } from "lit";
import { live } from "lit/directives/live.js";
import { ANSWER, type AnswerPart, type Json } from "./answer.ts";
import { Control } from "./control.ts";
import { errorText, tokens } from "./styles.ts";
import { validityStrings } from "./validity-strings.ts";

const INTERACTIVE =
  "a[href], button, input, select, textarea, label, summary, audio, video, iframe, [tabindex]";

/** The option of a control without a `value`. */
export const DEFAULT_OPTION = "on";

/** What is on or off under a value: check boxes, switches, radio buttons. */
export abstract class CheckControl extends Control {
  static override properties: PropertyDeclarations = {
    value: {},
    checked: { type: Boolean, noAccessor: true },
    reachable: { state: true },
  };
  declare value: string | null | undefined;
  /** Whether Tab stops here. */
  declare protected reachable: boolean;
  #checked = false;

  constructor() {
    super();
    this.reachable = true;
  }

  get checked(): boolean {
    return this.#checked;
  }

  set checked(on: boolean) {
    const before = this.#checked;
    this.#checked = Boolean(on);
    this.requestUpdate("checked", before);
    if (this.#checked && !before) this.turnedOn?.();
  }

  /** Called when it has been switched on, by whomever. */
  protected turnedOn?(): void;

  protected abstract readonly type: "checkbox" | "radio";
  protected readonly inputRole?: string;

  override [ANSWER](): AnswerPart {
    return { name: this.name ?? "", option: this.value ?? DEFAULT_OPTION, on: this.checked };
  }

  protected override findProblem(): string {
    return this.required && !this.checked ? validityStrings(this)("mustBeOn") : "";
  }

  override reset(): void {
    this.checked = this.hasAttribute("checked");
    this.problem = "";
  }

  protected override readDraft(): Json | undefined {
    return this.checked === this.hasAttribute("checked") ? undefined : this.checked;
  }

  protected override restoreDraft(state: Json): void {
    this.checked = state === true;
  }

  /** As a press on the box. */
  override click(): void {
    this.ensureRendered();
    const box = this.renderRoot?.querySelector("input");
    if (box) box.click();
    else super.click();
  }

  protected onChange(event: Event): void {
    this.checked = (event.target as HTMLInputElement).checked;
    this.announceChange();
  }

  /**
   * A press on the text works the control, unless it hits something that has a use of its own. It goes on as the press on
   * the box: handlers on the element hear of one press, before the change that it makes.
   */
  #onText(event: Event): void {
    const line = event.currentTarget as Element;
    for (const node of event.composedPath()) {
      if (node === line) break;
      if (node instanceof Element && node.matches(INTERACTIVE)) return;
    }
    if (event.defaultPrevented || this.disabled) return;
    event.stopPropagation();
    line.querySelector("input")?.click();
  }

  static override styles = [
    tokens,
    errorText,
    css`
      :host {
        display: inline-block;
        vertical-align: middle;
        max-inline-size: 100%;
      }
      .line {
        display: inline-flex;
        align-items: flex-start;
        gap: 10px;
        max-inline-size: 100%;
        min-block-size: 32px;
        padding-block: 4px;
        cursor: pointer;
      }
      :host([disabled]) .line {
        cursor: not-allowed;
      }
      :host([disabled]) #text {
        opacity: 0.65;
      }
      input {
        flex: none;
        inline-size: 24px;
        block-size: 24px;
        margin: 0;
        accent-color: var(--tk-accent);
        cursor: inherit;
      }
      #text {
        min-inline-size: 0;
        padding-inline-end: 12px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const named = this.hasAttribute("aria-label") || !this.textContent?.trim();
    return html`<span class="line" @click=${this.#onText}>
        <input
          type=${this.type}
          role=${this.inputRole ?? nothing}
          tabindex=${this.reachable ? nothing : "-1"}
          .checked=${live(this.checked)}
          ?disabled=${this.disabled}
          ?required=${this.required && this.type === "checkbox"}
          aria-label=${named ? this.accessibleName : nothing}
          aria-labelledby=${named ? nothing : "text"}
          aria-invalid=${this.problem ? "true" : nothing}
          aria-describedby=${this.problem ? "error" : nothing}
          @change=${this.onChange}
        />
        <span id="text"><slot @slotchange=${() => this.requestUpdate()}></slot></span>
      </span>
      ${this.renderProblem()}`;
  }
}
