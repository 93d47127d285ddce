import { expect, it } from "vitest";
import { type Index, keeps, ordered, readView, sortedRows, viewText } from "./view.ts";

const index: Index = {
  line: [3, 1, 2],
  outcome: ["labeled", "failed", "labeled"],
  gold: [0.5, null, 1],
  dispute: [0.8, 0.4, null],
  seconds: [null, 9, 30],
  labels: [[0, 1], [1], []],
  workers: [[0, 1], [1], [0]],
  pack: [null, null, null],
  searches: 1,
};

const kept = (hash: string, label?: number, worker?: number) =>
  index.line.map((_, at) => at).filter((at) => keeps(index, at, readView(hash), label, worker));

it("survives the way through an address", () => {
  const view = readView("#q=a%26b&show=failed&label=cat+%23&worker=w.1&sort=time&least=40");
  expect(view.q).toBe("a&b");
  expect(view.label).toBe("cat #");
  expect(view.least).toBe(40);
  expect(readView(viewText(view))).toEqual(view);
});

it("says nothing of what is as usual", () => {
  expect(viewText(readView(""))).toBe("");
  expect(readView("#least=x").least).toBe(0);
  expect(readView("#least=900").least).toBe(100);
});

it("keeps what is asked for", () => {
  expect(kept("")).toEqual([0, 1, 2]);
  expect(kept("#show=failed")).toEqual([1]);
  expect(kept("#show=gold")).toEqual([0]);
  expect(kept("#least=40")).toEqual([0, 1]);
  expect(kept("", 1)).toEqual([0, 1]);
  expect(kept("", 1, 0)).toEqual([0]);
});

it("orders with the unknown last", () => {
  expect(ordered(index, "")).toEqual([0, 1, 2]);
  expect(ordered(index, "line")).toEqual([1, 2, 0]);
  expect(ordered(index, "gold")).toEqual([0, 2, 1]);
  expect(ordered(index, "time")).toEqual([2, 1, 0]);
  expect(ordered(index, "constructor")).toEqual([0, 1, 2]);
});

it("orders a table's rows, those without a value last both ways", () => {
  expect(sortedRows(["10", "9", "", "-1"], false)).toEqual([3, 1, 0, 2]);
  expect(sortedRows(["10", "9", "", "-1"], true)).toEqual([0, 1, 3, 2]);
  expect(sortedRows(["b", "a"], false)).toEqual([1, 0]);
});
