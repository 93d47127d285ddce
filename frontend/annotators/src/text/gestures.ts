import { clearNativeSelection, type Labeling } from "./labeling.js";
import type { Paper } from "./paper.js";
import type { Span } from "./spans.js";
import { nativeSelection } from "./view.js";
import type { Extent } from "./words.js";

/** Pixels that a press may move and still be a click. */
const STILL = 4;

type Gesture =
  | { kind: "select"; from: number; x: number; y: number; moved: boolean }
  | { kind: "edge"; side: "start" | "end"; span: Span; now: Extent };

/** Mouse, pen and touch on the text: selecting stretches, choosing spans, dragging their edges. */
export class Gestures {
  #running: Gesture | null = null;
  /** The click that ends a drag is no click. */
  #dragged = false;

  constructor(
    private readonly work: Labeling,
    private readonly paper: Paper,
    private readonly page: { readonly locked: boolean; redraw(): void },
  ) {}

  get running(): boolean {
    return this.#running !== null;
  }

  /** Ends what is going on without a result; false when nothing was. */
  cancel = (): boolean => {
    const { running } = this;
    this.#running = null;
    if (running) this.work.pending = null;
    this.page.redraw();
    return running;
  };

  down = (event: PointerEvent): void => {
    // A finger scrolls and selects natively (see `nativelySelected`); its taps arrive as clicks.
    const finger = event.pointerType === "touch";
    if (event.button !== 0 || finger || !this.paper.view || this.page.locked) return;
    clearNativeSelection();
    this.#dragged = false;
    const { clientX: x, clientY: y } = event;
    const from = this.paper.view.offsetAt(x, y);
    this.#running = { kind: "select", from, x, y, moved: false };
    this.#capture(event);
  };

  edgeDown(event: PointerEvent, side: "start" | "end"): void {
    const span = this.work.selected;
    if (!span || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#running = { kind: "edge", side, span, now: [span.start, span.end] };
    this.#capture(event);
  }

  #capture(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.page.redraw();
  }

  move = (event: PointerEvent): void => {
    const gesture = this.#running;
    const { view } = this.paper;
    if (!gesture || !view) return;
    const { clientX: x, clientY: y, shiftKey: fine } = event;
    if (gesture.kind === "select") {
      if (!gesture.moved && Math.hypot(x - gesture.x, y - gesture.y) < STILL) return;
      gesture.moved = true;
      this.work.pending = this.#snap(gesture.from, view.offsetAt(x, y), fine);
      this.work.selectedId = null;
      this.work.cursor = null;
    } else {
      gesture.now = this.#edgeAt(gesture, view.offsetAt(x, y), fine);
      this.work.pending = gesture.now;
    }
    this.paper.scrollAtEdge(y);
    this.page.redraw();
  };

  up = (event: PointerEvent): void => {
    const gesture = this.#running;
    if (!gesture) return;
    this.move(event);
    this.#running = null;
    if (gesture.kind === "edge") {
      this.work.pending = null;
      this.work.reshape(gesture.span, gesture.now);
    } else if (gesture.moved) {
      this.#dragged = true;
      this.paper.focus();
      this.work.offer(this.work.pending);
    }
    this.page.redraw();
  };

  /** A span's extent with one edge dragged to `offset`; never empty. */
  #edgeAt({ side, span, now }: Gesture & { kind: "edge" }, offset: number, fine: boolean): Extent {
    const [start, end] =
      side === "start"
        ? [Math.min(offset, span.end - 1), span.end]
        : [span.start, Math.max(offset, span.start + 1)];
    const snapped = this.#snap(start, end, fine);
    if (!snapped) return now;
    return side === "start" ? [snapped[0], span.end] : [span.start, snapped[1]];
  }

  #snap(from: number, to: number, fine: boolean): Extent | null {
    const { words } = this.work;
    return (fine ? words.snapCharacters(from, to) : words.snap(from, to)) ?? null;
  }

  click = (event: MouseEvent): void => {
    const { view } = this.paper;
    const dragged = this.#dragged;
    this.#dragged = false;
    if (!view || dragged || this.page.locked) return;
    this.paper.focus();
    const unit = view.unitAt(event.clientX, event.clientY);
    if (event.detail >= 2) {
      if (unit !== undefined) this.#offerAround(unit, event.detail > 2);
      return;
    }
    const chosen = unit === undefined ? undefined : this.work.nextInStack(unit);
    this.work.cursor = null;
    this.work.select(chosen?.id ?? null);
    if (unit !== undefined && !chosen) this.work.anchor = this.work.words.extentAt(unit);
  };

  /** A double click's word, a triple click's sentence. */
  #offerAround(unit: number, whole: boolean): void {
    this.work.selectedId = null;
    const { words } = this.work;
    const { start, end, word } = words.at(unit);
    const sentence = whole ? words.sentence(unit) : undefined;
    if (sentence) this.work.offer(sentence);
    else if (word) this.work.offer([start, end]);
  }

  /** Fingers and assistive technology select natively. */
  nativelySelected = (): void => {
    const { view } = this.paper;
    if (!view || this.#running || this.page.locked) return;
    const extent = nativeSelection(this.paper.root, view);
    if (!extent) return;
    this.work.pending = this.#snap(...extent, false);
    this.work.selectedId = null;
    this.page.redraw();
  };

  copy = (event: ClipboardEvent): void => {
    const { view } = this.paper;
    const span = this.work.selected;
    const extent = this.work.pending ?? (span ? ([span.start, span.end] as const) : null);
    if (!extent || !view || nativeSelection(this.paper.root, view)) return;
    event.clipboardData?.setData("text/plain", this.work.words.text.slice(...extent));
    event.preventDefault();
  };
}
