/** Reads a mask's picture: what each of its pixels stands for. */
import type { Size } from "../image/viewport.ts";

/** Rows that are read at a time: some browsers have no canvas as large as a picture may be. */
const STRIP = 64;
const WHITE = 0xffffff;

export interface ReadMask {
  readonly cells: Uint16Array;
  /** Pixels of colors that stand for nothing and are not white. */
  readonly unknown: number;
}

/** `values` gives what a color (0xRRGGBB) stands for. White, transparent and other colors are 0. */
export function readMask(
  picture: CanvasImageSource,
  { width, height }: Size,
  values: ReadonlyMap<number, number>,
): ReadMask {
  const cells = new Uint16Array(width * height);
  let unknown = 0;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = STRIP;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser has no room for another picture");
  for (let top = 0; top < height; top += STRIP) {
    const rows = Math.min(STRIP, height - top);
    context.clearRect(0, 0, width, STRIP);
    context.drawImage(picture, 0, top, width, rows, 0, 0, width, rows);
    const { data } = context.getImageData(0, 0, width, rows);
    let lastColor = WHITE;
    let lastValue = 0;
    for (let at = 0; at < width * rows; at++) {
      const byte = 4 * at;
      if (!data[byte + 3]) continue;
      const color =
        ((data[byte] as number) << 16) |
        ((data[byte + 1] as number) << 8) |
        (data[byte + 2] as number);
      if (color !== lastColor) {
        lastColor = color;
        lastValue = values.get(color) ?? 0;
      }
      cells[top * width + at] = lastValue;
      if (!lastValue && color !== WHITE) unknown++;
    }
  }
  return { cells, unknown };
}
