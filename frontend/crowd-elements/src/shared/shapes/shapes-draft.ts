/** What is kept of the work on shapes until it is submitted. */
import type { Json } from "../answer.ts";
import type { Size } from "../image/viewport.ts";
import { type Points, settle } from "./geometry.ts";
import { isSound, type ShapeKind } from "./kind.ts";

export type ShapesDraft = {
  readonly shapes: Json[];
  readonly nothing: boolean;
  /** The points of a shape that is not finished. */
  readonly drawing: Json[];
  /** The chosen label. */
  readonly label: string;
};

/** The points of an unfinished shape from a stored draft, which may be anything; `undefined` for none. */
export function readDrawing(stored: unknown, kind: ShapeKind, size: Size): Points | undefined {
  if (!Array.isArray(stored) || kind.most <= kind.least) return undefined;
  const points = stored.flatMap((item) => {
    const { x, y } = (item ?? {}) as { x?: unknown; y?: unknown };
    return Number.isFinite(x) && Number.isFinite(y)
      ? [settle({ x: x as number, y: y as number }, size)]
      : [];
  });
  const isUsable = points.length > 0 && isSound({ ...kind, closed: false }, points);
  return isUsable ? points : undefined;
}
