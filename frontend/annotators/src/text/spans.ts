import type { Extent, Words } from "./words.js";

export interface Span {
  readonly id: number;
  readonly label: string;
  /** UTF-16 units of the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The index in the initial value that this span comes from. */
  readonly origin: number | null;
  /** A pre-annotation that the worker has neither accepted nor edited yet. */
  readonly suggested: boolean;
}

export interface Entity {
  endOffset: number;
  label: string;
  startOffset: number;
}

export interface Review extends Entity {
  /** `ignored` could not be shown: its label is unknown, it is outside of the text, or it is there twice. */
  outcome: "accepted" | "changed" | "removed" | "undecided" | "ignored";
}

export interface Answer {
  entities: Entity[];
  /** Only with an initial value: whether the answer differs from it. */
  initialValueModified?: boolean;
  /** Only with an initial value: what became of each of its entities, in its order. */
  initialValueReview?: Review[];
}

export const inOrder = (a: Span, b: Span): number =>
  a.start - b.start || a.end - b.end || (a.label < b.label ? -1 : a.label > b.label ? 1 : 0);

const place = ({ start, end, label }: Span): string => `${start} ${end} ${label}`;

/** `spans` with `changed` put in (by id, else as new), in order; an equal one gives way to it. */
export function put(spans: readonly Span[], ...changed: Span[]): readonly Span[] {
  const ids = new Set(changed.map(({ id }) => id));
  const places = new Set(changed.map(place));
  const rest = spans.filter((span) => !ids.has(span.id) && !places.has(place(span)));
  return [...rest, ...changed].sort(inOrder);
}

/** The spans at the unit `offset`, smallest first. */
export function stackAt(spans: readonly Span[], offset: number): Span[] {
  return spans
    .filter((span) => span.start <= offset && offset < span.end)
    .sort((a, b) => a.end - a.start - (b.end - b.start) || b.start - a.start || a.id - b.id);
}

/** The extent of a span that has one edge moved by a word or, if `fine`, by a character as it is seen. */
export function withEdgeMoved(
  words: Words,
  { start, end }: Span,
  side: "start" | "end",
  by: -1 | 1,
  fine: boolean,
): Extent | undefined {
  const edge = side === "start" ? start : end;
  let moved: number | undefined;
  if (fine) {
    if (by < 0) moved = edge > 0 ? words.at(edge - 1, "grapheme").start : undefined;
    else moved = edge < words.text.length ? words.at(edge, "grapheme").end : undefined;
  } else if (side === "start") {
    moved = by < 0 ? words.previous(start)?.start : words.next(start + 1)?.start;
  } else moved = by < 0 ? words.previous(end - 1)?.end : words.next(end)?.end;
  if (moved === undefined) return undefined;
  return side === "start" ? [moved, end] : [start, moved];
}

/** Every place of the span's words in the text, as whole words, that has no span of its label there yet. */
export function otherOccurrences(words: Words, spans: readonly Span[], span: Span): Extent[] {
  const { text } = words;
  const wanted = text.slice(span.start, span.end);
  const isWhole = (extent: Extent): boolean => {
    const snapped = words.snap(...extent);
    return snapped?.[0] === extent[0] && snapped[1] === extent[1];
  };
  const found: Extent[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const end = at + wanted.length;
    const taken = spans.some(
      (other) => other.label === span.label && other.start < end && at < other.end,
    );
    if (!taken && isWhole([at, end])) found.push([at, end]);
  }
  return found;
}

/** A level for each span, so that no two that overlap share one; longer ones below. `spans` in order. */
export function levels(spans: readonly Span[]): Map<number, number> {
  const ends: number[] = [];
  const result = new Map<number, number>();
  const byLength = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  for (const span of byLength) {
    let level = ends.findIndex((end) => end <= span.start);
    if (level < 0) level = ends.length;
    ends[level] = span.end;
    result.set(span.id, level);
  }
  return result;
}

export const toEntity = ({ label, start, end }: Span): Entity => ({
  endOffset: end,
  label,
  startOffset: start,
});

/** What is submitted: the decided spans; with an initial value also what became of it (`shown`: by its indices). */
export function toAnswer(
  spans: readonly Span[],
  initial: readonly Entity[] | null,
  shown: ReadonlySet<number | null>,
): Answer {
  const decided = spans.filter((span) => !span.suggested);
  const answer: Answer = { entities: decided.map(toEntity) };
  if (initial) {
    const origins = new Map(spans.map((span) => [span.origin, span]));
    const review = initial.map((entity, origin): Review => {
      const { endOffset, label, startOffset } = entity;
      const span = origins.get(origin);
      const outcome = !shown.has(origin)
        ? "ignored"
        : !span
          ? "removed"
          : span.suggested
            ? "undecided"
            : span.start === startOffset && span.end === endOffset && span.label === label
              ? "accepted"
              : "changed";
      return { endOffset, label, outcome, startOffset };
    });
    answer.initialValueModified =
      decided.some((span) => span.origin === null) ||
      review.some(({ outcome }) => outcome !== "accepted" && outcome !== "ignored");
    answer.initialValueReview = review;
  }
  return answer;
}
