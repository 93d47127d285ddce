import { describe, expect, it } from "vitest";
import { faultInLabels, LabelSet } from "./labels.ts";

it("keeps the order, counts what is there twice once, leaves out what is no text", () => {
  const labels = new LabelSet(["b", "a", "b", "", 7, null]);
  expect(labels.names).toEqual(["b", "a"]);
  expect(labels.has("a")).toBe(true);
  expect(labels.has("c")).toBe(false);
  expect(labels.has(7)).toBe(false);
  expect(labels.all).toEqual([
    { name: "b", color: "#2ca02c" },
    { name: "a", color: "#1f77b4" },
  ]);
});

it("takes colors by position, and the palette's for the rest", () => {
  const labels = new LabelSet(["a", "b", "c"], ["#ABC", "no color"]);
  expect(labels.names.map((name) => labels.colorOf(name))).toEqual([
    "#aabbcc",
    "#1f77b4",
    "#ff7f0e",
  ]);
});

it.each([[undefined], ["text"], [{ a: 1 }], [null]])("bears %j", (given) => {
  expect(new LabelSet(given).names).toEqual([]);
});

describe("faultInLabels", () => {
  it.each([
    [undefined, undefined],
    [["a", "b"], undefined],
    [[], undefined],
    [["a", "b", "a"], "the label “a” twice"],
    [["a", 7], "items that are not texts"],
    [{ a: 1 }, 'labels={"a":1} is not a list'],
  ])("%j", (given, message) => {
    const fault = faultInLabels(given);
    if (message === undefined) expect(fault).toBeUndefined();
    else expect(fault).toContain(message);
  });
});
