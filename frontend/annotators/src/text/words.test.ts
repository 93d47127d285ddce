import { describe, expect, test } from "vitest";
import { Words } from "./words.js";

describe.each([
  ["Intl.Segmenter", Intl.Segmenter],
  ["the fallback", undefined],
])("with %s", (_, segmenter) => {
  const words = (text: string): Words => new Words(text, segmenter);
  const cut = (text: string, extent: readonly [number, number] | undefined): string | undefined =>
    extent && text.slice(...extent);

  test.each([
    ["alpha beta", 7, 8, "beta"],
    ["alpha beta", 2, 7, "alpha beta"],
    ["alpha beta", 5, 6, undefined],
    ["  alpha  ", 0, 9, "alpha"],
    ["end. Next", 0, 5, "end."],
    ["3.5 kg", 0, 1, "3.5"],
    ["don’t", 1, 2, "don’t"],
    ["q\u0308x y", 1, 2, "q\u0308x"],
    ["a 👩‍🔬 b", 4, 5, "👩‍🔬"],
    ["one\ntwo\n", 0, 8, "one\ntwo"],
    ["", 0, 0, undefined],
  ])("snap %j %i-%i", (text, from, to, expected) => {
    expect(cut(text, words(text).snap(from, to))).toBe(expected);
    expect(cut(text, words(text).snap(to, from))).toBe(expected);
  });

  test.each([
    ["ae\u0301b", 1, 2, "e\u0301"],
    ["ae\u0301b", 0, 1, "a"],
    ["😀😀", 1, 2, "😀"],
    ["👍🏽!", 0, 1, "👍🏽"],
    ["🇩🇪🇫🇷", 5, 6, "🇫🇷"],
    ["a\r\nb", 1, 2, "\r\n"],
    ["abc", 1, 1, undefined],
  ])("characters of %j %i-%i", (text, from, to, expected) => {
    expect(cut(text, words(text).snapCharacters(from, to))).toBe(expected);
  });

  test("every snap begins and ends between graphemes", () => {
    const text = "Ae\u0301 👩‍🔬👍🏽 x\u0308y, 🇩🇪. 𝛼-b\n“ü” \u200b z";
    const inside = words(text);
    const edges = new Set([0]);
    for (let at = 0; at < text.length; at = inside.at(at, "grapheme").end)
      edges.add(inside.at(at, "grapheme").end);
    for (let from = 0; from < text.length; from++)
      for (let to = from + 1; to <= text.length; to++)
        for (const extent of [inside.snap(from, to), inside.snapCharacters(from, to)])
          for (const edge of extent ?? []) expect(edges).toContain(edge);
  });

  test("next and previous go from word to word, over lines", () => {
    const text = "One, two!\n\n  three 😀\n";
    const inside = words(text);
    const forward: string[] = [];
    for (let word = inside.next(0); word; word = inside.next(word.end))
      forward.push(text.slice(word.start, word.end));
    expect(forward).toEqual(["One", "two", "three", "😀"]);
    const back: string[] = [];
    for (let word = inside.previous(text.length); word; word = inside.previous(word.start))
      back.push(text.slice(word.start, word.end));
    expect(back).toEqual(forward.reverse());
  });

  test("sentences", () => {
    const text = "One two. Three four?\nFive";
    expect(cut(text, words(text).sentence(2))).toBe("One two.");
    expect(cut(text, words(text).sentence(12))).toBe("Three four?");
    expect(cut(text, words(text).sentence(23))).toBe("Five");
  });
});

test("paragraphs keep their line feeds and cover the text", () => {
  const text = "\na\n\nb\r\nc\n";
  const words = new Words(text);
  const parts = words.starts.map((_, p) => text.slice(...words.extent(p)));
  expect(parts).toEqual(["\n", "a\n", "\n", "b\r\n", "c\n"]);
  for (let offset = 0; offset < text.length; offset++) {
    const [from, to] = words.extent(words.paragraphAt(offset));
    expect(from <= offset && offset < to).toBe(true);
  }
});
