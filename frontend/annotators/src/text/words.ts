/** Words, sentences and graphemes of a text; every offset counts UTF-16 units of the whole text. */

export interface Segment {
  start: number;
  end: number;
  /** A word (or a pictogram), not white space or punctuation. */
  word: boolean;
}

export type Extent = readonly [start: number, end: number];

type Cut = { index: number; segment: string; isWordLike?: boolean };
type Granularity = "word" | "sentence" | "grapheme";

const GRAPHEME = /\r\n|\p{RI}\p{RI}|[\s\S](?:\p{M}|\p{Emoji_Modifier}|\uFE0F|\u200D[\s\S])*/gu;
const FALLBACK: Record<Granularity, RegExp> = {
  grapheme: GRAPHEME,
  word: new RegExp(
    `[\\p{L}\\p{N}_][\\p{L}\\p{N}\\p{M}_]*(?:['’.][\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}_]*)*|${GRAPHEME.source}`,
    "gu",
  ),
  sentence: /[\s\S]+?(?:[.!?。！？؟]+["'”’)\]]*\s+|\n+|$)/gu,
};
const WORD = /[\p{L}\p{N}\p{Extended_Pictographic}\p{RI}]/u;
const PICTOGRAM = /[\p{Extended_Pictographic}\p{RI}]/u;

function regexCuts(text: string, granularity: Granularity): Cut[] {
  return [...text.matchAll(FALLBACK[granularity])].map((match) => ({
    index: match.index,
    segment: match[0],
    isWordLike: WORD.test(match[0]),
  }));
}

export class Words {
  /** Where each paragraph begins; a paragraph keeps its line feed. */
  readonly starts: readonly number[];
  #cuts = new Map<string, readonly Cut[]>();

  constructor(
    readonly text: string,
    private readonly segmenter: typeof Intl.Segmenter | undefined = Intl.Segmenter,
  ) {
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1))
      if (at + 1 < text.length) starts.push(at + 1);
    this.starts = starts;
  }

  /** The index of the paragraph that holds `offset`. */
  paragraphAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The indices of the paragraphs that a stretch touches. */
  paragraphsOf(start: number, end: number): number[] {
    const first = this.paragraphAt(start);
    const last = this.paragraphAt(Math.max(start, end - 1));
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }

  extent(paragraph: number): Extent {
    return [this.starts[paragraph] as number, this.starts[paragraph + 1] ?? this.text.length];
  }

  /** The segment that holds the unit at `offset` (clamped into the text). */
  at(offset: number, granularity: Granularity = "word"): Segment {
    const clamped = Math.max(0, Math.min(offset, this.text.length - 1));
    const paragraph = this.paragraphAt(clamped);
    const cuts = this.#cutsOf(paragraph, granularity);
    const base = this.starts[paragraph] as number;
    const i = find(cuts, clamped - base);
    return this.#segment(cuts, i, base);
  }

  /** The extent of the word, or of what stands between words, at `offset`. */
  extentAt(offset: number): Extent {
    const { start, end } = this.at(offset);
    return [start, end];
  }

  /** The first word that begins at or after `offset`. */
  next(offset: number): Segment | undefined {
    for (let p = this.paragraphAt(offset); p < this.starts.length; p++) {
      const base = this.starts[p] as number;
      const cuts = this.#cutsOf(p, "word");
      for (let i = Math.max(0, find(cuts, offset - base)); i < cuts.length; i++) {
        const segment = this.#segment(cuts, i, base);
        if (segment.word && segment.start >= offset) return segment;
      }
    }
    return undefined;
  }

  /** The last word that ends at or before `offset`. */
  previous(offset: number): Segment | undefined {
    for (let p = this.paragraphAt(Math.max(0, offset - 1)); p >= 0; p--) {
      const base = this.starts[p] as number;
      const cuts = this.#cutsOf(p, "word");
      for (let i = Math.min(cuts.length - 1, find(cuts, offset - base)); i >= 0; i--) {
        const segment = this.#segment(cuts, i, base);
        if (segment.word && segment.end <= offset) return segment;
      }
    }
    return undefined;
  }

  /** Widened to whole words, without white space at its ends; undefined when nothing is left. */
  snap(from: number, to: number): Extent | undefined {
    const trimmed = this.#trim(Math.min(from, to), Math.max(from, to));
    return trimmed && this.#trim(this.at(trimmed[0]).start, this.at(trimmed[1] - 1).end);
  }

  /** Widened to whole graphemes only: characters as they are seen. */
  snapCharacters(from: number, to: number): Extent | undefined {
    const [start, end] = from < to ? [from, to] : [to, from];
    if (start === end) return undefined;
    return [this.at(start, "grapheme").start, this.at(end - 1, "grapheme").end];
  }

  sentence(offset: number): Extent | undefined {
    const { start, end } = this.at(offset, "sentence");
    return this.#trim(start, end);
  }

  #trim(start: number, end: number): Extent | undefined {
    const inside = this.text.slice(start, end);
    const from = start + (inside.length - inside.trimStart().length);
    const to = end - (inside.length - inside.trimEnd().length);
    return from < to ? [from, to] : undefined;
  }

  #segment(cuts: readonly Cut[], i: number, base: number): Segment {
    const cut = cuts[i];
    if (!cut) return { start: base, end: base, word: false };
    const word = cut.isWordLike === true || PICTOGRAM.test(cut.segment);
    return { start: base + cut.index, end: base + cut.index + cut.segment.length, word };
  }

  #cutsOf(paragraph: number, granularity: Granularity): readonly Cut[] {
    const key = `${granularity}${paragraph}`;
    let cuts = this.#cuts.get(key);
    if (!cuts) {
      const text = this.text.slice(...this.extent(paragraph));
      cuts = this.segmenter
        ? [...new this.segmenter(undefined, { granularity }).segment(text)].map(
            ({ index, segment, isWordLike }) => ({ index, segment, isWordLike: !!isWordLike }),
          )
        : regexCuts(text, granularity);
      this.#cuts.set(key, cuts);
    }
    return cuts;
  }
}

/** The index of the last cut that begins at or before `offset`. */
function find(cuts: readonly Cut[], offset: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((cuts[middle] as Cut).index <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
