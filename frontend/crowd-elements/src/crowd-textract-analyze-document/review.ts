/** What the worker says of each pair, and the blocks that come of it. */
import { textractValue } from "../defaults.ts";
import type { Json } from "../shared/answer.ts";
import { PAIR_BLOCK, type Pair, valueText } from "./pairs.ts";

/** It is a pair; its value is blank; it is no pair; its key is not in the document. */
export type Choice = "yes" | "blank" | "no" | "notFound";

export interface Verdict {
  readonly choice: Choice;
  readonly key: string;
  readonly value: string;
}

/** One verdict a pair. */
export type Review = readonly Verdict[];

/** What may be chosen: "no" of pairs that the analysis found, "key not found" of keys to be looked for. */
export function choicesFor(pair: Pair): readonly Choice[] {
  return [
    "yes",
    "blank",
    ...(pair.found ? (["no"] as const) : []),
    ...(pair.aliases ? (["notFound"] as const) : []),
  ];
}

/** As the analysis has it. */
export const startReview = (pairs: readonly Pair[]): Review =>
  pairs.map((pair) => ({ choice: "yes", key: pair.key.text, value: valueText(pair) }));

/** The verdict with a change; text in the field says that there is a value. */
export function changed(verdict: Verdict, change: Partial<Verdict>): Verdict {
  const choice = change.choice ?? (change.value ? "yes" : verdict.choice);
  return { ...verdict, ...change, choice };
}

export const sameVerdict = (one: Verdict, other: Verdict) =>
  one.choice === other.choice && one.key === other.key && one.value === other.value;

/** What keeps a verdict from being an answer. */
export function lacks(verdict: Verdict): "key" | "value" | undefined {
  if (verdict.choice === "no" || verdict.choice === "notFound") return undefined;
  if (verdict.key.trim() === "") return "key";
  return verdict.choice === "yes" && verdict.value.trim() === "" ? "value" : undefined;
}

/** Line breaks become spaces: a value is one line, as its words are. */
export const oneLine = (text: string) => text.replace(/\s*[\r\n]+\s*/g, " ");

export interface TextractBlock {
  readonly blockType: "KEY_VALUE_SET";
  readonly id: string;
  readonly entityTypes: readonly ("KEY" | "VALUE")[];
  readonly relationships?: readonly { readonly type: string; readonly ids: readonly string[] }[];
  readonly text: string;
}

/** The blocks of all pairs that stay: a key, then its value. Geometry and confidence are not part of an answer. */
export function answerBlocks(pairs: readonly Pair[], review: Review): TextractBlock[] {
  return pairs.flatMap((pair, index) => {
    const verdict = review[index];
    const text = verdict && textractValue(verdict.choice, verdict.value.trim());
    return verdict && text !== undefined ? pairBlocks(pair, verdict.key.trim(), text) : [];
  });
}

function pairBlocks(pair: Pair, keyText: string, text: string): TextractBlock[] {
  const value = { type: "VALUE", ids: [pair.valueId] };
  const key: TextractBlock = {
    blockType: PAIR_BLOCK,
    id: pair.key.id,
    entityTypes: ["KEY"],
    relationships:
      pair.values.length > 0 ? pair.key.relationships : [...pair.key.relationships, value],
    text: keyText,
  };
  const kept = text === valueText(pair);
  const values = pair.values.map(
    (part, index): TextractBlock => ({
      blockType: PAIR_BLOCK,
      id: part.id,
      entityTypes: ["VALUE"],
      ...(part.relationships.length > 0 ? { relationships: part.relationships } : {}),
      // Of several values, a text that was changed is in the first.
      text: kept ? part.text : index === 0 ? text : "",
    }),
  );
  if (values.length > 0) return [key, ...values];
  return [key, { blockType: PAIR_BLOCK, id: pair.valueId, entityTypes: ["VALUE"], text }];
}

/** A review from elsewhere (a draft), if it fits these pairs. */
export function readReview(draft: Json | undefined, pairs: readonly Pair[]): Review | undefined {
  if (!Array.isArray(draft) || draft.length !== pairs.length) return undefined;
  const review = pairs.map((pair, index) => readVerdict(draft[index], pair));
  return review.every((verdict) => verdict !== undefined) ? review : undefined;
}

function readVerdict(draft: Json | undefined, pair: Pair): Verdict | undefined {
  const { id, choice, key, value } = (draft ?? {}) as { [key: string]: Json };
  const allowed = choicesFor(pair).find((one) => one === choice);
  return id === pair.key.id && allowed && typeof key === "string" && typeof value === "string"
    ? { choice: allowed, key, value }
    : undefined;
}

export const reviewDraft = (pairs: readonly Pair[], review: Review): Json =>
  review.map(({ choice, key, value }, index) => ({
    id: pairs[index]?.key.id ?? "",
    choice,
    key,
    value,
  }));
