import { expect, it } from "vitest";
import { keepMapped } from "./mask-pixels.ts";

it("keeps the pixels of mapped colors and nothing else", () => {
  const green = [44, 160, 44, 255];
  const blue = [31, 119, 180, 255];
  const white = [255, 255, 255, 255];
  const clear = [44, 160, 44, 0];
  const mask = Uint8ClampedArray.from([...green, ...blue, ...white, ...clear]);
  expect(Array.from(keepMapped(mask, [[44, 160, 44]]))).toEqual([...green, ...Array(12).fill(0)]);
});
