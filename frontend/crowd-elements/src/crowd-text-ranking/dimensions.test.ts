import { describe, expect, it } from "vitest";
import type { Json } from "../shared/answer.ts";
import { type Fault, readDimensions, readResponses } from "./dimensions.ts";

describe("readResponses", () => {
  it("takes texts, equal and empty ones too", () => {
    expect(readResponses(["a", "", "a"])).toEqual({ items: ["a", "", "a"] });
  });

  it.each<[string, Json | undefined, Fault]>([
    ["nothing", undefined, { kind: "missing" }],
    ["no list", { a: 1 }, { kind: "notList" }],
    ["an empty list", [], { kind: "empty" }],
    ["another item", ["a", { text: "b" }], { kind: "notText", item: 2 }],
  ])("refuses %s", (_name, value, fault) => {
    expect(readResponses(value)).toEqual({ items: [], fault });
  });
});

describe("readDimensions", () => {
  it("allows ties where it is said", () => {
    const value = [{ name: "A", allowTie: true }, { name: "B", allowTie: "true" }, { name: "C" }];
    expect(readDimensions(value)).toEqual({
      items: [
        { name: "A", allowTie: true },
        { name: "B", allowTie: true },
        { name: "C", allowTie: false },
      ],
    });
  });

  it("tells of a name that is there twice, and ranks both", () => {
    const { items, fault } = readDimensions([{ name: "A" }, { name: "A" }]);
    expect(items).toHaveLength(2);
    expect(fault).toEqual({ kind: "twice", name: "A" });
  });

  it.each<[string, Json | undefined, Fault]>([
    ["nothing", undefined, { kind: "missing" }],
    ["no list", "Clarity", { kind: "notList" }],
    ["an empty list", [], { kind: "empty" }],
    ["an item without a name", [{ name: "A" }, { allowTie: true }], { kind: "noName", item: 2 }],
    ["an empty item", [null], { kind: "noName", item: 1 }],
  ])("refuses %s", (_name, value, fault) => {
    expect(readDimensions(value)).toEqual({ items: [], fault });
  });
});
