import { describe, expect, it } from "vitest";
import { LABEL_COLORS } from "../defaults.ts";
import { colorAt, freeColor, parseColor, textOn, WHITE } from "./colors.ts";

it("begins with the contract's order and never repeats a color or gives white", () => {
  const colors = Array.from({ length: 60_000 }, (_, index) => colorAt(index));
  expect(colors.slice(0, 10)).toEqual(LABEL_COLORS);
  expect(colors.slice(0, 2)).toEqual(["#2ca02c", "#1f77b4"]);
  expect(new Set(colors).size).toBe(colors.length);
  expect(colors).not.toContain(WHITE);
  expect(colors.every((color) => /^#[0-9a-f]{6}$/.test(color))).toBe(true);
  expect(colorAt(7)).toBe("#7f7f7f");
});

it("gives the first color that is free", () => {
  expect(freeColor(new Set())).toBe("#2ca02c");
  expect(freeColor(new Set(["#2ca02c", "#ff7f0e"]))).toBe("#1f77b4");
});

describe("parseColor", () => {
  it.each([
    ["#2CA02C", "#2ca02c"],
    [" #abc ", "#aabbcc"],
    ["red", undefined],
    ["#12345", undefined],
    ["#1234567", undefined],
    [7, undefined],
    [null, undefined],
  ])("%s", (given, color) => {
    expect(parseColor(given)).toBe(color);
  });
});

it("chooses text that can be read", () => {
  expect(textOn("#ffffff")).toBe("#000000");
  expect(textOn("#000000")).toBe("#ffffff");
  expect(textOn("#bcbd22")).toBe("#000000");
  expect(textOn("#8c564b")).toBe("#ffffff");
});
