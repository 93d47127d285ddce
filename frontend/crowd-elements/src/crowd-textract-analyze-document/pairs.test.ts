import { describe, expect, it } from "vitest";
import type { Json } from "../shared/answer.ts";
import { type Fault, readKeys, readPairs, valueText } from "./pairs.ts";

const box = (left: number, top: number, width: number, height: number) => ({
  boundingBox: { left, top, width, height },
});

const BLOCKS: Json = [
  { id: "p", blockType: "PAGE", relationships: [{ type: "CHILD", ids: ["k1", "v1"] }] },
  {
    id: "k1",
    blockType: "KEY_VALUE_SET",
    entityTypes: ["KEY"],
    confidence: 97,
    geometry: box(0.1, 0.2, 0.3, 0.05),
    relationships: [
      { type: "VALUE", ids: ["v1"] },
      { type: "CHILD", ids: ["w1", "w2"] },
    ],
  },
  {
    id: "v1",
    blockType: "KEY_VALUE_SET",
    entityTypes: ["VALUE"],
    text: null,
    geometry: {
      polygon: [
        { x: 0.5, y: 0.2 },
        { x: 0.7, y: 0.25 },
      ],
    },
    relationships: [{ type: "CHILD", ids: ["w3", "gone"] }],
  },
  { id: "w1", blockType: "WORD", text: "Given" },
  { id: "w2", blockType: "WORD", text: "name:" },
  { id: "w3", blockType: "WORD", text: "Ada" },
  { id: "k2", blockType: "KEY_VALUE_SET", entityTypes: ["KEY"], text: "Member" },
];

describe("readPairs", () => {
  it("brings keys, values and their words together", () => {
    const { items, faults } = readPairs(BLOCKS, []);
    expect(faults).toEqual([]);
    expect(items).toHaveLength(2);
    const [first, second] = items;
    expect(first?.key.text).toBe("Given name:");
    expect(first && valueText(first)).toBe("Ada");
    expect(first?.key.box).toEqual({
      left: 0.1,
      top: 0.2,
      width: expect.closeTo(0.3),
      height: expect.closeTo(0.05),
    });
    expect(first?.values[0]?.box).toEqual({
      left: 0.5,
      top: 0.2,
      width: expect.closeTo(0.2),
      height: expect.closeTo(0.05),
    });
    expect(second).toMatchObject({ values: [], valueId: "k2-value", found: true });
    expect(second?.aliases).toBeUndefined();
  });

  it("takes what boxes to tick say, and the texts of several values", () => {
    const { items } = readPairs(
      [
        {
          id: "k",
          blockType: "KEY_VALUE_SET",
          entityTypes: ["KEY"],
          text: "Paid",
          relationships: [{ type: "VALUE", ids: ["a", "b"] }],
        },
        {
          id: "a",
          blockType: "KEY_VALUE_SET",
          entityTypes: ["VALUE"],
          relationships: [{ type: "CHILD", ids: ["s"] }],
        },
        { id: "b", blockType: "KEY_VALUE_SET", entityTypes: ["VALUE"], text: "by card" },
        { id: "s", blockType: "SELECTION_ELEMENT", selectionStatus: "SELECTED" },
      ],
      [],
    );
    expect(items.map(valueText)).toEqual(["SELECTED by card"]);
  });

  it("adds the keys that are lacking, and knows those that are there by any spelling", () => {
    const { items } = readPairs(BLOCKS, [
      { key: "First name", aliases: ["GIVEN  NAME"] },
      { key: "Mail address", aliases: ["Mailing address"] },
    ]);
    expect(items.map((pair) => [pair.key.text, pair.found, pair.aliases])).toEqual([
      ["Given name:", true, ["GIVEN  NAME"]],
      ["Member", true, undefined],
      ["Mail address", false, ["Mailing address"]],
    ]);
    expect(items[2]).toMatchObject({ valueId: "added-value-1", values: [] });
    expect(items[2]?.key.id).toBe("added-key-1");
  });

  it("gives ids that are not there yet", () => {
    const { items } = readPairs(
      [{ id: "added-key-1", blockType: "KEY_VALUE_SET", entityTypes: ["KEY"], text: "x" }],
      [{ key: "y", aliases: [] }],
    );
    expect(items[1]?.key.id).toBe("added-key-1-2");
  });

  it.each<[string, Json | undefined, Fault]>([
    ["what is no list", { blocks: [] }, { kind: "notList" }],
    ["a block without an id", [{ blockType: "WORD" }], { kind: "notBlock", item: 1 }],
    ["an item that is no object", [BLOCKS[1] as Json, 7], { kind: "notBlock", item: 2 }],
  ])("tells of %s", (_name, blocks, fault) => {
    expect(readPairs(blocks, []).faults).toEqual([fault]);
  });

  it.each<[string, Json, boolean]>([
    ["pixels for ratios", box(120, 40, 200, 20), false],
    ["beyond the edge", box(0.9, 0.1, 0.2, 0.1), false],
    ["no number", box(Number.NaN, 0.1, 0.2, 0.1), false],
    ["no area", box(0.1, 0.1, 0, 0.1), false],
    ["texts", { boundingBox: { left: "0.1", top: 0, width: 1, height: 1 } }, false],
    ["a hair over the edge", box(0.5, 0.5, 0.505, 0.5), true],
    ["none", {}, true],
    [
      "a box without height beside a polygon",
      {
        boundingBox: { left: 0, top: 0, width: 1 },
        polygon: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
      true,
    ],
  ])("judges a box: %s", (_name, geometry, fits) => {
    const block = { id: "k", blockType: "KEY_VALUE_SET", entityTypes: ["KEY"], geometry };
    const { items, faults } = readPairs([block], []);
    expect(faults).toEqual(fits ? [] : [{ kind: "outside", id: "k" }]);
    expect(items).toHaveLength(1);
    if (!fits) expect(items[0]?.key.box).toBeUndefined();
  });
});

describe("readKeys", () => {
  it("takes keys with and without aliases, once each", () => {
    expect(
      readKeys([
        { importantFormKey: "Address", importantFormKeyAliases: ["address", "Addr.", 7, ""] },
        { importantFormKey: " Last name " },
        { importantFormKey: "ADDR." },
        { importantFormKey: "*", importantFormKeyAliases: ["*"] },
      ]),
    ).toEqual({
      items: [
        { key: "Address", aliases: ["Addr."] },
        { key: "Last name", aliases: [] },
      ],
      faults: [],
    });
  });

  it.each<[string, Json | undefined, number]>([
    ["nothing", undefined, 0],
    ["null", null, 0],
    ["no list", "Address", 1],
    ["items without a key", ["Address", {}, { importantFormKey: " " }], 3],
  ])("%s", (_name, value, count) => {
    expect(readKeys(value).items).toEqual([]);
    expect(readKeys(value).faults).toHaveLength(count);
  });
});
