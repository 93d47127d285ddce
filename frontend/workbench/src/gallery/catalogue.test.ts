import { expect, it } from "vitest";
import { type Element, grouped } from "./catalogue.ts";

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
