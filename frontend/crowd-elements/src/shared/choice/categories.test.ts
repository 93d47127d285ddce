import { describe, expect, it } from "vitest";
import {
  groupCategories,
  moderationCategory,
  readCategories,
  readExclusion,
} from "./categories.ts";

const texts = (value: Parameters<typeof readCategories>[0]) =>
  readCategories(value).all.map((one) => one.text);

describe("readCategories", () => {
  it("keeps the order, makes text of numbers and booleans", () => {
    expect(texts(["b", 1, true, "a"])).toEqual(["b", "1", "true", "a"]);
  });

  it("has none where nothing was given", () => {
    expect(readCategories(undefined)).toEqual({ all: [], byKey: new Map(), faults: [] });
    expect(texts(null)).toEqual([]);
  });

  it("leaves out what cannot be a category, and tells each", () => {
    const { all, faults } = readCategories(["a", { x: 1 }, null, " ", "a", ["b"]]);
    expect(all.map((one) => one.text)).toEqual(["a"]);
    expect(faults).toEqual([
      { kind: "notText", item: '{"x":1}' },
      { kind: "notText", item: "null" },
      { kind: "blank", item: '" "' },
      { kind: "twice", item: '"a"' },
      { kind: "notText", item: '["b"]' },
    ]);
  });

  it("tells of a value that is no list", () => {
    expect(readCategories({ a: 1 }).faults).toEqual([{ kind: "notAList", item: '{"a":1}' }]);
  });

  it("takes names that objects have by themselves", () => {
    expect(texts(["__proto__", "constructor"])).toEqual(["__proto__", "constructor"]);
  });
});

describe("moderationCategory", () => {
  const read = (value: Parameters<typeof readCategories>[0]) =>
    readCategories(value, moderationCategory);

  it("takes texts and objects, which the answer gives back whole", () => {
    const item = { name: "Weapons", parentName: "Violence", confidence: 91.5 };
    const { all, faults } = read(["Tobacco", item]);
    expect(faults).toEqual([]);
    expect(all.map((one) => one.answer)).toEqual(["Tobacco", item]);
    expect(all.map((one) => one.group)).toEqual([undefined, "Violence"]);
  });

  it("tells one name under two parents apart, and tells of a pair given twice", () => {
    const a = { name: "Other", parentName: "A" };
    const { all, faults } = read([a, { name: "Other", parentName: "B" }, { ...a, extra: 1 }]);
    expect(all).toHaveLength(2);
    expect(faults.map((one) => one.kind)).toEqual(["twice"]);
  });

  it("needs a name", () => {
    expect(read([{ parentName: "A" }, { name: {} }]).faults.map((one) => one.kind)).toEqual([
      "notText",
      "notText",
    ]);
  });
});

describe("groupCategories", () => {
  const group = (...items: [text: string, group?: string][]) =>
    groupCategories(
      items.map(([text, group]) => ({ key: text, text, answer: text, ...(group && { group }) })),
    ).map(({ heading, members }) => [heading, members.map((one) => one.text)]);

  it("makes one group without heading where there are no parents", () => {
    expect(group(["a"], ["b"])).toEqual([[undefined, ["a", "b"]]]);
  });

  it("brings children together, the parent first, others where they stand", () => {
    expect(
      group(["Tobacco"], ["Weapons", "Violence"], ["Drugs"], ["Blood", "Violence"], ["Violence"]),
    ).toEqual([
      [undefined, ["Tobacco"]],
      ["Violence", ["Violence", "Weapons", "Blood"]],
      [undefined, ["Drugs"]],
    ]);
  });
});

it.each([
  [undefined, {}],
  [null, {}],
  [{ text: " None of these " }, { text: "None of these" }],
  [{ text: "" }, { fault: '{"text":""}' }],
  [{ name: "x" }, { fault: '{"name":"x"}' }],
  ["None", { fault: '"None"' }],
])("reads the exclusion category %j", (value, expected) => {
  expect(readExclusion(value)).toEqual(expected);
});
