import { describe, expect, it } from "vitest";
import {
  clearRank,
  insertBefore,
  isComplete,
  listed,
  type Ranks,
  readRanks,
  setRank,
  step,
  unranked,
} from "./ranking.ts";

const _ = null;

describe("setRank without ties", () => {
  it.each<[string, Ranks, number, number, Ranks]>([
    ["takes a free place", [_, _, _], 2, 3, [_, _, 3]],
    ["pushes the holder down", [1, _, _, _], 1, 1, [2, 1, _, _]],
    ["pushes a whole run down to the next gap", [1, 2, _, _, _], 2, 1, [2, 3, 1, _, _]],
    ["pushes up where there is no room below", [4, _, _, _], 1, 4, [3, 4, _, _]],
    ["pushes towards the place that is left, upwards", [1, 2, 3], 0, 3, [3, 1, 2]],
    ["pushes towards the place that is left, downwards", [1, 2, 3], 2, 1, [2, 3, 1]],
    ["leaves those beyond the gap alone", [1, 4, _, _], 1, 1, [2, 1, _, _]],
    ["gives the last one the place that is left", [1, _, _], 1, 2, [1, 2, 3]],
    ["and so of two", [_, _], 1, 1, [2, 1]],
    ["changes nothing for the same rank", [1, 2, 3], 1, 2, [1, 2, 3]],
    ["ignores a rank that is no place", [1, _, _], 1, 4, [1, _, _]],
    ["ignores zero", [1, _, _], 1, 0, [1, _, _]],
    ["ignores a fraction of nothing", [_], 0, Number.NaN, [_]],
  ])("%s", (_name, ranks, item, rank, after) => {
    expect(setRank(ranks, item, rank, false)).toEqual(after);
  });

  it("always ends as a permutation", () => {
    let ranks = unranked(5);
    for (const [item, rank] of [
      [4, 5],
      [0, 5],
      [1, 5],
      [2, 1],
      [3, 1],
      [0, 1],
      [4, 3],
    ] as const) {
      ranks = setRank(ranks, item, rank, false);
      expect(ranks[item]).toBe(rank);
    }
    expect([...ranks].sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("setRank with ties", () => {
  it.each<[string, Ranks, number, number, Ranks]>([
    ["joins whoever holds the place", [1, _, _], 1, 1, [1, 1, _]],
    ["keeps gaps while some are not ranked", [_, _, 3], 0, 3, [3, _, 3]],
    ["closes gaps once all are ranked", [3, _, 3], 1, 1, [2, 1, 2]],
    ["starts at one", [2, _], 1, 2, [1, 1]],
    ["does not fill in the last one", [1, _], 0, 2, [2, _]],
  ])("%s", (_name, ranks, item, rank, after) => {
    expect(setRank(ranks, item, rank, true)).toEqual(after);
  });
});

describe("insertBefore", () => {
  it.each<[string, boolean, Ranks, number, number, Ranks]>([
    ["to the top", false, [1, 2, 3], 2, 1, [2, 3, 1]],
    ["to the end", false, [1, 2, 3], 0, 4, [3, 1, 2]],
    ["between", false, [1, 2, 3], 0, 3, [2, 1, 3]],
    ["where it stands", false, [1, 2, 3], 1, 2, [1, 2, 3]],
    ["above one at the last place", false, [_, _, _, 4], 0, 4, [3, _, _, 4]],
    ["below one at the last place", false, [_, _, _, 4], 0, 5, [4, _, _, 3]],
    ["above a tie", true, [1, 1, 2], 2, 1, [2, 2, 1]],
    ["out of a tie, upwards", true, [1, 1, 2], 0, 1, [1, 2, 3]],
    ["out of a tie, downwards", true, [1, 1, 2], 0, 2, [2, 1, 3]],
    ["out of the last tie, to the end", true, [1, 2, 2], 1, 3, [1, 3, 2]],
  ])("%s", (_name, allowTie, ranks, item, rank, after) => {
    expect(insertBefore(ranks, item, rank, allowTie)).toEqual(after);
  });
});

describe("step", () => {
  it.each<[string, boolean, Ranks, number, -1 | 1, Ranks]>([
    ["changes places with the one above", false, [1, 2, 3], 1, -1, [2, 1, 3]],
    ["changes places with the one below", false, [1, 2, 3], 1, 1, [1, 3, 2]],
    ["stays at the top", false, [1, 2, 3], 0, -1, [1, 2, 3]],
    ["stays at the end", false, [1, 2, 3], 2, 1, [1, 2, 3]],
    ["brings in at the first free place", false, [1, _, _, _], 1, -1, [1, 2, _, _]],
    ["brings in at the last free place", false, [_, _, 1, _], 1, 1, [_, 4, 1, _]],
    ["joins the one above", true, [1, 2, 3], 1, -1, [1, 1, 2]],
    ["goes past the one it is tied with", true, [1, 1, 2], 1, -1, [2, 1, 3]],
    ["joins the one below", true, [1, 2, 3], 1, 1, [1, 2, 2]],
    ["leaves a tie downwards", true, [1, 1], 0, 1, [2, 1]],
    ["has nowhere to go above all", true, [1, 2], 0, -1, [1, 2]],
    ["has nowhere to go below all", true, [1, 2], 1, 1, [1, 2]],
  ])("%s", (_name, allowTie, ranks, item, direction, after) => {
    expect(step(ranks, item, direction, allowTie)).toEqual(after);
  });

  it("comes by steps to every order and every tie", () => {
    const seen = new Set<string>();
    const visit = (ranks: Ranks) => {
      if (seen.has(String(ranks))) return;
      seen.add(String(ranks));
      for (const item of ranks.keys()) {
        visit(step(ranks, item, -1, true));
        visit(step(ranks, item, 1, true));
      }
    };
    visit([1, 2, 3]);
    expect(seen.size).toBe(13); // the weak orders of three
  });
});

it("clears a rank and leaves the others where they are", () => {
  expect(clearRank([1, 2, 3], 1)).toEqual([1, _, 3]);
});

it("lists by rank, then in the given order", () => {
  expect(listed([_, 2, 1, _, 2])).toEqual([2, 1, 4, 0, 3]);
});

it("is complete when nothing is missing", () => {
  expect(isComplete([1, 1])).toBe(true);
  expect(isComplete([1, _])).toBe(false);
});

describe("readRanks", () => {
  it.each<[string, unknown, boolean, Ranks | undefined]>([
    ["a permutation", [2, 1, 3], false, [2, 1, 3]],
    ["a part of one", [_, 3, _], false, [_, 3, _]],
    ["ties where they are allowed", [1, 1, 2], true, [1, 1, 2]],
    ["ties with a gap", [1, 1, 3], true, [1, 1, 2]],
    ["ties where they are not", [1, 1, 2], false, undefined],
    ["another number of responses", [1, 2], false, undefined],
    ["places that are not there", [0, 1, 2], true, undefined],
    ["fractions", [1.5, 1, 2], true, undefined],
    ["texts", ["1", "2", "3"], true, undefined],
    ["no list", { 0: 1 }, true, undefined],
  ])("%s", (_name, value, allowTie, ranks) => {
    expect(readRanks(value, 3, allowTie)).toEqual(ranks);
  });
});
