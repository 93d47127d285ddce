import { History } from "../../../common/src/history.js";
import type { FieldState } from "../core/form.js";
import { LabelSet } from "./labels.js";
import {
  type Answer,
  type Entity,
  otherOccurrences,
  put,
  type Span,
  stackAt,
  toAnswer,
  withEdgeMoved,
} from "./spans.js";
import type { Strings } from "./strings.js";
import { suggestionsOf } from "./task.js";
import { type Extent, Words } from "./words.js";

/** What undo and redo bring back. */
export interface Work {
  readonly spans: readonly Span[];
  /** Radios, check boxes and selects of the form: they are undone too; text fields undo by themselves. */
  readonly choices: FieldState;
}

/** The page around the work. */
export interface Surroundings {
  readonly strings: Strings;
  /** Whether the answer is under way or sent: then nothing may change it any more. */
  readonly locked: boolean;
  choices(): FieldState;
  putChoices(choices: FieldState): void;
  /** Tells assistive technology. */
  say(text: string): void;
  /** The answer is another now. */
  changed(): void;
  /** Brings a stretch of the text and the selected span's row to sight. */
  show(extent: Extent): void;
  redraw(): void;
}

/** The work on one task: its spans and their history, what is selected, and what waits for a label. */
export class Labeling {
  labels = new LabelSet([]);
  words = new Words("");
  /** A stretch that waits for its label. */
  pending: Extent | null = null;
  /** The label that the next selection gets. */
  armed: string | null = null;
  /** The keyboard's word, and the word where an extension began. */
  cursor: Extent | null = null;
  anchor: Extent | null = null;
  /** Where the cursor was last. */
  #left: Extent | null = null;
  selectedId: number | null = null;

  #history = new History<Work>({ spans: [], choices: {} });
  #initial: readonly Entity[] | null = null;
  #shown: ReadonlySet<number | null> = new Set();
  #nextId = 1;

  constructor(private readonly page: Surroundings) {}

  get spans(): readonly Span[] {
    return this.#history.present.spans;
  }

  get selected(): Span | null {
    return this.spans.find(({ id }) => id === this.selectedId) ?? null;
  }

  get open(): readonly Span[] {
    return this.spans.filter(({ suggested }) => suggested);
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  /** Whether there are suggestions to accept. */
  get isReview(): boolean {
    return this.#initial !== null;
  }

  get answer(): Answer {
    return toAnswer(this.spans, this.#initial, this.#shown);
  }

  // ---- the task and its history

  /** Begins a task from the start. */
  begin(words: Words, labels: LabelSet, initial: readonly Entity[] | null): void {
    this.words = words;
    this.labels = labels;
    this.#initial = initial;
    const spans = suggestionsOf(initial ?? [], labels, words.text.length, () => this.#nextId++);
    this.#shown = new Set(spans.map(({ origin }) => origin));
    this.#history = new History<Work>({ spans, choices: this.page.choices() });
    this.selectedId = this.pending = this.cursor = this.anchor = this.armed = this.#left = null;
  }

  /** Other labels for the same text: what has a label that is gone goes, the rest stays. */
  relabelAll(labels: LabelSet): void {
    this.labels = labels;
    if (this.armed !== null && !labels.has(this.armed)) this.armed = null;
    const left = this.spans.filter(({ label }) => labels.has(label));
    if (left.length < this.spans.length)
      this.#commit(left, this.page.strings.labelsGone(this.page.strings.count(left.length)));
  }

  /** What the form's fields hold now becomes part of the present, without a step to undo. */
  noteChoices(): void {
    this.#history.present = { spans: this.spans, choices: this.page.choices() };
  }

  /** A choice of the form was made by the worker. */
  choiceMade(question: string): void {
    this.#history.commit({ spans: this.spans, choices: this.page.choices() }, question);
  }

  /** Puts the spans of a draft in the place of these; those that do not fit the task are left out. */
  restore(spans: readonly Span[]): void {
    const fits = spans.filter(
      ({ label, start, end }) =>
        this.labels.has(label) && start < end && end <= this.words.text.length,
    );
    for (const { id } of fits) this.#nextId = Math.max(this.#nextId, id + 1);
    this.select(null);
    const s = this.page.strings;
    this.#history.commit({ spans: fits, choices: this.page.choices() }, s.draftRestored);
    this.page.say(`${s.draftRestored}: ${s.count(fits.length)}`);
    this.page.changed();
  }

  undo(): void {
    this.#travel(true);
  }

  redo(): void {
    this.#travel(false);
  }

  #travel(back: boolean): void {
    if (this.page.locked) return;
    const what = back ? this.#history.undo() : this.#history.redo();
    const s = this.page.strings;
    if (what === undefined) {
      this.page.say(back ? s.nothingToUndo : s.nothingToRedo);
      return;
    }
    this.page.putChoices(this.#history.present.choices);
    if (!this.selected) this.selectedId = null;
    this.pending = null;
    this.page.say(back ? s.undone(what) : s.redone(what));
    this.page.changed();
  }

  #commit(spans: readonly Span[], what: string): void {
    if (this.page.locked) return;
    // A script or a reset may have changed fields since: undo must not bring those choices back.
    this.noteChoices();
    this.#history.commit({ spans, choices: this.#history.present.choices }, what);
    this.page.say(what);
    this.page.changed();
  }

  // ---- names

  /** The words of a stretch, for people: white space as one blank, cut after `most` units. */
  wordsOf([start, end]: Extent, most = 60): string {
    const { words } = this;
    const all = words.text.slice(start, end).replace(/\s+/g, " ");
    if (all.length <= most) return all;
    const cut = Math.max(start + 1, words.at(start + most, "grapheme").start);
    return `${words.text.slice(start, cut).replace(/\s+/g, " ")}…`;
  }

  // ---- labels

  /** What a label's key or button does: label the selection, relabel the span, or arm the label. */
  use(label: string): void {
    const target = this.pending ?? (this.selectedId === null ? this.cursor : null);
    const { selected } = this;
    if (target) {
      this.add(target, label);
      this.#selectAdded(target, label);
    } else if (selected) {
      this.relabel(selected, label);
    } else {
      this.armed = this.armed === label ? null : label;
      const s = this.page.strings;
      this.page.say(this.armed ? s.armed(this.labels.full(label)) : s.disarmed);
    }
    this.page.redraw();
  }

  /** A finished selection: labeled at once when a label is armed, else it waits for one. */
  offer(extent: Extent | null): void {
    this.pending = extent;
    if (!extent) return;
    if (this.armed) this.add(extent, this.armed);
    else this.page.say(this.page.strings.pendingHint(this.wordsOf(extent)));
    this.page.redraw();
  }

  add([start, end]: Extent, label: string): void {
    this.pending = this.anchor = null;
    clearNativeSelection();
    const equal = this.#spanAt([start, end], label);
    if (equal && !equal.suggested) return;
    const span: Span = equal ? { ...equal, suggested: false } : this.#span([start, end], label);
    const spans = put(this.spans, span);
    const s = this.page.strings;
    this.#commit(spans, s.added(this.labels.full(label), s.count(spans.length)));
  }

  #span([start, end]: Extent, label: string): Span {
    return { id: this.#nextId++, label, start, end, origin: null, suggested: false };
  }

  #spanAt([start, end]: Extent, label: string): Span | undefined {
    return this.spans.find(
      (span) => span.start === start && span.end === end && span.label === label,
    );
  }

  #selectAdded(extent: Extent, label: string): void {
    this.selectedId = this.#spanAt(extent, label)?.id ?? null;
  }

  relabel(span: Span, label: string): void {
    if (span.label === label && !span.suggested) return;
    this.#commit(
      put(this.spans, { ...span, label, suggested: false }),
      this.page.strings.relabeled(this.labels.full(label)),
    );
  }

  /** Removes a span; `goOn` selects the one after it. */
  remove(span: Span, goOn: boolean): void {
    const at = this.spans.indexOf(span);
    const spans = this.spans.filter((other) => other !== span);
    const near = spans[at] ?? spans[at - 1];
    this.selectedId = goOn ? (near?.id ?? null) : null;
    const s = this.page.strings;
    this.#commit(spans, s.removed(this.labels.full(span.label), s.count(spans.length)));
  }

  reshape(span: Span, extent: Extent | undefined): void {
    if (!extent || extent[0] >= extent[1] || !this.spans.includes(span)) return;
    const [start, end] = extent;
    if (start === span.start && end === span.end) return;
    this.#commit(
      put(this.spans, { ...span, start, end, suggested: false }),
      this.page.strings.edge(this.wordsOf(extent)),
    );
    this.page.show(extent);
  }

  /** Moves one edge of the selected span by a word or, if `fine`, by a character. */
  moveEdge(side: "start" | "end", by: -1 | 1, fine: boolean): void {
    const { selected } = this;
    if (selected) this.reshape(selected, withEdgeMoved(this.words, selected, side, by, fine));
  }

  /** Accepts the selected suggestion and goes to the next open one. */
  accept(): void {
    const current = this.selected;
    const { open } = this;
    if (current?.suggested) {
      this.#commit(
        put(this.spans, { ...current, suggested: false }),
        this.page.strings.accepted(this.labels.full(current.label)),
      );
      const next =
        this.spans.find((span) => span.suggested && span.start >= current.start) ??
        open.find((span) => span !== current);
      if (next) this.select(next.id, true);
    } else if (open[0]) this.select(open[0].id, true);
  }

  acceptAll(): void {
    const { open } = this;
    if (open.length === 0) return;
    const s = this.page.strings;
    const accepted = open.map((span) => ({ ...span, suggested: false }));
    this.#commit(put(this.spans, ...accepted), s.accepted(s.count(open.length)));
  }

  /** Marks every other place of the selected span's words. */
  markOthers(): void {
    const { selected } = this;
    if (!selected) return;
    const extents = otherOccurrences(this.words, this.spans, selected);
    const s = this.page.strings;
    if (extents.length === 0) {
      this.page.say(s.noOthers);
      return;
    }
    const added = extents.map((extent) => this.#span(extent, selected.label));
    this.#commit(put(this.spans, ...added), s.othersAdded(added.length));
  }

  // ---- selecting

  /** Selects a span; `show` announces it and brings it to sight. */
  select(id: number | null, show = false): void {
    this.selectedId = id;
    this.pending = this.anchor = null;
    const span = this.selected;
    if (span && show) {
      this.cursor = null;
      const s = this.page.strings;
      const name = `${this.labels.full(span.label)}${span.suggested ? `, ${s.suggestion}` : ""}`;
      const position = s.position(this.spans.indexOf(span) + 1, this.spans.length);
      this.page.say(`${name}: ${this.wordsOf([span.start, span.end])}, ${position}`);
      this.page.show([span.start, span.end]);
    }
    this.page.redraw();
  }

  /** The spans at a unit in turn: the smallest, then the next around it. */
  nextInStack(unit: number): Span | undefined {
    const stack = stackAt(this.spans, unit);
    const at = stack.findIndex(({ id }) => id === this.selectedId);
    return stack[(at + 1) % (stack.length || 1)];
  }

  /** Selects the next span (in order) after the selected one or the cursor; false at the end. */
  walk(by: -1 | 1): boolean {
    const { spans } = this;
    const current = spans.findIndex(({ id }) => id === this.selectedId);
    let next = current + by;
    if (current < 0) {
      const from = this.cursor?.[0] ?? (by > 0 ? 0 : this.words.text.length);
      const found = spans.findIndex(({ start }) => start >= from);
      const after = found < 0 ? spans.length : found;
      next = by > 0 ? after : after - 1;
    }
    const span = spans[next];
    if (!span) return false;
    this.select(span.id, true);
    return true;
  }

  /** The keyboard has come to the text: its cursor is where it was, the first time at the beginning. */
  enter(): void {
    const first = this.words.next(0);
    const to = this.cursor ?? this.anchor ?? this.#left ?? (first && [first.start, first.end]);
    if (to && !this.selected && !this.pending) this.moveCursor(null, to, false);
  }

  /** Brings to sight where the work goes on. */
  showPlace(): void {
    const { selected } = this;
    const place = this.cursor ?? this.pending ?? (selected && [selected.start, selected.end]);
    if (place) this.page.show(place);
  }

  /** Puts the keyboard's cursor on a word, or extends the selection to it. */
  moveCursor(from: Extent | null, to: Extent, extend: boolean): void {
    this.selectedId = null;
    if (extend) {
      this.anchor ??= from ?? to;
      this.pending = [Math.min(this.anchor[0], to[0]), Math.max(this.anchor[1], to[1])];
    } else {
      this.pending = this.anchor = null;
    }
    this.cursor = this.#left = to;
    this.page.say(this.wordsOf(this.pending ?? to));
    this.page.show(to);
    this.page.redraw();
  }

  /** Takes back the last thing that is not work: the selection, the selected span, the armed label, the cursor. */
  cancel(): boolean {
    if (this.pending) {
      this.pending = this.anchor = null;
      clearNativeSelection();
    } else if (this.selectedId !== null) this.selectedId = null;
    else if (this.armed) {
      this.armed = null;
      this.page.say(this.page.strings.disarmed);
    } else if (this.cursor) this.cursor = null;
    else return false;
    this.page.redraw();
    return true;
  }
}

export function clearNativeSelection(): void {
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed) selection.removeAllRanges();
}
