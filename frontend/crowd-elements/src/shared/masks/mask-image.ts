import { VALUES } from "./mask.ts";
import type { MaskObject, Painting } from "./painting.ts";
import { base64, encodePng } from "./png.ts";

/** Red, green and blue of `#rrggbb` as one number. */
export const rgb = (color: string): number => Number.parseInt(color.slice(1), 16);

/** The answer's picture; made anew only when pixels or colors have changed. */
export class MaskImage {
  #painting: Painting | undefined;
  #made = "";
  #text = "";

  /** Base64 of a PNG with the colors of these objects; all else is `background`. */
  encode(painting: Painting, objects: readonly MaskObject[], background: string): string {
    const { mask } = painting;
    const what = [mask.version, ...objects.map(({ value, color }) => `${value}${color}`)].join();
    if (painting !== this.#painting || what !== this.#made) {
      const colors = new Uint32Array(VALUES).fill(rgb(background));
      for (const { value, color } of objects) colors[value] = rgb(color);
      this.#text = base64(encodePng(mask.cells, mask.width, mask.height, colors));
      this.#painting = painting;
      this.#made = what;
    }
    return this.#text;
  }
}
