import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { fingerprint } from "../../../common/src/drafts.js";
import { taskName } from "../../../common/src/task-name.js";
import {
  controls,
  type FieldState,
  findForm,
  isChoice,
  readFields,
  writeFields,
} from "../core/form.js";
import { DraftKeeper } from "./draft-keeper.js";
import { footer, timeOf } from "./footer.js";
import { Gestures } from "./gestures.js";
import { isFirstTime, openDialog } from "./instructions.js";
import { Keyboard } from "./keyboard.js";
import { labelStrip } from "./label-strip.js";
import { Labeling, type Surroundings } from "./labeling.js";
import { labelRules } from "./labels.js";
import { Marks } from "./marks.js";
import { keepFocus } from "./overlay.js";
import { dialogs, metadataPanel } from "./panels.js";
import { Paper } from "./paper.js";
import { chosenSpan, SpanList } from "./span-panel.js";
import type { Answer } from "./spans.js";
import { type Strings, stringsFor } from "./strings.js";
import { fieldRules, styles } from "./styles.js";
import { Submission } from "./submission.js";
import { hasNews, parsed, takeInitial, takeLabels } from "./task.js";
import { TextView } from "./view.js";
import { Words } from "./words.js";

const json = { converter: { fromAttribute: parsed }, hasChanged: hasNews };

/** What makes a task what it is; its drafts belong to no other. */
const TASK = ["name", "text", "labels", "image", "metadata", "initialValue"] as const;

let instances = 0;

/**
 * `<truthkit-text-annotator>`: labels stretches of a text inside a form. The answer stands in a hidden input between
 * its tags at every moment. This class ties its parts together; the work itself is done in `Labeling`.
 */
export class TruthkitTextAnnotator extends LitElement {
  static override properties = {
    name: {},
    text: {},
    textJson: { attribute: "text-json" },
    labels: json,
    metadata: json,
    initialValue: { attribute: "initial-value", ...json },
    image: {},
    imageAlt: { attribute: "image-alt" },
    heading: {},
  };
  /** The key of the answer. */
  declare name: string;
  /** Exactly as given; offsets count its UTF-16 units. */
  declare text: string;
  /** The text as a JSON string, for texts with line ends that HTML would change. */
  declare textJson: string | undefined;
  declare labels: unknown;
  declare metadata: unknown;
  declare initialValue: unknown;
  declare image: string;
  declare imageAlt: string;
  declare heading: string;

  static override styles = styles;

  readonly #prefix = `truthkit-${++instances}`;
  #strings: Strings = stringsFor(document.documentElement);
  readonly #page = this.#surroundings();
  readonly #work = new Labeling(this.#page);
  readonly #paper = new Paper(this);
  readonly #gestures = new Gestures(this.#work, this.#paper, this.#page);
  readonly #keyboard = new Keyboard(this.#work, this.#paper, this.#gestures, this.#page);
  readonly #marks = new Marks(this.#work, this.#paper, this.#gestures, this.#page);
  readonly #submission = new Submission(this, this.#work, this.#paper, this.#page);
  readonly #list = new SpanList(
    this.#work,
    () => this.renderRoot,
    () => this.requestUpdate(),
  );
  readonly #drafts = new DraftKeeper(
    () => ({ spans: this.#work.spans, fields: readFields(this.#fields) }),
    () => this.requestUpdate(),
  );

  #problems = { text: "", labels: "", initial: "" };
  #hidden: HTMLInputElement | undefined;
  /** Fields are being written by undo or a draft: that is no change by the worker. */
  #writingFields = false;
  /** The whole page is there, with its form and fields. */
  #begun = false;
  #draftOffered = false;
  #introOpen: boolean | undefined;
  #said = "";
  readonly #sheet = document.createElement("style");
  readonly #resize = new ResizeObserver(() => this.#marks.plan());
  readonly #crowdState = new MutationObserver(() => this.#onCrowdState());

  constructor() {
    super();
    this.name = "entities";
    this.text = "";
    this.image = "";
    this.imageAlt = "";
    this.heading = "";
  }

  /** What is submitted now. */
  get value(): Answer {
    return this.#work.answer;
  }

  // ---- life

  override connectedCallback(): void {
    super.connectedCallback();
    // The kit's crowd-form then keeps no draft of its own of this page.
    this.dataset.truthkitDraft = "";
    this.#strings = stringsFor(this);
    this.#listen(true);
    this.#crowdState.observe(document.documentElement, { attributeFilter: ["data-crowd-state"] });
    this.#addFieldRules();
    this.#writeAnswer();
    if (this.hasUpdated) {
      // The form has moved us: the marks on the page went with the old place.
      this.#makeView();
      this.requestUpdate();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen(false);
    this.#crowdState.disconnect();
    this.#resize.disconnect();
    this.#paper.view?.close();
    this.#paper.view = undefined;
  }

  /** Begins or ends to listen to the page around. */
  #listen(on: boolean): void {
    const listen = (target: EventTarget, type: string, heard: unknown, options = {}): void =>
      target[on ? "addEventListener" : "removeEventListener"](
        type,
        heard as EventListener,
        options,
      );
    listen(document, "keydown", this.#keyboard.onPage);
    listen(document, "selectionchange", this.#gestures.nativelySelected);
    listen(document, "visibilitychange", this.#onHide);
    listen(window, "pagehide", this.#onHide);
    listen(window, "scroll", this.#marks.onScroll, { passive: true });
    listen(document, "input", this.#onField);
    listen(document, "change", this.#onField);
    // Before the template's own handlers: they may read the answer, or stop others from hearing.
    listen(document, "submit", this.#submission.onSubmit, { capture: true });
    if (document.fonts) listen(document.fonts, "loadingdone", this.#marks.plan);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("textJson") && this.textJson !== undefined) {
      const text = parsed(this.textJson);
      const isText = typeof text === "string";
      this.#problems.text = isText ? "" : "text-json is not a JSON string";
      if (isText) this.text = text;
    }
    const newTask = changed.has("text") || changed.has("initialValue");
    if (newTask || changed.has("labels")) this.#takeTask(newTask);
    else if (changed.has("name")) this.#writeAnswer();
    this.#list.follow();
    if (this.#begun && TASK.some((name) => changed.has(name))) void this.#beginDrafts();
  }

  /** Begins the task, or goes on with it where only the labels are others and there is work already. */
  #takeTask(isNew: boolean): void {
    const work = this.#work;
    const [labels, faultyLabels] = takeLabels(this.labels);
    const [initial, faultyInitial] = takeInitial(this.initialValue);
    this.#problems = { ...this.#problems, labels: faultyLabels, initial: faultyInitial };
    for (const problem of [faultyLabels, faultyInitial])
      if (problem) console.error(`truthkit-text-annotator: ${problem}`);
    this.#sheet.textContent = labelRules(labels.all.length, this.#prefix);
    if (isNew || !work.canUndo) {
      const text = String(this.text ?? "");
      const words = text === work.words.text ? work.words : new Words(text);
      if (words !== work.words) {
        this.#paper.view?.load(words);
        this.#marks.startOver();
      }
      work.begin(words, labels, initial);
    } else work.relabelAll(labels);
    this.#marks.repaint();
    this.#writeAnswer();
  }

  protected override firstUpdated(): void {
    this.renderRoot.append(this.#sheet);
    this.#makeView();
    if (document.readyState === "loading")
      document.addEventListener("DOMContentLoaded", this.#begin, { once: true });
    else this.#begin();
    this.dataset.ready = "";
  }

  #makeView(): void {
    const { element, root } = this.#paper;
    if (!element || this.#paper.view) return;
    const { words } = this.#work;
    this.#paper.view = new TextView(root, element, words, this.#prefix, this.#marks.plan);
    this.#marks.startOver();
    this.#resize.observe(element);
  }

  /** The state of the page's fields is the beginning, and a draft may be offered. */
  #begin = (): void => {
    this.#begun = true;
    this.#work.noteChoices();
    this.requestUpdate();
    void this.#beginDrafts();
  };

  async #beginDrafts(): Promise<void> {
    const known = taskName();
    if (known) {
      await this.#drafts.begin(fingerprint(known, this.name, this.text));
      if (!this.#work.canUndo) this.#restoreDraft();
      return;
    }
    // The link of a picture changes with every signature.
    const [picture] = this.image.split("?");
    const { name, text, labels, metadata, initialValue } = this;
    await this.#drafts.begin(fingerprint(name, text, labels, picture, metadata, initialValue));
  }

  // ---- what the parts ask for

  #surroundings() {
    const host = this;
    const page = {
      host,
      get strings() {
        return host.#strings;
      },
      get locked() {
        return host.#submission.locked;
      },
      choices: () => readFields(host.#choiceFields),
      putChoices: (choices) => host.#writeFields(choices, host.#choiceFields),
      say(text) {
        // The same words twice are news too: the invisible mark makes them a change.
        host.#said = host.#said === text ? `${text}\u200b` : text;
        host.requestUpdate();
      },
      changed() {
        host.#writeAnswer();
        host.#drafts.save();
        host.requestUpdate();
        host.dispatchEvent(new Event("change", { bubbles: true }));
      },
      show: (extent) => host.#paper.show(extent),
      redraw: () => host.requestUpdate(),
      writeAnswer: () => host.#writeAnswer(),
      submit: () => host.#submission.submit(),
      open: (which: "instructions" | "shortcuts") => openDialog(host, which),
    } satisfies Surroundings & Record<string, unknown>;
    return page;
  }

  // ---- the answer and the form's fields

  #writeAnswer(): void {
    if (!this.isConnected) return;
    if (!this.#hidden) {
      this.#hidden = document.createElement("input");
      this.#hidden.type = "hidden";
    }
    if (this.#hidden.parentNode !== this) this.append(this.#hidden);
    this.#hidden.name = this.name;
    this.#hidden.value = JSON.stringify(this.value);
  }

  get #fields() {
    return controls(findForm(this));
  }

  get #choiceFields() {
    return this.#fields.filter(isChoice);
  }

  #writeFields(state: FieldState, fields = this.#fields): void {
    this.#writingFields = true;
    writeFields(fields, state);
    this.#writingFields = false;
  }

  #onField = (event: Event): void => {
    const target = event.target as Element;
    if (this.#writingFields || target === this) return;
    if (!this.#fields.includes(target as HTMLInputElement)) return;
    if (event.type === "change" && isChoice(target)) {
      const question = target.closest("fieldset")?.querySelector("legend")?.textContent?.trim();
      this.#work.choiceMade(question || this.#strings.answered);
    }
    this.#drafts.save();
    this.requestUpdate();
  };

  #onCrowdState(): void {
    this.#submission.follow(document.documentElement.dataset.crowdState);
    if (this.#submission.state === "submitted") this.#drafts.end();
    this.requestUpdate();
  }

  #onTextFocus = (event: FocusEvent): void => {
    this.#keyboard.entered(event);
    this.#marks.plan();
  };

  // ---- drafts

  #onHide = (event: Event): void => {
    if (event.type === "pagehide" || document.visibilityState === "hidden")
      void this.#drafts.flush();
  };

  readonly #draftActions = {
    restore: () => {
      if (this.#restoreDraft()) this.#paper.focus();
    },
    discard: () => {
      this.#drafts.discard(this.#work.canUndo);
      this.requestUpdate();
      this.#paper.focus();
    },
  };

  /** Puts the work that was left behind back; whether there was any. */
  #restoreDraft(): boolean {
    const draft = this.#drafts.take();
    if (!draft) return false;
    this.#writeFields(draft.fields);
    this.#work.restore(draft.spans);
    return true;
  }

  // ---- instructions

  /** Open on the first task only. */
  #onIntro(): void {
    const intro = this.querySelector("[slot=short-instructions]");
    if (!intro || this.#introOpen !== undefined) return;
    this.#introOpen = isFirstTime(intro.textContent ?? "");
    this.requestUpdate();
  }

  #hideIntro(): void {
    this.#introOpen = false;
    this.requestUpdate();
    this.renderRoot.querySelector<HTMLElement>("[data-testid=instructions]")?.focus();
  }

  // ---- drawing

  #addFieldRules(): void {
    const root = this.getRootNode() as Document | ShadowRoot;
    const head = root instanceof Document ? root.head : root;
    if (head.querySelector("style[data-truthkit-text-annotator]")) return;
    const style = document.createElement("style");
    style.dataset.truthkitTextAnnotator = "";
    style.textContent = fieldRules;
    head.append(style);
  }

  protected override update(changed: PropertyValues<this>): void {
    const held = this.shadowRoot?.activeElement;
    const beside = held?.closest(".side");
    super.update(changed);
    // What had the focus is gone or switched off: the work goes on in the list or in the text.
    if (held && (!held.isConnected || held.matches(":disabled"))) {
      const list = beside && this.#work.spans.length ? this.#list.element : null;
      if (list) list.focus({ preventScroll: true });
      else this.#paper.focus();
    }
  }

  protected override updated(): void {
    this.#makeView();
    this.#markMissing();
    if (this.#drafts.found && !this.#draftOffered)
      this.#page.say(this.#strings.draftFound(timeOf(this.#drafts.found.time)));
    this.#draftOffered = this.#drafts.found !== null;
    this.#marks.paint();
    this.#marks.plan();
  }

  /** Frames the questions that stopped the last try, until they are answered. */
  #markMissing(): void {
    for (const frame of this.querySelectorAll<HTMLElement>("[data-missing]"))
      delete frame.dataset.missing;
    if (!this.#submission.tried) return;
    for (const { frame } of this.#submission.missing())
      if (frame !== this.#paper.element) frame.dataset.missing = "";
  }

  protected override render(): TemplateResult {
    const s = this.#strings;
    const work = this.#work;
    const open = (which: "instructions" | "shortcuts") => (): void => openDialog(this, which);
    const problem = Object.values(this.#problems).filter(Boolean).join("; ");
    return html`<main class="app ${this.#gestures.running ? "busy" : ""}" @copy=${this.#gestures.copy}>
      <header>
        <h1>${this.heading || s.heading}</h1>
        <div class="tools">
          <button type="button" data-testid="instructions" aria-keyshortcuts="I" @click=${open("instructions")}>
            ${s.instructions} <kbd>I</kbd>
          </button>
          <button type="button" data-testid="shortcuts" aria-keyshortcuts="?" @click=${open("shortcuts")}>
            ${s.shortcuts} <kbd>?</kbd>
          </button>
        </div>
        ${metadataPanel(this.metadata, s)}
      </header>
      <section class="intro" data-testid="intro" aria-label=${s.instructions} ?hidden=${!this.#introOpen}>
        <div class="short"><slot name="short-instructions" @slotchange=${this.#onIntro}></slot></div>
        <div class="row">
          <button type="button" @click=${open("instructions")}>${s.fullInstructions}</button>
          <button type="button" class="quiet" data-testid="intro-hide" @click=${this.#hideIntro}>${s.hide}</button>
        </div>
      </section>
      ${problem ? html`<p class="problem" role="alert">${s.faulty(problem)}</p>` : nothing}
      <div class="grid ${this.image ? "" : "plain"}">
        ${
          this.image
            ? html`<section class="page" aria-label=${s.picture}>
                <truthkit-picture .src=${this.image} .alt=${this.imageAlt || s.picture} .strings=${s}></truthkit-picture>
              </section>`
            : nothing
        }
        <section class="work" aria-label=${s.text}>${labelStrip(work, s)}${this.#renderText(s)}</section>
        <section class="side">
          <h2 id="spans-title">${s.spans} <span class="count">${work.spans.length}</span></h2>
          ${chosenSpan(work, s)}
          ${this.#list.render(s, this.#keyboard.inList)}
          <div class="questions" role="group" aria-label=${s.questions}><slot></slot></div>
        </section>
      </div>
      ${footer(work, this.#drafts, this.#submission, s, this.#draftActions)}
      <div class="live" role="status" aria-live="polite" data-testid="status">${this.#said}</div>
      ${dialogs(s, work.labels.all, this.#keyboard.commands())}
    </main>`;
  }

  /** The place of the text; its content is `TextView`'s, the overlay's is `Marks`'s. */
  #renderText(s: Strings): TemplateResult {
    const gestures = this.#gestures;
    return html`<div class="paper">
      <div
        class="text"
        data-testid="text"
        role="application"
        tabindex="0"
        aria-label="${s.text}. ${s.textHelp}"
        @pointerdown=${gestures.down}
        @pointermove=${gestures.move}
        @pointerup=${gestures.up}
        @pointercancel=${gestures.cancel}
        @mousedown=${keepFocus}
        @click=${gestures.click}
        @keydown=${this.#keyboard.inText}
        @blur=${this.#marks.plan}
        @focus=${this.#onTextFocus}
      ></div>
      <div class="marks" aria-hidden="true"></div>
      <i class="probe"></i>
    </div>`;
  }
}
