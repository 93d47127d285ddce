import { describe, expect, it } from "vitest";
import type { Json } from "../shared/answer.ts";
import { SegmentedText } from "../shared/text/segmented-text.ts";
import { readEntities, readLabels, toEntities } from "./entities.ts";

describe("readLabels", () => {
  it("takes texts and objects; names fall back to the label", () => {
    const { items, problems } = readLabels([
      "person",
      { label: "place", fullDisplayName: "A place", shortDisplayName: "loc" },
      { label: "time", longDisplayName: "not read" },
      7,
    ]);
    expect(problems).toEqual([]);
    expect(items).toEqual([
      { label: "person", name: "person", short: "person" },
      { label: "place", name: "A place", short: "loc" },
      { label: "time", name: "time", short: "time" },
      { label: "7", name: "7", short: "7" },
    ]);
  });

  it("tells what is no label, and what is there twice", () => {
    const { items, problems } = readLabels(["a", null, {}, [], { label: "a" }, "", "b"]);
    expect(items.map(({ label }) => label)).toEqual(["a", "b"]);
    expect(problems).toHaveLength(5);
    expect(problems).toContain('"a" is there twice');
  });

  it.each([undefined, null, "person", { label: "a" }])("wants a list, not %j", (value) => {
    expect(readLabels(value as Json | undefined).problems).toEqual(["it is not a list"]);
  });
});

describe("readEntities", () => {
  const text = new SegmentedText("Ana 😀 met Bo in Rome");
  const read = (value: Json) => readEntities(value, text, (label) => label !== "unknown");
  const entity = (startOffset: Json, endOffset: Json, label: Json = "person") => ({
    startOffset,
    endOffset,
    label,
  });

  it("brings them into the order of the text", () => {
    expect(read([entity(11, 13), entity(0, 3)]).items).toEqual([
      { start: 0, end: 3, label: "person" },
      { start: 11, end: 13, label: "person" },
    ]);
  });

  it("drops one that overlaps one before it", () => {
    const { items, problems } = read([entity(7, 13), entity(11, 13, "place"), entity(0, 3)]);
    expect(items.map(({ start }) => start)).toEqual([0, 7]);
    expect(problems).toEqual(['"place" from 11 to 13 overlaps one before it']);
  });

  it.each([
    [entity(0, 3, "unknown"), "has a label that is not in labels"],
    [entity(0, 99), "is outside of the text"],
    [entity(-1, 3), "is outside of the text"],
    [entity(3, 3), "is empty"],
    [entity(0, "3"), "has offsets that are not whole numbers"],
    [entity(0, Number.NaN), "has offsets that are not whole numbers"],
    [entity(0.5, 3), "has offsets that are not whole numbers"],
    [entity(0, 3, 7), "has no label"],
    ["Ana", "is not an entity"],
    [null, "is not an entity"],
  ])("leaves out %j: it %s", (item, problem) => {
    const { items, problems } = read([item as Json]);
    expect(items).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it("widens what cuts a character", () => {
    const { items, problems } = read([entity(5, 8)]);
    expect(items).toEqual([{ start: 4, end: 8, label: "person" }]);
    expect(problems).toHaveLength(1);
  });
});

it("counts UTF-16 units in the answer, in the order of the text", () => {
  const text = new SegmentedText("😀 Ana");
  expect(toEntities([{ start: 3, end: 6, label: "person" }], text)).toEqual([
    { endOffset: 6, label: "person", startOffset: 3 },
  ]);
});
