/** Questions with their answers, and what the attributes demand of them. */
import type { Json } from "../shared/answer.ts";
import { isObject } from "../shared/is-object.ts";
import type { Stretch } from "../shared/text/segmented-text.ts";
import { makeSegmenter } from "../shared/text/segmenter.ts";
import { withSpan } from "../shared/text/spans.ts";

export interface Pair {
  readonly question: string;
  readonly answer: string;
  readonly tags: readonly string[];
  /** The passages of the text that it rests on: in order, none over another. */
  readonly references: readonly Stretch[];
}

export interface Limits {
  readonly min: number;
  /** `Infinity` for none. */
  readonly max: number;
}

export interface Rules {
  readonly questions: Limits;
  readonly questionWords: Limits;
  readonly answerWords: Limits;
}

/** What stands against a submission. */
export type Fault =
  | { readonly kind: "few" | "many"; readonly count: number; readonly limit: number }
  | {
      readonly kind: "short" | "long";
      /** The place of the pair in the list. */
      readonly pair: number;
      readonly field: "question" | "answer";
      readonly count: number;
      readonly limit: number;
    };

const words = makeSegmenter("word");

/** Counts words also where no blanks stand between them. */
export function countWords(text: string): number {
  let count = 0;
  for (const { isWordLike } of words.segment(text)) if (isWordLike) count += 1;
  return count;
}

/** Nobody has written or chosen anything: it is no part of the answer. */
export const isBlank = ({ question, answer, tags, references }: Pair): boolean =>
  question.trim() === "" && answer.trim() === "" && tags.length === 0 && references.length === 0;

/** The first thing that is wrong: within the pairs, in their order, then with their number. */
export function findFault(pairs: readonly Pair[], rules: Rules): Fault | undefined {
  for (const [index, pair] of pairs.entries()) {
    if (isBlank(pair)) continue;
    const fault =
      faultOf(index, "question", pair.question, rules.questionWords) ??
      faultOf(index, "answer", pair.answer, rules.answerWords);
    if (fault) return fault;
  }
  const count = pairs.filter((pair) => !isBlank(pair)).length;
  const { min, max } = rules.questions;
  if (count < min) return { kind: "few", count, limit: min };
  return count > max ? { kind: "many", count, limit: max } : undefined;
}

function faultOf(
  pair: number,
  field: "question" | "answer",
  text: string,
  { min, max }: Limits,
): Fault | undefined {
  const count = countWords(text);
  if (count < min) return { kind: "short", pair, field, count, limit: min };
  return count > max ? { kind: "long", pair, field, count, limit: max } : undefined;
}

const isOffset = (value: Json | undefined, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

/** Pairs that were kept as JSON; what does not fit is left out. */
export function readPairs(value: Json, textLength: number): Pair[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map(({ question, answer, tags, references }) => ({
    question: typeof question === "string" ? question : "",
    answer: typeof answer === "string" ? answer : "",
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [],
    references: readReferences(references, textLength),
  }));
}

function readReferences(value: Json | undefined, textLength: number): readonly Stretch[] {
  let references: readonly Stretch[] = [];
  for (const one of Array.isArray(value) ? value : []) {
    if (!isObject(one)) continue;
    const { start, end } = one;
    if (!isOffset(start, textLength) || !isOffset(end, textLength) || start >= end) continue;
    references = withSpan(references, { start, end }) ?? references;
  }
  return references;
}
