import { describe, expect, it } from "vitest";
import { Mask, VALUES } from "./mask.ts";
import { MaskHistory } from "./mask-history.ts";
import { packTile, readTileText, tileText, unpackTile } from "./tiles.ts";

const ALL = new Uint8Array(VALUES);

/** A small deterministic source of numbers below `limit`. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** As `toEqual`, which takes seconds for large arrays. */
const same = (one: ArrayLike<number>, other: ArrayLike<number> | undefined) =>
  one.length === other?.length &&
  Array.prototype.every.call(one, (value, at) => value === other[at]);

const counted = (mask: Mask) => {
  const counts = new Uint32Array(VALUES);
  for (const value of mask.cells) (counts[value] as number)++;
  return counts;
};

describe("tiles", () => {
  const samples = {
    uniform: new Uint16Array(24).fill(7),
    runs: Uint16Array.from({ length: 64 }, (_, index) => (index < 40 ? 1 : 65535)),
    noise: Uint16Array.from({ length: 64 }, (_, index) => index % 3),
  };
  it.each(Object.entries(samples))("come back as they were: %s", (_, values) => {
    const unpacked = new Uint16Array(values.length).fill(9);
    unpackTile(packTile(values), unpacked);
    expect(unpacked).toEqual(values);
    const read = new Uint16Array(values.length).fill(9);
    expect(readTileText(tileText(values), read)).toBe(true);
    expect(read).toEqual(values);
  });

  it("take one number where there is one value, and never more than their values", () => {
    expect(packTile(samples.uniform)).toBe(7);
    expect((packTile(samples.runs) as Uint16Array).length).toBe(4);
    expect((packTile(samples.noise) as Uint16Array).length).toBe(64);
  });

  it.each(["", "zzzz", "1.", "2.1 1.1", "5.1", "-1", "0.1 4.1", "4.zzzz", "1.1.1 3.1"])(
    "refuse a text that is not one: %j",
    (text) => expect(readTileText(text, new Uint16Array(4))).toBe(false),
  );
});

describe("Mask", () => {
  it("writes within the image only, and not over what is kept", () => {
    const mask = new Mask(70, 3);
    mask.write(1, -5, 200, 3, ALL);
    expect(mask.counts[3]).toBe(70);
    mask.write(-1, 0, 5, 4, ALL);
    mask.write(3, 0, 5, 4, ALL);
    const keep = new Uint8Array(VALUES);
    keep[3] = 1;
    for (const y of [0, 1]) mask.write(y, 60, 66, 4, keep);
    expect([mask.at(63, 0), mask.at(63, 1), mask.at(70, 0), mask.counts[4]]).toEqual([4, 3, 0, 6]);
  });

  it("counts, undoes and redoes whatever is written", () => {
    const next = numbers(5);
    const mask = new Mask(150, 131);
    const history = new MaskHistory<readonly string[]>(mask, []);
    const states = [mask.cells.slice()];
    for (let change = 0; change < 30; change++) {
      mask.record();
      const value = next(4);
      for (let row = next(131), rows = next(20); rows > 0; rows--, row++) {
        const from = next(160) - 10;
        mask.write(row, from, from + next(120), value, ALL);
      }
      history.commit(mask.finish() ?? new Map(), [String(change)], `change ${change}`);
      states.push(mask.cells.slice());
    }
    expect(same(mask.counts, counted(mask))).toBe(true);
    for (let change = 29; change >= 0; change--) {
      expect(history.undo()).toBe(`change ${change}`);
      expect(same(mask.cells, states[change])).toBe(true);
    }
    expect(history.objects).toEqual([]);
    expect(history.undo()).toBeUndefined();
    while (history.redo());
    expect(same(mask.cells, states[30])).toBe(true);
    expect(history.objects).toEqual(["29"]);
    expect(same(mask.counts, counted(mask))).toBe(true);
  });

  it("keeps the last change whatever its size, and forgets the oldest first", () => {
    const mask = new Mask(64, 64);
    const history = new MaskHistory<number>(mask, 0, 0);
    for (const value of [1, 2]) {
      mask.record();
      mask.write(0, 0, 64, value, ALL);
      history.commit(mask.finish() ?? new Map(), value, "row");
    }
    history.undo();
    expect([mask.at(0, 0), history.objects, history.canUndo, history.canRedo]).toEqual([
      1,
      1,
      false,
      true,
    ]);
  });

  it("finds the box of a value, and of all changes", () => {
    const mask = new Mask(200, 100);
    expect(mask.boxOf(1)).toBeUndefined();
    mask.write(10, 50, 60, 1, ALL);
    mask.write(70, 150, 151, 1, ALL);
    const box = { left: 50, top: 10, right: 151, bottom: 71 };
    expect(mask.boxOf(1)).toEqual(box);
    expect(mask.takeChanged()).toMatchObject({ left: 50, top: 10, bottom: 71 });
    expect(mask.takeChanged()).toBeUndefined();
  });

  it("replaces values everywhere", () => {
    const mask = new Mask(100, 100);
    for (let y = 0; y < 100; y++) mask.write(y, y, y + 1, (y % 3) + 1, ALL);
    mask.replaceValues(
      new Map([
        [1, 0],
        [3, 2],
      ]),
    );
    expect([mask.counts[1], mask.counts[2], mask.counts[3], mask.painted]).toEqual([0, 66, 0, 66]);
    mask.clear();
    expect(mask.painted).toBe(0);
  });

  it("is carried over by its tiles' texts, of which there are none for what is empty", () => {
    const mask = new Mask(130, 70);
    mask.write(65, 60, 130, 5, ALL);
    expect([...mask.texts().keys()].sort()).toEqual([3, 4, 5]);
    mask.write(65, 60, 64, 0, ALL);
    expect([...mask.texts().keys()].sort()).toEqual([4, 5]);
    const copy = new Mask(130, 70);
    for (const [tile, text] of mask.texts()) expect(copy.readText(tile, text)).toBe(true);
    expect(same(copy.cells, mask.cells)).toBe(true);
    expect(same(copy.counts, mask.counts)).toBe(true);
    expect(copy.readText(6, "1")).toBe(false);
    expect(copy.readText(0.5, "1")).toBe(false);
    expect(copy.readText(0, "zzzz")).toBe(false);
    expect(same(copy.cells, mask.cells)).toBe(true);
  });
});
