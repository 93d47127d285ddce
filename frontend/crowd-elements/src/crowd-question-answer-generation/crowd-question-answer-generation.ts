import {
  html,
  nothing,
  type PropertyDeclaration,
  type PropertyDeclarations,
  type PropertyValues,
} from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { History } from "../../../common/src/history.ts";
import { answerOffset, questionsAnswer } from "../defaults.ts";
import type { Json } from "../shared/answer.ts";
import { colorAt } from "../shared/colors.ts";
import type { Shortcut } from "../shared/hot-keys.ts";
import { jsonProperty, withTextItems } from "../shared/json-attribute.ts";
import { whenReady } from "../shared/page.ts";
import { rescueFocus } from "../shared/text/focus.ts";
import { SegmentedText, type Stretch } from "../shared/text/segmented-text.ts";
import { withoutSpan, withSpan } from "../shared/text/spans.ts";
import { textStrings } from "../shared/text/strings.ts";
import { styled } from "../shared/text/styled.ts";
import { textShortcuts } from "../shared/text/text-keys.ts";
import { type SpanLook, TextPane } from "../shared/text/text-pane.ts";
import { textStyles } from "../shared/text/text-styles.ts";
import { fetchText, isTextReference } from "../shared/text-source.ts";
import { renderUndo, undoShortcuts } from "../shared/undo.ts";
import { Widget } from "../shared/widget.ts";
import {
  countWords,
  type Fault,
  findFault,
  isBlank,
  type Limits,
  type Pair,
  type Rules,
  readPairs,
} from "./pairs.ts";
import { strings } from "./strings.ts";
import { questionStyles } from "./styles.ts";

export type QuestionAndAnswer = {
  question: string;
  answer: string;
  tags: string[];
  references: { startOffset: number; endOffset: number }[];
};

/** What the element adds to the answer. */
export type QuestionAnswerGenerationAnswer = { questionsAndAnswers: QuestionAndAnswer[] };

/** What undo brings back of a pair. Its texts are not part of it: text fields undo by themselves. */
interface Card {
  readonly id: number;
  readonly tags: readonly string[];
  readonly references: readonly Stretch[];
}

type Field = "question" | "answer";

/** So many colors stand for pairs, in turn. */
const COLORS = 10;

const whole = (attribute: string): PropertyDeclaration => ({
  type: Number,
  attribute,
  converter: { fromAttribute: (text) => (text?.trim() ? Number(text) : undefined) },
});

/** Passages of a text, questions about them, and their answers. */
export class CrowdQuestionAnswerGeneration extends Widget {
  static override jsonAttributes = new Map([["question-tags", withTextItems]]);
  static override properties: PropertyDeclarations = {
    text: {},
    minQuestions: whole("min-questions"),
    maxQuestions: whole("max-questions"),
    questionMinWords: whole("question-min-words"),
    questionMaxWords: whole("question-max-words"),
    answerMinWords: whole("answer-min-words"),
    answerMaxWords: whole("answer-max-words"),
    questionTags: jsonProperty("question-tags"),
    allowCustomQuestionTags: { attribute: "allow-custom-question-tags" },
  };
  declare text: string | null | undefined;
  declare minQuestions: number | undefined;
  declare maxQuestions: number | undefined;
  declare questionMinWords: number | undefined;
  declare questionMaxWords: number | undefined;
  declare answerMinWords: number | undefined;
  declare answerMaxWords: number | undefined;
  declare questionTags: Json | undefined;
  /** The text "true" or "false". */
  declare allowCustomQuestionTags: string | boolean | undefined;

  #t = strings(this);
  #segmented = new SegmentedText("");
  /** A text that the attribute only names is on its way. */
  #isLoading = false;
  /** Earlier work that waits for the text. */
  #waiting: Json | undefined;
  #tags: readonly string[] = [];
  #nextId = 1;
  /** By the ids of cards, those that were removed too: undo brings them back. */
  readonly #texts = new Map<number, Record<Field, string>>();
  #history = new History<readonly Card[]>([]);
  readonly #steps = { undo: () => this.#travel(true), redo: () => this.#travel(false) };
  #currentId = 0;
  #chosen: Stretch | undefined;
  /** Why a selection was refused, until the worker does something else. */
  #notice = "";
  readonly #pane = new TextPane<Stretch>(this, {
    spans: () => this.#current?.references ?? [],
    chosen: () => this.#chosen,
    lookOf: (reference) => this.#lookOf(reference),
    select: (stretch) => this.#addReference(stretch),
    choose: (reference) => this.#choose(reference),
    remove: (reference) => this.#removeReference(reference),
    reshape: (reference, to) => this.#reshape(reference, to),
    refuse: (reference) => this.#refuse(reference),
    say: (text) => this.announce(text),
  });

  constructor() {
    super();
    this.minQuestions = 1;
    this.questionMinWords = 1;
    this.answerMinWords = 1;
    this.#pane.prepare(Array.from({ length: COLORS }, (_, index) => colorAt(index)));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#t = strings(this);
    const isFirst = !this.hasUpdated;
    if (isFirst || changed.has("questionTags")) this.#takeTags();
    if (isFirst || changed.has("text")) {
      const waiting = this.#waiting;
      this.reset();
      this.#takeText();
      if (waiting !== undefined) this.restoreDraft(waiting);
    }
    this.#tellFaultyLimits();
  }

  // --- attributes

  #takeText(): void {
    const given = String(this.text ?? "");
    this.#isLoading = isTextReference(given);
    this.fault("text");
    this.#showText(this.#isLoading ? "" : given);
    if (this.#isLoading) void this.#fetch(given);
    // A script may still set it until the page stands.
    void whenReady().then(() => {
      if (!this.text) this.fault("text", 'The attribute text="" gives no text to ask about.');
    });
  }

  async #fetch(reference: string): Promise<void> {
    let text = "";
    let problem: string | undefined;
    try {
      text = await fetchText(reference, this);
    } catch (error) {
      problem = (error as Error).message;
    }
    if (this.text !== reference) return;
    this.#isLoading = false;
    this.fault("text", problem);
    this.#showText(text);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) this.restoreDraft(waiting);
    this.requestUpdate();
  }

  #showText(text: string): void {
    this.#segmented = new SegmentedText(text);
    this.#pane.show(this.#segmented);
  }

  #takeTags(): void {
    const given = this.questionTags ?? [];
    const isList = Array.isArray(given);
    const tags = isList ? given.filter((tag) => typeof tag === "string" && tag !== "") : [];
    this.#tags = [...new Set(tags as string[])];
    const isFine = isList && this.#tags.length === given.length;
    this.fault(
      "question-tags",
      isFine
        ? undefined
        : `The attribute question-tags='${JSON.stringify(given).slice(0, 80)}' is not a list of different texts.`,
    );
  }

  get #rules(): Rules {
    return {
      questions: limits(this.minQuestions, this.maxQuestions),
      questionWords: limits(this.questionMinWords, this.questionMaxWords),
      answerWords: limits(this.answerMinWords, this.answerMaxWords),
    };
  }

  #tellFaultyLimits(): void {
    const pairs = [
      ["min-questions", this.minQuestions, "max-questions", this.maxQuestions],
      ["question-min-words", this.questionMinWords, "question-max-words", this.questionMaxWords],
      ["answer-min-words", this.answerMinWords, "answer-max-words", this.answerMaxWords],
    ] as const;
    for (const [minName, min, maxName, max] of pairs) {
      const quoted = (name: string, value: number | undefined) =>
        `The attribute ${name}="${this.getAttribute(name) ?? value}"`;
      const isFaulty = (value: number | undefined) => value !== undefined && !isCount(value);
      const what = "is not a whole number: it does not count.";
      this.fault(minName, isFaulty(min) ? `${quoted(minName, min)} ${what}` : undefined);
      const isBelow = isCount(min) && isCount(max) && max < min;
      this.fault(
        maxName,
        isFaulty(max)
          ? `${quoted(maxName, max)} ${what}`
          : isBelow
            ? `${quoted(maxName, max)} is below ${minName}: it does not count.`
            : undefined,
      );
    }
  }

  // --- the answer

  protected override get submittable(): QuestionAnswerGenerationAnswer {
    // A property that was set a moment ago counts.
    if (this.isConnected && this.isUpdatePending) this.performUpdate();
    const { text } = this.#segmented;
    const pairs = this.#pairs.filter((pair) => !isBlank(pair));
    return questionsAnswer(
      pairs.map(({ question, answer, tags, references }) => ({
        question,
        answer,
        tags: [...tags],
        references: references.map(({ start, end }) => ({
          startOffset: answerOffset(text, start),
          endOffset: answerOffset(text, end),
        })),
      })),
    );
  }

  override get value(): QuestionAnswerGenerationAnswer {
    return this.submittable;
  }

  /** An own tag that was typed, and not added yet, is part of what is submitted. */
  override validate(): boolean {
    const field = this.renderRoot?.querySelector<HTMLInputElement>(".own-tag input");
    if (this.#current && field?.value.trim()) this.#addOwnTag(this.#current, field);
    return super.validate();
  }

  protected override findProblem(): string {
    const fault = findFault(this.#pairs, this.#rules);
    return fault ? this.#told(fault) : "";
  }

  #told(fault: Fault): string {
    const { count, limit } = fault;
    if (!("pair" in fault)) return this.#t(fault.kind, { count: limit, limit });
    const key = `${fault.kind}${fault.field === "question" ? "Question" : "Answer"}` as const;
    return this.#t(key, { number: fault.pair + 1, count, limit });
  }

  protected override readDraft(): Json | undefined {
    if (this.#waiting !== undefined) return this.#waiting;
    const pairs = this.#pairs;
    if (pairs.every(isBlank)) return undefined;
    return pairs.map(({ question, answer, tags, references }) => ({
      question,
      answer,
      tags: [...tags],
      references: references.map(({ start, end }) => ({ start, end })),
    }));
  }

  protected override restoreDraft(state: Json): void {
    // Without the text the references cannot be told; it may be on its way, or a script may bring it.
    this.#waiting = this.#segmented.text === "" ? state : undefined;
    if (this.#waiting !== undefined) return;
    const pairs = readPairs(state, this.#segmented.text.length);
    if (pairs.length > 0) this.#begin(pairs);
    this.changed();
  }

  override reset(): void {
    this.#waiting = undefined;
    this.#begin([{ question: "", answer: "", tags: [], references: [] }]);
  }

  /** Begins with these pairs: there is nothing to undo. */
  #begin(pairs: readonly Pair[]): void {
    this.#texts.clear();
    this.#history = new History(pairs.map((pair) => this.#cardOf(pair)));
    this.#open(this.#cards[0]);
  }

  #cardOf({ question, answer, tags, references }: Pair): Card {
    const id = this.#nextId++;
    this.#texts.set(id, { question, answer });
    return { id, tags, references };
  }

  /** When a submission is refused: to the field that is wrong. */
  protected override focusWork(): void {
    const fault = findFault(this.#pairs, this.#rules);
    const isInPair = fault && "pair" in fault;
    const place = isInPair ? fault.pair : this.#pairs.findIndex(isBlank);
    const card = this.#cards[place] ?? this.#current;
    void this.#focusField(card, isInPair ? fault.field : "question");
  }

  async #focusField(card: Card | undefined, field: Field): Promise<void> {
    this.#open(card);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`textarea[name="${field}"]`)?.focus();
  }

  // --- pairs

  get #cards(): readonly Card[] {
    return this.#history.present;
  }

  get #current(): Card | undefined {
    return this.#cards.find(({ id }) => id === this.#currentId) ?? this.#cards[0];
  }

  get #pairs(): Pair[] {
    return this.#cards.map(({ id, tags, references }) => ({
      ...(this.#texts.get(id) ?? { question: "", answer: "" }),
      tags,
      references,
    }));
  }

  #open(card: Card | undefined): void {
    this.#currentId = card?.id ?? 0;
    this.#chosen = undefined;
    this.#notice = "";
    this.#pane.clear();
  }

  #commit(cards: readonly Card[], what: string): void {
    this.#history.commit(cards, what);
    this.#show(what);
  }

  /** The present of the history has become another. */
  #show(what: string): void {
    this.#notice = "";
    const references = this.#current?.references ?? [];
    if (this.#chosen && !references.includes(this.#chosen)) this.#chosen = undefined;
    this.announce(what);
    this.changed();
    const isInPair = this.shadowRoot?.activeElement?.closest(".pair") != null;
    void rescueFocus(this, () => (isInPair ? this.#focusHead() : this.#pane.focus()));
  }

  #focusHead(): void {
    this.renderRoot.querySelector<HTMLElement>('.pair-head[aria-expanded="true"]')?.focus();
  }

  #travel(back: boolean): void {
    const what = back ? this.#history.undo() : this.#history.redo();
    const t = this.frameText;
    if (what === undefined) this.announce(t(back ? "nothingToUndo" : "nothingToRedo"));
    else {
      this.#pane.clear();
      this.#show(t(back ? "undone" : "redone", { what }));
    }
  }

  #addPair(): void {
    if (this.#cards.length >= this.#rules.questions.max) return;
    const card = this.#cardOf({ question: "", answer: "", tags: [], references: [] });
    this.#commit([...this.#cards, card], this.#t("added", { number: this.#cards.length + 1 }));
    void this.#focusField(card, "question");
  }

  /** The last one is emptied: there is always one to write in. */
  #removePair(card: Card): void {
    const at = this.#cards.indexOf(card);
    const left = this.#cards.filter((one) => one !== card);
    const fresh = this.#cardOf({ question: "", answer: "", tags: [], references: [] });
    const cards = left.length > 0 ? left : [fresh];
    this.#commit(cards, this.#t("removed", { number: at + 1 }));
    this.#open(cards[Math.min(at, cards.length - 1)]);
    // Not into a field: there the key for undo is the field's own.
    void this.updateComplete.then(() => this.#focusHead());
  }

  /** Puts `by` in the place of the current card. */
  #replace(by: Partial<Card>, what: string): void {
    const current = this.#current;
    this.#commit(
      this.#cards.map((card) => (card === current ? { ...card, ...by } : card)),
      what,
    );
  }

  #write(card: Card, field: Field, text: string): void {
    const texts = this.#texts.get(card.id) ?? { question: "", answer: "" };
    this.#texts.set(card.id, { ...texts, [field]: text });
    if (this.problem) this.validate();
    this.requestUpdate();
  }

  #toggleTag(card: Card, tag: string): void {
    const isOn = card.tags.includes(tag);
    const tags = isOn ? card.tags.filter((one) => one !== tag) : [...card.tags, tag];
    this.#replace({ tags }, this.#t(isOn ? "tagOff" : "tagOn", { tag }));
  }

  #addOwnTag(card: Card, field: HTMLInputElement): void {
    const tag = field.value.trim();
    field.value = "";
    if (tag !== "" && !card.tags.includes(tag)) this.#toggleTag(card, tag);
  }

  // --- references

  #words(stretch: Stretch): string {
    return this.#segmented.excerpt(stretch);
  }

  #lookOf(reference: Stretch): SpanLook {
    const current = this.#current as Card;
    const number = current.references.indexOf(reference) + 1;
    return {
      color: this.#colorOf(current),
      badge: String(number),
      removeLabel: this.#t("removeReference", { number, words: this.#words(reference) }),
    };
  }

  #colorOf(card: Card): string {
    return colorAt(this.#cards.indexOf(card) % COLORS);
  }

  #addReference(stretch: Stretch): void {
    const references = this.#current && withSpan(this.#current.references, stretch);
    this.#pane.clear();
    this.#chosen = undefined;
    if (!references) return;
    this.#replace({ references }, this.#t("referenceAdded", { words: this.#words(stretch) }));
  }

  #removeReference(reference: Stretch): void {
    const references = withoutSpan(this.#current?.references ?? [], reference);
    this.#replace({ references }, this.#t("referenceRemoved", { words: this.#words(reference) }));
  }

  #reshape(reference: Stretch, to: Stretch): void {
    const { start, end } = to;
    if (start === reference.start && end === reference.end) return;
    const references = (this.#current?.references ?? []).map((one) =>
      one === reference ? to : one,
    );
    this.#chosen = to;
    this.#replace({ references }, this.#t("referenceMoved", { words: this.#words(to) }));
    this.#pane.reveal(to);
  }

  #choose(reference: Stretch | undefined): void {
    this.#chosen = reference;
    this.#notice = "";
    this.requestUpdate();
    if (!reference) return;
    const references = this.#current?.references ?? [];
    this.announce(
      textStrings(this)("position", {
        what: this.#words(reference),
        index: references.indexOf(reference) + 1,
        count: references.length,
      }),
    );
  }

  #refuse(reference: Stretch): void {
    this.#notice = textStrings(this)("refused", { words: this.#words(reference) });
    this.announce(this.#notice);
  }

  // --- keys and drawing

  protected override get workShortcuts(): readonly Shortcut[] {
    const t = this.#t;
    const common = textStrings(this);
    const frame = this.frameText;
    return [
      { keys: ["n"], label: t("addQuestion"), run: () => this.#addPair() },
      { keys: ["Enter"], label: t("keyTake"), run: () => false },
      {
        keys: ["Delete", "Backspace"],
        label: common("keyDelete"),
        run: () => {
          if (this.#chosen) this.#removeReference(this.#chosen);
          else return false;
          return true;
        },
      },
      ...textShortcuts(this.#pane, common, () => {
        const chosen = this.#chosen;
        if (chosen) this.#choose(undefined);
        return chosen !== undefined;
      }),
      ...undoShortcuts(frame, this.#steps),
    ];
  }

  static override styles = [...Widget.styles, textStyles, questionStyles];

  protected override renderTools() {
    const t = this.frameText;
    return html`
      ${renderUndo(t, this.#history, this.#steps)}
    `;
  }

  protected override renderWork() {
    const t = this.#t;
    this.#pane.describe(textStrings(this)("text"), t("help"));
    const { pending } = this.#pane;
    const prompt = this.#isLoading ? t("loading") : this.#notice || t("prompt");
    return html`<div class="columns">
      <div aria-busy=${String(this.#isLoading)}>
        <p class="prompt ${this.#notice ? "refused" : ""}">
          ${pending ? this.#renderTake(pending) : prompt}
        </p>
        ${this.#pane.element}
      </div>
      <section class="questions" aria-label=${t("questions")}>${this.#renderQuestions()}</section>
    </div>`;
  }

  /** Where fingers select, nothing tells that they have finished. */
  #renderTake(pending: Stretch) {
    return html`<button
      type="button"
      class="tool"
      id="take"
      @click=${() => this.#pane.take()}
    >
      ${this.#t("keyTake")}
    </button>
    <span dir="auto">${this.#words(pending)}</span>`;
  }

  #renderQuestions() {
    const t = this.#t;
    const { questions } = this.#rules;
    const count = this.#pairs.filter((pair) => !isBlank(pair)).length;
    return html`
      <h3>${t("progress", { count })} <small>${this.#limitText(questions)}</small></h3>
      <ol class="pairs">
        ${repeat(
          this.#cards,
          ({ id }) => id,
          (card, index) => this.#renderPair(card, index),
        )}
      </ol>
      <button
        type="button"
        class="button"
        id="add-question"
        ?disabled=${this.#cards.length >= questions.max}
        @click=${() => this.#addPair()}
      >
        ${t("addQuestion")}
      </button>
    `;
  }

  #limitText({ min, max }: Limits): string {
    if (max === Number.POSITIVE_INFINITY) return min > 0 ? this.#t("atLeast", { limit: min }) : "";
    return min > 0 ? this.#t("between", { min, max }) : this.#t("atMost", { limit: max });
  }

  #renderPair(card: Card, index: number) {
    const t = this.#t;
    const isOpen = card === this.#current;
    const number = index + 1;
    const question = this.#texts.get(card.id)?.question ?? "";
    return html`<li class="pair" ${styled(`--color:${this.#colorOf(card)}`)}>
      <button
        type="button"
        class="pair-head"
        aria-expanded=${String(isOpen)}
        @click=${() => this.#open(card)}
      >
        <b>${t("pair", { number })}</b> <span dir="auto">${isOpen ? "" : question}</span>
      </button>
      ${
        isOpen
          ? html`<div class="pair-body" role="group" aria-label=${t("pair", { number })}>
              ${this.#renderField(card, "question", this.#rules.questionWords)}
              ${this.#renderField(card, "answer", this.#rules.answerWords)}
              ${this.#tags.length > 0 ? this.#renderTags(card) : nothing}
              ${this.#renderReferences(card)}
              <button
                type="button"
                class="link"
                id="remove-question"
                @click=${() => this.#removePair(card)}
              >
                ${t("removeQuestion")}
              </button>
            </div>`
          : nothing
      }
    </li>`;
  }

  #renderField(card: Card, field: Field, words: Limits) {
    const t = this.#t;
    const text = this.#texts.get(card.id)?.[field] ?? "";
    const count = countWords(text);
    const isOff = count > words.max || (count < words.min && this.problem !== "");
    const limit = this.#limitText(words);
    return html`<div class="field">
      <label for=${field}>${t(field)}</label>
      <textarea
        id=${field}
        name=${field}
        rows=${field === "question" ? 2 : 3}
        dir="auto"
        aria-describedby="${field}-words"
        aria-invalid=${String(isOff)}
        .value=${live(text)}
        @input=${(event: Event) =>
          this.#write(card, field, (event.target as HTMLTextAreaElement).value)}
        @change=${() => this.changed()}
      ></textarea>
      <p class="counter ${isOff ? "off" : ""}" id="${field}-words">
        ${t("words", { count })}${limit ? ` (${limit})` : ""}
      </p>
    </div>`;
  }

  #renderTags(card: Card) {
    const t = this.#t;
    const own = card.tags.filter((tag) => !this.#tags.includes(tag));
    const allowsOwn = String(this.allowCustomQuestionTags).trim().toLowerCase() === "true";
    const add = (event: Event) => {
      const box = (event.currentTarget as Element).closest(".own-tag");
      const field = box?.querySelector("input");
      if (field) this.#addOwnTag(card, field);
    };
    return html`<fieldset>
      <legend>${t("tags")}</legend>
      <div class="tags">
        ${[...this.#tags, ...own].map(
          (tag) => html`<button
            type="button"
            class="tool"
            data-tag=${tag}
            aria-pressed=${String(card.tags.includes(tag))}
            @click=${() => this.#toggleTag(card, tag)}
          >
            <span dir="auto">${tag}</span>
          </button>`,
        )}
      </div>
      ${
        allowsOwn
          ? html`<div class="own-tag">
              <input
                aria-label=${t("ownTag")}
                placeholder=${t("ownTag")}
                dir="auto"
                @keydown=${(event: KeyboardEvent) => {
                  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey)
                    return;
                  event.preventDefault();
                  add(event);
                }}
              />
              <button type="button" class="tool" @click=${add}>${t("addTag")}</button>
            </div>`
          : nothing
      }
    </fieldset>`;
  }

  #renderReferences(card: Card) {
    const t = this.#t;
    return html`<fieldset>
      <legend>${t("references")}</legend>
      ${card.references.length > 0 ? nothing : html`<p class="none">${t("noReferences")}</p>`}
      <ul class="references">
        ${card.references.map((reference, index) => {
          const number = index + 1;
          const words = this.#words(reference);
          return html`<li>
            <button
              type="button"
              class="reference"
              dir="auto"
              aria-pressed=${String(reference === this.#chosen)}
              @click=${() => {
                this.#choose(reference);
                this.#pane.reveal(reference);
              }}
            >
              ${number}. ${words}
            </button>
            <button
              type="button"
              class="tool"
              aria-label=${t("removeReference", { number, words })}
              @click=${() => this.#removeReference(reference)}
            >
              ×
            </button>
          </li>`;
        })}
      </ul>
    </fieldset>`;
  }
}

const isCount = (value: number | undefined): value is number =>
  Number.isInteger(value) && (value as number) >= 0;

/** What counts of two attributes: 1 and no end where they say nothing. */
function limits(min: number | undefined, max: number | undefined): Limits {
  const least = isCount(min) ? min : 1;
  return { min: least, max: isCount(max) && max >= least ? max : Number.POSITIVE_INFINITY };
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-question-answer-generation": CrowdQuestionAnswerGeneration;
  }
}
