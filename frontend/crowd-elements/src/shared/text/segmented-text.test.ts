import { describe, expect, it } from "vitest";
import { indexAt, SegmentedText } from "./segmented-text.ts";

const words = (text: string) => {
  const segmented = new SegmentedText(text);
  const found: string[] = [];
  for (let word = segmented.nextWord(0); word; word = segmented.nextWord(word.end))
    found.push(text.slice(word.start, word.end));
  return found;
};

describe("paragraphs", () => {
  it.each([
    ["", []],
    ["one", ["one"]],
    ["a\nb", ["a\n", "b"]],
    ["a\r\n\r\nb\r\n", ["a\r\n", "\r\n", "b\r\n"]],
    ["a\rb\u2028c", ["a\r", "b\u2028", "c"]],
    ["\n", ["\n"]],
  ])("of %j hold every unit of it", (text, expected) => {
    const { paragraphs } = new SegmentedText(text);
    expect(paragraphs.map(({ start, end }) => text.slice(start, end))).toEqual(expected);
    expect(expected.join("")).toBe(text);
  });

  it("are found by offset", () => {
    const { paragraphs } = new SegmentedText("ab\ncd\n\nef");
    expect([0, 2, 3, 5, 6, 7, 8, 99].map((offset) => indexAt(paragraphs, offset))).toEqual([
      0, 0, 1, 1, 2, 3, 3, 3,
    ]);
  });
});

describe("words", () => {
  it.each([
    ["Ana's two-part plan, at 3.14!", ["Ana's", "two", "part", "plan", "at", "3.14"]],
    ["one\r\n\n  two", ["one", "two"]],
    ["سلام يا عالم", ["سلام", "يا", "عالم"]],
    ["go 👩‍👩‍👧🇩🇪 now", ["go", "👩‍👩‍👧", "🇩🇪", "now"]],
    [" … ", []],
    ["", []],
  ])("of %j", (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it("are found backwards, across paragraphs", () => {
    const text = new SegmentedText("one two\n\n, three");
    expect(text.previousWord(16)).toEqual({ start: 11, end: 16 });
    expect(text.previousWord(15)).toEqual({ start: 4, end: 7 });
    expect(text.previousWord(4)).toEqual({ start: 0, end: 3 });
    expect(text.previousWord(2)).toBeUndefined();
  });

  it("are given only where one stands", () => {
    const text = new SegmentedText("a  b");
    expect(text.wordAt(3)).toEqual({ start: 3, end: 4 });
    expect(text.wordAt(1)).toBeUndefined();
  });
});

describe("characters", () => {
  const text = new SegmentedText("a😀e\u0301\r\nb👍🏽");

  it("have no edge inside of them", () => {
    const edges = Array.from({ length: text.text.length + 1 }, (_, i) => i).filter((i) =>
      text.isCharacterEdge(i),
    );
    expect(edges).toEqual([0, 1, 3, 5, 7, 8, 12]);
  });

  it("are taken whole", () => {
    expect(text.wholeCharacters({ start: 2, end: 4 })).toEqual({ start: 1, end: 5 });
    expect(text.wholeCharacters({ start: 0, end: 1 })).toEqual({ start: 0, end: 1 });
  });
});

describe("wholeWords", () => {
  const text = new SegmentedText("  Ana Silva, of\nLisbon  ");
  const taken = (start: number, end: number) => {
    const stretch = text.wholeWords({ start, end });
    return stretch && text.text.slice(stretch.start, stretch.end);
  };

  it("widens to words and leaves white space out", () => {
    expect(taken(3, 8)).toBe("Ana Silva");
    expect(taken(0, 10)).toBe("Ana Silva");
    expect(taken(13, 17)).toBe("of\nLisbon");
    expect(taken(11, 12)).toBe(",");
    expect(taken(0, 2)).toBeUndefined();
    expect(taken(5, 5)).toBeUndefined();
  });
});

describe("excerpt", () => {
  it("keeps a short one, with blanks for white space", () => {
    const text = new SegmentedText("one\n\ttwo");
    expect(text.excerpt({ start: 0, end: 8 })).toBe("one two");
  });

  it("leaves out the middle of a long one, never half a character", () => {
    const text = new SegmentedText("😀".repeat(100));
    expect(text.excerpt({ start: 0, end: 200 }, 9)).toBe("😀😀 … 😀😀");
  });
});
