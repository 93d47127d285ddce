/** Marked stretches of a text that never overlap, in the order of the text. Lists are never changed, only replaced. */
import { indexAt, type SegmentedText, type Stretch } from "./segmented-text.ts";

export type Side = "start" | "end";

const isInside = (inner: Stretch, outer: Stretch) =>
  inner.start >= outer.start && inner.end <= outer.end;

/** The span that holds the unit at `offset`. */
export function spanAt<S extends Stretch>(spans: readonly S[], offset: number): S | undefined {
  const span = spans[indexAt(spans, offset)];
  return span && span.start <= offset && offset < span.end ? span : undefined;
}

/** The spans that share a unit with the stretch. */
export function spansIn<S extends Stretch>(spans: readonly S[], { start, end }: Stretch): S[] {
  const found: S[] = [];
  for (let i = indexAt(spans, start); i < spans.length; i++) {
    const span = spans[i] as S;
    if (span.start >= end) break;
    if (span.end > start && end > start) found.push(span);
  }
  return found;
}

/** The span of which the stretch would cover a part only. Whole ones may be covered. */
export const cutSpan = <S extends Stretch>(spans: readonly S[], stretch: Stretch): S | undefined =>
  spansIn(spans, stretch).find((span) => !isInside(span, stretch));

/** With `span` put in; it takes the place of those that it covers whole. Undefined when it cuts one. */
export function withSpan<S extends Stretch>(
  spans: readonly S[],
  span: S,
): readonly S[] | undefined {
  if (cutSpan(spans, span)) return undefined;
  const from = indexAt(spans, span.start);
  const first = (spans[from]?.start ?? span.start) < span.start ? from + 1 : from;
  const after = first + spansIn(spans, span).length;
  return [...spans.slice(0, first), span, ...spans.slice(after)];
}

export const withoutSpan = <S extends Stretch>(spans: readonly S[], span: S): readonly S[] =>
  spans.filter((one) => one !== span);

/** Where the edges of a span may go: up to its neighbors. */
export function roomOf(spans: readonly Stretch[], span: Stretch, length: number): Stretch {
  const index = indexAt(spans, span.start);
  return { start: spans[index - 1]?.end ?? 0, end: spans[index + 1]?.start ?? length };
}

/** A span's stretch with one edge moved by a word or, if `fine`, by a character; undefined where it cannot go. */
export function withEdgeMoved(
  text: SegmentedText,
  { start, end }: Stretch,
  side: Side,
  by: -1 | 1,
  fine: boolean,
  room: Stretch,
): Stretch | undefined {
  const edge = side === "start" ? start : end;
  let moved: number | undefined;
  if (fine) moved = text.at(by < 0 ? edge - 1 : edge, "grapheme")[by < 0 ? "start" : "end"];
  else if (side === "start")
    moved = by < 0 ? text.previousWord(start)?.start : text.nextWord(start + 1)?.start;
  else moved = by < 0 ? text.previousWord(end - 1)?.end : text.nextWord(end)?.end;
  if (moved === undefined) return undefined;
  const kept = Math.max(room.start, Math.min(room.end, moved));
  const reached = side === "start" ? { start: kept, end } : { start, end: kept };
  // Before a neighbor there may be white space, which only characters take in.
  const result = fine ? reached : text.trimmed(reached);
  return result && result.start < result.end && result[side] !== edge ? result : undefined;
}

/** A finished selection: whole words (or characters, if `fine`), not beyond a span that it did not touch itself. */
export function snapped(
  text: SegmentedText,
  spans: readonly Stretch[],
  from: number,
  to: number,
  fine: boolean,
): Stretch | undefined {
  if (from === to) return undefined;
  const raw = text.wholeCharacters({ start: Math.min(from, to), end: Math.max(from, to) });
  const words = fine ? undefined : text.wholeWords(raw);
  if (!words) return fine ? raw : undefined;
  const touched = spansIn(spans, raw);
  let { start, end } = words;
  for (const span of spansIn(spans, words)) {
    if (touched.includes(span)) continue;
    if (span.end <= raw.start) start = Math.max(start, span.end);
    else end = Math.min(end, span.start);
  }
  return text.trimmed({ start, end });
}

/** Every other place of the stretch's words in the text, as whole words, where no span is yet. */
export function otherPlaces(
  text: SegmentedText,
  spans: readonly Stretch[],
  stretch: Stretch,
): Stretch[] {
  const wanted = text.text.slice(stretch.start, stretch.end);
  const places: Stretch[] = [];
  for (
    let start = text.text.indexOf(wanted);
    start >= 0 && wanted !== "";
    start = text.text.indexOf(wanted, start + wanted.length)
  ) {
    const place = { start, end: start + wanted.length };
    const words = text.wholeWords(place);
    const isWhole = words?.start === place.start && words.end === place.end;
    if (isWhole && spansIn(spans, place).length === 0) places.push(place);
  }
  return places;
}
