import { describe, expect, it } from "vitest";
import { readCategories } from "./categories.ts";
import { chosenOf, NO_CHOICE, only, toggle, toggleNone, within } from "./choice.ts";

const { all, byKey } = readCategories(["a", "b", "c"]);
const keys = (choice: typeof NO_CHOICE) => Array.from(choice.chosen);

describe("toggle", () => {
  it("adds and removes without touching the state before", () => {
    const a = toggle(NO_CHOICE, "a");
    const both = toggle(a, "b");
    expect(keys(toggle(both, "a"))).toEqual(["b"]);
    expect(keys(a)).toEqual(["a"]);
    expect(keys(NO_CHOICE)).toEqual([]);
  });

  it("does nothing while none applies", () => {
    const none = toggleNone(only("a"));
    expect(none).toEqual({ chosen: new Set(), none: true });
    expect(toggle(none, "b")).toBe(none);
    expect(toggleNone(none)).toEqual(NO_CHOICE);
  });
});

describe("within", () => {
  it("drops what is gone and keeps the same state where nothing is", () => {
    const both = toggle(only("a"), "z");
    expect(keys(within(both, byKey, false))).toEqual(["a"]);
    const a = only("a");
    expect(within(a, byKey, false)).toBe(a);
  });

  it("drops the exclusion category with its attribute", () => {
    const none = toggleNone(NO_CHOICE);
    expect(within(none, byKey, true).none).toBe(true);
    expect(within(none, byKey, false).none).toBe(false);
  });
});

it("answers in the order of the categories, not of the clicks", () => {
  const choice = toggle(toggle(NO_CHOICE, "c"), "a");
  expect(chosenOf(choice, all).map((one) => one.text)).toEqual(["a", "c"]);
});
