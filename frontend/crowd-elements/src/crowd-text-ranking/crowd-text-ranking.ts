import { html, nothing, type PropertyDeclarations } from "lit";
import { History } from "../../../common/src/history.ts";
import { textRankingAnswer } from "../defaults.ts";
import { ANSWER, type AnswerPart, type Json } from "../shared/answer.ts";
import { excerpt } from "../shared/excerpt.ts";
import { keyOf, type Shortcut } from "../shared/hot-keys.ts";
import { jsonProperty, withTextItems } from "../shared/json-attribute.ts";
import { fetchText, isTextReference } from "../shared/text-source.ts";
import { renderUndo, undoShortcuts } from "../shared/undo.ts";
import { Widget } from "../shared/widget.ts";
import { type BoardHost, renderBoard } from "./board.ts";
import { type Dimension, type Fault, readDimensions, readResponses } from "./dimensions.ts";
import {
  clearRank,
  isComplete,
  listed,
  type Ranks,
  rankedCount,
  readRanks,
  setRank,
  step,
  unranked,
} from "./ranking.ts";
import { RowDrag } from "./row-drag.ts";
import { rankingStrings } from "./strings.ts";
import { rankingStyles } from "./styles.ts";

/** One dimension in the answer; `null` is a response without a rank, which cannot be submitted. */
export interface OrdinalRankingDimension {
  name: string;
  allowTie: boolean;
  responseRankings: (number | null)[];
}

export interface TextRankingAnswer {
  ordinalRankingDimensions: OrdinalRankingDimension[];
}

/** What is ranked, as the attributes say. */
interface Task {
  readonly responses: readonly string[];
  readonly dimensions: readonly Dimension[];
}

/** The ranks along each dimension. */
type State = readonly Ranks[];

/** A response in a dimension. */
interface Place {
  readonly dimension: number;
  readonly item: number;
}

/** A, B, … Z, AA, AB, …: letters, so that names of responses are not taken for ranks. */
function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}

const same = (value: Json | undefined) => value;

/** Ranks texts along one or more dimensions: by keys, by choosing, by steps, by dragging. */
export class CrowdTextRanking extends Widget {
  static override jsonAttributes = new Map([
    ["responses", withTextItems],
    ["ordinal-ranking-dimensions", same],
  ]);
  static override properties: PropertyDeclarations = {
    text: {},
    responses: jsonProperty("responses"),
    ordinalRankingDimensions: jsonProperty("ordinal-ranking-dimensions"),
    prompt: { state: true },
    current: { state: true },
  };
  declare text: string | undefined;
  declare responses: string[] | undefined;
  declare ordinalRankingDimensions: Dimension[] | undefined;
  /** The text itself; undefined while it is being read from where `text` says. */
  declare private prompt: string | undefined;
  /** The dimension that keys on a response work on. */
  declare private current: number;

  #task: Task = { responses: [], dimensions: [] };
  #given: readonly unknown[] = [];
  #history = new History<State>([]);
  readonly #steps = { undo: () => this.#undo(true), redo: () => this.#undo(false) };
  readonly #drag = new RowDrag(
    () => this.requestUpdate(),
    (dimension, item, ranks) => this.#commit({ dimension, item }, ranks),
  );

  constructor() {
    super();
    this.prompt = "";
    this.current = 0;
  }

  get #t() {
    return rankingStrings(this);
  }

  #name(item: number): string {
    return this.#t("response", { letter: letter(item) });
  }

  // --- what the attributes say

  /** Reads the attributes again if they have changed; ranks of other responses do not stay. */
  #read(): void {
    const given = [this.responses, this.ordinalRankingDimensions];
    if (given.every((value, index) => value === this.#given[index])) return;
    this.#given = given;
    const responses = readResponses(this.responses);
    const dimensions = readDimensions(this.ordinalRankingDimensions as Json | undefined);
    this.#tell("responses", this.responses, responses.fault);
    this.#tell("ordinal-ranking-dimensions", this.ordinalRankingDimensions, dimensions.fault);
    this.#task = { responses: responses.items, dimensions: dimensions.items };
    this.#history = new History(this.#blank());
    this.current = 0;
  }

  #tell(attribute: string, value: unknown, fault: Fault | undefined): void {
    if (!fault || (value === undefined && this.jsonFaults.has(attribute))) {
      this.fault(attribute);
      return;
    }
    const { kind, item = 0, name = "" } = fault;
    const quoted = excerpt(JSON.stringify(value) ?? "");
    this.fault(attribute, this.#t(kind, { attribute, value: quoted, item, name }));
  }

  #blank(): State {
    const { responses, dimensions } = this.#task;
    return dimensions.map(() => unranked(responses.length));
  }

  get #isUsable(): boolean {
    return this.#task.responses.length > 0 && this.#task.dimensions.length > 0;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    this.#read();
    if (changed.has("text")) void this.#readText(this.text ?? "");
  }

  async #readText(text: string): Promise<void> {
    const isReference = isTextReference(text);
    this.prompt = isReference ? undefined : text;
    this.fault("text");
    if (!isReference) return;
    try {
      const prompt = await fetchText(text, this);
      if (text === this.text) this.prompt = prompt;
    } catch (error) {
      if (text === this.text) this.fault("text", (error as Error).message);
    }
  }

  // --- the answer

  get #state(): State {
    this.#read();
    return this.#history.present;
  }

  protected override get submittable(): Json {
    const ranks = this.#state;
    const ordinalRankingDimensions = this.#task.dimensions.map(({ name, allowTie }, index) => ({
      name,
      allowTie,
      responseRankings: [...(ranks[index] ?? [])],
    }));
    return { ordinalRankingDimensions };
  }

  override get value(): Json {
    return this.submittable;
  }

  override [ANSWER](): AnswerPart {
    return textRankingAnswer(this.submittable as { ordinalRankingDimensions: Json[] });
  }

  protected override findProblem(): string {
    const t = this.#t;
    const ranks = this.#state;
    if (!this.#isUsable || this.prompt === undefined) return t("unusable");
    return this.#task.dimensions
      .flatMap(({ name }, index) => {
        const one = ranks[index] ?? [];
        const count = one.length - rankedCount(one);
        return count > 0 ? [t("incomplete", { dimension: name, count })] : [];
      })
      .join(" ");
  }

  protected override readDraft(): Json | undefined {
    const ranks = this.#state;
    return ranks.some((one) => rankedCount(one) > 0) ? ranks.map((one) => [...one]) : undefined;
  }

  protected override restoreDraft(state: Json): void {
    this.#read();
    const { responses, dimensions } = this.#task;
    const drafts = Array.isArray(state) ? state : [];
    this.#history = new History<State>(
      dimensions.map(
        ({ allowTie }, index) =>
          readRanks(drafts[index], responses.length, allowTie) ?? unranked(responses.length),
      ),
    );
    this.requestUpdate();
  }

  override reset(): void {
    this.#read();
    this.#history = new History(this.#blank());
    this.problem = "";
    this.requestUpdate();
  }

  // --- the work

  #commit({ dimension, item }: Place, ranks: Ranks): void {
    const state = this.#state;
    if (String(ranks) === String(state[dimension])) {
      // A choice that comes to the same, as the next rank after a tie does: the field shows what counts.
      this.requestUpdate();
      return;
    }
    const what = this.#describe({ dimension, item }, ranks);
    this.#history.commit(
      state.map((one, index) => (index === dimension ? ranks : one)),
      what,
    );
    const done = isComplete(ranks) && !isComplete(state[dimension] ?? []);
    this.announce(done ? `${what}. ${this.#orderText(ranks)}` : what);
    this.current = dimension;
    this.#redrawWithFocus();
  }

  #describe({ dimension, item }: Place, ranks: Ranks): string {
    const rank = ranks[item] ?? null;
    const names = {
      dimension: this.#task.dimensions[dimension]?.name ?? "",
      response: this.#name(item),
    };
    return rank === null ? this.#t("cleared", names) : this.#t("given", { ...names, rank });
  }

  #orderText(ranks: Ranks): string {
    const order = listed(ranks).map((item, index, all) => {
      const tied = index > 0 && ranks[item] === ranks[all[index - 1] ?? -1];
      return `${index === 0 ? "" : tied ? " = " : ", "}${letter(item)}`;
    });
    return this.#t("order", { order: order.join("") });
  }

  /** Rows change places, and a node that is moved loses the focus. */
  #redrawWithFocus(): void {
    const root = this.renderRoot as ShadowRoot;
    const focused = root.activeElement;
    this.changed();
    void this.updateComplete.then(() => {
      if (focused instanceof HTMLElement && focused !== root.activeElement) focused.focus();
    });
  }

  #undo(back: boolean): void {
    const t = this.frameText;
    const what = back ? this.#history.undo() : this.#history.redo();
    if (what === undefined) this.announce(t(back ? "nothingToUndo" : "nothingToRedo"));
    else {
      this.announce(t(back ? "undone" : "redone", { what }));
      this.#redrawWithFocus();
    }
  }

  get #boardHost(): BoardHost {
    return {
      t: this.#t,
      drag: this.#drag,
      texts: this.#task.responses,
      nameOf: (item) => this.#name(item),
      enter: (dimension) => {
        this.current = dimension;
      },
      rank: (dimension, item, ranks) => this.#commit({ dimension, item }, ranks),
      key: (event) => this.#onFieldKey(event),
    };
  }

  /** The response that has the focus, in its row or as a text. */
  get #focused(): Place | undefined {
    const focused = (this.renderRoot as ShadowRoot).activeElement;
    const holder = focused?.closest<HTMLElement>("[data-item]");
    if (!holder) return undefined;
    const board = holder.closest<HTMLElement>("[data-dimension]");
    return {
      dimension: board ? Number(board.dataset.dimension) : this.current,
      item: Number(holder.dataset.item),
    };
  }

  /** Changes the ranks around the response that has the focus; false when none has it. */
  #onFocused(change: (ranks: Ranks, item: number, allowTie: boolean) => Ranks): boolean {
    const place = this.#focused;
    const dimension = place && this.#task.dimensions[place.dimension];
    const ranks = place && this.#state[place.dimension];
    if (!place || !dimension || !ranks) return false;
    this.#commit(place, change(ranks, place.item, dimension.allowTie));
    return true;
  }

  #nextDimension(): void {
    const { dimensions } = this.#task;
    this.current = (this.current + 1) % dimensions.length;
    this.announce(this.#t("nowRanking", { dimension: dimensions[this.current]?.name ?? "" }));
  }

  protected override get workShortcuts(): readonly Shortcut[] {
    const t = this.#t;
    const { responses, dimensions } = this.#task;
    const digits = Array.from({ length: Math.min(9, responses.length) }, (_, at) => `${at + 1}`);
    const move = (direction: -1 | 1) => () =>
      this.#onFocused((ranks, item, allowTie) => step(ranks, item, direction, allowTie));
    return [
      {
        keys: digits,
        label: t("keyRank"),
        run: ({ key }) =>
          this.#onFocused((ranks, item, allowTie) => setRank(ranks, item, Number(key), allowTie)),
      },
      { keys: ["Shift+ArrowUp"], label: t("keyUp"), repeat: true, run: move(-1) },
      { keys: ["Shift+ArrowDown"], label: t("keyDown"), repeat: true, run: move(1) },
      {
        keys: ["0", "Delete", "Backspace"],
        label: t("keyClear"),
        run: () => this.#onFocused(clearRank),
      },
      ...(dimensions.length > 1
        ? [{ keys: ["d"], label: t("keyDimension"), run: () => this.#nextDimension() }]
        : []),
      ...undoShortcuts(this.frameText, this.#steps),
      { keys: ["Escape"], label: "", hidden: true, run: () => this.#drag.cancel() },
    ];
  }

  /** In a field for a rank the keys work too: nothing is typed there. */
  #onFieldKey(event: KeyboardEvent): void {
    const pressed = keyOf(event);
    const shortcut = this.workShortcuts.find(({ keys }) => keys.includes(pressed));
    if (!shortcut || (event.repeat && !shortcut.repeat) || shortcut.run(event) === false) return;
    event.preventDefault();
    event.stopPropagation();
  }

  protected override focusWork(): void {
    const { dimensions } = this.#task;
    const open = this.#state.findIndex((ranks) => !isComplete(ranks));
    const dimension = Math.min(Math.max(0, open), Math.max(0, dimensions.length - 1));
    const rows = this.renderRoot.querySelectorAll<HTMLElement>(
      `[data-dimension="${dimension}"] .row`,
    );
    const row = Array.from(rows).find((one) => one.dataset.rank === "") ?? rows[0];
    row?.querySelector("select")?.focus();
  }

  // --- what is to be seen

  static override styles = [...Widget.styles, rankingStyles];

  protected override renderTools() {
    if (!this.#isUsable) return nothing;
    const t = this.frameText;
    return html`${renderUndo(t, this.#history, this.#steps)}`;
  }

  protected override renderWork() {
    const t = this.#t;
    return html`
      ${
        this.prompt === ""
          ? nothing
          : html`<section class="prompt" aria-labelledby="prompt" aria-busy=${this.prompt === undefined}>
              <h3 id="prompt">${t("prompt")}</h3>
              <div class="text" dir="auto">${this.prompt ?? t("loading")}</div>
            </section>`
      }
      <ol class="responses">
        ${this.#task.responses.map((text, item) => this.#renderResponse(text, item))}
      </ol>
    `;
  }

  #renderResponse(text: string, item: number) {
    return html`<li>
      <div
        class="response"
        role="group"
        tabindex="0"
        aria-labelledby="response-${item}"
        aria-describedby="marks-${item}"
        data-item=${item}
      >
        <h3 id="response-${item}">${this.#name(item)}</h3>
        <div class="text" dir="auto">${text}</div>
        <div class="marks" id="marks-${item}">
          ${this.#task.dimensions.map(({ name }, dimension) => {
            const rank = this.#state[dimension]?.[item] ?? null;
            return html`<span class="mark" ?data-current=${dimension === this.current}
              ><bdi>${name}</bdi>: <b>${rank ?? this.#t("notRanked")}</b></span
            >`;
          })}
        </div>
      </div>
    </li>`;
  }

  protected override renderPanel() {
    if (!this.#isUsable) return nothing;
    const { dimensions } = this.#task;
    return html`${dimensions.map((one, dimension) => {
      const ranks = this.#state[dimension] ?? [];
      return renderBoard(
        {
          ...one,
          dimension,
          ranks,
          isCurrent: dimension === this.current && dimensions.length > 1,
          isLacking: this.problem !== "" && !isComplete(ranks),
        },
        this.#boardHost,
      );
    })}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-text-ranking": CrowdTextRanking;
  }
}
