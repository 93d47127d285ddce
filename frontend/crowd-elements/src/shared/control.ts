import { html, nothing, type PropertyDeclarations } from "lit";
import { ANSWER, type AnswerControl, type AnswerPart, type Json } from "./answer.ts";
import { DRAFT, type Drafting, type DraftPart } from "./draft.ts";
import { CrowdElement, labelOf } from "./element.ts";

/** A crowd element with a name and a value; what is worked with is a native control in its shadow root. */
export abstract class Control extends CrowdElement implements AnswerControl, Drafting {
  static override shadowRootOptions: ShadowRootInit = { mode: "open", delegatesFocus: true };
  static override properties: PropertyDeclarations = {
    name: { reflect: true },
    disabled: { type: Boolean, reflect: true },
    required: { type: Boolean, reflect: true },
    problem: { state: true },
  };
  declare name: string | undefined;
  declare disabled: boolean;
  declare required: boolean;
  declare problem: string;

  constructor() {
    super();
    this.disabled = false;
    this.required = false;
    this.problem = "";
  }

  abstract [ANSWER](): AnswerPart | undefined;

  /** What the worker has set, for the draft; `undefined` while it is what the attributes say. */
  protected abstract readDraft(): Json | undefined;

  protected abstract restoreDraft(state: Json): void;

  get [DRAFT](): DraftPart {
    return { read: () => this.readDraft(), restore: (state) => this.restoreDraft(state) };
  }

  /** Why the value may not be submitted; empty when it may. Not asked while disabled. */
  protected abstract findProblem(): string;

  abstract reset(): void;

  validate(): boolean {
    this.ensureRendered();
    this.problem = this.disabled ? "" : this.findProblem();
    return this.problem === "";
  }

  /** Tells the page of a change by the worker; a native `change` stays inside the shadow root. */
  protected announceChange(): void {
    if (this.problem) this.validate();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** For a native control whose label is not text in this element. */
  protected get accessibleName(): string | typeof nothing {
    return labelOf(this) || nothing;
  }

  protected renderProblem() {
    return this.problem
      ? html`<p class="error" id="error" dir="auto">${this.problem}</p>`
      : nothing;
  }
}
