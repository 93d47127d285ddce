/** `Intl.Segmenter`, and what stands in for it in browsers that lack it (Firefox before 125). */

export type Granularity = "grapheme" | "word" | "sentence";

export interface Segment {
  readonly segment: string;
  readonly index: number;
  readonly isWordLike?: boolean;
}

export interface Segments extends Iterable<Segment> {
  containing(offset: number): Segment | undefined;
}

export interface Segmenter {
  segment(text: string): Segments;
}

export const makeSegmenter = (granularity: Granularity): Segmenter =>
  Intl.Segmenter
    ? (new Intl.Segmenter(undefined, { granularity }) as Segmenter)
    : { segment: (text) => new SimpleSegments(text, granularity) };

const PICTURE = "\\p{Extended_Pictographic}[\\p{Emoji_Modifier}\\uFE0F]*";
const GRAPHEME = `\\p{RI}\\p{RI}|${PICTURE}(?:\\u200D${PICTURE})*|\\r\\n|[^]\\p{M}*`;
const PATTERNS: Readonly<Record<Granularity, RegExp>> = {
  grapheme: new RegExp(GRAPHEME, "gu"),
  // An apostrophe inside belongs to the word.
  word: new RegExp(
    `[\\p{L}\\p{N}\\p{M}_]+(?:['’][\\p{L}\\p{M}]+)*|[^\\S\\r\\n]+|${GRAPHEME}`,
    "gu",
  ),
  sentence: /[^.!?。！？]*[.!?。！？]+\s*|[^.!?。！？]+/gu,
};

class SimpleSegments implements Segments {
  readonly #segments: readonly Segment[];

  constructor(text: string, granularity: Granularity) {
    this.#segments = Array.from(text.matchAll(PATTERNS[granularity]), ({ 0: segment, index }) => ({
      segment,
      index,
      isWordLike: granularity === "word" && /[\p{L}\p{N}]/u.test(segment),
    }));
  }

  containing(offset: number): Segment | undefined {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#segments[middle] as Segment).index <= offset) low = middle;
      else high = middle - 1;
    }
    const found = this.#segments[low];
    return found && offset >= 0 && offset < found.index + found.segment.length ? found : undefined;
  }

  [Symbol.iterator](): Iterator<Segment> {
    return this.#segments[Symbol.iterator]();
  }
}
