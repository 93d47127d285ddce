/** The work as JSON: runs of values by tile, of which only those that changed are made anew. */
import type { Json } from "../answer.ts";
import { parseColor } from "../colors.ts";
import { VALUES } from "./mask.ts";
import type { MaskObject, Painting } from "./painting.ts";

export interface MaskDraft {
  readonly objects: readonly MaskObject[];
  readonly nothing: boolean;
  readonly tiles: readonly (readonly [number, string])[];
}

/** `objects` are those that the mask's values stand for. */
export function writeDraft({ mask, state }: Painting, objects: readonly MaskObject[]): Json {
  return {
    size: [mask.width, mask.height],
    objects: objects
      .filter(({ value }) => mask.counts[value])
      .map(({ value, label, color }) => [value, label, color]),
    nothing: state.nothing,
    tiles: [...mask.texts()],
  };
}

/** What of a stored draft fits a mask of this size; undefined for nothing. */
export function readDraft(
  stored: Json,
  { width, height }: { width: number; height: number },
): MaskDraft | undefined {
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return undefined;
  const { size, objects, nothing, tiles } = stored;
  if (!Array.isArray(size) || size[0] !== width || size[1] !== height) return undefined;
  if (!Array.isArray(objects) || !Array.isArray(tiles)) return undefined;
  const values = new Set<number>();
  return {
    objects: objects.flatMap((item): MaskObject[] => {
      const [value, label, written] = Array.isArray(item) ? item : [];
      const color = parseColor(written);
      if (typeof value !== "number" || typeof label !== "string" || !color) return [];
      if (!Number.isInteger(value) || value < 1 || value >= VALUES || values.has(value)) return [];
      values.add(value);
      return [{ value, label, color }];
    }),
    nothing: nothing === true,
    tiles: tiles.flatMap((item) => {
      const [tile, text] = Array.isArray(item) ? item : [];
      return typeof tile === "number" && typeof text === "string" ? [[tile, text]] : [];
    }),
  };
}
