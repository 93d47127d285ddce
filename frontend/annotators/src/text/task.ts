import { LabelSet, readLabels } from "./labels.js";
import { type Entity, inOrder, type Span } from "./spans.js";

/** What the attributes hold: strings of JSON as their values; text that is no JSON stays text. */
export function parsed(text: string | null): unknown {
  if (text === null || text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Assigning what is there already is no change: it must not begin the task again. */
export const hasNews = (now: unknown, before: unknown): boolean =>
  JSON.stringify(now) !== JSON.stringify(before);

/** The labels, and what is wrong with them ("" for nothing). */
export function takeLabels(given: unknown): [LabelSet, string] {
  try {
    if (given === undefined) throw new TypeError("there are no labels");
    return [new LabelSet(readLabels(given)), ""];
  } catch (error) {
    return [new LabelSet([]), (error as Error).message];
  }
}

/** The entities of an initial value (null for none), and what is wrong with it ("" for nothing). */
export function takeInitial(given: unknown): [Entity[] | null, string] {
  if (given === undefined || given === null) return [null, ""];
  if (!Array.isArray(given)) return [null, "initial-value is not a list"];
  const faulty = given.findIndex((item) => !isEntity(item));
  return [
    given.filter(isEntity),
    faulty < 0
      ? ""
      : `initial-value[${faulty}] is not {"label": …, "startOffset": …, "endOffset": …}`,
  ];
}

function isEntity(item: unknown): item is Entity {
  const { label, startOffset, endOffset } = (item ?? {}) as Partial<Entity>;
  return typeof label === "string" && Number.isInteger(startOffset) && Number.isInteger(endOffset);
}

/**
 * The entities that can be shown, as open suggestions in order: their label is known, they lie in the text, and no
 * earlier one is equal.
 */
export function suggestionsOf(
  initial: readonly Entity[],
  labels: LabelSet,
  length: number,
  newId: () => number,
): Span[] {
  const seen = new Set<string>();
  return initial
    .map(({ label, startOffset: start, endOffset: end }, origin) => ({
      ...{ id: newId(), label, start, end, origin, suggested: true },
    }))
    .filter(({ label, start, end }) => {
      const key = `${start} ${end} ${label}`;
      const shown =
        labels.has(label) && 0 <= start && start < end && end <= length && !seen.has(key);
      seen.add(key);
      return shown;
    })
    .sort(inOrder);
}
