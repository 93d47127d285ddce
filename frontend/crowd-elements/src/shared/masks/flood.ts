import type { Span } from "./raster.ts";

/** Whether a pixel belongs to the area. It must turn false once the pixel was given to `span`. */
export type Inside = (x: number, y: number) => boolean;

/**
 * The area around a pixel: all that can be reached from it over pixels' edges. Each row of it is given to `span` as
 * soon as it is found, and `inside` must tell what was given from what was not.
 */
export function flood(
  x: number,
  y: number,
  width: number,
  height: number,
  inside: Inside,
  span: Span,
): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const seeds = [x, y];
  while (seeds.length > 0) {
    const row = seeds.pop() as number;
    const column = seeds.pop() as number;
    if (!inside(column, row)) continue;
    let from = column;
    let to = column + 1;
    while (from > 0 && inside(from - 1, row)) from--;
    while (to < width && inside(to, row)) to++;
    span(row, from, to);
    for (const next of [row - 1, row + 1]) {
      if (next < 0 || next >= height) continue;
      // One seed for each run above and below.
      for (let at = from, open = false; at < to; at++) {
        const here = inside(at, next);
        if (here && !open) seeds.push(at, next);
        open = here;
      }
    }
  }
}
