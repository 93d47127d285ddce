import { describe, expect, it } from "vitest";
import { hasRightToLeft, runsRightToLeft } from "./direction.ts";

describe("runsRightToLeft", () => {
  const text = "في Lyon Nord اليوم 25.";
  const whole = { start: 0, end: text.length };
  const at = (start: number) => runsRightToLeft(text, { start, end: start + 1 }, whole, true);

  it("goes by the character itself", () => {
    expect([at(0), at(text.indexOf("L")), at(text.indexOf("2"))]).toEqual([true, false, false]);
  });

  it("goes by both neighbors where a character has no direction", () => {
    expect(at(text.indexOf(" Nord"))).toBe(false);
  });

  it("goes by the paragraph between two directions and at its end", () => {
    expect([at(text.indexOf(" Lyon")), at(text.length - 1)]).toEqual([true, true]);
  });
});

describe("hasRightToLeft", () => {
  it("finds a single letter", () => {
    expect([hasRightToLeft("plain, 12"), hasRightToLeft("a ש b")]).toEqual([false, true]);
  });
});
