import { describe, expect, it, vi } from "vitest";
import { type Granularity, makeSegmenter } from "./segmenter.ts";

const TEXTS = [
  "Ana Silva met Prof. Weber, who'd left.",
  "e\u0301te\u0301 a\u0308\r\nb",
  "👩‍🚀 and 👍🏽 and 🇵🇹🇩🇪!",
  "ana سارة شمس",
  "",
];

function both(granularity: Granularity, text: string) {
  const real = makeSegmenter(granularity).segment(text);
  vi.stubGlobal("Intl", { ...Intl, Segmenter: undefined });
  const simple = makeSegmenter(granularity).segment(text);
  vi.unstubAllGlobals();
  return { real, simple };
}

describe.each(TEXTS)("without Intl.Segmenter: %j", (text) => {
  it.each<Granularity>(["grapheme", "word"])("cuts as with it, by %s", (granularity) => {
    const { real, simple } = both(granularity, text);
    expect(Array.from(simple, ({ segment }) => segment)).toEqual(
      Array.from(real, ({ segment }) => segment),
    );
    for (let offset = -1; offset <= text.length; offset += 1) {
      expect(simple.containing(offset)?.index).toBe(real.containing(offset)?.index);
    }
  });
});
