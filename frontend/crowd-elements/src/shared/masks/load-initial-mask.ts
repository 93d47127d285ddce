import { loadPixels, PictureError } from "../image/load-picture.ts";
import { imageStrings } from "../image/strings.ts";
import type { InitialMask } from "./initial-mask.ts";
import type { Mask } from "./mask.ts";
import { rgb } from "./mask-image.ts";
import { readMask } from "./read-mask.ts";

/** A mask with the values of its entries by place, from 1, as tiles' texts. */
export interface LoadedMask {
  readonly initial: InitialMask;
  readonly tiles: ReadonlyMap<number, string>;
  /** Why there is none, or nothing in it. */
  readonly problem?: string;
}

/** Reads the mask into `mask`; undefined when it is no longer wanted. `host` is the element that it is for. */
export async function loadInitialMask(
  host: Element,
  initial: InitialMask,
  mask: Mask,
  signal: AbortSignal,
): Promise<LoadedMask | undefined> {
  const without = (problem: string): LoadedMask => ({ initial, tiles: new Map(), problem });
  try {
    const { source, size } = await loadPixels(initial.src, signal);
    try {
      if (size.width !== mask.width || size.height !== mask.height) {
        return without(
          `is ${size.width} by ${size.height} pixels, and the picture is ` +
            `${mask.width} by ${mask.height}: it is left out`,
        );
      }
      const colors = initial.entries.map(({ color }, index) => [rgb(color), index + 1] as const);
      const { cells, unknown } = readMask(source, size, new Map(colors));
      mask.load(cells);
      if (unknown > 0 && mask.painted === 0)
        return without("has none of the colors that are named");
      if (unknown > 0) {
        console.warn(`<${host.localName}> ${unknown} pixels of the initial mask have no label`);
      }
      return { initial, tiles: new Map(mask.texts()) };
    } finally {
      if ("close" in source) source.close();
    }
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof PictureError)) return without(`could not be read: ${error}`);
    const { fault, path, status } = error;
    const reason = imageStrings(host)(fault, { path, status: String(status) });
    return without(`could not be loaded. ${reason.replace(/\.$/, "")}`);
  }
}
