import { describe, expect, it } from "vitest";
import { countWords, findFault, isBlank, type Pair, type Rules } from "./pairs.ts";

const pair = (question: string, answer: string, more: Partial<Pair> = {}): Pair => ({
  question,
  answer,
  tags: [],
  references: [],
  ...more,
});

const rules = (more: Partial<Rules> = {}): Rules => ({
  questions: { min: 1, max: Number.POSITIVE_INFINITY },
  questionWords: { min: 1, max: Number.POSITIVE_INFINITY },
  answerWords: { min: 1, max: Number.POSITIVE_INFINITY },
  ...more,
});

it.each([
  ["", 0],
  [" … ?! ", 0],
  ["Who wasn't there?", 3],
  ["one\n\ttwo", 2],
  ["👍 yes", 1],
])("counts the words of %j", (text, count) => {
  expect(countWords(text)).toBe(count);
});

it("counts words also where no blanks stand between them", () => {
  expect(countWords("私は東京に行きます")).toBeGreaterThan(2);
});

it("takes a pair for blank until something is written or chosen", () => {
  expect(isBlank(pair(" ", "\n"))).toBe(true);
  expect(isBlank(pair("", "x"))).toBe(false);
  expect(isBlank(pair("", "", { tags: ["Who"] }))).toBe(false);
  expect(isBlank(pair("", "", { references: [{ start: 0, end: 1 }] }))).toBe(false);
});

describe("findFault", () => {
  it("finds nothing where all is in order; blank pairs do not count", () => {
    expect(findFault([pair("Who?", "Ana"), pair("", "")], rules())).toBeUndefined();
    expect(findFault([pair("", "")], rules({ questions: { min: 0, max: 0 } }))).toBeUndefined();
  });

  it.each([
    [[pair("", "")], {}, { kind: "few", count: 0, limit: 1 }],
    [
      [pair("Who?", "Ana"), pair("Who?", "Bo")],
      { questions: { min: 0, max: 1 } },
      { kind: "many", count: 2, limit: 1 },
    ],
    [
      [pair("", ""), pair("Who?", "")],
      {},
      { kind: "short", pair: 1, field: "answer", count: 0, limit: 1 },
    ],
    [
      [pair("", "Ana")],
      { questionWords: { min: 2, max: 9 } },
      { kind: "short", pair: 0, field: "question", count: 0, limit: 2 },
    ],
    [
      [pair("Who?", "Ana and Bo")],
      { answerWords: { min: 1, max: 2 } },
      { kind: "long", pair: 0, field: "answer", count: 3, limit: 2 },
    ],
  ])("names the pair and what it lacks: %#", (pairs, more, fault) => {
    expect(findFault(pairs, rules(more))).toEqual(fault);
  });
});
