/** Squares of a mask, packed: what undo and drafts keep. */

/** The side of a tile, in pixels. */
export const TILE = 64;

/**
 * One value for the whole tile, or its runs in reading order (length, value, length, value, …), or its values one by
 * one where that is shorter. A list as long as the tile has pixels is the last.
 */
export type PackedTile = number | Uint16Array;

/** Packs values in reading order. */
export function packTile(values: Uint16Array): PackedTile {
  const runs: number[] = [];
  for (let start = 0; start < values.length; ) {
    const value = values[start] as number;
    let end = start + 1;
    while (values[end] === value) end++;
    if (start === 0 && end === values.length) return value;
    runs.push(end - start, value);
    if (runs.length >= values.length) return values.slice();
    start = end;
  }
  return Uint16Array.from(runs);
}

/** Calls `take` with length and value of each run of a packed tile of `size` pixels. */
export function eachRun(
  packed: PackedTile,
  size: number,
  take: (length: number, value: number) => void,
): void {
  if (typeof packed === "number") {
    take(size, packed);
  } else if (packed.length === size) {
    for (const value of packed) take(1, value);
  } else {
    for (let run = 0; run < packed.length; run += 2) {
      take(packed[run] as number, packed[run + 1] as number);
    }
  }
}

/** Writes what was packed over all of `target`, which has the tile's size. */
export function unpackTile(packed: PackedTile, target: Uint16Array): void {
  let at = 0;
  eachRun(packed, target.length, (length, value) => {
    target.fill(value, at, at + length);
    at += length;
  });
}

/** Bytes that it takes, nearly. */
export const packedSize = (packed: PackedTile): number =>
  typeof packed === "number" ? 8 : 64 + packed.byteLength;

const BASE = 36;

/** A tile as a short text: `value` or `length.value length.value …`, in base 36. */
export function tileText(values: Uint16Array): string {
  const runs: string[] = [];
  for (let start = 0; start < values.length; ) {
    const value = values[start] as number;
    let end = start + 1;
    while (values[end] === value) end++;
    runs.push(`${(end - start).toString(BASE)}.${value.toString(BASE)}`);
    start = end;
  }
  return runs.length === 1 ? (values[0] as number).toString(BASE) : runs.join(" ");
}

const NUMBER = /^[0-9a-z]{1,4}$/;
const RUN = /^([0-9a-z]{1,4})\.([0-9a-z]{1,4})$/;

/** Reads a tile's text into `target`; false, with `target` in any state, when it is not one of that size. */
export function readTileText(text: string, target: Uint16Array): boolean {
  if (NUMBER.test(text)) {
    const value = Number.parseInt(text, BASE);
    target.fill(value);
    return value <= 0xffff;
  }
  let at = 0;
  for (const run of text.split(" ")) {
    const [length, value] = (RUN.exec(run) ?? ["", "", ""])
      .slice(1)
      .map((number) => Number.parseInt(number, BASE)) as [number, number];
    if (!(length >= 1 && at + length <= target.length && value <= 0xffff)) return false;
    target.fill(value, at, at + length);
    at += length;
  }
  return at === target.length;
}
