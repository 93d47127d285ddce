import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { ANSWER, type AnswerControl, type AnswerPart, type Json } from "./answer.ts";
import { dialogStyles, renderDialog } from "./dialog.ts";
import { DRAFT, type Drafting, type DraftPart } from "./draft.ts";
import { closestComposed } from "./element.ts";
import { joinHotKeys, type KeyTarget, keyLabel, listed, type Shortcut } from "./hot-keys.ts";
import { JsonElement } from "./json-attribute.ts";
import { linkedForm, linkedName } from "./linked-form.ts";
import { directionOf, languageOf } from "./strings.ts";
import { errorText, linkButton, pushButton, tokens } from "./styles.ts";
import { widgetStrings } from "./widget-strings.ts";
import { widgetStyles } from "./widget-styles.ts";

interface Submitting extends HTMLElement {
  readonly isSent: boolean;
  submit(): void;
}

/**
 * An element that fills the page: instructions at the side, a header, the work, a panel beside it, a footer with
 * Submit. A subclass draws the work and says what is submitted; the frame does the rest: dialogs, hot keys, faults,
 * announcements, the part in the answer and in the page's draft.
 */
export abstract class Widget extends JsonElement implements AnswerControl, KeyTarget, Drafting {
  static override properties: PropertyDeclarations = {
    name: { reflect: true },
    header: {},
    problem: { state: true },
  };
  declare name: string | undefined;
  declare header: string | undefined;
  /** Why the last try to submit failed, for the worker. */
  declare problem: string;

  /** Child tags that fill a slot of their own name. */
  static regions: readonly string[] = ["short-instructions", "full-instructions"];

  readonly #faults = new Map<string, string>();
  readonly #regionWatch = new MutationObserver(() => this.#slotRegions());
  #leaveHotKeys: (() => void) | undefined;
  #announcement = "";

  constructor() {
    super();
    this.problem = "";
  }

  // --- what a subclass gives

  /** The work itself. */
  protected abstract renderWork(): TemplateResult;

  /** Beside the work, below it on narrow pages: labels, categories, what has been done. */
  protected renderPanel(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** A row of tools above the work. */
  protected renderTools(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** In the footer, before Submit. */
  protected renderExtras(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** What would be submitted now: a fresh object, which its reader may change. `undefined`: nothing. */
  protected abstract get submittable(): Json | undefined;

  /** Why it may not be submitted now, for the worker; empty when it may. */
  protected abstract findProblem(): string;

  /** What the worker has done, in full; `undefined` while that is nothing. */
  protected abstract readDraft(): Json | undefined;

  /** Puts back what `readDraft` gave on an earlier view of the same task. Untrusted: what does not fit is left out. */
  protected abstract restoreDraft(state: Json): void;

  /** Back to what the attributes say. */
  abstract reset(): void;

  /** The widget's own keys; those of the frame come on top. */
  protected get workShortcuts(): readonly Shortcut[] {
    return [];
  }

  /** Where the focus goes when a submission is refused. */
  protected focusWork(): void {
    const first = this.renderRoot.querySelector<HTMLElement>(
      ".annotation-area :is(button, input, [tabindex='0']), .panel :is(button, input, [tabindex='0'])",
    );
    first?.focus();
  }

  // --- what a subclass calls

  /** The worker has changed the answer. */
  protected changed(): void {
    if (this.problem) this.validate();
    this.requestUpdate();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Tells people who use a screen reader, when there is nothing to see that has the focus. */
  protected announce(text: string): void {
    // The same text twice is only heard when it differs.
    this.#announcement = this.#announcement === text ? `${text}\u00a0` : text;
    const region = this.renderRoot?.querySelector("#announcements");
    if (region) region.textContent = this.#announcement;
  }

  /** Shows what is wrong with the page's data, once in the console too; without a message the fault is over. */
  protected fault(about: string, message?: string): void {
    if (this.#faults.get(about) === message) return;
    if (message) {
      this.#faults.set(about, message);
      console.error(`<${this.localName}> ${message}`);
    } else {
      this.#faults.delete(about);
    }
    this.requestUpdate();
  }

  /** The frame's own texts. */
  protected get frameText() {
    return widgetStrings(this);
  }

  // --- for the page

  /** The object that would be submitted now. */
  get _submittableValue(): Json | undefined {
    return this.submittable;
  }

  get value(): Json | undefined {
    return this.submittable;
  }

  /** All keys that work on this widget. */
  get shortcuts(): readonly Shortcut[] {
    const t = this.frameText;
    return [
      ...this.workShortcuts,
      { keys: ["i"], label: t("showInstructions"), run: () => this.#openInstructions() },
      { keys: ["?"], label: t("showShortcuts"), run: () => this.#show("shortcuts") },
      { keys: ["Mod+Enter"], label: t("submit"), run: () => this.#submit() },
    ];
  }

  get isSent(): boolean {
    return this.#form?.isSent ?? false;
  }

  [ANSWER](): AnswerPart | undefined {
    const value = this.submittable;
    return value === undefined ? undefined : { name: this.name || linkedName(this), value };
  }

  get [DRAFT](): DraftPart {
    return { read: () => this.readDraft(), restore: (state) => this.restoreDraft(state) };
  }

  validate(): boolean {
    this.ensureRendered();
    this.problem = this.findProblem();
    return this.problem === "";
  }

  override focus(): void {
    this.ensureRendered();
    this.focusWork();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#slotRegions();
    this.#regionWatch.observe(this, { childList: true });
    this.#leaveHotKeys = joinHotKeys(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#regionWatch.disconnect();
    this.#leaveHotKeys?.();
  }

  /** Each region gets its own name as slot, as at run time in the service. */
  #slotRegions(): void {
    const { regions } = this.constructor as typeof Widget;
    for (const child of this.children) {
      if (regions.includes(child.localName)) child.slot = child.localName;
    }
    this.requestUpdate();
  }

  #region(tag: string): Element | undefined {
    return Array.from(this.children).find((child) => child.localName === tag);
  }

  /** The form around it, the one in its own shadow root, or the one that it names. */
  get #form(): Submitting | null {
    const inside = this.renderRoot.querySelector("#actionsContainer");
    const around = inside && closestComposed(inside, "crowd-form");
    return (around ?? linkedForm(this)) as Submitting | null;
  }

  /** The wrapper has the tag by which an official template finds it, to stop a press before it comes to the button. */
  #submit(): void {
    const form = this.#form;
    if (form) form.submit();
    else console.warn(`<${this.localName}> stands in no crowd-form: nothing to submit to`);
  }

  #openInstructions(): boolean {
    if (!this.#region("full-instructions")) return false;
    this.#show("full-instructions");
    return true;
  }

  #show(id: string): void {
    const dialog = this.renderRoot.querySelector<HTMLDialogElement>(`dialog#${id}`);
    if (dialog && !dialog.open) dialog.showModal();
  }

  static override styles = [tokens, linkButton, pushButton, errorText, dialogStyles, widgetStyles];

  override render(): TemplateResult {
    return this.renderFrame();
  }

  protected renderFrame(): TemplateResult {
    const t = this.frameText;
    const panel = this.renderPanel();
    const full = this.#region("full-instructions");
    const title = full?.getAttribute("header") || t("instructions");
    const direction = directionOf(languageOf(this));
    return html`<div class="widget-frame" dir=${direction === "rtl" ? "rtl" : nothing}>
      <div class="awsui-app-layout">
        ${this.#renderInstructionPane(Boolean(full))}
        <div class="main">
          ${this.#renderHeader(Boolean(full))}
          <div class="faults" role="alert">${this.#renderFaults()}</div>
          <div class="tools">${this.renderTools()}</div>
          <div class="body-grid ${panel === nothing ? "" : "with-panel"}">
            <div class="annotation-area">${this.renderWork()}</div>
            ${panel === nothing ? nothing : html`<div class="panel">${panel}</div>`}
          </div>
          <slot></slot>
        </div>
      </div>
      <div id="actionsContainer">
        ${this.problem ? html`<p class="error">${this.problem}</p>` : nothing}
        <div class="extras">${this.renderExtras()}</div>
        <awsui-button data-testid="crowd-submit" @click=${() => this.#submit()}>
          <button type="button" class="button primary">${t("submit")}</button>
        </awsui-button>
      </div>
      ${renderDialog({
        id: "full-instructions",
        title,
        closeLabel: t("close"),
        content: html`<slot name="full-instructions"></slot>`,
      })}
      ${renderDialog({
        id: "shortcuts",
        title: t("keyboardShortcuts"),
        closeLabel: t("close"),
        content: this.#renderShortcuts(),
      })}
      <div class="visually-hidden" role="status" id="announcements"></div>
    </div>`;
  }

  /** The link is there even if it leads nowhere: scripts reach for it to hide it. */
  #renderInstructionPane(hasFull: boolean) {
    const t = this.frameText;
    const short = this.#region("short-instructions");
    return html`<aside class="awsui-app-layout__navigation" ?hidden=${!short && !hasFull}>
      <details open>
        <summary>${short?.getAttribute("header") || t("instructions")}</summary>
        <div class="text">
          <slot name="short-instructions"></slot>
          <button
            type="button"
            class="link moreInstructionsLink"
            aria-haspopup="dialog"
            ?hidden=${!hasFull}
            @click=${() => this.#openInstructions()}
          >
            ${t("moreInstructions")}
          </button>
        </div>
      </details>
    </aside>`;
  }

  #renderHeader(hasFull: boolean) {
    const t = this.frameText;
    return html`<div class="headerContainer">
      <div class="headerTextContainer">${this.header ? html`<h2><bdi>${this.header}</bdi></h2>` : nothing}</div>
      <div class="headerButtonsContainer">
        <button
          type="button"
          class="tool"
          data-testid="instructions-button"
          aria-haspopup="dialog"
          ?hidden=${!hasFull}
          @click=${() => this.#openInstructions()}
        >
          ${t("instructions")}
        </button>
        <button
          type="button"
          class="tool"
          data-testid="shortcuts-button"
          aria-haspopup="dialog"
          @click=${() => this.#show("shortcuts")}
        >
          ${t("shortcuts")}
        </button>
      </div>
    </div>`;
  }

  #renderFaults() {
    const faults = [...this.jsonFaultTexts, ...this.#faults.values()];
    return faults.map((fault) => html`<p dir="auto">${fault}</p>`);
  }

  #renderShortcuts() {
    return html`<table class="shortcuts">
      <tbody>
        ${listed(this.shortcuts).map(
          ({ keys, label }) => html`<tr>
            <th scope="row">${keys.map((key) => html`<kbd>${keyLabel(key)}</kbd> `)}</th>
            <td>${label}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }
}
