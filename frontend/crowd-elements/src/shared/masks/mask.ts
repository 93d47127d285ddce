import {
  eachRun,
  type PackedTile,
  packedSize,
  packTile,
  readTileText,
  TILE,
  tileText,
  unpackTile,
} from "./tiles.ts";

/** Pixels `left ≤ x < right`, `top ≤ y < bottom`. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How many values a mask can hold; 0 is "nothing". */
export const VALUES = 0x10000;

/** What tiles were before a change, by number. */
export type Patch = ReadonlyMap<number, PackedTile>;

export const patchSize = (patch: Patch): number => {
  let size = 64;
  for (const packed of patch.values()) size += 16 + packedSize(packed);
  return size;
};

/** One value a pixel of an image at its natural size: 0 where there is nothing, else the number of what is there. */
export class Mask {
  readonly cells: Uint16Array;
  /** Pixels of each value. */
  readonly counts = new Uint32Array(VALUES);
  readonly #columns: number;
  readonly #tiles: number;
  /** What tiles were before the change that is being recorded. */
  #before: Map<number, PackedTile> | undefined;
  /** Texts of the tiles that are not empty; made when they are asked for. */
  readonly #texts = new Map<number, string>();
  readonly #stale = new Set<number>();
  #changed: Box | undefined;
  #version = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.cells = new Uint16Array(width * height);
    this.counts[0] = width * height;
    this.#columns = Math.ceil(width / TILE);
    this.#tiles = this.#columns * Math.ceil(height / TILE);
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** The value at a pixel; 0 outside. */
  at(x: number, y: number): number {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return 0;
    return this.cells[y * this.width + x] as number;
  }

  /** Pixels that have a value. */
  get painted(): number {
    return this.cells.length - (this.counts[0] as number);
  }

  /** From now on remembers what tiles were, until `finish`. */
  record(): void {
    this.#before = new Map();
  }

  /** What the tiles that changed since `record` were before; undefined when none did. */
  finish(): Patch | undefined {
    const before = this.#before;
    this.#before = undefined;
    return before?.size ? before : undefined;
  }

  /** Puts tiles back to what a patch says, and gives the patch that undoes that. */
  swap(patch: Patch): Patch {
    this.record();
    for (const [tile, packed] of patch) this.#replace(tile, packed);
    return this.finish() ?? new Map();
  }

  /** Gives `from ≤ x < to` of row `y` a value, where `keep` of the value that is there is 0. Clips to the image. */
  write(y: number, from: number, to: number, value: number, keep: Uint8Array): void {
    if (y < 0 || y >= this.height) return;
    const last = Math.min(to, this.width);
    const { cells, counts } = this;
    const row = y * this.width;
    const firstTile = Math.floor(y / TILE) * this.#columns;
    for (let left = Math.max(from, 0); left < last; ) {
      const column = Math.floor(left / TILE);
      const right = Math.min((column + 1) * TILE, last);
      const end = row + right;
      let at = row + left;
      while (at < end && (cells[at] === value || keep[cells[at] as number])) at++;
      if (at < end) {
        this.#touch(firstTile + column);
        this.#grow(at - row, y, right, y + 1);
        let written = 0;
        for (; at < end; at++) {
          const old = cells[at] as number;
          if (old === value || keep[old]) continue;
          (counts[old] as number)--;
          cells[at] = value;
          written++;
        }
        (counts[value] as number) += written;
      }
      left = right;
    }
  }

  /** Turns every pixel of the values that `into` maps into another; others stay. */
  replaceValues(into: ReadonlyMap<number, number>): void {
    if (![...into.keys()].some((value) => this.counts[value])) return;
    for (let tile = 0; tile < this.#tiles; tile++) {
      const values = this.#read(tile);
      if (!values.some((value) => into.has(value))) continue;
      this.#replace(tile, packTile(values.map((value) => into.get(value) ?? value)));
    }
  }

  clear(): void {
    for (let tile = 0; tile < this.#tiles; tile++) {
      if (packTile(this.#read(tile)) !== 0) this.#replace(tile, 0);
    }
  }

  /** Replaces everything by values in reading order. */
  load(cells: Uint16Array): void {
    this.cells.set(cells);
    this.counts.fill(0);
    for (const value of cells) (this.counts[value] as number)++;
    this.#version++;
    for (let tile = 0; tile < this.#tiles; tile++) this.#stale.add(tile);
    this.#changed = { left: 0, top: 0, right: this.width, bottom: this.height };
  }

  /** The box of all changes since the last call; undefined when there are none. */
  takeChanged(): Box | undefined {
    const changed = this.#changed;
    this.#changed = undefined;
    return changed;
  }

  /** The box of all pixels of a value; undefined when it has none. */
  boxOf(value: number): Box | undefined {
    if (!this.counts[value]) return undefined;
    const { cells, width } = this;
    let left = width;
    let right = 0;
    const top = Math.floor(cells.indexOf(value) / width);
    const bottom = Math.floor(cells.lastIndexOf(value) / width) + 1;
    for (let y = top; y < bottom; y++) {
      const row = cells.subarray(y * width, (y + 1) * width);
      const first = row.indexOf(value);
      if (first < 0) continue;
      left = Math.min(left, first);
      right = Math.max(right, row.lastIndexOf(value) + 1);
    }
    return { left, top, right, bottom };
  }

  /** The tiles that are not empty, as texts by number; only those that changed are made anew. */
  texts(): ReadonlyMap<number, string> {
    for (const tile of this.#stale) {
      const text = tileText(this.#read(tile));
      if (text === "0") this.#texts.delete(tile);
      else this.#texts.set(tile, text);
    }
    this.#stale.clear();
    return this.#texts;
  }

  /** Puts a tile's text in its place; false when there is no such tile or it is not such a text. */
  readText(tile: number, text: string): boolean {
    if (!(Number.isInteger(tile) && tile >= 0 && tile < this.#tiles)) return false;
    const values = this.#read(tile);
    if (!readTileText(text, values)) return false;
    this.#replace(tile, packTile(values));
    return true;
  }

  #boxOf(tile: number): Box {
    const left = (tile % this.#columns) * TILE;
    const top = Math.floor(tile / this.#columns) * TILE;
    return {
      left,
      top,
      right: Math.min(left + TILE, this.width),
      bottom: Math.min(top + TILE, this.height),
    };
  }

  #read(tile: number): Uint16Array {
    const { left, top, right, bottom } = this.#boxOf(tile);
    const values = new Uint16Array((right - left) * (bottom - top));
    const { cells, width } = this;
    for (let y = top, to = 0; y < bottom; y++) {
      for (let at = y * width + left, end = y * width + right; at < end; at++) {
        values[to++] = cells[at] as number;
      }
    }
    return values;
  }

  #replace(tile: number, packed: PackedTile): void {
    const values = this.#read(tile);
    const before = packTile(values);
    this.#touch(tile, before);
    this.#count(before, values.length, -1);
    this.#count(packed, values.length, 1);
    unpackTile(packed, values);
    const { left, top, right, bottom } = this.#boxOf(tile);
    const { cells, width } = this;
    for (let y = top, from = 0; y < bottom; y++) {
      for (let at = y * width + left, end = y * width + right; at < end; at++) {
        cells[at] = values[from++] as number;
      }
    }
    this.#grow(left, top, right, bottom);
  }

  /** Adds the pixels of a tile of that size, or takes them away. */
  #count(packed: PackedTile, size: number, sign: 1 | -1): void {
    eachRun(packed, size, (length, value) => {
      (this.counts[value] as number) += sign * length;
    });
  }

  /** Before a tile changes; `before` spares reading it. */
  #touch(tile: number, before?: PackedTile): void {
    this.#version++;
    this.#stale.add(tile);
    if (this.#before && !this.#before.has(tile)) {
      this.#before.set(tile, before ?? packTile(this.#read(tile)));
    }
  }

  #grow(left: number, top: number, right: number, bottom: number): void {
    const box = this.#changed;
    this.#changed = box
      ? {
          left: Math.min(box.left, left),
          top: Math.min(box.top, top),
          right: Math.max(box.right, right),
          bottom: Math.max(box.bottom, bottom),
        }
      : { left, top, right, bottom };
  }
}
