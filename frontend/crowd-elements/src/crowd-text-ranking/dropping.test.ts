import { expect, it } from "vitest";
import { dropAt } from "./dropping.ts";
import { listed, type Ranks } from "./ranking.ts";

const _ = null;

/** Rows of 40 pixels from 0 on, without the dragged one. */
const rowsOf = (ranks: Ranks, item: number) =>
  listed(ranks)
    .filter((one) => one !== item)
    .map((one, index) => ({ item: one, top: index * 40, bottom: index * 40 + 40 }));

it.each<[string, boolean, Ranks, number, number, Ranks, string]>([
  ["above all", false, [1, 2, 3], 2, 5, [2, 3, 1], "before 0"],
  ["between two", false, [1, 2, 3], 2, 45, [1, 3, 2], "before 1"],
  ["below all", false, [1, 2, 3], 0, 200, [3, 1, 2], "after 2"],
  ["into an empty ranking", false, [_, _, _], 1, -10, [_, 1, _], "before 0"],
  ["below the last that is ranked", false, [1, _, _, _], 3, 45, [1, _, _, 2], "after 0"],
  ["among those without a rank", false, [1, 2, _, _], 1, 150, [1, _, _, _], "after 3"],
  ["onto another, where ties are not allowed", false, [1, 2, 3], 2, 22, [1, 3, 2], "before 1"],
  ["onto another, where they are", true, [1, 2, 3], 2, 20, [1, 2, 1], "tie 0"],
  ["onto one without a rank", true, [1, _, _], 2, 70, [1, _, _], "after 1"],
  ["at the edge of a tie", true, [1, 1, 2], 2, 3, [2, 2, 1], "before 0"],
  ["alone", false, [_], 0, 0, [1], "after undefined"],
])("%s", (_name, allowTie, ranks, item, y, after, mark) => {
  const drop = dropAt(rowsOf(ranks, item), y, ranks, item, allowTie);
  expect(drop.ranks).toEqual(after);
  expect(`${drop.edge} ${drop.at}`).toBe(mark);
});

it("goes between two that are tied as if they were one", () => {
  expect(dropAt(rowsOf([1, 1, 2], 2), 39, [1, 1, 2], 2, true).ranks).toEqual([2, 2, 1]);
});
