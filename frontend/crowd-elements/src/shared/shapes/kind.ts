/** The kinds of shapes: what they are made of, how they are reshaped, how the contract writes them. */
import { roundCoordinate } from "../../defaults.ts";
import type { Json } from "../answer.ts";
import type { Point, Rectangle, Size } from "../image/viewport.ts";
import { area, bounds, crossesItself, distance, equal, type Points, settle } from "./geometry.ts";

/** What can be taken hold of to reshape a shape. */
export interface Handle {
  readonly at: Point;
  /** A vertex can be deleted; a middle becomes a vertex when it is moved; corners and sides are a box's. */
  readonly role: "vertex" | "middle" | "corner" | "side";
  readonly cursor: string;
}

export interface Reshaped {
  readonly points: Points;
  /** The place of the moved handle among the new ones. */
  readonly handle: number;
}

export interface ShapeKind {
  readonly id: "box" | "keypoint" | "line" | "polyline" | "polygon";
  /** How many points it takes at least, and at most. */
  readonly least: number;
  readonly most: number;
  readonly closed: boolean;
  /** One drag makes it, from its first point to its second. */
  readonly byDrag: boolean;
  /** Its edges may not cross. */
  readonly simple: boolean;
  /** What is seen of it. */
  outline(points: Points): Points;
  /** What the worker put down as a shape in its stored form; `undefined` if it is none (a box without area). */
  finish(points: Points): Points | undefined;
  handles(points: Points): readonly Handle[];
  /** `keepRatio`: of a box. */
  reshape(points: Points, handle: number, to: Point, keepRatio: boolean): Reshaped;
  /** Without that vertex; `undefined` where it cannot do without it. */
  without(points: Points, handle: number): Points | undefined;
  /** As the answer has it, beside the label. */
  write(points: Points): { [key: string]: Json };
  /** From an initial value: not rounded, perhaps outside the picture; `undefined` if it is no such shape. */
  read(item: { readonly [key: string]: Json }): Points | undefined;
}

const numberIn = (value: Json | undefined): number => {
  if (typeof value === "string" && value.trim() !== "") return Number(value);
  return typeof value === "number" ? value : Number.NaN;
};

const pointIn = (value: Json | undefined): Point => {
  const { x, y } = (value && typeof value === "object" && !Array.isArray(value) ? value : {}) as {
    [key: string]: Json;
  };
  return { x: numberIn(x), y: numberIn(y) };
};

const allFinite = (points: Points): boolean =>
  points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

const rounded = ({ x, y }: Point): Point => ({
  x: roundCoordinate(x),
  y: roundCoordinate(y),
});

/** The same points in a row once; a closed line does not repeat its first point at its end. */
function distinct(points: Points, closed: boolean): Points {
  const kept = points.filter(
    (point, index) => index === 0 || !equal(point, points[index - 1] as Point),
  );
  while (closed && kept.length > 1 && equal(kept[0] as Point, kept.at(-1) as Point)) kept.pop();
  return kept;
}

interface LineKind {
  readonly id: "keypoint" | "line" | "polyline" | "polygon";
  readonly least: number;
  readonly most: number;
  readonly closed?: boolean;
  readonly byDrag?: boolean;
}

/** A shape made of points in a row. */
function lineKind({ id, least, most, closed = false, byDrag = false }: LineKind): ShapeKind {
  const grows = most > least;
  return {
    id,
    least,
    most,
    closed,
    byDrag,
    simple: closed,
    outline: (points) => points,
    finish(points) {
      const kept = distinct(points, closed);
      return kept.length < least || (closed && area(kept) === 0) ? undefined : kept;
    },
    handles(points) {
      const vertices = points.map((at): Handle => ({ at, role: "vertex", cursor: "move" }));
      if (!grows) return vertices;
      const middles = points.map((point, index): Handle => {
        const next = points[(index + 1) % points.length] as Point;
        return { at: middle(point, next), role: "middle", cursor: "copy" };
      });
      return [...vertices, ...(closed ? middles : middles.slice(0, -1))];
    },
    reshape(points, handle, to) {
      const inserts = handle >= points.length;
      const at = inserts ? handle - points.length + 1 : handle;
      const after = points.slice(inserts ? at : at + 1);
      return { points: [...points.slice(0, at), rounded(to), ...after], handle: at };
    },
    without(points, handle) {
      if (handle >= points.length || points.length <= least) return undefined;
      return this.finish(points.filter((_, index) => index !== handle));
    },
    write: (points) =>
      id === "keypoint"
        ? { ...(points[0] as Point) }
        : { vertices: points.map((one) => ({ ...one })) },
    read(item) {
      const given = id === "keypoint" ? [item] : item.vertices;
      if (!Array.isArray(given)) return undefined;
      const points = given.map(pointIn);
      return points.length >= least && points.length <= most && allFinite(points)
        ? points
        : undefined;
    },
  };
}

/** The sides of a box that its handles move: -1 left or top, 1 right or bottom, 0 neither. Clockwise from top left. */
const BOX_HANDLES = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
] as const;

const BOX_CURSORS: Readonly<Record<string, string>> = {
  "-1,-1": "nwse-resize",
  "1,1": "nwse-resize",
  "1,-1": "nesw-resize",
  "-1,1": "nesw-resize",
  "0,-1": "ns-resize",
  "0,1": "ns-resize",
  "-1,0": "ew-resize",
  "1,0": "ew-resize",
};

const corners = ({ x, y, width, height }: Rectangle): Points => [
  { x, y },
  { x: x + width, y },
  { x: x + width, y: y + height },
  { x, y: y + height },
];

/** The corner opposite to `from` when the box shall keep the ratio of `width` to `height`. */
export function inRatio(from: Point, to: Point, width: number, height: number): Point {
  const share = Math.max(Math.abs(to.x - from.x) / width, Math.abs(to.y - from.y) / height);
  return {
    x: from.x + Math.sign(to.x - from.x || 1) * share * width,
    y: from.y + Math.sign(to.y - from.y || 1) * share * height,
  };
}

/** Stored as its top left and its bottom right corner. */
const box: ShapeKind = {
  id: "box",
  least: 2,
  most: 2,
  closed: true,
  byDrag: true,
  simple: false,
  outline: (points) => corners(bounds(points)),
  finish(points) {
    const { x, y, width, height } = bounds(points);
    return width > 0 && height > 0
      ? [
          { x, y },
          { x: x + width, y: y + height },
        ]
      : undefined;
  },
  handles(points) {
    const { x, y, width, height } = bounds(points);
    return BOX_HANDLES.map(([across, down]) => ({
      at: { x: x + ((across + 1) * width) / 2, y: y + ((down + 1) * height) / 2 },
      role: across && down ? "corner" : "side",
      cursor: BOX_CURSORS[`${across},${down}`] as string,
    }));
  },
  reshape(points, handle, to, keepRatio) {
    const [across, down] = BOX_HANDLES[handle] as readonly [number, number];
    const { x, y, width, height } = bounds(points);
    const fixed = { x: across < 0 ? x + width : x, y: down < 0 ? y + height : y };
    const loose = { x: across < 0 ? x : x + width, y: down < 0 ? y : y + height };
    const wanted = keepRatio && across && down ? inRatio(fixed, to, width, height) : to;
    const moved = { x: across ? wanted.x : loose.x, y: down ? wanted.y : loose.y };
    return { points: [fixed, rounded(moved)], handle };
  },
  without: () => undefined,
  write(points) {
    const { x, y, width, height } = bounds(points);
    return { left: x, top: y, width, height };
  },
  read({ left, top, width, height }) {
    const start = rounded({ x: numberIn(left), y: numberIn(top) });
    const [across, down] = [roundCoordinate(numberIn(width)), roundCoordinate(numberIn(height))];
    const points = [start, { x: start.x + across, y: start.y + down }];
    return allFinite(points) && across >= 0 && down >= 0 ? points : undefined;
  },
};

export const KINDS = {
  box,
  keypoint: lineKind({ id: "keypoint", least: 1, most: 1 }),
  line: lineKind({ id: "line", least: 2, most: 2, byDrag: true }),
  polyline: lineKind({ id: "polyline", least: 2, most: Number.POSITIVE_INFINITY }),
  polygon: lineKind({ id: "polygon", least: 3, most: Number.POSITIVE_INFINITY, closed: true }),
} satisfies Record<ShapeKind["id"], ShapeKind>;

/** Points in a shape's stored form, inside the picture; `undefined` if nothing is left of it there. */
export const settleShape = (kind: ShapeKind, points: Points, size: Size): Points | undefined =>
  kind.finish(points.map((point) => settle(point, size)));

/** Whether the shape may be so: edges of a polygon do not cross. */
export const isSound = (kind: ShapeKind, points: Points): boolean =>
  !kind.simple || !crossesItself(points, kind.closed);

/** Whether clicking there ends the line that is being drawn: on its first point, or once more on its last. */
export function closesAt(kind: ShapeKind, points: Points, at: Point, reach: number): boolean {
  if (points.length < kind.least || kind.most <= kind.least) return false;
  const onFirst = kind.closed && distance(points[0] as Point, at) <= reach;
  return onFirst || distance(points.at(-1) as Point, at) <= reach / 2;
}
