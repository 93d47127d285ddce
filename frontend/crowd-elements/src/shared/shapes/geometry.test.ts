import { describe, expect, it } from "vitest";
import { area, contains, crossesItself, distanceToLine, settle, translate } from "./geometry.ts";

const at = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([x, y]) => ({ x, y }));
const SIZE = { width: 100, height: 50 };

it("settles on whole pixels inside the picture, its far edges included", () => {
  expect(settle({ x: 12.5, y: 3.4 }, SIZE)).toEqual({ x: 13, y: 3 });
  expect(settle({ x: -4, y: 900 }, SIZE)).toEqual({ x: 0, y: 50 });
});

it("moves as far as the picture goes", () => {
  const points = at([10, 10], [30, 40]);
  expect(translate(points, 5, -3, SIZE)).toEqual(at([15, 7], [35, 37]));
  expect(translate(points, 999, 999, SIZE)).toEqual(at([80, 20], [100, 50]));
  expect(translate(points, -999, -999, SIZE)).toEqual(at([0, 0], [20, 30]));
});

describe("crossesItself", () => {
  it.each([
    ["a square", at([0, 0], [9, 0], [9, 9], [0, 9]), true, false],
    ["a bow", at([0, 0], [9, 9], [9, 0], [0, 9]), true, true],
    ["an open Z", at([0, 0], [9, 0], [0, 9], [9, 9]), false, false],
    ["crossed only by its closing edge", at([0, 0], [9, 0], [4, 4], [9, 9], [5, -3]), true, true],
    ["a touch", at([0, 0], [9, 0], [5, 0], [5, 9]), true, true],
    ["a fold", at([0, 0], [9, 0], [3, 0]), false, true],
    ["three in a row", at([0, 0], [5, 0], [9, 0], [5, 9]), true, false],
    ["a triangle", at([0, 0], [9, 0], [3, 5]), true, false],
  ])("%s", (_, points, closed, crosses) => {
    expect(crossesItself(points, closed)).toBe(crosses);
  });
});

it("knows inside, area and distance", () => {
  const square = at([0, 0], [10, 0], [10, 10], [0, 10]);
  expect(contains(square, { x: 5, y: 5 })).toBe(true);
  expect(contains(square, { x: 15, y: 5 })).toBe(false);
  expect(area(square)).toBe(100);
  expect(distanceToLine({ x: 5, y: 12 }, square, true)).toBe(2);
  expect(distanceToLine({ x: -3, y: 5 }, square, true)).toBe(3);
  expect(distanceToLine({ x: -3, y: 5 }, square, false)).toBeGreaterThan(3);
});
