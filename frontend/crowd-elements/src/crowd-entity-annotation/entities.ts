/** What `labels` and `initial-value` say, item by item, and how spans become the answer. */
import { answerOffset, entitiesInOrder, textOffset } from "../defaults.ts";
import type { Json } from "../shared/answer.ts";
import { excerpt } from "../shared/excerpt.ts";
import { isObject } from "../shared/is-object.ts";
import type { SegmentedText, Stretch } from "../shared/text/segmented-text.ts";

export type Entity = { endOffset: number; label: string; startOffset: number };

/** What the element adds to the answer. */
export type EntityAnnotationAnswer = { entities: Entity[] };

export interface LabeledSpan extends Stretch {
  readonly label: string;
}

export interface EntityLabel {
  /** As in the answer. */
  readonly label: string;
  /** In the list of labels. */
  readonly name: string;
  /** Above spans. */
  readonly short: string;
}

/** What could be read, and for each item that could not, why. */
export interface Read<T> {
  readonly items: readonly T[];
  readonly problems: readonly string[];
}

const textOf = (value: Json | undefined): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";

const quoted = (value: Json) => excerpt(JSON.stringify(value));

/** Labels: texts, or objects with display names. Of two that are the same the first counts. */
export function readLabels(value: Json | undefined): Read<EntityLabel> {
  if (!Array.isArray(value)) return { items: [], problems: ["it is not a list"] };
  const found = new Map<string, EntityLabel>();
  const problems: string[] = [];
  for (const item of value) {
    const given = isObject(item) ? item : { label: item };
    const label = textOf(given.label);
    if (label === "") problems.push(`${quoted(item)} has no label`);
    else if (found.has(label)) problems.push(`${quoted(label)} is there twice`);
    else {
      const name = textOf(given.fullDisplayName) || label;
      found.set(label, { label, name, short: textOf(given.shortDisplayName) || label });
    }
  }
  return { items: [...found.values()], problems };
}

/** Entities as spans of the text: known labels, whole characters, none over another. */
export function readEntities(
  value: Json | undefined,
  text: SegmentedText,
  isLabel: (label: string) => boolean,
): Read<LabeledSpan> {
  if (!Array.isArray(value)) return { items: [], problems: ["it is not a list"] };
  const spans: LabeledSpan[] = [];
  const problems: string[] = [];
  for (const item of value) {
    const problem = problemOf(item, text, isLabel);
    if (problem) {
      problems.push(`${quoted(item)} ${problem}`);
      continue;
    }
    const { label, startOffset, endOffset } = item as Entity;
    const start = textOffset(text.text, startOffset);
    const end = textOffset(text.text, endOffset);
    const whole = text.wholeCharacters({ start, end });
    if (whole.start !== start || whole.end !== end) {
      problems.push(`${quoted(item)} cuts a character, so it was widened`);
    }
    spans.push({ ...whole, label });
  }
  const { kept, dropped } = entitiesInOrder(spans);
  for (const { start, end, label } of dropped) {
    problems.push(`${quoted(label)} from ${start} to ${end} overlaps one before it`);
  }
  return { items: kept, problems };
}

/** Whether an entity can be one of this text with these labels. */
export const isFitting = (
  item: Json,
  text: SegmentedText,
  isLabel: (label: string) => boolean,
): boolean => problemOf(item, text, isLabel) === "";

function problemOf(
  item: Json,
  { text }: SegmentedText,
  isLabel: (label: string) => boolean,
): string {
  if (!isObject(item)) return "is not an entity";
  const { label, startOffset, endOffset } = item;
  if (typeof label !== "string") return "has no label";
  if (!isLabel(label)) return "has a label that is not in labels";
  if (!isWhole(startOffset) || !isWhole(endOffset)) return "has offsets that are not whole numbers";
  if (startOffset >= endOffset) return "is empty";
  const isOutside = startOffset < 0 || textOffset(text, endOffset) > text.length;
  return isOutside ? "is outside of the text" : "";
}

const isWhole = (value: Json | undefined): value is number => Number.isInteger(value);

export const toEntities = (spans: readonly LabeledSpan[], { text }: SegmentedText): Entity[] =>
  spans.map(({ start, end, label }) => ({
    endOffset: answerOffset(text, end),
    label,
    startOffset: answerOffset(text, start),
  }));
