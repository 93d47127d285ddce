/** Where keys and values are in the picture, and how that is drawn. */
import type { Point, Rectangle, Size, Viewport } from "../shared/image/viewport.ts";
import type { Pair, RatioBox } from "./pairs.ts";

const KEY_COLOR = "#1f77b4";
const VALUE_COLOR = "#d4570a";

/** From ratios to pixels of the picture. */
export const pixels = (box: RatioBox, { width, height }: Size): Rectangle => ({
  x: box.left * width,
  y: box.top * height,
  width: box.width * width,
  height: box.height * height,
});

const boxesOf = (pair: Pair) =>
  [pair.key, ...pair.values].flatMap(({ box }, index) =>
    box ? [{ box, isKey: index === 0 }] : [],
  );

/** The part of the picture in which key and value are. */
export function areaOf(pair: Pair, picture: Size): Rectangle | undefined {
  const all = boxesOf(pair).map(({ box }) => pixels(box, picture));
  if (all.length === 0) return undefined;
  const x = Math.min(...all.map((one) => one.x));
  const y = Math.min(...all.map((one) => one.y));
  const right = Math.max(...all.map((one) => one.x + one.width));
  const bottom = Math.max(...all.map((one) => one.y + one.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The pair at a point of the picture, the one with the smallest box there; -1 where there is none. */
export function pairAt({ x, y }: Point, pairs: readonly Pair[], picture: Size): number {
  let found = -1;
  let smallest = Number.POSITIVE_INFINITY;
  for (const [index, pair] of pairs.entries()) {
    for (const { box } of boxesOf(pair)) {
      const at = pixels(box, picture);
      const isIn = x >= at.x && x <= at.x + at.width && y >= at.y && y <= at.y + at.height;
      if (!isIn || at.width * at.height >= smallest) continue;
      found = index;
      smallest = at.width * at.height;
    }
  }
  return found;
}

/** All boxes thinly; those of the current pair strongly, its key dashed, its value with a full line. */
export function paintPairs(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  pairs: readonly Pair[],
  current: number,
): void {
  const draw = (box: RatioBox, isKey: boolean, isCurrent: boolean) => {
    const at = pixels(box, viewport.picture);
    const { x, y } = viewport.toStage(at);
    const [width, height] = [at.width * viewport.scale, at.height * viewport.scale];
    const color = isKey ? KEY_COLOR : VALUE_COLOR;
    if (isCurrent) {
      context.fillStyle = `${color}2e`;
      context.fillRect(x, y, width, height);
      // A white line below keeps it to be seen on dark pictures.
      context.setLineDash([]);
      context.lineWidth = 5;
      context.strokeStyle = "#ffffff";
      context.strokeRect(x, y, width, height);
    }
    context.setLineDash(isKey ? [6, 4] : []);
    context.lineWidth = isCurrent ? 2.5 : 1;
    context.strokeStyle = isCurrent ? color : `${color}a0`;
    context.strokeRect(x, y, width, height);
  };
  for (const [index, pair] of pairs.entries()) {
    if (index === current) continue;
    for (const { box, isKey } of boxesOf(pair)) draw(box, isKey, false);
  }
  const chosen = pairs[current];
  for (const { box, isKey } of chosen ? boxesOf(chosen) : []) draw(box, isKey, true);
}
