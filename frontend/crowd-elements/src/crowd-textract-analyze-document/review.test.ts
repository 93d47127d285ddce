import { describe, expect, it } from "vitest";
import type { Json } from "../shared/answer.ts";
import { readPairs } from "./pairs.ts";
import {
  answerBlocks,
  changed,
  choicesFor,
  lacks,
  oneLine,
  type Review,
  readReview,
  reviewDraft,
  startReview,
} from "./review.ts";

const relationships = [
  { type: "VALUE", ids: ["v1"] },
  { type: "CHILD", ids: ["w1"] },
];
const { items: pairs } = readPairs(
  [
    {
      id: "k1",
      blockType: "KEY_VALUE_SET",
      entityTypes: ["KEY"],
      text: "Surname",
      confidence: 12,
      geometry: { boundingBox: { left: 0, top: 0, width: 0.5, height: 0.1 } },
      relationships,
    },
    {
      id: "v1",
      blockType: "KEY_VALUE_SET",
      entityTypes: ["VALUE"],
      text: "Okafo",
      relationships: [{ type: "CHILD", ids: ["w2"] }],
    },
    { id: "k2", blockType: "KEY_VALUE_SET", entityTypes: ["KEY"], text: "Rowing club" },
  ],
  [
    { key: "Mail address", aliases: [] },
    { key: "surname", aliases: [] },
  ],
);

const withVerdicts = (...changes: Parameters<typeof changed>[1][]): Review =>
  startReview(pairs).map((verdict, index) => changed(verdict, changes[index] ?? {}));

describe("answerBlocks", () => {
  it("keeps what was read, without geometry and confidence", () => {
    expect(answerBlocks(pairs, startReview(pairs))).toEqual([
      {
        blockType: "KEY_VALUE_SET",
        id: "k1",
        entityTypes: ["KEY"],
        relationships,
        text: "Surname",
      },
      {
        blockType: "KEY_VALUE_SET",
        id: "v1",
        entityTypes: ["VALUE"],
        relationships: [{ type: "CHILD", ids: ["w2"] }],
        text: "Okafo",
      },
      {
        blockType: "KEY_VALUE_SET",
        id: "k2",
        entityTypes: ["KEY"],
        relationships: [{ type: "VALUE", ids: ["k2-value"] }],
        text: "Rowing club",
      },
      { blockType: "KEY_VALUE_SET", id: "k2-value", entityTypes: ["VALUE"], text: "" },
      {
        blockType: "KEY_VALUE_SET",
        id: "added-key-1",
        entityTypes: ["KEY"],
        relationships: [{ type: "VALUE", ids: ["added-value-1"] }],
        text: "Mail address",
      },
      { blockType: "KEY_VALUE_SET", id: "added-value-1", entityTypes: ["VALUE"], text: "" },
    ]);
  });

  const textsOf = (review: Review) => answerBlocks(pairs, review).map(({ id, text }) => [id, text]);

  it("takes corrections, and leaves out what is no pair and what is not found", () => {
    expect(
      textsOf(withVerdicts({ value: " Okafor " }, { choice: "no" }, { choice: "notFound" })),
    ).toEqual([
      ["k1", "Surname"],
      ["v1", "Okafor"],
    ]);
  });

  it("keeps a blank value as an empty text", () => {
    expect(
      textsOf(withVerdicts({ choice: "blank" }, { choice: "no" }, { value: "a@b.c" })),
    ).toEqual([
      ["k1", "Surname"],
      ["v1", ""],
      ["added-key-1", "Mail address"],
      ["added-value-1", "a@b.c"],
    ]);
  });

  it("puts a corrected text into the first of several values", () => {
    const value = (id: string, text: string) => ({
      id,
      blockType: "KEY_VALUE_SET",
      entityTypes: ["VALUE"],
      text,
    });
    const { items } = readPairs(
      [
        {
          id: "k",
          blockType: "KEY_VALUE_SET",
          entityTypes: ["KEY"],
          relationships: [{ type: "VALUE", ids: ["a", "b"] }],
        },
        value("a", "12 May"),
        value("b", "2026"),
      ],
      [],
    );
    const start = startReview(items);
    const texts = (review: Review) => answerBlocks(items, review).map(({ text }) => text);
    expect(start[0]?.value).toBe("12 May 2026");
    expect(texts(start)).toEqual(["", "12 May", "2026"]);
    expect(texts(start.map((one) => ({ ...one, value: "13 May 2026" })))).toEqual([
      "",
      "13 May 2026",
      "",
    ]);
  });
});

it("offers what can be said of a pair", () => {
  expect(pairs.map(choicesFor)).toEqual([
    ["yes", "blank", "no", "notFound"],
    ["yes", "blank", "no"],
    ["yes", "blank", "notFound"],
  ]);
});

it("takes a text for a value that is there", () => {
  const verdict = { choice: "blank", key: "k", value: "" } as const;
  expect(changed(verdict, { value: "x" }).choice).toBe("yes");
  expect(changed(verdict, { value: "" }).choice).toBe("blank");
  expect(changed(verdict, { key: "l" }).choice).toBe("blank");
});

it.each([
  ["yes", "k", "v", undefined],
  ["yes", "k", " ", "value"],
  ["yes", " ", "v", "key"],
  ["blank", "k", "", undefined],
  ["blank", "", "", "key"],
  ["no", "", "", undefined],
  ["notFound", "k", "", undefined],
] as const)("%s with key '%s' and value '%s' lacks: %s", (choice, key, value, what) => {
  expect(lacks({ choice, key, value })).toBe(what);
});

it("makes one line of several", () => {
  expect(oneLine("12 Main St \r\n  Springfield\n")).toBe("12 Main St Springfield ");
});

describe("drafts", () => {
  it("come back", () => {
    const review = withVerdicts({ value: "x" }, { choice: "no" }, { choice: "notFound" });
    expect(readReview(reviewDraft(pairs, review), pairs)).toEqual(review);
  });

  const good = reviewDraft(pairs, startReview(pairs)) as { [key: string]: Json }[];
  it.each<[string, Json]>([
    ["no list", { 0: 1 }],
    ["of other pairs", good.slice(1)],
    ["with another id", good.map((one) => ({ ...one, id: "z" }))],
    ["with a choice that is not offered", good.map((one) => ({ ...one, choice: "notFound" }))],
    ["with a value that is no text", good.map((one) => ({ ...one, value: 7 }))],
    ["with nothing", [null, null, null]],
  ])("%s are left out", (_name, draft) => {
    expect(readReview(draft, pairs)).toBeUndefined();
  });
});
