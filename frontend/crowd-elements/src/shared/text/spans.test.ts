import { describe, expect, it } from "vitest";
import { SegmentedText, type Stretch } from "./segmented-text.ts";
import {
  cutSpan,
  otherPlaces,
  roomOf,
  snapped,
  spanAt,
  spansIn,
  withEdgeMoved,
  withoutSpan,
  withSpan,
} from "./spans.ts";

const at = (start: number, end: number): Stretch => ({ start, end });
const spans = [at(2, 5), at(5, 8), at(10, 12)];

describe("looking up", () => {
  it("finds the span of a unit: start inclusive, end exclusive", () => {
    expect(spanAt(spans, 1)).toBeUndefined();
    expect(spanAt(spans, 4)).toBe(spans[0]);
    expect(spanAt(spans, 5)).toBe(spans[1]);
    expect(spanAt(spans, 8)).toBeUndefined();
    expect(spanAt([], 0)).toBeUndefined();
  });

  it("finds the spans that a stretch touches", () => {
    expect(spansIn(spans, at(0, 2))).toEqual([]);
    expect(spansIn(spans, at(4, 6))).toEqual([spans[0], spans[1]]);
    expect(spansIn(spans, at(8, 10))).toEqual([]);
    expect(spansIn(spans, at(0, 99))).toEqual(spans);
    expect(spansIn(spans, at(3, 3))).toEqual([]);
  });
});

describe("the overlap rule", () => {
  it("lets a span go past whole others, which it replaces", () => {
    expect(withSpan(spans, at(1, 8))).toEqual([at(1, 8), at(10, 12)]);
    expect(withSpan(spans, at(0, 20))).toEqual([at(0, 20)]);
    expect(withSpan(spans, at(5, 8))).toEqual(spans);
  });

  it("lets none cover a part of another", () => {
    for (const cutting of [at(0, 3), at(3, 4), at(4, 9), at(3, 5), at(2, 7)]) {
      expect(withSpan(spans, cutting)).toBeUndefined();
      expect(cutSpan(spans, cutting)).toBeDefined();
    }
  });

  it("keeps the order of the text", () => {
    expect(withSpan(spans, at(0, 2))).toEqual([at(0, 2), ...spans]);
    expect(withSpan(spans, at(8, 10))).toEqual([at(2, 5), at(5, 8), at(8, 10), at(10, 12)]);
    expect(withSpan(spans, at(12, 13))).toEqual([...spans, at(12, 13)]);
    expect(withSpan([], at(1, 2))).toEqual([at(1, 2)]);
  });

  it("changes no list", () => {
    const before = [...spans];
    withSpan(spans, at(0, 20));
    expect(withoutSpan(spans, spans[1] as Stretch)).toEqual([spans[0], spans[2]]);
    expect(spans).toEqual(before);
  });

  it("agrees with a plain check for every stretch", () => {
    for (let start = 0; start < 14; start++) {
      for (let end = start + 1; end <= 14; end++) {
        const overlaps = (one: Stretch) => one.start < end && one.end > start;
        const inside = (one: Stretch) => one.start >= start && one.end <= end;
        const cut = spans.some((one) => overlaps(one) && !inside(one));
        const expected = [...spans.filter((one) => !inside(one)), at(start, end)].sort(
          (a, b) => a.start - b.start,
        );
        expect(withSpan(spans, at(start, end))).toEqual(cut ? undefined : expected);
      }
    }
  });
});

describe("edges", () => {
  const text = new SegmentedText("one two three four 😀");
  const move = (
    span: Stretch,
    side: "start" | "end",
    by: -1 | 1,
    fine = false,
    room = at(0, text.text.length),
  ) => withEdgeMoved(text, span, side, by, fine, room);

  it("move by words", () => {
    expect(move(at(4, 7), "end", 1)).toEqual(at(4, 13));
    expect(move(at(4, 13), "end", -1)).toEqual(at(4, 7));
    expect(move(at(4, 13), "start", -1)).toEqual(at(0, 13));
    expect(move(at(4, 13), "start", 1)).toEqual(at(8, 13));
  });

  it("never leave an empty span or the text", () => {
    expect(move(at(4, 7), "start", 1)).toBeUndefined();
    expect(move(at(4, 7), "end", -1)).toBeUndefined();
    expect(move(at(0, 3), "start", -1)).toBeUndefined();
    expect(move(at(19, 21), "end", 1)).toBeUndefined();
    expect(move(at(0, 3), "start", -1, true)).toBeUndefined();
    expect(move(at(19, 21), "end", 1, true)).toBeUndefined();
  });

  it("move by whole characters", () => {
    expect(move(at(4, 7), "end", 1, true)).toEqual(at(4, 8));
    expect(move(at(14, 19), "end", 1, true)).toEqual(at(14, 21));
    expect(move(at(14, 21), "end", -1, true)).toEqual(at(14, 19));
    expect(move(at(19, 21), "start", 1, true)).toBeUndefined();
  });

  it("stop at the neighbors", () => {
    const room = roomOf([at(0, 3), at(4, 7), at(10, 13)], at(4, 7), 21);
    expect(room).toEqual(at(3, 10));
    expect(move(at(4, 7), "end", 1, false, room)).toEqual(at(4, 10));
    expect(move(at(4, 7), "start", -1, false, room)).toBeUndefined();
    expect(move(at(4, 7), "start", -1, true, room)).toEqual(at(3, 7));
    expect(move(at(3, 7), "start", -1, true, room)).toBeUndefined();
  });
});

describe("snapped", () => {
  const text = new SegmentedText("Ana Silva likes NewYork 👍🏽");

  it("takes whole words, in either direction", () => {
    expect(snapped(text, [], 5, 1, false)).toEqual(at(0, 9));
    expect(snapped(text, [], 3, 4, false)).toBeUndefined();
    expect(snapped(text, [], 4, 4, false)).toBeUndefined();
  });

  it("takes whole characters", () => {
    expect(snapped(text, [], 1, 4, true)).toEqual(at(1, 4));
    expect(snapped(text, [], 25, 24, true)).toEqual(at(24, 28));
  });

  it("does not widen into a span that was not touched", () => {
    expect(snapped(text, [at(16, 19)], 20, 22, false)).toEqual(at(19, 23));
    expect(snapped(text, [at(19, 23)], 16, 18, false)).toEqual(at(16, 19));
    expect(snapped(text, [at(16, 19)], 18, 22, false)).toEqual(at(16, 23));
  });
});

describe("otherPlaces", () => {
  it("finds whole words without a span", () => {
    const text = new SegmentedText("Rome, Romeo and Rome; Rome.");
    expect(otherPlaces(text, [at(0, 4), at(22, 26)], at(0, 4))).toEqual([at(16, 20)]);
  });
});
