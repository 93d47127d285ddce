/** Dragging a row of a ranking by mouse, pen or finger; Escape gives it back. */
import { type Drop, dropAt, type Row } from "./dropping.ts";
import type { Ranks } from "./ranking.ts";

/** The list in which a row is dragged, and how it is ranked. */
export interface DragList {
  readonly dimension: number;
  readonly ranks: Ranks;
  readonly allowTie: boolean;
}

interface Drag extends DragList {
  readonly item: number;
  readonly pointer: number;
  readonly row: HTMLElement;
  readonly from: number;
  readonly rows: readonly Row[];
  distance: number;
  /** Set once the pointer has gone far enough to be no press. */
  drop: Drop | undefined;
}

/** Pixels that a press may slip. */
const SLIP = 5;

export class RowDrag {
  #drag: Drag | undefined;

  constructor(
    private readonly redraw: () => void,
    private readonly dropped: (dimension: number, item: number, ranks: Ranks) => void,
  ) {}

  /** A press on a row: with a finger only the grip drags, so that the list still scrolls. */
  start(event: PointerEvent, item: number, list: DragList): void {
    const target = event.target as Element;
    const byGrip = target.closest(".grip") !== null;
    if (event.button !== 0 || !event.isPrimary || target.closest("select, button")) return;
    if (event.pointerType === "touch" && !byGrip) return;
    const row = event.currentTarget as HTMLElement;
    const others = Array.from(row.parentElement?.querySelectorAll<HTMLElement>(".row") ?? []);
    row.setPointerCapture(event.pointerId);
    this.#drag = {
      ...list,
      item,
      row,
      pointer: event.pointerId,
      from: event.pageY,
      rows: others.filter((other) => other !== row).map(asRow),
      distance: 0,
      drop: undefined,
    };
  }

  move(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    drag.distance = event.pageY - drag.from;
    if (!drag.drop && Math.abs(drag.distance) < SLIP) return;
    drag.drop = dropAt(drag.rows, event.pageY, drag.ranks, drag.item, drag.allowTie);
    this.redraw();
  }

  end(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    this.#drag = undefined;
    this.redraw();
    if (drag.drop) this.dropped(drag.dimension, drag.item, drag.drop.ranks);
  }

  /** Ends the drag without a change; false when there is none. */
  cancel(): boolean {
    const drag = this.#drag;
    if (!drag) return false;
    this.#drag = undefined;
    if (drag.row.hasPointerCapture(drag.pointer)) drag.row.releasePointerCapture(drag.pointer);
    this.redraw();
    return true;
  }

  /** How far the row is from its place, in pixels; undefined for rows that are not dragged. */
  distance(dimension: number, item: number): number | undefined {
    const drag = this.#drag;
    return drag?.drop && drag.dimension === dimension && drag.item === item
      ? drag.distance
      : undefined;
  }

  /** Where at this row the dragged one would come to stand. */
  edgeAt(dimension: number, item: number): Drop["edge"] | undefined {
    const drop = this.#drag?.dimension === dimension ? this.#drag.drop : undefined;
    return drop?.at === item ? drop.edge : undefined;
  }

  /** Whether letting go gives the dragged row a rank. */
  willRank(dimension: number): boolean {
    const drag = this.#drag?.dimension === dimension ? this.#drag : undefined;
    return drag?.drop !== undefined && drag.drop.ranks[drag.item] !== null;
  }
}

function asRow(row: HTMLElement): Row {
  const { top, bottom } = row.getBoundingClientRect();
  return {
    item: Number(row.dataset.item),
    top: top + window.scrollY,
    bottom: bottom + window.scrollY,
  };
}
