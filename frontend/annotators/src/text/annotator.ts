import { html, LitElement, nothing, type PropertyValues, render, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { DraftWriter, fingerprint, openStore, type Stamped } from "../core/drafts.js";
import {
  controls,
  type FieldState,
  findForm,
  isChoice,
  isTyping,
  type Missing,
  missingFields,
  readFields,
  submitForm,
  writeFields,
} from "../core/form.js";
import { History } from "../core/history.js";
import { type Command, chord, MODIFIERS } from "./keys.js";
import { type Label, labelRules, readLabels } from "./labels.js";
import { barsAndBadges, keepFocus, placed } from "./overlay.js";
import { dialogs, metadataPanel } from "./panels.js";
import {
  type Answer,
  type Entity,
  inOrder,
  levels,
  otherOccurrences,
  put,
  type Span,
  stackAt,
  toAnswer,
} from "./spans.js";
import { type Strings, stringsFor } from "./strings.js";
import { fieldRules, styles } from "./styles.js";
import { type Box, type Mark, nativeSelection, TextView } from "./view.js";
import { type Extent, Words } from "./words.js";

const VERSION = "1";
const ROWS_UNWINDOWED = 50;
const MANY_IN_VIEW = 300;
const AROUND_WINDOW = 2000;

interface Work {
  readonly spans: readonly Span[];
  /** Radios, check boxes and selects of the form: they are undone too; text fields undo by themselves. */
  readonly choices: FieldState;
}

interface Draft extends Stamped {
  spans: readonly Span[];
  fields: FieldState;
}

type Gesture =
  | { kind: "select"; from: number; x: number; y: number; moved: boolean }
  | { kind: "edge"; side: "start" | "end"; span: Span; now: Extent };

let instances = 0;

export class TruthkitTextAnnotator extends LitElement {
  static override properties = {
    name: {},
    text: {},
    textJson: { attribute: "text-json" },
    labels: { type: Array, converter: { fromAttribute: parsed } },
    metadata: { type: Object, converter: { fromAttribute: parsed } },
    initialValue: { attribute: "initial-value", converter: { fromAttribute: parsed } },
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
  #labels: Label[] = [];
  #indices = new Map<string, number>();
  #initial: Entity[] | null = null;
  #problem = "";
  #words = new Words("");
  #view: TextView | undefined;
  #history = new History<Work>({ spans: [], choices: {} });
  #nextId = 1;
  #hidden: HTMLInputElement | undefined;

  #selected: number | null = null;
  #pending: Extent | null = null;
  #armed: string | null = null;
  /** The keyboard's word, and the word where an extension began. */
  #cursor: Extent | null = null;
  #anchor: Extent | null = null;
  #gesture: Gesture | null = null;
  #dragged = false;
  #leaving = false;
  #dense = false;

  #levels = new Map<number, number>();
  /** The deepest level of each paragraph. */
  #depth = new Map<number, number>();
  #painted: { spans: readonly Span[] | null; pending: Extent | null; selected: Span | null } = {
    spans: null,
    pending: null,
    selected: null,
  };
  #keys = new WeakMap<object, Mark>();
  #marks: Mark[] = [];
  #sheet = document.createElement("style");
  #frame = 0;
  #resize = new ResizeObserver(() => this.#planOverlay());

  #writer: DraftWriter | undefined;
  #draft: Draft | null = null;
  #draftLasts: boolean | null = null;
  #savedOnce = false;
  #introOpen = false;
  #state: "open" | "submitted" | "failed" | "noform" = "open";
  #tried = false;
  #said = "";
  #listTop = 0;
  #states = new MutationObserver(() => this.#onCrowdState());
  #fieldsTold = 0;

  constructor() {
    super();
    this.name = "entities";
    this.text = "";
    this.image = "";
    this.imageAlt = "";
    this.heading = "";
  }

  // ---- what scripts may read -------------------------------------------------------------------------------

  get value(): Answer {
    return toAnswer(this.#spans, this.#initial);
  }

  // ---- life ------------------------------------------------------------------------------------------------

  override connectedCallback(): void {
    super.connectedCallback();
    this.#strings = stringsFor(this);
    document.addEventListener("keydown", this.#onKey);
    document.addEventListener("selectionchange", this.#onSelection);
    document.addEventListener("visibilitychange", this.#onHide);
    window.addEventListener("pagehide", this.#onHide);
    window.addEventListener("scroll", this.#onScroll, { passive: true });
    document.addEventListener("input", this.#onField);
    document.addEventListener("change", this.#onField);
    document.fonts?.addEventListener?.("loadingdone", this.#planOverlay);
    this.#states.observe(document.documentElement, { attributeFilter: ["data-crowd-state"] });
    this.#addFieldRules();
    this.#writeHidden();
    if (this.hasUpdated) {
      // The form has moved us: the marks on the page went with the old place.
      this.#makeView();
      this.requestUpdate();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
    document.removeEventListener("selectionchange", this.#onSelection);
    document.removeEventListener("visibilitychange", this.#onHide);
    window.removeEventListener("pagehide", this.#onHide);
    window.removeEventListener("scroll", this.#onScroll);
    document.removeEventListener("input", this.#onField);
    document.removeEventListener("change", this.#onField);
    document.fonts?.removeEventListener?.("loadingdone", this.#planOverlay);
    this.#states.disconnect();
    this.#resize.disconnect();
    this.#view?.close();
    this.#view = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("textJson") && this.textJson !== undefined) {
      const text = parsed(this.textJson);
      if (typeof text === "string") this.text = text;
      else this.#problem = "text-json is not a JSON string";
    }
    if (changed.has("labels")) this.#takeLabels();
    const data = ["text", "textJson", "labels", "initialValue"] as const;
    if (data.some((name) => changed.has(name))) this.#takeTask();
  }

  #takeLabels(): void {
    try {
      if (this.labels === undefined) throw new TypeError("there are no labels");
      this.#labels = readLabels(this.labels);
      this.#problem = "";
    } catch (error) {
      this.#labels = [];
      this.#problem = (error as Error).message;
      console.error(`truthkit-text-annotator: ${this.#problem}`);
    }
    this.#indices = new Map(this.#labels.map(({ label }, i) => [label, i]));
    this.#sheet.textContent = labelRules(this.#labels.length, this.#prefix);
  }

  #takeTask(): void {
    const text = String(this.text ?? "");
    if (text !== this.#words.text) {
      this.#words = new Words(text);
      this.#view?.load(this.#words);
      this.#depth.clear();
    }
    this.#initial = Array.isArray(this.initialValue) ? (this.initialValue as Entity[]) : null;
    const spans = (this.#initial ?? [])
      .map(({ label, startOffset, endOffset }, origin) => ({
        id: this.#nextId++,
        label,
        start: startOffset,
        end: endOffset,
        origin,
        suggested: true,
      }))
      .filter(
        ({ label, start, end }) =>
          this.#indices.has(label) && 0 <= start && start < end && end <= text.length,
      )
      .sort(inOrder);
    this.#history = new History<Work>({ spans, choices: this.#choices() });
    this.#selected = this.#pending = this.#cursor = this.#anchor = null;
    this.#painted.spans = null;
    this.#writeHidden();
  }

  protected override firstUpdated(): void {
    this.renderRoot.append(this.#sheet);
    this.#makeView();
    if (document.readyState === "loading")
      document.addEventListener("DOMContentLoaded", () => void this.#begin(), { once: true });
    else void this.#begin();
    this.dataset.ready = "";
  }

  #makeView(): void {
    const element = this.renderRoot.querySelector<HTMLElement>("[data-testid=text]");
    if (!element || this.#view) return;
    this.#depth.clear();
    this.#view = new TextView(
      this.renderRoot as ShadowRoot,
      element,
      this.#words,
      this.#prefix,
      this.#planOverlay,
    );
    this.#painted.spans = null;
    this.#resize.observe(element);
  }

  /** When the whole page is there: the state of its fields is the beginning, and a draft may be offered. */
  async #begin(): Promise<void> {
    this.#history.present = { ...this.#history.present, choices: this.#choices() };
    this.requestUpdate();
    const store = await openStore();
    const [picture] = this.image.split("?");
    const key = fingerprint(
      VERSION,
      this.name,
      this.text,
      this.labels,
      picture,
      this.metadata,
      this.initialValue,
    );
    this.#draftLasts = store.lasting;
    this.#writer = new DraftWriter(store, `text-annotator/${VERSION}/${key}`, (saved) => {
      this.#savedOnce = saved;
      this.requestUpdate();
    });
    const draft = (await store.get(`text-annotator/${VERSION}/${key}`).catch(() => undefined)) as
      | Draft
      | undefined;
    if (draft && Array.isArray(draft.spans) && this.#state !== "submitted") {
      this.#draft = draft;
      this.#say(this.#strings.draftFound(this.#when(draft.time)));
    } else if (this.#history.canUndo) this.#save();
    this.requestUpdate();
  }

  // ---- the work and its answer -----------------------------------------------------------------------------

  get #spans(): readonly Span[] {
    return this.#history.present.spans;
  }

  get #selectedSpan(): Span | null {
    return this.#spans.find(({ id }) => id === this.#selected) ?? null;
  }

  #choices(): FieldState {
    return readFields(controls(findForm(this)).filter(isChoice));
  }

  #commit(spans: readonly Span[], what: string): void {
    if (this.#state === "submitted") return;
    this.#history.commit({ spans, choices: this.#history.present.choices }, what);
    this.#say(what);
    this.#changed();
  }

  #changed(): void {
    this.#writeHidden();
    this.#save();
    this.requestUpdate();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #writeHidden(): void {
    if (!this.isConnected) return;
    if (!this.#hidden) {
      this.#hidden = document.createElement("input");
      this.#hidden.type = "hidden";
    }
    if (this.#hidden.parentNode !== this) this.append(this.#hidden);
    this.#hidden.name = this.name;
    this.#hidden.value = JSON.stringify(this.value);
  }

  #save(): void {
    this.#writer?.plan(
      (): Draft => ({
        time: Date.now(),
        spans: this.#spans,
        fields: readFields(controls(findForm(this))),
      }),
    );
  }

  #restoreDraft(): void {
    const draft = this.#draft;
    if (!draft) return;
    this.#draft = null;
    this.#nextId = Math.max(this.#nextId, ...draft.spans.map(({ id }) => id + 1));
    this.#select(null);
    const fits = draft.spans.filter(
      ({ label, end }) => this.#indices.has(label) && end <= this.text.length,
    );
    this.#fieldsTold++;
    writeFields(controls(findForm(this)), draft.fields);
    this.#fieldsTold--;
    this.#history.commit({ spans: fits, choices: this.#choices() }, this.#strings.draftRestored);
    this.#say(`${this.#strings.draftRestored}: ${this.#strings.count(fits.length)}`);
    this.#changed();
    this.#textElement?.focus({ preventScroll: true });
  }

  #discardDraft(): void {
    this.#draft = null;
    if (this.#history.canUndo) this.#save();
    else void this.#writer?.clear(false);
    this.requestUpdate();
    this.#textElement?.focus({ preventScroll: true });
  }

  #travel(back: boolean): void {
    const what = back ? this.#history.undo() : this.#history.redo();
    const s = this.#strings;
    if (what === undefined) {
      this.#say(back ? s.nothingToUndo : s.nothingToRedo);
      return;
    }
    this.#fieldsTold++;
    writeFields(controls(findForm(this)).filter(isChoice), this.#history.present.choices);
    this.#fieldsTold--;
    if (!this.#selectedSpan) this.#selected = null;
    this.#pending = null;
    this.#say(back ? s.undone(what) : s.redone(what));
    this.#changed();
  }

  #onField = (event: Event): void => {
    const target = event.target as Element;
    if (this.#fieldsTold || target === this) return;
    if (!controls(findForm(this)).includes(target as HTMLInputElement)) return;
    if (event.type === "change" && isChoice(target)) {
      const choices = this.#choices();
      const name = target.closest("fieldset")?.querySelector("legend")?.textContent?.trim();
      this.#history.commit({ spans: this.#spans, choices }, name || this.#strings.answered);
    }
    this.#save();
    this.requestUpdate();
  };

  #onHide = (event: Event): void => {
    if (event.type === "pagehide" || document.visibilityState === "hidden")
      void this.#writer?.flush();
  };

  // ---- labeling ----------------------------------------------------------------------------------------------

  #full(label: string): string {
    return this.#labels[this.#indices.get(label) ?? -1]?.full ?? label;
  }

  #wordsOf(extent: Extent, most = 60): string {
    const words = this.#words.text.slice(...extent).replace(/\s+/g, " ");
    if (words.length <= most) return words;
    const cut = this.#words.at(extent[0] + most, "grapheme").start - extent[0];
    return `${this.#words.text.slice(extent[0], extent[0] + Math.max(1, cut)).replace(/\s+/g, " ")}…`;
  }

  /** What a label's key or button does: label the selection, relabel the span, or arm the label. */
  #useLabel(label: string): void {
    const target = this.#pending ?? (this.#selected === null ? this.#cursor : null);
    if (target) {
      this.#add(target, label);
      this.#selectAdded(target, label);
    } else if (this.#selectedSpan) {
      this.#relabel(this.#selectedSpan, label);
    } else {
      this.#armed = this.#armed === label ? null : label;
      this.#say(this.#armed ? this.#strings.armed(this.#full(label)) : this.#strings.disarmed);
    }
    this.requestUpdate();
  }

  #add([start, end]: Extent, label: string): void {
    this.#pending = this.#anchor = null;
    clearNativeSelection();
    const equal = this.#spans.find(
      (span) => span.start === start && span.end === end && span.label === label,
    );
    if (equal && !equal.suggested) return;
    const span: Span = equal
      ? { ...equal, suggested: false }
      : { id: this.#nextId++, label, start, end, origin: null, suggested: false };
    const spans = put(this.#spans, span);
    this.#commit(spans, this.#strings.added(this.#full(label), this.#strings.count(spans.length)));
  }

  #selectAdded([start, end]: Extent, label: string): void {
    this.#selected =
      this.#spans.find((span) => span.start === start && span.end === end && span.label === label)
        ?.id ?? null;
  }

  #relabel(span: Span, label: string): void {
    if (span.label === label && !span.suggested) return;
    this.#commit(
      put(this.#spans, { ...span, label, suggested: false }),
      this.#strings.relabeled(this.#full(label)),
    );
  }

  #remove(span: Span): void {
    const at = this.#spans.indexOf(span);
    const spans = this.#spans.filter((other) => other !== span);
    const near = spans[at] ?? spans[at - 1];
    const listed = this.shadowRoot?.activeElement === this.#list;
    this.#selected = listed ? (near?.id ?? null) : null;
    this.#commit(
      spans,
      this.#strings.removed(this.#full(span.label), this.#strings.count(spans.length)),
    );
  }

  #reshape(span: Span, extent: Extent | undefined): void {
    if (!extent || extent[0] >= extent[1]) return;
    const [start, end] = extent;
    if (start === span.start && end === span.end) return;
    this.#commit(
      put(this.#spans, { ...span, start, end, suggested: false }),
      this.#strings.edge(this.#wordsOf(extent)),
    );
    this.#scrollTo(extent);
  }

  /** Moves one edge of the selected span by a word or, with `fine`, by a character as it is seen. */
  #moveEdge(side: "start" | "end", by: -1 | 1, fine: boolean): void {
    const span = this.#selectedSpan;
    if (!span) return;
    const words = this.#words;
    const { start, end } = span;
    const last = words.text.length;
    const edge = side === "start" ? start : end;
    let moved: number | undefined;
    if (fine) {
      if (by < 0) moved = edge > 0 ? words.at(edge - 1, "grapheme").start : undefined;
      else moved = edge < last ? words.at(edge, "grapheme").end : undefined;
    } else if (side === "start") {
      moved = by < 0 ? words.previous(start)?.start : words.next(start + 1)?.start;
    } else moved = by < 0 ? words.previous(end - 1)?.end : words.next(end)?.end;
    if (moved === undefined) return;
    this.#reshape(span, side === "start" ? [moved, end] : [start, moved]);
  }

  #accept(all: boolean): void {
    const s = this.#strings;
    const open = this.#spans.filter(({ suggested }) => suggested);
    const current = this.#selectedSpan;
    if (all && open.length) {
      const accepted = open.map((span) => ({ ...span, suggested: false }));
      this.#commit(put(this.#spans, ...accepted), s.accepted(s.count(open.length)));
      return;
    }
    if (current?.suggested) {
      this.#commit(
        put(this.#spans, { ...current, suggested: false }),
        s.accepted(this.#full(current.label)),
      );
      const next =
        this.#spans.find((span) => span.suggested && span.start >= current.start) ??
        open.find((span) => span !== current);
      if (next) this.#select(next.id, true);
    } else if (open[0]) this.#select(open[0].id, true);
  }

  #markOthers(): void {
    const span = this.#selectedSpan;
    if (!span) return;
    const extents = otherOccurrences(this.#words.text, this.#spans, span, (extent) => {
      const snapped = this.#words.snap(...extent);
      return snapped?.[0] === extent[0] && snapped[1] === extent[1];
    });
    const s = this.#strings;
    if (extents.length === 0) {
      this.#say(s.noOthers);
      return;
    }
    const added = extents.map(
      ([start, end]): Span => ({
        id: this.#nextId++,
        label: span.label,
        start,
        end,
        origin: null,
        suggested: false,
      }),
    );
    this.#commit(put(this.#spans, ...added), s.othersAdded(added.length));
  }

  #select(id: number | null, show = false): void {
    this.#selected = id;
    this.#pending = this.#anchor = null;
    const span = this.#selectedSpan;
    if (span && show) {
      this.#cursor = null;
      const place = this.#spans.indexOf(span);
      const s = this.#strings;
      this.#say(
        `${this.#full(span.label)}${span.suggested ? `, ${s.suggestion}` : ""}: ${this.#wordsOf([span.start, span.end])}, ${s.position(place + 1, this.#spans.length)}`,
      );
      this.#scrollTo([span.start, span.end]);
    }
    this.#scrollList();
    this.requestUpdate();
  }

  /** Selects the next span of `spans` (in order) after the selected one or the cursor; false at the end. */
  #walk(by: -1 | 1): boolean {
    const spans = this.#spans;
    const current = spans.findIndex(({ id }) => id === this.#selected);
    let next = current + by;
    if (current < 0) {
      const from = this.#cursor?.[0] ?? (by > 0 ? 0 : this.text.length);
      const after = spans.findIndex(({ start }) => start >= from);
      next = by > 0 ? (after < 0 ? spans.length : after) : (after < 0 ? spans.length : after) - 1;
    }
    const span = spans[next];
    if (!span) return false;
    this.#select(span.id, true);
    return true;
  }

  // ---- mouse, pen, touch ---------------------------------------------------------------------------------------

  get #textElement(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>("[data-testid=text]");
  }

  get #list(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>("[data-testid=span-list]");
  }

  #snap(from: number, to: number, fine: boolean): Extent | null {
    return (fine ? this.#words.snapCharacters(from, to) : this.#words.snap(from, to)) ?? null;
  }

  #onTextDown(event: PointerEvent): void {
    // A finger scrolls and selects natively (see #onSelection); its taps arrive as clicks.
    if (
      event.button !== 0 ||
      event.pointerType === "touch" ||
      !this.#view ||
      this.#state === "submitted"
    )
      return;
    clearNativeSelection();
    this.#dragged = false;
    const { clientX: x, clientY: y } = event;
    this.#gesture = { kind: "select", from: this.#view.offsetAt(x, y), x, y, moved: false };
    this.#capture(event);
  }

  #capture(event: PointerEvent): void {
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    this.requestUpdate();
  }

  #onTextMove(event: PointerEvent): void {
    const gesture = this.#gesture;
    const view = this.#view;
    if (!gesture || !view) return;
    const { clientX: x, clientY: y } = event;
    if (gesture.kind === "select") {
      if (!gesture.moved && Math.hypot(x - gesture.x, y - gesture.y) < 4) return;
      gesture.moved = true;
      this.#pending = this.#snap(gesture.from, view.offsetAt(x, y), event.shiftKey);
      this.#selected = null;
      this.#cursor = null;
    } else {
      const { span, side } = gesture;
      const offset = view.offsetAt(x, y);
      const [start, end] =
        side === "start"
          ? [Math.min(offset, span.end - 1), span.end]
          : [span.start, Math.max(offset, span.start + 1)];
      const snapped = this.#snap(start, end, event.shiftKey);
      if (snapped)
        gesture.now = side === "start" ? [snapped[0], span.end] : [span.start, snapped[1]];
      this.#pending = gesture.now;
    }
    this.#scrollAtEdge(y);
    this.requestUpdate();
  }

  #onTextUp(event: PointerEvent): void {
    const gesture = this.#gesture;
    if (!gesture) return;
    this.#onTextMove(event);
    this.#gesture = null;
    if (gesture.kind === "edge") {
      this.#pending = null;
      this.#reshape(gesture.span, gesture.now);
    } else if (gesture.moved) {
      this.#dragged = true;
      this.#textElement?.focus({ preventScroll: true });
      this.#offer(this.#pending);
    }
    this.requestUpdate();
  }

  /** A finished selection: labeled at once when a label is armed, else it waits for one. */
  #offer(extent: Extent | null): void {
    this.#pending = extent;
    if (!extent) return;
    if (this.#armed) this.#add(extent, this.#armed);
    else this.#say(this.#strings.pendingHint(this.#wordsOf(extent)));
    this.requestUpdate();
  }

  #onTextCancel(): void {
    this.#gesture = null;
    this.#pending = null;
    this.requestUpdate();
  }

  #onTextClick(event: MouseEvent): void {
    const view = this.#view;
    // The click that ends a drag is no click.
    const dragged = this.#dragged;
    this.#dragged = false;
    if (!view || dragged || this.#state === "submitted") return;
    this.#textElement?.focus({ preventScroll: true });
    const unit = view.unitAt(event.clientX, event.clientY);
    if (event.detail >= 2) {
      if (unit === undefined) return;
      this.#selected = null;
      const { start, end, word } = this.#words.at(unit);
      const sentence = event.detail > 2 ? this.#words.sentence(unit) : undefined;
      if (sentence) this.#offer(sentence);
      else if (word) this.#offer([start, end]);
      return;
    }
    const stack = unit === undefined ? [] : stackAt(this.#spans, unit);
    const at = stack.findIndex(({ id }) => id === this.#selected);
    const chosen = stack[(at + 1) % (stack.length || 1)];
    this.#cursor = null;
    this.#select(chosen?.id ?? null);
    if (unit !== undefined && !chosen) this.#anchor = this.#wordExtent(unit);
  }

  #wordExtent(unit: number): Extent {
    const { start, end } = this.#words.at(unit);
    return [start, end];
  }

  #onEdgeDown(event: PointerEvent, side: "start" | "end"): void {
    const span = this.#selectedSpan;
    if (!span || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#gesture = { kind: "edge", side, span, now: [span.start, span.end] };
    this.#capture(event);
  }

  /** Fingers and assistive technology select natively. */
  #onSelection = (): void => {
    if (!this.#view || this.#gesture) return;
    const extent = nativeSelection(this.renderRoot as ShadowRoot, this.#view);
    if (!extent) return;
    this.#pending = this.#snap(...extent, false);
    this.#selected = null;
    this.requestUpdate();
  };

  #onCopy(event: ClipboardEvent): void {
    const span = this.#selectedSpan;
    const extent = this.#pending ?? (span ? ([span.start, span.end] as const) : null);
    if (!extent || nativeSelection(this.renderRoot as ShadowRoot, this.#view as TextView)) return;
    event.clipboardData?.setData("text/plain", this.text.slice(...extent));
    event.preventDefault();
  }

  #scrollAtEdge(y: number): void {
    const margin = 36;
    const [top, bottom] = this.#covered();
    if (y < top + margin) window.scrollBy(0, -14);
    else if (y > innerHeight - bottom - margin) window.scrollBy(0, 14);
  }

  /** Heights of what sticks to the window's top and bottom. */
  #covered(): [number, number] {
    const height = (selector: string): number =>
      this.renderRoot.querySelector(selector)?.getBoundingClientRect().height ?? 0;
    return [height(".labels"), height("footer")];
  }

  #scrollTo(extent: Extent, tries = 4): void {
    const [box] = this.#view?.boxes(extent[0], Math.min(extent[1], extent[0] + 200)) ?? [];
    const probe = this.renderRoot.querySelector<HTMLElement>(".probe");
    const paper = probe?.parentElement?.getBoundingClientRect();
    if (!box || !probe || !paper) return;
    const [top, bottom] = this.#covered();
    probe.style.top = `${box.top - paper.top}px`;
    probe.style.height = `${box.height}px`;
    probe.style.scrollMargin = `${top + 28}px 0 ${bottom + 28}px`;
    probe.scrollIntoView({ block: "nearest" });
    // Paragraphs that come into view take their true height only then.
    if (tries > 1 && this.#textElement?.classList.contains("long"))
      requestAnimationFrame(() => this.#scrollTo(extent, tries - 1));
  }

  // ---- keys --------------------------------------------------------------------------------------------------

  #withSelected(act: (span: Span) => void): boolean {
    const span = this.#selectedSpan;
    if (span) act(span);
    return span !== null;
  }

  #commands(): Command[] {
    const s = this.#strings;
    const edges = (keys: string[], side: "start" | "end", by: -1 | 1, fine: boolean): Command => ({
      keys,
      shown: "",
      help: "",
      run: () => this.#withSelected(() => this.#moveEdge(side, by, fine)),
    });
    return [
      {
        keys: ["Delete", "Backspace"],
        shown: "Delete",
        help: s.keyDelete,
        run: () => this.#withSelected((span) => this.#remove(span)),
      },
      { keys: [], shown: "[  ]", help: s.keyEnd, run: () => false },
      edges(["["], "end", -1, false),
      edges(["]"], "end", 1, false),
      edges(["Alt+["], "end", -1, true),
      edges(["Alt+]"], "end", 1, true),
      { keys: [], shown: "Shift+[  Shift+]", help: s.keyStart, run: () => false },
      edges(["Shift+["], "start", -1, false),
      edges(["Shift+]"], "start", 1, false),
      edges(["Alt+Shift+["], "start", -1, true),
      edges(["Alt+Shift+]"], "start", 1, true),
      {
        keys: ["o"],
        shown: "O",
        help: s.keyOthers,
        run: () => this.#withSelected(() => this.#markOthers()),
      },
      ...(this.#initial
        ? [
            { keys: ["a"], shown: "A  Shift+A", help: s.keyAccept, run: () => this.#accept(false) },
            { keys: ["Shift+a"], shown: "", help: "", run: () => this.#accept(true) },
          ]
        : []),
      { keys: ["Mod+z"], shown: "Ctrl+Z", help: s.keyUndo, run: () => this.#travel(true) },
      {
        keys: ["Mod+Shift+z", "Mod+y"],
        shown: "Ctrl+Y  Ctrl+Shift+Z",
        help: s.keyRedo,
        run: () => this.#travel(false),
      },
      { keys: ["Escape"], shown: "Escape", help: s.keyEscape, run: () => this.#cancel() },
      { keys: ["Mod+Enter"], shown: "Ctrl+Enter", help: s.keySubmit, run: () => this.#submit() },
      { keys: ["i"], shown: "I", help: s.keyInstructions, run: () => this.#open("instructions") },
      { keys: ["?"], shown: "?", help: s.keyHelp, run: () => this.#open("shortcuts") },
    ];
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || isTyping(event) || MODIFIERS.test(event.key))
      return;
    const pressed = chord(event);
    const dialog = this.renderRoot.querySelector("dialog[open]");
    if (dialog) {
      if (pressed === "?" || pressed === "i") (dialog as HTMLDialogElement).close();
      return;
    }
    if (document.querySelector("dialog[open]:modal") || this.#state === "submitted") return;
    if (pressed !== "Tab" && pressed !== "Shift+Tab" && pressed !== "Escape") this.#leaving = false;
    const label = this.#labels.find(({ key }) => key !== "" && key === pressed);
    const command = this.#commands().find(({ keys }) => keys.includes(pressed));
    if (!command && !label) return;
    if (command ? command.run() === false : this.#useLabel((label as Label).label)) return;
    event.preventDefault();
  };

  #cancel(): boolean {
    if (this.#gesture || this.#pending) {
      this.#gesture = null;
      this.#pending = this.#anchor = null;
      clearNativeSelection();
    } else if (this.#selected !== null) this.#selected = null;
    else if (this.#armed) {
      this.#armed = null;
      this.#say(this.#strings.disarmed);
    } else if (this.#cursor) this.#cursor = null;
    else {
      this.#leaving = true;
      return false;
    }
    this.#leaving = true;
    this.requestUpdate();
    return true;
  }

  #onTextKey(event: KeyboardEvent): void {
    const pressed = chord(event);
    if (pressed === "Tab" || pressed === "Shift+Tab") {
      if (!this.#leaving && this.#walk(pressed === "Tab" ? 1 : -1)) event.preventDefault();
      this.#leaving = false;
      return;
    }
    const arrow = /^(Shift\+)?(Arrow(?:Left|Right|Up|Down)|Home|End)$/.exec(pressed);
    if (arrow) {
      this.#moveCursor(arrow[2] as string, arrow[1] !== undefined);
      event.preventDefault();
    } else if (pressed === "Enter") {
      if (this.#pending && this.#armed) this.#add(this.#pending, this.#armed);
      else if (this.#cursor) {
        const stack = stackAt(this.#spans, this.#cursor[0]);
        const at = stack.findIndex(({ id }) => id === this.#selected);
        const chosen = stack[(at + 1) % (stack.length || 1)];
        if (chosen) {
          const cursor = this.#cursor;
          this.#select(chosen.id, true);
          this.#cursor = cursor;
        }
      }
      event.preventDefault();
    }
  }

  #moveCursor(key: string, extend: boolean): void {
    const words = this.#words;
    const span = this.#selectedSpan;
    const from = this.#cursor ?? (span ? this.#wordExtent(span.start) : this.#anchor);
    let to: Extent | undefined;
    if (!from) to = this.#firstInView();
    else if (key === "ArrowUp" || key === "ArrowDown")
      to = this.#lineAway(from, key === "ArrowUp" ? -1 : 1);
    else if (key === "Home" || key === "End") {
      const [start, end] = words.extent(words.paragraphAt(from[0]));
      const word = key === "Home" ? words.next(start) : words.previous(end);
      to = word && [word.start, word.end];
    } else {
      const forward = (key === "ArrowRight") !== (this.#view?.rightToLeft(from[0]) ?? false);
      const word = forward ? words.next(from[1]) : words.previous(from[0]);
      to = word && [word.start, word.end];
    }
    if (!to) return;
    this.#selected = null;
    if (extend) {
      this.#anchor ??= from ?? to;
      this.#pending = [Math.min(this.#anchor[0], to[0]), Math.max(this.#anchor[1], to[1])];
    } else {
      this.#pending = null;
      this.#anchor = null;
    }
    this.#cursor = to;
    this.#say(this.#wordsOf(this.#pending ?? to));
    this.#scrollTo(to);
    this.requestUpdate();
  }

  #firstInView(): Extent | undefined {
    const [top] = this.#covered();
    const area = this.#textElement?.getBoundingClientRect();
    const from = area && area.top < top ? (this.#view?.offsetAt(area.left, top + 8) ?? 0) : 0;
    const word = this.#words.next(from) ?? this.#words.next(0);
    return word && [word.start, word.end];
  }

  #lineAway(from: Extent, by: -1 | 1): Extent | undefined {
    const [box] = this.#view?.boxes(...from) ?? [];
    const area = this.#textElement?.getBoundingClientRect();
    if (!box || !area || !this.#view) return undefined;
    const x = box.left + box.width / 2;
    for (let step = 8; step < 400; step += 8) {
      const y = by < 0 ? box.top - step : box.top + box.height + step;
      if (y < area.top || y > area.bottom) return undefined;
      const offset = this.#view.offsetAt(x, y);
      const found = this.#words.at(offset);
      const word = found.word ? found : (this.#words.previous(offset) ?? found);
      const [line] = this.#view.boxes(word.start, word.end);
      if (
        word.word &&
        line &&
        Math.abs(line.top - box.top) > 4 &&
        Math.sign(line.top - box.top) === by
      )
        return [word.start, word.end];
    }
    return undefined;
  }

  #onListKey(event: KeyboardEvent): void {
    const spans = this.#spans;
    const at = spans.findIndex(({ id }) => id === this.#selected);
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? spans.length - 1 : at - 1,
      Home: 0,
      End: spans.length - 1,
      PageDown: Math.min(spans.length - 1, at + 10),
      PageUp: Math.max(0, at - 10),
    };
    const next = to[event.key];
    if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      this.#textElement?.focus({ preventScroll: true });
      return;
    }
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const span = spans[Math.max(0, Math.min(spans.length - 1, next))];
    if (span) this.#select(span.id, true);
  }

  // ---- submitting ----------------------------------------------------------------------------------------------

  #missing(): Missing[] {
    const open = this.#spans.filter(({ suggested }) => suggested);
    const fields = missingFields(findForm(this));
    const text = this.#textElement;
    if (open[0] && text) {
      const [first] = open;
      fields.unshift({
        name: this.#strings.undecided(open.length),
        frame: text,
        focus: () => {
          text.focus({ preventScroll: true });
          this.#select(first.id, true);
        },
      });
    }
    return fields;
  }

  #submit(): void {
    if (this.#state === "submitted") return;
    this.#gesture = null;
    const missing = this.#missing();
    this.#tried = missing.length > 0;
    this.#state = "open";
    if (missing[0]) {
      this.#say(this.#strings.missing(missing.map(({ name }) => name).join("; ")));
      this.#goTo(missing[0]);
    } else {
      this.#writeHidden();
      if (!submitForm(findForm(this))) this.#state = "noform";
    }
    this.requestUpdate();
  }

  #goTo(missing: Missing): void {
    const [top, bottom] = this.#covered();
    missing.frame.style.scrollMargin = `${top + 24}px 0 ${bottom + 24}px`;
    missing.focus();
    missing.frame.scrollIntoView({ block: "nearest" });
  }

  #onCrowdState(): void {
    const state = document.documentElement.dataset.crowdState;
    if (state === "submitted") {
      this.#state = "submitted";
      void this.#writer?.clear(true);
    } else if (state === "failed") this.#state = "failed";
    this.requestUpdate();
  }

  // ---- dialogs and instructions ----------------------------------------------------------------------------------

  get #hasIntro(): boolean {
    return this.querySelector("[slot=short-instructions]") !== null;
  }

  #open(which: "instructions" | "shortcuts"): void {
    const dialog = this.renderRoot.querySelector<HTMLDialogElement>(`dialog.${which}`);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // In a frame as tall as its content the middle may be out of sight: open where the worker looks.
    const seen = new IntersectionObserver(([entry]) => {
      seen.disconnect();
      if (entry) dialog.style.marginTop = `${Math.max(16, entry.intersectionRect.top + 24)}px`;
    });
    seen.observe(this);
  }

  /** Open on the first task only; where storage is refused, on each. */
  #firstTime(): boolean {
    const key = `truthkit-instructions:${fingerprint(this.querySelector("[slot=short-instructions]")?.textContent)}`;
    try {
      if (localStorage.getItem(key)) return false;
      localStorage.setItem(key, "1");
    } catch {
      // Refused: then every task is a first one.
    }
    return true;
  }

  #introDecided = false;
  #onIntro(): void {
    if (this.#introDecided || !this.#hasIntro) return;
    this.#introDecided = true;
    this.#introOpen = this.#firstTime();
    this.requestUpdate();
  }

  #say(text: string): void {
    // The same words twice are news too: the invisible mark makes them a change.
    this.#said = this.#said === text ? `${text}\u200b` : text;
    this.requestUpdate();
  }

  #when(time: number): string {
    return new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  }

  #addFieldRules(): void {
    const root = this.getRootNode() as Document | ShadowRoot;
    const head = root instanceof Document ? root.head : root;
    if (head.querySelector("style[data-truthkit-text-annotator]")) return;
    const style = document.createElement("style");
    style.dataset.truthkitTextAnnotator = "";
    style.textContent = fieldRules;
    head.append(style);
  }

  // ---- drawing ---------------------------------------------------------------------------------------------------

  protected override updated(): void {
    if (!this.#view && this.isConnected) this.#makeView();
    for (const frame of this.querySelectorAll<HTMLElement>("[data-missing]"))
      delete frame.dataset.missing;
    if (this.#tried)
      for (const { frame } of this.#missing())
        if (frame !== this.#textElement) frame.dataset.missing = "";
    this.#paint();
    this.#planOverlay();
  }

  /** Tells the view which marks there are; marks that did not change keep their keys. */
  #paint(): void {
    const view = this.#view;
    if (!view) return;
    const spans = this.#spans;
    const selected = this.#selectedSpan;
    const painted = this.#painted;
    if (
      painted.spans === spans &&
      painted.pending === this.#pending &&
      painted.selected === selected
    )
      return;
    if (painted.spans !== spans) {
      // Suggestions have dashed bars only: their words stay as they are until someone decides.
      this.#marks = spans
        .filter(({ suggested }) => !suggested)
        .map((span) => {
          const known = this.#keys.get(span);
          if (known) return known;
          const style = `l${this.#indices.get(span.label) ?? 0}`;
          const mark: Mark = { key: span, style, start: span.start, end: span.end };
          this.#keys.set(span, mark);
          return mark;
        });
      this.#setLevels(spans);
    }
    this.#painted = { spans, pending: this.#pending, selected };
    const marks = [...this.#marks];
    if (selected)
      marks.push({ key: {}, style: "selected", start: selected.start, end: selected.end });
    if (this.#pending)
      marks.push({ key: {}, style: "pending", start: this.#pending[0], end: this.#pending[1] });
    view.paint(marks);
  }

  /** Lines get room for as many bars as overlap in their paragraph. */
  #setLevels(spans: readonly Span[]): void {
    const view = this.#view as TextView;
    this.#levels = levels(spans);
    const depth = new Map<number, number>();
    for (const span of spans) {
      const level = this.#levels.get(span.id) ?? 0;
      const last = this.#words.paragraphAt(span.end - 1);
      for (let p = this.#words.paragraphAt(span.start); p <= last; p++)
        depth.set(p, Math.max(depth.get(p) ?? 0, level));
    }
    const rows = (p: number, levels: Map<number, number>): number =>
      Math.min(6, Math.max(0, (levels.get(p) ?? 0) - 1));
    for (const p of new Set([...depth.keys(), ...this.#depth.keys()]))
      if (rows(p, depth) !== rows(p, this.#depth))
        view.paragraphs[p]?.style.setProperty("--rows", String(rows(p, depth)));
    this.#depth = depth;
  }

  #onScroll = (): void => {
    if (this.#dense) this.#planOverlay();
  };

  #planOverlay = (): void => {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawOverlay();
    });
  };

  /** Bars, badges, handles and the cursor, for the paragraphs in view only. */
  #drawOverlay(): void {
    const overlay = this.renderRoot.querySelector<HTMLElement>(".marks");
    const view = this.#view;
    if (!overlay || !view || !this.isConnected) return;
    const origin = overlay.getBoundingClientRect();
    const place = (box: Box): string => placed(box, origin);
    let spans = this.#spans.filter((span) => {
      const last = this.#words.paragraphAt(span.end - 1);
      for (let p = this.#words.paragraphAt(span.start); p <= last; p++)
        if (view.visible.has(p)) return true;
      return false;
    });
    // One paragraph may hold them all: then only those near the window are drawn.
    this.#dense = spans.length > MANY_IN_VIEW;
    if (this.#dense) {
      const [top, bottom] = this.#covered();
      const area = view.element.getBoundingClientRect();
      const from = view.offsetAt(area.left, Math.max(area.top, top) + 2) - AROUND_WINDOW;
      const to =
        view.offsetAt(area.right, Math.min(area.bottom, innerHeight - bottom) - 2) + AROUND_WINDOW;
      spans = spans.filter(({ start, end }) => end > from && start < to);
    }
    const drawn = spans.map((span) => ({
      span,
      index: this.#indices.get(span.label) ?? 0,
      name: this.#labels[this.#indices.get(span.label) ?? 0]?.short ?? span.label,
      level: this.#levels.get(span.id) ?? 0,
      chosen: span.id === this.#selected,
    }));
    const marks = barsAndBadges(view, drawn, origin, (id) => this.#select(id));
    const cursor =
      this.#cursor && this.#textElement?.matches(":focus") ? view.boxes(...this.#cursor) : [];
    render(
      html`${marks}${cursor.map((box) => html`<i class="cursor" style=${place(box)}></i>`)}${this.#handles(view, place)}`,
      overlay,
      { host: this },
    );
  }

  #handles(view: TextView, place: (box: Box) => string): TemplateResult | typeof nothing {
    const span = this.#selectedSpan;
    if (!span || this.#state === "submitted") return nothing;
    const boxes = view.boxes(span.start, span.end);
    const first = boxes[0];
    const last = boxes.at(-1);
    if (!first || !last) return nothing;
    const rtl = view.rightToLeft(span.start);
    const at = (box: Box, end: boolean): string =>
      place({ ...box, left: end !== rtl ? box.left + box.width : box.left, width: 0 });
    const handle = (side: "start" | "end", style: string): TemplateResult =>
      html`<i class="handle ${side} ${(side === "end") !== rtl ? "right" : "left"}" data-testid="handle-${side}" style=${style}
        @pointerdown=${(event: PointerEvent) => this.#onEdgeDown(event, side)}
        @pointermove=${this.#onTextMove} @pointerup=${this.#onTextUp} @pointercancel=${this.#onTextCancel}></i>`;
    return html`${handle("start", at(first, false))}${handle("end", at(last, true))}`;
  }

  protected override render(): TemplateResult {
    const s = this.#strings;
    const spans = this.#spans;
    return html`<main class="app ${this.#gesture ? "busy" : ""}" @copy=${this.#onCopy}>
      <header>
        <h1>${this.heading || s.heading}</h1>
        <div class="tools">
          <button type="button" data-testid="instructions" aria-keyshortcuts="I" @click=${() => this.#open("instructions")}>
            ${s.instructions} <kbd>I</kbd>
          </button>
          <button type="button" data-testid="shortcuts" aria-keyshortcuts="?" @click=${() => this.#open("shortcuts")}>
            ${s.shortcuts} <kbd>?</kbd>
          </button>
        </div>
        ${metadataPanel(this.metadata, s)}
      </header>
      <section class="intro" data-testid="intro" aria-label=${s.instructions} ?hidden=${!this.#introOpen}>
        <div class="short"><slot name="short-instructions" @slotchange=${this.#onIntro}></slot></div>
        <div class="row">
          <button type="button" @click=${() => this.#open("instructions")}>${s.fullInstructions}</button>
          <button type="button" class="quiet" data-testid="intro-hide" @click=${this.#hideIntro}>${s.hide}</button>
        </div>
      </section>
      ${this.#problem ? html`<p class="problem" role="alert">${s.faulty(this.#problem)}</p>` : nothing}
      <div class="grid ${this.image ? "" : "plain"}">
        ${
          this.image
            ? html`<section class="page" aria-label=${s.picture}>
                <truthkit-picture .src=${this.image} .alt=${this.imageAlt || s.picture} .strings=${s}></truthkit-picture>
              </section>`
            : nothing
        }
        <section class="work" aria-label=${s.text}>
          <div class="labels" role="group" aria-label=${s.labels}>
            ${this.#labels.map((label, i) => this.#renderLabel(label, i))}
            <p class="hint">${this.#hint()}</p>
          </div>
          <div class="paper">
            <div
              class="text"
              data-testid="text"
              role="application"
              tabindex="0"
              aria-label="${s.text}. ${s.textHelp}"
              @pointerdown=${this.#onTextDown}
              @pointermove=${this.#onTextMove}
              @pointerup=${this.#onTextUp}
              @pointercancel=${this.#onTextCancel}
              @mousedown=${keepFocus}
              @click=${this.#onTextClick}
              @keydown=${this.#onTextKey}
              @blur=${() => this.#planOverlay()}
              @focus=${() => this.#planOverlay()}
            ></div>
            <div class="marks" aria-hidden="true"></div>
            <i class="probe"></i>
          </div>
        </section>
        <section class="side">
          <h2 id="spans-title">${s.spans} <span class="count">${spans.length}</span></h2>
          ${this.#renderSelected()}
          ${this.#renderList()}
          <div class="questions" role="group" aria-label=${s.questions}><slot></slot></div>
        </section>
      </div>
      ${this.#renderFooter()}
      <div class="live" role="status" aria-live="polite" data-testid="status">${this.#said}</div>
      ${dialogs(s, this.#labels, this.#commands())}
    </main>`;
  }

  #hideIntro(): void {
    this.#introOpen = false;
    this.requestUpdate();
    this.renderRoot.querySelector<HTMLElement>("[data-testid=instructions]")?.focus();
  }

  #hint(): string {
    const s = this.#strings;
    if (this.#pending) return s.pendingHint(this.#wordsOf(this.#pending, 40));
    if (this.#armed) return s.armedHint(this.#full(this.#armed));
    return s.idleHint;
  }

  #renderLabel(label: Label, index: number): TemplateResult {
    const armed = this.#armed === label.label;
    const current = this.#selectedSpan?.label === label.label;
    const count = this.#spans.filter((span) => span.label === label.label).length;
    return html`<button
      type="button"
      class="label c${index} ${current ? "current" : ""}"
      data-testid="label-${label.label}"
      aria-pressed=${armed ? "true" : "false"}
      aria-keyshortcuts=${label.key || nothing}
      @mousedown=${keepFocus}
      @click=${() => this.#useLabel(label.label)}
    >
      <i class="swatch"></i><span>${label.full}</span>${count ? html`<small>${count}</small>` : nothing}
      ${label.key ? html`<kbd>${label.key.toUpperCase()}</kbd>` : nothing}
    </button>`;
  }

  #renderSelected(): TemplateResult | typeof nothing {
    const s = this.#strings;
    const span = this.#selectedSpan;
    if (!span) return nothing;
    const step = (side: "start" | "end", by: -1 | 1, name: string): TemplateResult =>
      html`<button type="button" aria-label=${name} title=${name} @click=${() => this.#moveEdge(side, by, false)}>${by < 0 ? "◂" : "▸"}</button>`;
    return html`<div class="chosen-span" role="group" aria-label=${s.selected} data-testid="selected-span">
      <p dir="auto">${this.#wordsOf([span.start, span.end], 140)}</p>
      <div class="row">
        <label>${s.changeLabel}
          <select data-testid="relabel" .value=${span.label} @change=${(event: Event) => this.#relabel(span, (event.target as HTMLSelectElement).value)}>
            ${this.#labels.map(({ label, full }) => html`<option value=${label} ?selected=${label === span.label}>${full}</option>`)}
          </select>
        </label>
        <span class="stepper"><span>${s.start}</span>${step("start", -1, s.startLeft)}${step("start", 1, s.startRight)}</span>
        <span class="stepper"><span>${s.end}</span>${step("end", -1, s.endLeft)}${step("end", 1, s.endRight)}</span>
      </div>
      <div class="row">
        ${span.suggested ? html`<button type="button" class="accept" data-testid="accept" @click=${() => this.#accept(false)}>${s.accept} <kbd>A</kbd></button>` : nothing}
        <button type="button" data-testid="others" @click=${this.#markOthers}>${s.others} <kbd>O</kbd></button>
        <button type="button" data-testid="remove" @click=${() => this.#remove(span)}>${s.remove} <kbd>Del</kbd></button>
      </div>
    </div>`;
  }

  get #rowHeight(): number {
    return matchMedia("(pointer: coarse)").matches ? 48 : 40;
  }

  #renderList(): TemplateResult {
    const s = this.#strings;
    const spans = this.#spans;
    const row = this.#rowHeight;
    const windowed = spans.length > ROWS_UNWINDOWED;
    const first = windowed ? Math.max(0, Math.floor(this.#listTop / row) - 6) : 0;
    const shown = windowed ? spans.slice(first, first + 24) : spans;
    const open = spans.filter(({ suggested }) => suggested).length;
    return html`${
      open > 1
        ? html`<button type="button" class="accept all" data-testid="accept-all" @click=${() => this.#accept(true)}>${s.acceptAll(open)} <kbd>⇧A</kbd></button>`
        : nothing
    }
      <div
        class="list"
        role="listbox"
        tabindex="0"
        data-testid="span-list"
        aria-labelledby="spans-title"
        aria-activedescendant=${this.#selectedSpan ? `span-${this.#selected}` : nothing}
        @keydown=${this.#onListKey}
        @scroll=${this.#onListScroll}
      >
        ${spans.length === 0 ? html`<p class="empty">${s.noSpans}</p>` : nothing}
        <div role="presentation" style="height:${spans.length * row}px">
          ${repeat(
            shown,
            ({ id }) => id,
            (span, i) => this.#renderRow(span, first + i, row),
          )}
        </div>
      </div>`;
  }

  #renderRow(span: Span, place: number, height: number): TemplateResult {
    const s = this.#strings;
    const index = this.#indices.get(span.label) ?? 0;
    const words = this.#wordsOf([span.start, span.end], 90);
    const name = s.spanName(this.#full(span.label), words, span.start, span.end);
    return html`<div
      role="option"
      id="span-${span.id}"
      class="row-item c${index} ${span.suggested ? "suggested" : ""}"
      style="top:${place * height}px;height:${height}px"
      aria-selected=${span.id === this.#selected ? "true" : "false"}
      aria-label=${span.suggested ? `${name}, ${s.suggestion}` : name}
      aria-setsize=${this.#spans.length}
      aria-posinset=${place + 1}
      @click=${() => this.#select(span.id, true)}
    >
      <span class="tag">${span.suggested ? "? " : ""}${this.#labels[index]?.short}</span>
      <bdi dir="auto">${words}</bdi>
    </div>`;
  }

  #onListScroll(event: Event): void {
    this.#listTop = (event.currentTarget as HTMLElement).scrollTop;
    if (this.#spans.length > ROWS_UNWINDOWED) this.requestUpdate();
  }

  #scrollList(): void {
    const list = this.#list;
    const place = this.#spans.findIndex(({ id }) => id === this.#selected);
    if (!list || place < 0) return;
    const row = this.#rowHeight;
    if (list.scrollTop > place * row) list.scrollTop = place * row;
    else if (list.scrollTop + list.clientHeight < (place + 1) * row)
      list.scrollTop = (place + 1) * row - list.clientHeight;
    this.#listTop = list.scrollTop;
  }

  #renderFooter(): TemplateResult {
    const s = this.#strings;
    const missing = this.#state === "submitted" ? [] : this.#missing();
    const [first] = missing;
    const draft = this.#draftLasts === false ? s.draftMemory : this.#savedOnce ? s.draftSaved : "";
    return html`<footer>
      ${
        this.#draft
          ? html`<div class="notice" data-testid="draft">
              <span>${s.draftFound(this.#when(this.#draft.time))}</span>
              <button type="button" data-testid="draft-restore" @click=${this.#restoreDraft}>${s.draftRestore}</button>
              <button type="button" class="quiet" data-testid="draft-discard" @click=${this.#discardDraft}>${s.draftDiscard}</button>
            </div>`
          : nothing
      }
      ${
        this.#state === "failed" || this.#state === "noform"
          ? html`<p class="notice bad" role="alert">${this.#state === "failed" ? s.submitFailed : s.noForm}</p>`
          : this.#tried && first
            ? html`<p class="notice bad" role="alert" data-testid="missing">${s.missing(missing.map(({ name }) => name).join("; "))}</p>`
            : nothing
      }
      <div class="bar-row">
        <div class="row">
          <button type="button" data-testid="undo" aria-keyshortcuts="Control+Z" aria-label=${s.undo} title="${s.undo} (Ctrl+Z)" ?disabled=${!this.#history.canUndo} @click=${() => this.#travel(true)}>↶</button>
          <button type="button" data-testid="redo" aria-keyshortcuts="Control+Y" aria-label=${s.redo} title="${s.redo} (Ctrl+Y)" ?disabled=${!this.#history.canRedo} @click=${() => this.#travel(false)}>↷</button>
        </div>
        <p class="progress" data-testid="progress">
          <span>${s.count(this.#spans.length)}</span>
          ${
            first
              ? html`<button type="button" class="left" data-testid="left" @click=${() => this.#goTo(first)}>${s.left(missing.length)}: ${first.name}</button>`
              : html`<span class="ok">${this.#state === "submitted" ? s.submitted : s.nothingLeft}</span>`
          }
          <span class="draft" data-testid="draft-state" data-state=${this.#writer?.pending ? "pending" : "written"}>${draft}</span>
        </p>
        <button type="button" class="primary" data-testid="submit" aria-keyshortcuts="Control+Enter" ?disabled=${this.#state === "submitted"} @click=${this.#submit}>
          ${s.submit} <kbd>Ctrl ↵</kbd>
        </button>
      </div>
    </footer>`;
  }
}

function parsed(text: string | null): unknown {
  if (text === null || text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function clearNativeSelection(): void {
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed) selection.removeAllRanges();
}
