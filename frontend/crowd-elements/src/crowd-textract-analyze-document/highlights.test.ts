import { expect, it } from "vitest";
import { areaOf, pairAt } from "./highlights.ts";
import { readPairs } from "./pairs.ts";

const part = (id: string, type: string, box: number[], more = {}) => {
  const [left, top, width, height] = box;
  return {
    id,
    blockType: "KEY_VALUE_SET",
    entityTypes: [type],
    text: id,
    geometry: { boundingBox: { left, top, width, height } },
    ...more,
  } as never;
};
const { items: pairs } = readPairs(
  [
    part("k1", "KEY", [0.1, 0.1, 0.2, 0.1], { relationships: [{ type: "VALUE", ids: ["v1"] }] }),
    part("v1", "VALUE", [0.5, 0.1, 0.4, 0.2]),
    part("k2", "KEY", [0.6, 0.2, 0.1, 0.05]),
    { id: "k3", blockType: "KEY_VALUE_SET", entityTypes: ["KEY"] },
  ],
  [],
);
const size = { width: 1000, height: 500 };

it("gives the area of a pair in pixels", () => {
  const [first, , third] = pairs;
  expect(first && areaOf(first, size)).toEqual({
    x: 100,
    y: 50,
    width: expect.closeTo(800),
    height: expect.closeTo(100),
  });
  expect(third && areaOf(third, size)).toBeUndefined();
});

it("finds the pair at a point, the smaller box first", () => {
  expect(pairAt({ x: 150, y: 60 }, pairs, size)).toBe(0);
  expect(pairAt({ x: 620, y: 110 }, pairs, size)).toBe(1);
  expect(pairAt({ x: 520, y: 60 }, pairs, size)).toBe(0);
  expect(pairAt({ x: 10, y: 10 }, pairs, size)).toBe(-1);
});
