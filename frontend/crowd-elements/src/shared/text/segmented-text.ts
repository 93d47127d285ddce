/** Paragraphs, sentences, words and characters of a text. Every offset counts UTF-16 units of the whole text. */

import { type Granularity, makeSegmenter, type Segmenter, type Segments } from "./segmenter.ts";

/** Units from `start` to before `end`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;
/** Emoji are chosen like words, although the segmenter does not count them as such. */
const PICTOGRAM = /[\p{Extended_Pictographic}\p{RI}]/u;
/** Below this, every unit but the line feed of `\r\n` is a character of its own. */
const FIRST_COMBINING = 0x300;

export class SegmentedText {
  /** Each with its line end. */
  readonly paragraphs: readonly Stretch[];
  readonly #segmenters = new Map<Granularity, Segmenter>();
  readonly #segments = new Map<string, Segments>();

  constructor(readonly text: string) {
    const paragraphs: Stretch[] = [];
    let start = 0;
    for (const { index, 0: lineEnd } of text.matchAll(LINE_END)) {
      const end = index + lineEnd.length;
      paragraphs.push({ start, end });
      start = end;
    }
    if (start < text.length) paragraphs.push({ start, end: text.length });
    this.paragraphs = paragraphs;
  }

  /** The paragraph that holds the unit at `offset`. */
  paragraphOf(offset: number): Stretch {
    return this.paragraphs[indexAt(this.paragraphs, offset)] ?? { start: 0, end: 0 };
  }

  /** The segment that holds the unit at `offset`, clamped into the text. */
  at(offset: number, granularity: Granularity): Stretch & { readonly isWord: boolean } {
    const unit = Math.max(0, Math.min(offset, this.text.length - 1));
    const index = indexAt(this.paragraphs, unit);
    const base = this.paragraphs[index]?.start ?? 0;
    const found = this.#segmentsOf(index, granularity)?.containing(unit - base);
    if (!found) return { start: 0, end: this.text.length, isWord: false };
    const start = base + found.index;
    const isWord = found.isWordLike === true || PICTOGRAM.test(found.segment);
    return { start, end: start + found.segment.length, isWord };
  }

  /** The word at `offset`, if what stands there is one. */
  wordAt(offset: number): Stretch | undefined {
    const { start, end, isWord } = this.at(offset, "word");
    return isWord ? { start, end } : undefined;
  }

  /** The first word that begins at or after `offset`. */
  nextWord(offset: number): Stretch | undefined {
    for (let from = offset; from < this.text.length; ) {
      const { start, end, isWord } = this.at(from, "word");
      if (isWord && start >= offset) return { start, end };
      from = end;
    }
    return undefined;
  }

  /** The last word that ends at or before `offset`. */
  previousWord(offset: number): Stretch | undefined {
    for (let before = Math.min(offset, this.text.length); before > 0; ) {
      const { start, end, isWord } = this.at(before - 1, "word");
      if (isWord && end <= offset) return { start, end };
      before = start;
    }
    return undefined;
  }

  /** Whether a character, as it is seen, ends or begins here: never between surrogates or before an accent. */
  isCharacterEdge(offset: number): boolean {
    if (offset <= 0 || offset >= this.text.length) return true;
    const before = this.text.charCodeAt(offset - 1);
    const after = this.text.charCodeAt(offset);
    if (before < FIRST_COMBINING && after < FIRST_COMBINING) return before !== 13 || after !== 10;
    return this.at(offset, "grapheme").start === offset;
  }

  /** Widened to whole characters. */
  wholeCharacters({ start, end }: Stretch): Stretch {
    return {
      start: this.isCharacterEdge(start) ? start : this.at(start, "grapheme").start,
      end: this.isCharacterEdge(end) ? end : this.at(end, "grapheme").end,
    };
  }

  /** Widened to whole words, without white space at its ends; undefined when nothing is left. */
  wholeWords(stretch: Stretch): Stretch | undefined {
    const inner = this.trimmed(stretch);
    return (
      inner &&
      this.trimmed({
        start: this.at(inner.start, "word").start,
        end: this.at(inner.end - 1, "word").end,
      })
    );
  }

  /** Without white space at its ends; undefined when there is nothing else. */
  trimmed({ start, end }: Stretch): Stretch | undefined {
    const inside = this.text.slice(start, end);
    const first = start + inside.length - inside.trimStart().length;
    const last = end - (inside.length - inside.trimEnd().length);
    return first < last ? { start: first, end: last } : undefined;
  }

  /** The words of a stretch for people: white space as one blank, the middle of a long one left out. */
  excerpt({ start, end }: Stretch, most = 60): string {
    const plain = (from: number, to: number) =>
      this.text.slice(from, to).replace(/\s+/g, " ").trim();
    if (end - start <= most) return plain(start, end);
    const half = Math.floor(most / 2);
    const head = this.at(start + half, "grapheme").start;
    const tail = this.at(end - half, "grapheme").start;
    return `${plain(start, head)} … ${plain(tail, end)}`;
  }

  #segmentsOf(paragraph: number, granularity: Granularity): Segments | undefined {
    const extent = this.paragraphs[paragraph];
    if (!extent) return undefined;
    const key = `${granularity} ${paragraph}`;
    let segments = this.#segments.get(key);
    if (!segments) {
      let segmenter = this.#segmenters.get(granularity);
      if (!segmenter) {
        segmenter = makeSegmenter(granularity);
        this.#segmenters.set(granularity, segmenter);
      }
      segments = segmenter.segment(this.text.slice(extent.start, extent.end));
      this.#segments.set(key, segments);
    }
    return segments;
  }
}

/** The index of the last of ascending stretches that begins at or before `offset`; 0 before the first. */
export function indexAt(stretches: readonly Stretch[], offset: number): number {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((stretches[middle] as Stretch).start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
