/** What `initial-value` says of a mask: where it is, and what its colors stand for. */
import type { Json } from "../answer.ts";
import { parseColor, WHITE } from "../colors.ts";
import { excerpt } from "../excerpt.ts";

export interface MaskEntry {
  readonly label: string;
  /** Lower-case `#rrggbb`, not white; each is there once. */
  readonly color: string;
}

export interface InitialMask {
  readonly src: string;
  readonly entries: readonly MaskEntry[];
}

/** Where the entries stand: a map from label to `{color}`, or a list of `{label, color}`. */
export type EntriesKey = "labelMappings" | "instances";

export const quoted = (value: Json): string => excerpt(JSON.stringify(value));

const isObject = (value: unknown): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads it leniently: what does not fit is told to `fault` and left out. */
export function readInitialMask(
  value: Json,
  key: EntriesKey,
  fault: (message: string) => void,
): InitialMask | undefined {
  if (!isObject(value)) {
    fault(`is not an object with ${key} and src`);
    return undefined;
  }
  const given = pairs(value[key]);
  if (!given) fault(`has no ${key}`);
  const entries: MaskEntry[] = [];
  for (const [label, written] of given ?? []) {
    const color = parseColor(written);
    if (typeof label !== "string" || label === "") {
      fault(`has an entry without a label: ${quoted({ color: written ?? null })}`);
    } else if (!color) {
      fault(`gives “${label}” no color of the form #rrggbb: ${quoted(written ?? null)}`);
    } else if (entries.some((entry) => entry.color === color)) {
      fault(`gives two entries the color ${color}; the second, “${label}”, gets another`);
    } else if (color === WHITE) {
      // The entry of the background, which adjustment jobs often pass on as it is.
      if (label !== "BACKGROUND") fault(`gives “${label}” the color white, which means nothing`);
    } else {
      entries.push({ label, color });
    }
  }
  const src = value.src;
  if (typeof src !== "string" || src.trim() === "") {
    fault("has no src with the address of the mask");
    return undefined;
  }
  return { src, entries };
}

/** Label and color of each entry, unchecked; undefined when there is no such list or map. */
function pairs(given: Json | undefined): [Json | undefined, Json | undefined][] | undefined {
  if (Array.isArray(given)) {
    return given.map((item) => (isObject(item) ? [item.label, item.color] : [undefined, item]));
  }
  if (!isObject(given)) return undefined;
  return Object.entries(given).map(([label, item]) => [
    label,
    isObject(item) ? item.color : undefined,
  ]);
}
