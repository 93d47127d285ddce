import { expect, it } from "vitest";
import { slideTo } from "./slider-value.ts";

it.each([
  ["zero into the bounds", 0, 1, 5, 1, 1],
  ["above", 9, 1, 5, 1, 5],
  ["to the nearest step", 2.6, 0, 10, 1, 3],
  ["steps from min", 4, 1, 9, 3, 4],
  ["not past the last step", 10, 0, 10, 4, 8],
  ["no binary dust", 0.3, 0, 1, 0.1, 0.3],
  ["negative", -3, -5, 5, 2, -3],
  ["any step", 0.123, 0, 1, 0, 0.123],
  ["no number", Number.NaN, 2, 5, 1, 2],
])("%s", (_, given, min, max, step, value) => {
  expect(slideTo(given, min, max, step)).toBe(value);
});
