/** Plane geometry in whole pixels of a picture: no page, no state. */
import { roundCoordinate } from "../../defaults.ts";
import type { Point, Rectangle, Size } from "../image/viewport.ts";

export type Points = readonly Point[];

const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));

/** A whole pixel inside the picture; its right and bottom edges are inside. */
export const settle = ({ x, y }: Point, { width, height }: Size): Point => ({
  x: clamp(roundCoordinate(x), width),
  y: clamp(roundCoordinate(y), height),
});

export const equal = (a: Point, b: Point): boolean => a.x === b.x && a.y === b.y;

export const equalPoints = (a: Points, b: Points): boolean =>
  a.length === b.length && a.every((point, index) => equal(point, b[index] as Point));

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

const boundsOf = new WeakMap<Points, Rectangle>();

/** The smallest upright rectangle around the points; worked out once for each list. */
export function bounds(points: Points): Rectangle {
  const known = boundsOf.get(points);
  if (known) return known;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  const found = { x: left, y: top, width: right - left, height: bottom - top };
  boundsOf.set(points, found);
  return found;
}

/** Whether the rectangles, the first one grown by `margin`, share a point. */
export const overlap = (a: Rectangle, b: Rectangle, margin = 0): boolean =>
  a.x - margin <= b.x + b.width &&
  b.x <= a.x + a.width + margin &&
  a.y - margin <= b.y + b.height &&
  b.y <= a.y + a.height + margin;

/** How far a point is from the segment between two others. */
export function distanceToSegment(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length && ((point.x - from.x) * dx + (point.y - from.y) * dy) / length;
  const share = Math.max(0, Math.min(1, along));
  return distance(point, { x: from.x + share * dx, y: from.y + share * dy });
}

/** The pairs of neighbors; a closed line goes back to its first point. */
export function* edges(points: Points, closed: boolean): Generator<readonly [Point, Point]> {
  for (let index = 1; index < points.length; index += 1) {
    yield [points[index - 1] as Point, points[index] as Point];
  }
  if (closed && points.length > 2) yield [points.at(-1) as Point, points[0] as Point];
}

export function distanceToLine(point: Point, points: Points, closed: boolean): number {
  if (points.length === 1) return distance(point, points[0] as Point);
  let nearest = Infinity;
  for (const [from, to] of edges(points, closed)) {
    nearest = Math.min(nearest, distanceToSegment(point, from, to));
  }
  return nearest;
}

/** Whether a point is inside a closed line (even-odd rule). */
export function contains(points: Points, { x, y }: Point): boolean {
  let inside = false;
  for (const [a, b] of edges(points, true)) {
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** Of a closed line, without sign. */
export function area(points: Points): number {
  let twice = 0;
  for (const [a, b] of edges(points, true)) twice += a.x * b.y - b.x * a.y;
  return Math.abs(twice) / 2;
}

const turn = (a: Point, b: Point, c: Point): number =>
  Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));

const within = (a: Point, b: Point, c: Point): boolean =>
  Math.min(a.x, b.x) <= c.x &&
  c.x <= Math.max(a.x, b.x) &&
  Math.min(a.y, b.y) <= c.y &&
  c.y <= Math.max(a.y, b.y);

/** Whether two segments share a point. */
export function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (abc !== abd && cda !== cdb) return true;
  return (
    (abc === 0 && within(a, b, c)) ||
    (abd === 0 && within(a, b, d)) ||
    (cda === 0 && within(c, d, a)) ||
    (cdb === 0 && within(c, d, b))
  );
}

/** Whether the line crosses or touches itself, or folds back on itself. */
export function crossesItself(points: Points, closed: boolean): boolean {
  const all = [...edges(points, closed)];
  return all.some(([a, b], first) =>
    all.slice(first + 1).some(([c, d], offset) => {
      const isNext = offset === 0;
      const isLast = closed && first === 0 && offset === all.length - 2;
      // Neighbors share a corner; they may not lie on each other.
      if (isNext) return turn(a, b, d) === 0 && distance(a, d) < distance(a, b) + distance(b, d);
      if (isLast) return turn(c, d, b) === 0 && distance(c, b) < distance(c, d) + distance(d, b);
      return meet(a, b, c, d);
    }),
  );
}

/** The points moved, as far as they stay inside the picture. */
export function translate(points: Points, dx: number, dy: number, size: Size): Points {
  const { x, y, width, height } = bounds(points);
  const along = (shift: number, start: number, length: number, room: number) =>
    Math.max(-start, Math.min(room - start - length, Math.round(shift)));
  const right = along(dx, x, width, size.width);
  const down = along(dy, y, height, size.height);
  return points.map((point) => ({ x: point.x + right, y: point.y + down }));
}
