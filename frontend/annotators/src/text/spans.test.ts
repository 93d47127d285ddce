import { expect, test } from "vitest";
import { LabelSet, readLabels } from "./labels.js";
import { levels, otherOccurrences, put, type Span, stackAt, toAnswer } from "./spans.js";
import { suggestionsOf, takeInitial } from "./task.js";
import { Words } from "./words.js";

const span = (id: number, start: number, end: number, label = "A", more?: Partial<Span>): Span => ({
  id,
  label,
  start,
  end,
  origin: null,
  suggested: false,
  ...more,
});

test("put keeps the order, replaces by id, and keeps no span twice", () => {
  const spans = put([], span(1, 5, 9), span(2, 0, 4), span(3, 0, 9));
  expect(spans.map(({ id }) => id)).toEqual([2, 3, 1]);
  expect(put(spans, span(3, 6, 7)).map(({ id }) => id)).toEqual([2, 1, 3]);
  expect(put(spans, span(4, 5, 9)).map(({ id }) => id)).toEqual([2, 3, 4]);
  expect(put(spans, span(4, 5, 9, "B")).map(({ id }) => id)).toEqual([2, 3, 1, 4]);
});

test("the stack at a place is smallest first, ends excluded", () => {
  const spans = [span(1, 0, 20), span(2, 5, 10), span(3, 5, 12), span(4, 9, 30)];
  expect(stackAt(spans, 9).map(({ id }) => id)).toEqual([2, 3, 1, 4]);
  expect(stackAt(spans, 10).map(({ id }) => id)).toEqual([3, 1, 4]);
  expect(stackAt(spans, 30)).toEqual([]);
});

test("spans that overlap never share a level", () => {
  let seed = 7;
  const random = (most: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % most;
  };
  const spans = Array.from({ length: 300 }, (_, id) => {
    const start = random(1000);
    return span(id, start, start + 1 + random(40));
  });
  const own = levels(spans);
  for (const a of spans)
    for (const b of spans)
      if (a.id < b.id && a.start < b.end && b.start < a.end)
        expect(own.get(a.id)).not.toBe(own.get(b.id));
  expect(levels([span(1, 0, 5), span(2, 5, 9)])).toEqual(
    new Map([
      [1, 0],
      [2, 0],
    ]),
  );
});

test("other occurrences leave out what has the label already, and parts of words", () => {
  const words = new Words("ab abc ab, ab");
  const first = span(1, 0, 2);
  expect(otherOccurrences(words, [first, span(2, 11, 13, "B")], first)).toEqual([
    [7, 9],
    [11, 13],
  ]);
  expect(otherOccurrences(words, [first, span(2, 11, 13)], first)).toEqual([[7, 9]]);
});

test("the answer leaves out open suggestions and says what became of each", () => {
  const initial = [
    { endOffset: 2, label: "A", startOffset: 0 },
    { endOffset: 4, label: "A", startOffset: 3 },
    { endOffset: 6, label: "A", startOffset: 5 },
    { endOffset: 8, label: "A", startOffset: 7 },
    { endOffset: 99, label: "A", startOffset: 7 },
  ];
  const shown = new Set([0, 1, 2, 3]);
  const spans = [
    span(1, 0, 2, "A", { origin: 0 }),
    span(2, 3, 4, "B", { origin: 1 }),
    span(4, 7, 8, "A", { origin: 3, suggested: true }),
  ];
  const answer = toAnswer(spans, initial, shown);
  expect(answer.entities.map(({ label }) => label)).toEqual(["A", "B"]);
  expect(answer.initialValueReview?.map(({ outcome }) => outcome)).toEqual([
    "accepted",
    "changed",
    "removed",
    "undecided",
    "ignored",
  ]);
  expect(answer.initialValueModified).toBe(true);
  expect(toAnswer([], [], new Set())).toEqual({
    entities: [],
    initialValueModified: false,
    initialValueReview: [],
  });
  expect(toAnswer([span(1, 0, 1)], [], new Set())).toMatchObject({ initialValueModified: true });
  expect(toAnswer([], null, new Set())).toEqual({ entities: [] });
});

test("only what can be shown becomes a suggestion, each once and in order", () => {
  const labels = new LabelSet(readLabels(["A"]));
  const entity = (startOffset: number, endOffset: number, label = "A") => ({
    endOffset,
    label,
    startOffset,
  });
  const given = [
    entity(4, 6),
    entity(0, 2),
    entity(0, 2),
    entity(0, 2, "__proto__"),
    entity(3, 3),
    entity(-1, 2),
    entity(5, 99),
  ];
  const shown = suggestionsOf(given, labels, 10, () => 0);
  expect(shown.map(({ origin }) => origin)).toEqual([1, 0]);
  expect(toAnswer([], given, new Set([0, 1]))).toMatchObject({ initialValueModified: true });
  expect(toAnswer([], given.slice(2), new Set())).toMatchObject({ initialValueModified: false });
});

test.each([
  ["null", [null]],
  ["a string", ["A"]],
  ["text offsets", [{ label: "A", startOffset: "1", endOffset: "2" }]],
  ["a fraction", [{ label: "A", startOffset: 0.5, endOffset: 2 }]],
  ["no label", [{ startOffset: 0, endOffset: 2 }]],
])("an initial value with %s is told and left out", (_, given) => {
  const [initial, problem] = takeInitial(given);
  expect(initial).toEqual([]);
  expect(problem).toContain("initial-value[0]");
});
