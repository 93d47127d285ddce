/** The colors of a picture's pixels, read where they are asked for. */
import type { Picture } from "../image/load-picture.ts";

/** Rows that are read at a time. */
const STRIP = 64;

export class PictureColors {
  readonly #strips = new Map<number, Uint8ClampedArray>();
  readonly #context: CanvasRenderingContext2D;

  constructor(private readonly picture: Picture) {
    const canvas = document.createElement("canvas");
    canvas.width = picture.width;
    canvas.height = STRIP;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("This browser has no room for another picture");
    this.#context = context;
  }

  /** A test for pixels whose red, green and blue each differ from those of (x, y) by no more than `tolerance`. */
  similarTo(x: number, y: number, tolerance: number): (x: number, y: number) => boolean {
    const { width } = this.picture;
    const seed = this.#strip(Math.floor(y / STRIP));
    const at = 4 * ((y % STRIP) * width + x);
    const [red, green, blue] = seed.subarray(at, at + 3) as unknown as [number, number, number];
    return (otherX, otherY) => {
      const strip = this.#strip(Math.floor(otherY / STRIP));
      const other = 4 * ((otherY % STRIP) * width + otherX);
      return (
        Math.abs((strip[other] as number) - red) <= tolerance &&
        Math.abs((strip[other + 1] as number) - green) <= tolerance &&
        Math.abs((strip[other + 2] as number) - blue) <= tolerance
      );
    };
  }

  #strip(index: number): Uint8ClampedArray {
    let strip = this.#strips.get(index);
    if (!strip) {
      const { source, width, height } = this.picture;
      const top = index * STRIP;
      const rows = Math.min(STRIP, height - top);
      this.#context.clearRect(0, 0, width, STRIP);
      this.#context.drawImage(source, 0, top, width, rows, 0, 0, width, rows);
      strip = this.#context.getImageData(0, 0, width, STRIP).data;
      this.#strips.set(index, strip);
    }
    return strip;
  }
}
