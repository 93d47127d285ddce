/** Draws the part of a mask that is seen, pixel by pixel of the screen: it takes no memory for the rest. */
import type { Viewport } from "../image/viewport.ts";
import { type Box, type Mask, VALUES } from "./mask.ts";

/** The inks of each value, as the 32 bits of a pixel in memory; 0 is not drawn. */
export interface Inks {
  readonly fill: Uint32Array;
  /** Where it borders on another value. */
  readonly edge: Uint32Array;
  /** The value whose border is dashed in black and white; 0 for none. */
  selected: number;
}

export const emptyInks = (): Inks => ({
  fill: new Uint32Array(VALUES),
  edge: new Uint32Array(VALUES),
  selected: 0,
});

const BLACK = 0xff000000;
const WHITE = 0xffffffff;

/** 0xRRGGBB and an opacity of 0 to 1 as an ink. */
export const ink = (color: number, opacity: number): number =>
  ((Math.round(opacity * 255) << 24) |
    ((color & 0xff) << 16) |
    (color & 0xff00) |
    ((color >> 16) & 0xff)) >>>
  0;

/** Which pixel of the mask a row or column of the screen shows; `start` and `step` in pixels of the mask. */
export function places(count: number, start: number, step: number, most: number): Int32Array {
  // One more at each end, so that every pixel of the screen has neighbors.
  return Int32Array.from({ length: count + 2 }, (_, index) =>
    Math.max(0, Math.min(most - 1, Math.floor(start + (index - 0.5) * step))),
  );
}

/** Fills `box` of a screen of `width` pixels a row. */
export function inkScreen(
  screen: Uint32Array,
  width: number,
  box: Box,
  mask: Mask,
  columns: Int32Array,
  rows: Int32Array,
  { fill, edge, selected }: Inks,
): void {
  const { cells } = mask;
  for (let y = box.top; y < box.bottom; y++) {
    const row = (rows[y + 1] as number) * mask.width;
    const above = (rows[y] as number) * mask.width;
    const below = (rows[y + 2] as number) * mask.width;
    for (let x = box.left; x < box.right; x++) {
      const column = columns[x + 1] as number;
      const value = cells[row + column] as number;
      let color = 0;
      if (value !== 0) {
        const inner =
          cells[row + (columns[x] as number)] === value &&
          cells[row + (columns[x + 2] as number)] === value &&
          cells[above + column] === value &&
          cells[below + column] === value;
        color = (inner ? fill[value] : edge[value]) as number;
        if (!inner && value === selected && color !== 0) color = (x + y) & 4 ? BLACK : WHITE;
      }
      screen[y * width + x] = color;
    }
  }
}

/** Keeps what was drawn last: after a stroke only the changed part is drawn anew. */
export class MaskScreen {
  readonly #canvas = document.createElement("canvas");
  #image: ImageData | undefined;
  #columns: Int32Array = new Int32Array();
  #rows: Int32Array = new Int32Array();
  #drawn = "";

  /** Everything is drawn anew next time: another mask, or other inks. */
  forget(): void {
    this.#drawn = "";
  }

  /** Draws on a canvas that shows `viewport.shown`. */
  draw(target: CanvasRenderingContext2D, viewport: Viewport, mask: Mask, inks: Inks): void {
    const { width, height } = target.canvas;
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    const changed = mask.takeChanged();
    const { x, y, width: across, height: down } = viewport.visible;
    const what = [width, height, x, y, across, down].join(" ");
    let box: Box = { left: 0, top: 0, right: width, bottom: height };
    if (what === this.#drawn) {
      const [stepX, stepY] = [across / width, down / height];
      // Two pixels more: a border lies in the pixel beside the change.
      box = {
        left: Math.max(0, Math.floor(((changed?.left ?? 0) - x) / stepX) - 2),
        top: Math.max(0, Math.floor(((changed?.top ?? 0) - y) / stepY) - 2),
        right: Math.min(width, Math.ceil(((changed?.right ?? 0) - x) / stepX) + 2),
        bottom: Math.min(height, Math.ceil(((changed?.bottom ?? 0) - y) / stepY) + 2),
      };
    } else {
      this.#drawn = what;
      if (this.#canvas.width !== width || this.#canvas.height !== height) {
        this.#canvas.width = width;
        this.#canvas.height = height;
        this.#image = undefined;
      }
      this.#columns = places(width, x, across / width, mask.width);
      this.#rows = places(height, y, down / height, mask.height);
    }
    this.#image ??= context.createImageData(width, height);
    if (
      (changed || box.right - box.left === width) &&
      box.left < box.right &&
      box.top < box.bottom
    ) {
      const screen = new Uint32Array(this.#image.data.buffer);
      inkScreen(screen, width, box, mask, this.#columns, this.#rows, inks);
      const [wide, high] = [box.right - box.left, box.bottom - box.top];
      context.putImageData(this.#image, 0, 0, box.left, box.top, wide, high);
    }
    target.save();
    target.setTransform(1, 0, 0, 1, 0, 0);
    target.drawImage(this.#canvas, 0, 0);
    target.restore();
  }
}
