import { describe, expect, it } from "vitest";
import type { Json } from "../shared/answer.ts";
import { readDimensions, readResponses } from "./dimensions.ts";

describe("readResponses", () => {
  it("takes texts, equal and empty ones too", () => {
    expect(readResponses(["a", "", "a"])).toEqual({ items: ["a", "", "a"], fault: "" });
  });

  it.each<[string, Json | undefined, string]>([
    ["nothing", undefined, "is missing"],
    ["no list", { a: 1 }, `responses='{"a":1}' is not a list of texts`],
    ["an empty list", [], "responses='[]' holds nothing to rank"],
    ["another item", ["a", { text: "b" }], "has no text as item 2"],
  ])("refuses %s", (_name, value, fault) => {
    expect(readResponses(value).items).toEqual([]);
    expect(readResponses(value).fault).toContain(fault);
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
      fault: "",
    });
  });

  it("tells of a name that is there twice, and ranks both", () => {
    const { items, fault } = readDimensions([{ name: "A" }, { name: "A" }]);
    expect(items).toHaveLength(2);
    expect(fault).toContain('names "A" twice');
  });

  it.each<[string, Json | undefined, string]>([
    ["nothing", undefined, "is missing"],
    ["no list", "Clarity", "is not a list of dimensions"],
    ["an empty list", [], "names no dimension"],
    ["an item without a name", [{ name: "A" }, { allowTie: true }], "has no name in item 2"],
    ["an empty item", [null], "has no name in item 1"],
  ])("refuses %s", (_name, value, fault) => {
    expect(readDimensions(value).items).toEqual([]);
    expect(readDimensions(value).fault).toContain(fault);
  });

  it("quotes a long attribute in part", () => {
    const { fault } = readDimensions([{ name: "A".repeat(500) }, 7]);
    expect(fault.length).toBeLessThan(250);
  });
});
