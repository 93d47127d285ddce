import { html, type PropertyDeclarations } from "lit";
import { History } from "../../../common/src/history.ts";
import { ANSWER, type AnswerPart, type Json } from "../shared/answer.ts";
import { excerpt } from "../shared/excerpt.ts";
import type { Shortcut } from "../shared/hot-keys.ts";
import { pictureStyles } from "../shared/image/picture-styles.ts";
import { PictureView } from "../shared/image/picture-view.ts";
import { jsonProperty, withTextItems } from "../shared/json-attribute.ts";
import { renderUndo, undoShortcuts } from "../shared/undo.ts";
import { Widget } from "../shared/widget.ts";
import { areaOf, paintPairs, pairAt } from "./highlights.ts";
import { type PairRowHost, renderPair } from "./pair-row.ts";
import { type Fault, PAIR_BLOCK, type Pair, readKeys, readPairs } from "./pairs.ts";
import {
  answerBlocks,
  type Choice,
  changed,
  choicesFor,
  lacks,
  oneLine,
  type Review,
  readReview,
  reviewDraft,
  sameVerdict,
  startReview,
  type TextractBlock,
  type Verdict,
} from "./review.ts";
import { reviewStrings } from "./strings.ts";
import { reviewStyles } from "./styles.ts";

export interface TextractAnswer {
  blocks: TextractBlock[];
}

/** Where the answer stands: the element has no use for a name. */
const ANSWER_KEY = "AWS/Textract/AnalyzeDocument/Forms/V1";

/** The documentation also heads these two as `initialValue` and `blockTypes`; HTML makes them lower-case. */
const SPELLINGS = {
  "initial-value": ["initial-value", "initialvalue"],
  "block-types": ["block-types", "blocktypes"],
} as const;

const CHOICE_KEYS: Readonly<Record<Choice, string>> = {
  yes: "y",
  blank: "b",
  no: "n",
  notFound: "f",
};

/** How much of the stage a pair takes when it is zoomed to, and how large it gets at most. */
const PAIR_SHARE = 0.7;
const MOST_ZOOM = 6;

/** Faults of one attribute that are told in full. */
const MOST_TOLD = 3;

/** Pixels that a press on the picture may slip before it is a drag. */
const SLIP = 5;

const same = (value: Json | undefined) => value;

/** Review of the key-value pairs that an analysis has found in a document. */
export class CrowdTextractAnalyzeDocument extends Widget {
  static override jsonAttributes = new Map([
    ...SPELLINGS["initial-value"].map((name) => [name, same] as const),
    ...SPELLINGS["block-types"].map((name) => [name, withTextItems] as const),
    ["keys", same],
  ]);
  static override properties: PropertyDeclarations = {
    src: { reflect: true },
    initialValue: jsonProperty("initial-value"),
    initialValueAlias: jsonProperty("initialvalue"),
    blockTypes: jsonProperty("block-types"),
    blockTypesAlias: jsonProperty("blocktypes"),
    keys: jsonProperty("keys"),
    noKeyEdit: { type: Boolean, attribute: "no-key-edit" },
    noGeometryEdit: { type: Boolean, attribute: "no-geometry-edit" },
    current: { state: true },
    zoomsToPair: { state: true },
  };
  declare src: string | undefined;
  declare initialValue: Json | undefined;
  declare private initialValueAlias: Json | undefined;
  declare blockTypes: string[] | undefined;
  declare private blockTypesAlias: string[] | undefined;
  declare keys: Json | undefined;
  declare noKeyEdit: boolean;
  /** Boxes cannot be edited either way: an answer has none. */
  declare noGeometryEdit: boolean;
  declare private current: number;
  declare private zoomsToPair: boolean;

  protected readonly view = new PictureView(this, {
    name: () => [this.header, this.#t("document")].filter(Boolean).join(": "),
    paint: (context, viewport) => paintPairs(context, viewport, this.#pairs, this.current),
    settled: () => this.#show(this.current),
  });
  #given: readonly unknown[] = [];
  #pairs: readonly Pair[] = [];
  #isUsable = false;
  #history = new History<Review>([]);
  readonly #steps = { undo: () => this.#undo(true), redo: () => this.#undo(false) };
  /** The field whose typing makes one step for undo: "value" or "key" and the pair. */
  #typing = "";
  #pressed: { readonly x: number; readonly y: number } | undefined;

  constructor() {
    super();
    this.noKeyEdit = false;
    this.noGeometryEdit = false;
    this.current = 0;
    this.zoomsToPair = false;
  }

  get #t() {
    return reviewStrings(this);
  }

  // --- what the attributes say

  #read(): void {
    const blocks = this.initialValue ?? this.initialValueAlias;
    const types = this.blockTypes ?? this.blockTypesAlias;
    const given = [blocks, types, this.keys];
    if (this.#given.length > 0 && given.every((value, index) => value === this.#given[index])) {
      return;
    }
    this.#given = given;
    const keys = readKeys(this.keys);
    const { items, faults } = readPairs(blocks ?? undefined, keys.items);
    const malformed =
      blocks === undefined && SPELLINGS["initial-value"].some((name) => this.jsonFaults.has(name));
    const isMissing = !malformed && blocks === undefined && items.length === 0;
    this.#tell("initial-value", blocks, isMissing ? [{ kind: "missing" }] : faults);
    this.#tell("keys", this.keys, keys.faults);
    const others = (Array.isArray(types) ? types : []).filter((type) => type !== PAIR_BLOCK);
    this.#tell("block-types", types, others.length > 0 ? [{ kind: "otherType" }] : []);
    this.#isUsable = !malformed && !isMissing && (blocks === undefined || Array.isArray(blocks));
    this.#pairs = items;
    this.#history = new History(startReview(items));
    this.#typing = "";
    this.current = 0;
    this.view.repaint("marks");
  }

  /** One message an attribute: the first few of what is wrong with it. */
  #tell(attribute: string, value: unknown, faults: readonly Fault[]): void {
    const t = this.#t;
    const told = faults
      .slice(0, MOST_TOLD)
      .map(({ kind, item = 0, id = "" }) => t(kind, { item, id, type: PAIR_BLOCK }));
    const more = faults.length - told.length;
    if (more > 0) told.push(t("moreFaults", { count: more }));
    const quoted =
      value === undefined ? attribute : `${attribute}='${excerpt(JSON.stringify(value))}'`;
    const message = t("fault", { quoted, faults: told.join(" ") });
    this.fault(attribute, faults.length > 0 ? message : "");
  }

  protected override willUpdate(): void {
    this.#read();
    this.view.show(this.src);
  }

  // --- the answer

  get #review(): Review {
    this.#read();
    return this.#history.present;
  }

  protected override get submittable(): Json {
    const blocks = answerBlocks(this.#pairs, this.#review);
    return structuredClone({ blocks }) as unknown as Json;
  }

  override get value(): Json {
    return this.submittable;
  }

  override [ANSWER](): AnswerPart {
    return { name: ANSWER_KEY, value: this.submittable };
  }

  #lacking(): number[] {
    return this.#review.flatMap((verdict, index) => (lacks(verdict) ? [index] : []));
  }

  protected override findProblem(): string {
    const t = this.#t;
    const open = this.#lacking();
    if (!this.#isUsable) return t("unusable");
    if (this.view.state === "loading") return t("stillLoading");
    if (this.view.state === "failed") return t("notLoaded");
    const [first] = open;
    if (first === undefined) return "";
    const message = this.#lackText(first);
    return open.length > 1 ? `${message} ${t("more", { count: open.length - 1 })}` : message;
  }

  #lackText(index: number): string {
    const t = this.#t;
    const verdict = this.#review[index] as Verdict;
    if (lacks(verdict) === "key") return t("keyMissing", { number: index + 1 });
    const wanted = !this.#pairs[index]?.found;
    return t(wanted ? "wantedMissing" : "valueMissing", { key: this.#keyName(index) });
  }

  #keyName(index: number): string {
    return this.#review[index]?.key.trim() || this.#t("nameless");
  }

  protected override readDraft(): Json | undefined {
    const start = startReview(this.#pairs);
    const untouched = this.#review.every((verdict, index) =>
      sameVerdict(verdict, start[index] as Verdict),
    );
    return untouched ? undefined : reviewDraft(this.#pairs, this.#review);
  }

  protected override restoreDraft(state: Json): void {
    this.#read();
    const review = readReview(state, this.#pairs);
    if (review) this.#history = new History(review);
    this.requestUpdate();
  }

  override reset(): void {
    this.#read();
    this.#history = new History(startReview(this.#pairs));
    this.#typing = "";
    this.problem = "";
    this.requestUpdate();
  }

  // --- the work

  /** False when that is what was said already. */
  #change(index: number, change: Partial<Verdict>, typedIn = ""): boolean {
    const review = this.#review;
    const before = review[index];
    const verdict = before && changed(before, change);
    if (!verdict || sameVerdict(before, verdict)) return false;
    const next = review.map((one, at) => (at === index ? verdict : one));
    const key = this.#keyName(index);
    if (typedIn && typedIn === this.#typing) {
      this.#history.present = next;
    } else {
      const what =
        verdict.choice === before.choice
          ? this.#t("corrected", { key, value: verdict.value })
          : this.#t("chosen", { key, choice: this.#t(verdict.choice) });
      this.#history.commit(next, what);
    }
    this.#typing = typedIn;
    this.requestUpdate();
    return true;
  }

  #type(index: number, field: "key" | "value", event: Event): void {
    const input = event.target as HTMLInputElement | HTMLTextAreaElement;
    const text = oneLine(input.value);
    if (text !== input.value) input.value = text;
    this.#change(index, { [field]: text }, `${field} ${index}`);
    if (this.problem) this.validate();
  }

  /** The native event stays in the shadow root. */
  #typed(event: Event): void {
    event.stopPropagation();
    this.#typing = "";
    this.changed();
  }

  #choose(index: number, choice: Choice): boolean {
    const pair = this.#pairs[index];
    if (!pair || !choicesFor(pair).includes(choice)) return false;
    this.announce(this.#t("chosen", { key: this.#keyName(index), choice: this.#t(choice) }));
    if (this.#change(index, { choice })) this.changed();
    return true;
  }

  #undo(back: boolean): void {
    const t = this.frameText;
    const what = back ? this.#history.undo() : this.#history.redo();
    this.#typing = "";
    if (what === undefined) this.announce(t(back ? "nothingToUndo" : "nothingToRedo"));
    else {
      this.announce(t(back ? "undone" : "redone", { what }));
      this.changed();
    }
  }

  /** Makes it the current pair, in the list and in the picture. */
  #select(index: number): void {
    if (index === this.current) return;
    this.current = index;
    this.#show(index);
  }

  #show(index: number): void {
    this.view.repaint("marks");
    const pair = this.#pairs[index];
    const { picture } = this.view;
    const area = pair && picture && areaOf(pair, picture);
    if (!area) return;
    if (this.zoomsToPair) this.#zoomTo(area);
    else if (!this.view.viewport.isFit) this.view.reveal(area);
  }

  #zoomTo(area: { x: number; y: number; width: number; height: number }): void {
    const { viewport } = this.view;
    viewport.fit();
    const room = Math.min(
      viewport.stage.width / (area.width * viewport.scale),
      viewport.stage.height / (area.height * viewport.scale),
    );
    const middle = { x: area.x + area.width / 2, y: area.y + area.height / 2 };
    const factor = Math.max(1, Math.min(room * PAIR_SHARE, MOST_ZOOM));
    viewport.zoomBy(factor, viewport.toStage(middle));
    const at = viewport.toStage(middle);
    this.view.panBy(viewport.stage.width / 2 - at.x, viewport.stage.height / 2 - at.y);
  }

  #toggleZoom(): void {
    this.zoomsToPair = !this.zoomsToPair;
    if (this.zoomsToPair) this.#show(this.current);
    else this.view.fit();
  }

  /** A press on a box of the picture, unless it was a drag. */
  #onPicture(event: MouseEvent): void {
    const { picture } = this.view;
    const slipped =
      !this.#pressed ||
      Math.hypot(event.clientX - this.#pressed.x, event.clientY - this.#pressed.y) > SLIP;
    if (!picture || slipped) return;
    const at = this.view.toPicture({ x: event.clientX, y: event.clientY });
    const index = pairAt(at, this.#pairs, picture);
    if (index >= 0) this.#goTo(index);
  }

  #goTo(index: number): void {
    if (index < 0 || index >= this.#pairs.length) return;
    this.#select(index);
    this.#field(index)?.focus();
  }

  #field(index: number): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`#value-${index}`);
  }

  protected override focusWork(): void {
    const [first = 0] = this.#lacking();
    const lacksKey = this.#review[first] && lacks(this.#review[first]) === "key";
    const key = this.renderRoot.querySelector<HTMLElement>(`#key-${first}`);
    const field = (lacksKey && key instanceof HTMLInputElement && key) || this.#field(first);
    (field ?? this.view.stage)?.focus();
  }

  /** Enter goes on, as a value is one line; so do Alt and an arrow, from anywhere in the list. */
  #onKey(event: KeyboardEvent, index: number): void {
    const inField = event.target instanceof HTMLTextAreaElement;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    const byEnter = inField && event.key === "Enter" && plain;
    const isArrow = event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp");
    if (!byEnter && !isArrow) return;
    event.preventDefault();
    event.stopPropagation();
    const back = event.key === "ArrowUp" || (byEnter && event.shiftKey);
    this.#goTo(index + (back ? -1 : 1));
  }

  protected override get workShortcuts(): readonly Shortcut[] {
    const t = this.#t;
    const offered = new Set(this.#pairs.flatMap(choicesFor));
    const choices = (["yes", "no", "blank", "notFound"] as const).filter((one) => offered.has(one));
    return [
      {
        keys: ["Enter", "Alt+ArrowDown"],
        label: t("next"),
        repeat: true,
        // From a field they are taken there; Enter on a button is the button's own.
        run: ({ altKey }) => altKey && this.#goTo(this.current + 1),
      },
      {
        keys: ["Shift+Enter", "Alt+ArrowUp"],
        label: t("previous"),
        repeat: true,
        run: ({ altKey }) => altKey && this.#goTo(this.current - 1),
      },
      ...choices.map((choice) => ({
        keys: [CHOICE_KEYS[choice]],
        label: t(choice),
        run: () => this.#choose(this.current, choice),
      })),
      { keys: ["z"], label: t("zoomToPair"), run: () => this.#toggleZoom() },
      ...undoShortcuts(this.frameText, this.#steps),
      ...this.view.shortcuts,
    ];
  }

  // --- what is to be seen

  static override styles = [...Widget.styles, pictureStyles, reviewStyles];

  get #rowHost(): PairRowHost {
    return {
      t: this.#t,
      keyName: (index) => this.#keyName(index),
      select: (index) => this.#select(index),
      choose: (index, choice) => this.#choose(index, choice),
      type: (index, field, event) => this.#type(index, field, event),
      typed: (event) => this.#typed(event),
      key: (event, index) => this.#onKey(event, index),
    };
  }

  protected override renderTools() {
    const t = this.frameText;
    return html`${this.view.renderZoom()}
      <button
        type="button"
        class="tool"
        aria-pressed=${this.zoomsToPair}
        ?disabled=${this.view.state !== "ready"}
        @click=${() => this.#toggleZoom()}
      >
        ${this.#t("zoomToPair")}
      </button>
      ${renderUndo(t, this.#history, this.#steps)}`;
  }

  protected override renderWork() {
    return html`<div
      @pointerdown=${({ clientX, clientY }: PointerEvent) => {
        this.#pressed = { x: clientX, y: clientY };
      }}
      @click=${(event: MouseEvent) => this.#onPicture(event)}
    >
      ${this.view.render()}
    </div>`;
  }

  protected override renderPanel() {
    const t = this.#t;
    const count = this.#pairs.length;
    const open = this.#lacking().length;
    if (count === 0) return html`<p>${t(this.#isUsable ? "nothing" : "unusable")}</p>`;
    return html`<div class="list-head">
        <h3 id="pairs">${t("pairs", { count })}</h3>
        <span>${open > 0 ? t("todo", { count: open }) : `✓ ${t("allDone")}`}</span>
      </div>
      <ol class="pairs" aria-labelledby="pairs">
        ${this.#pairs.map((pair, index) =>
          renderPair(
            {
              index,
              pair,
              verdict: this.#review[index] as Verdict,
              isCurrent: index === this.current,
              isChecked: this.problem !== "",
              keyIsEditable: pair.found && !this.noKeyEdit,
            },
            this.#rowHost,
          ),
        )}
      </ol>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-textract-analyze-document": CrowdTextractAnalyzeDocument;
  }
}
