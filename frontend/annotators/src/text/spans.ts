import type { Extent } from "./words.js";

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
  outcome: "accepted" | "changed" | "removed" | "undecided";
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

/** Every place of the span's words in the text, as whole words, that has no span of its label there yet. */
export function otherOccurrences(
  text: string,
  spans: readonly Span[],
  span: Span,
  isWhole: (extent: Extent) => boolean,
): Extent[] {
  const words = text.slice(span.start, span.end);
  const found: Extent[] = [];
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
    const end = at + words.length;
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

/** What is submitted: the decided spans; with an initial value also what became of it. */
export function toAnswer(spans: readonly Span[], initial: readonly Entity[] | null): Answer {
  const decided = spans.filter((span) => !span.suggested);
  const answer: Answer = { entities: decided.map(toEntity) };
  if (initial) {
    const origins = new Map(spans.map((span) => [span.origin, span]));
    const review = initial.map((entity, origin): Review => {
      const { endOffset, label, startOffset } = entity;
      const span = origins.get(origin);
      const outcome = !span
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
      review.some(({ outcome }) => outcome !== "accepted");
    answer.initialValueReview = review;
  }
  return answer;
}
