import { describe, expect, it } from "vitest";
import { readCategories } from "./categories.ts";
import { CategorySearch, shownOf } from "./search.ts";

const list = (...texts: string[]) => readCategories(texts).all;
const texts = (categories: readonly { text: string }[]) => categories.map((one) => one.text);

describe("CategorySearch", () => {
  const search = new CategorySearch(list("École", "Old School", "schooner", "house old"));

  it.each([
    ["", ["École", "Old School", "schooner", "house old"]],
    ["ecole", ["École"]],
    ["SCHOO", ["Old School", "schooner"]],
    ["old ho", ["Old School", "house old"]],
    ["nothing", []],
    [".*", []],
  ])("%j", (query, found) => {
    expect(texts(search.find(query))).toEqual(found);
  });

  it("searches ten thousand categories in a moment", () => {
    const many = new CategorySearch(list(...Array.from({ length: 10_000 }, (_, i) => `Item ${i}`)));
    expect(many.find("item 9999")).toHaveLength(1);
  });
});

describe("shownOf", () => {
  const all = list("a", "b", "c", "d", "e");

  it("shows the first ones and the chosen ones, in order", () => {
    expect(texts(shownOf(all, all, new Set(["e"]), 2))).toEqual(["a", "b", "e"]);
    expect(texts(shownOf(all, all.slice(3), new Set(["a"]), 1))).toEqual(["a", "d"]);
  });

  it("shows all that there are", () => {
    expect(shownOf(all, all, new Set(), 100)).toBe(all);
  });
});
