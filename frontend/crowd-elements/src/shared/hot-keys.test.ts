import { expect, it } from "vitest";
import { keyOf, listed } from "./hot-keys.ts";

const key = (
  key: string,
  code: string,
  { graph = false, ...held }: KeyboardEventInit & { graph?: boolean } = {},
) => {
  const event = new KeyboardEvent("keydown", { key, code, ...held });
  event.getModifierState = (name) => graph && name === "AltGraph";
  return keyOf(event);
};
const ctrlKey = true;
const altKey = true;
const shiftKey = true;

it.each([
  ["a letter", key("z", "KeyZ", { ctrlKey }), "Mod+z"],
  ["a letter with Shift", key("Z", "KeyZ", { ctrlKey, shiftKey }), "Mod+Shift+z"],
  ["German places of letters", key("z", "KeyY", { ctrlKey }), "Mod+z"],
  ["an Arabic letter", key("ئ", "KeyZ", { ctrlKey }), "Mod+z"],
  ["a Russian letter with Shift", key("Н", "KeyN", { shiftKey }), "Shift+n"],
  ["an Arabic digit", key("٢", "Digit2"), "2"],
  ["a French digit", key("é", "Digit2"), "2"],
  ["what Shift makes of a digit", key("§", "Digit3", { shiftKey }), "§"],
  ["a space", key(" ", "Space"), "Space"],
  ["a named key", key("ArrowLeft", "ArrowLeft", { shiftKey }), "Shift+ArrowLeft"],
  ["Alt with a bracket", key("[", "BracketLeft", { altKey }), "Alt+["],
  ["Alt that writes a bracket", key("[", "Digit5", { altKey }), "["],
  ["AltGr that writes a bracket", key("[", "Digit8", { altKey, ctrlKey, graph: true }), "["],
])("%s", (_, pressed, expected) => {
  expect(pressed).toBe(expected);
});

it("lists a key once, with the one that gets it", () => {
  const run = () => {};
  const shown = listed([
    { keys: ["0"], label: "j", run },
    { keys: ["0", "Home"], label: "whole", run },
    { keys: ["x"], label: "second way", hidden: true, run },
    { keys: ["Home"], label: "never", run },
  ]);
  expect(shown.map(({ keys, label }) => [label, keys])).toEqual([
    ["j", ["0"]],
    ["whole", ["Home"]],
  ]);
});
