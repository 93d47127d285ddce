/**
 * Shapes as rows of whole pixels. A pixel belongs to a shape when its middle does; there is no anti-aliasing.
 */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Takes the pixels `from ≤ x < to` of row `y`; they may lie outside the image. */
export type Span = (y: number, from: number, to: number) => void;

/** The nearest place where a disc of this diameter is exactly as wide as it says: a pixel's middle, or a corner. */
export function discCenter(point: Point, diameter: number): Point {
  return diameter % 2 === 0
    ? { x: Math.round(point.x), y: Math.round(point.y) }
    : { x: Math.floor(point.x) + 0.5, y: Math.floor(point.y) + 0.5 };
}

/** All that a disc covers on its way along a straight line. A line of no length is a disc. */
export function stroke(start: Point, end: Point, diameter: number, span: Span): void {
  const a = discCenter(start, diameter);
  const b = discCenter(end, diameter);
  const radius = diameter / 2;
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = Math.hypot(dx, dy);
  // The corners of the rectangle between the two discs: the line's ends, moved sideways by the radius.
  const side = length > 0 ? { x: (-dy / length) * radius, y: (dx / length) * radius } : a;
  const corners = [
    { x: a.x + side.x, y: a.y + side.y },
    { x: b.x + side.x, y: b.y + side.y },
    { x: b.x - side.x, y: b.y - side.y },
    { x: a.x - side.x, y: a.y - side.y },
  ] as const;
  const last = Math.floor(Math.max(a.y, b.y) + radius);
  for (let y = Math.floor(Math.min(a.y, b.y) - radius); y <= last; y++) {
    const middle = y + 0.5;
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const center of [a, b]) {
      const rest = radius * radius - (middle - center.y) ** 2;
      if (rest < 0) continue;
      from = Math.min(from, center.x - Math.sqrt(rest));
      to = Math.max(to, center.x + Math.sqrt(rest));
    }
    for (let index = 0; length > 0 && index < 4; index++) {
      const p = corners[index] as Point;
      const q = corners[(index + 1) % 4] as Point;
      if (p.y > middle === q.y > middle) continue;
      const x = p.x + ((middle - p.y) / (q.y - p.y)) * (q.x - p.x);
      from = Math.min(from, x);
      to = Math.max(to, x);
    }
    const first = Math.ceil(from - 0.5);
    const end = Math.floor(to - 0.5) + 1;
    if (first < end) span(y, first, end);
  }
}

/** The inside of a polygon whose corners are pixels' corners, by the even-odd rule; `rows` bounds the work. */
export function polygon(points: readonly Point[], rows: number, span: Span): void {
  const corners = points.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
  const ys = corners.map(({ y }) => y);
  const last = Math.min(Math.max(...ys), rows);
  for (let y = Math.max(Math.min(...ys), 0); y < last; y++) {
    const middle = y + 0.5;
    const crossings: number[] = [];
    corners.forEach((p, index) => {
      const q = corners[(index + 1) % corners.length] as Point;
      if (p.y > middle === q.y > middle) return;
      crossings.push(p.x + ((middle - p.y) * (q.x - p.x)) / (q.y - p.y));
    });
    crossings.sort((one, other) => one - other);
    for (let index = 0; index + 1 < crossings.length; index += 2) {
      const from = Math.ceil((crossings[index] as number) - 0.5);
      const to = Math.ceil((crossings[index + 1] as number) - 0.5);
      if (from < to) span(y, from, to);
    }
  }
}
