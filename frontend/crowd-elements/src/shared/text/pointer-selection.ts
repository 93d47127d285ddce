/** Mouse, pen and touch on a text: selecting stretches, choosing spans, dragging their edges. */
import type { Stretch } from "./segmented-text.ts";
import type { Side } from "./spans.ts";
import { clearNativeSelection, nativeSelection, type TextView } from "./text-view.ts";

/** Pixels that a press may move and still be a click. */
const STILL = 4;
/** How near to the window's edge a drag scrolls, and by how much. */
const EDGE = 36;
const STEP = 14;

/** What the pointer does to a text. `fine`: by characters, not by words. */
export interface PointerTarget {
  readonly view: TextView;
  /** A selection is going on: from one edge of a character to another. */
  draw(from: number, to: number, fine: boolean): void;
  /** It has ended. */
  finish(): void;
  /** An edge of the chosen span is being dragged. */
  dragEdge(side: Side, to: number, fine: boolean): void;
  /** It was let go. */
  dropEdge(): void;
  /** A press at a unit, or beside the text; `times`: 2 for a double click. */
  click(unit: number | undefined, times: number): void;
  /** The browser's own selection, which fingers and assistive technology use, has changed. */
  selectedNatively(stretch: Stretch): void;
  /** What was going on is called off. */
  abandon(): void;
  /** Whether something is going on. */
  drag(isDragging: boolean): void;
}

type Gesture =
  | {
      kind: "select";
      /** The offset where it began, by the way that it goes; the text may have scrolled since. */
      leftwards: number;
      rightwards: number;
      x: number;
      y: number;
      moved: boolean;
    }
  | { kind: "edge"; side: Side };

export class PointerSelection {
  #running: Gesture | undefined;
  /** The click that ends a drag is none. */
  #dragged = false;

  constructor(private readonly target: PointerTarget) {
    const { element } = target.view;
    element.addEventListener("pointerdown", this.#down);
    element.addEventListener("mousedown", this.#mouseDown);
    element.addEventListener("click", this.#click);
  }

  connect(): void {
    document.addEventListener("selectionchange", this.#selectionChange);
  }

  disconnect(): void {
    document.removeEventListener("selectionchange", this.#selectionChange);
    this.cancel();
  }

  /** Ends what is going on without a result; false when nothing was. */
  cancel(): boolean {
    if (!this.#running) return false;
    this.#end();
    this.target.abandon();
    return true;
  }

  readonly edgeDown = (event: PointerEvent, side: Side): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#begin({ kind: "edge", side });
  };

  #begin(gesture: Gesture): void {
    this.#running = gesture;
    this.#dragged = false;
    this.target.drag(true);
    window.addEventListener("pointermove", this.#move);
    window.addEventListener("pointerup", this.#up);
    window.addEventListener("pointercancel", this.#cancelled);
  }

  #end(): void {
    this.#running = undefined;
    this.target.drag(false);
    window.removeEventListener("pointermove", this.#move);
    window.removeEventListener("pointerup", this.#up);
    window.removeEventListener("pointercancel", this.#cancelled);
  }

  #down = (event: PointerEvent): void => {
    // A finger scrolls, and selects natively by a long press; its taps arrive as clicks.
    if (event.button !== 0 || event.pointerType === "touch") return;
    clearNativeSelection();
    const { clientX: x, clientY: y } = event;
    const { view } = this.target;
    const leftwards = view.offsetAt(x, y, -1);
    const rightwards = view.offsetAt(x, y, 1);
    this.#begin({ kind: "select", leftwards, rightwards, x, y, moved: false });
  };

  /** The mouse selects here, not in the browser. */
  #mouseDown = (event: MouseEvent): void => {
    if (event.button !== 0 || this.#running === undefined) return;
    event.preventDefault();
    this.target.view.element.focus({ preventScroll: true });
  };

  #move = (event: PointerEvent): void => {
    const gesture = this.#running;
    if (!gesture) return;
    const { clientX: x, clientY: y } = event;
    const fine = event.altKey || event.shiftKey;
    const { view } = this.target;
    if (gesture.kind === "select") {
      gesture.moved ||= Math.hypot(x - gesture.x, y - gesture.y) >= STILL;
      if (!gesture.moved) return;
      // What lies between both points is meant, not what adjoins them.
      const towards = Math.sign(x - gesture.x);
      const from = towards < 0 ? gesture.leftwards : gesture.rightwards;
      this.target.draw(from, view.offsetAt(x, y, -towards), fine);
    } else this.target.dragEdge(gesture.side, view.offsetAt(x, y), fine);
    if (y < EDGE) window.scrollBy(0, -STEP);
    else if (y > innerHeight - EDGE) window.scrollBy(0, STEP);
  };

  #up = (event: PointerEvent): void => {
    const gesture = this.#running;
    this.#move(event);
    this.#end();
    if (gesture?.kind === "edge") this.target.dropEdge();
    else if (gesture?.moved) {
      this.#dragged = true;
      this.target.finish();
    }
  };

  #cancelled = (): void => {
    this.cancel();
  };

  #click = ({ clientX, clientY, detail }: MouseEvent): void => {
    const dragged = this.#dragged;
    this.#dragged = false;
    if (!dragged) this.target.click(this.target.view.unitAt(clientX, clientY), detail);
  };

  #selectionChange = (): void => {
    const stretch = this.#running ? undefined : nativeSelection(this.target.view);
    if (stretch) this.target.selectedNatively(stretch);
  };
}
