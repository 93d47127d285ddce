import { describe, expect, it } from "vitest";
import { faultInShapes, readShapes } from "./initial-value.ts";
import { KINDS } from "./kind.ts";

const SIZE = { width: 640, height: 480 };
const boxes = (value: Parameters<typeof readShapes>[0]) => {
  const read = readShapes(value, KINDS.box, "boundingBoxes", SIZE);
  return { ...read, written: read.shapes.map(({ points }) => KINDS.box.write(points)) };
};
const good = { label: "a", left: 1, top: 2, width: 3, height: 4 };

it("reads boxes, rounds every number and takes numbers that are texts", () => {
  const { written, faults } = boxes([
    good,
    { label: "a", left: 10.6, top: 10.4, width: 20.5, height: "9.9" },
  ]);
  expect(written).toEqual([
    { left: 1, top: 2, width: 3, height: 4 },
    { left: 11, top: 10, width: 21, height: 10 },
  ]);
  expect(faults).toEqual([]);
});

it("cuts boxes to the picture and says so", () => {
  const { written, faults } = boxes([
    good,
    { ...good, left: 630, width: 50 },
    { ...good, top: -2 },
  ]);
  expect(written.slice(1)).toEqual([
    { left: 630, top: 2, width: 10, height: 4 },
    { left: 1, top: 0, width: 3, height: 2 },
  ]);
  expect(faults).toEqual(["Cut to the picture, because they reach beyond it: item 2, 3."]);
});

describe("leaves out", () => {
  it.each([
    ["no numbers", { label: "a" }],
    ["what was NaN", { ...good, left: null }],
    ["no label", { left: 1, top: 2, width: 3, height: 4 }],
    ["no area", { ...good, width: 0 }],
    ["a negative size", { ...good, width: -3 }],
    ["a box that lies outside", { ...good, left: 900 }],
    ["a text", "box"],
    ["nothing", null],
  ])("%s", (_, item) => {
    const { shapes, faults } = boxes([item]);
    expect(shapes).toEqual([]);
    expect(faults[0]).toContain("item 1.");
  });
});

it("takes lists of vertices, plain or under their key", () => {
  const line = {
    label: "a",
    vertices: [
      { x: 1, y: 2 },
      { x: 3.6, y: 4 },
    ],
  };
  for (const value of [[line], { lines: [line] }]) {
    const { shapes, faults } = readShapes(value, KINDS.line, "lines", SIZE);
    expect(shapes[0]?.points).toEqual([
      { x: 1, y: 2 },
      { x: 4, y: 4 },
    ]);
    expect(faults).toEqual([]);
  }
  const three = { label: "a", vertices: [...line.vertices, { x: 9, y: 9 }] };
  expect(readShapes([three], KINDS.line, "lines", SIZE).shapes).toEqual([]);
  expect(readShapes([three], KINDS.polyline, "polylines", SIZE).shapes).toHaveLength(1);
  expect(readShapes([line], KINDS.polygon, "polygons", SIZE).shapes).toEqual([]);
});

it("drops a last vertex that repeats a polygon's first", () => {
  const vertices = [
    { x: 0, y: 0 },
    { x: 9, y: 0 },
    { x: 5, y: 5 },
    { x: 0, y: 0 },
  ];
  const { shapes } = readShapes([{ label: "a", vertices }], KINDS.polygon, "polygons", SIZE);
  expect(shapes[0]?.points).toEqual(vertices.slice(0, 3));
});

it("quotes the attribute when something is wrong, and only then", () => {
  const read = boxes([good]);
  expect(faultInShapes([good], read, () => true)).toBeUndefined();
  const fault = faultInShapes([good], read, () => false);
  expect(fault).toContain('initial-value=[{"label":"a"');
  expect(fault).toContain("“a”");
  expect(faultInShapes("x", boxes("x"), () => true)).toContain("It is not a list");
});
