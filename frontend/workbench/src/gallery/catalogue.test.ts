import { expect, it } from "vitest";
import { type Element, grouped, nearest } from "./catalogue.ts";

const element = (tagName: string, kind: string, summary = ""): Element => ({
  tagName,
  summary,
  truthkit: { kind, stories: [] },
});
const ELEMENTS = [
  element("crowd-alert", "decoration", "A message."),
  element("crowd-form", "form"),
  element("crowd-fab", "control", "A round button."),
  element("crowd-input", "control"),
];
const tags = (search: string) =>
  grouped(ELEMENTS, search).map(([kind, members]) => [kind, members.map(({ tagName }) => tagName)]);

it("goes by kind, the form first", () => {
  expect(tags("")).toEqual([
    ["form", ["crowd-form"]],
    ["control", ["crowd-fab", "crowd-input"]],
    ["decoration", ["crowd-alert"]],
  ]);
});

it("finds all words, in the tag or the summary", () => {
  expect(tags("Round  crowd")).toEqual([["control", ["crowd-fab"]]]);
  expect(tags("nothing like it")).toEqual([]);
});

it.each([
  ["crowd-alerts", "crowd-alert"],
  ["crowd-inptu", "crowd-input"],
  ["CROWD-FROM", "crowd-form"],
])("finds %s to be nearest to %s", (given, tag) => {
  expect(nearest(ELEMENTS, given)?.tagName).toBe(tag);
});

it("finds nothing near where there is nothing", () => {
  expect(nearest([], "crowd-form")).toBeUndefined();
});
