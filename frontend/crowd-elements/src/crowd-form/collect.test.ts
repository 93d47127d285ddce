import { describe, expect, it } from "vitest";
import { mergeParts, readAnswer } from "./collect.ts";

describe("mergeParts", () => {
  it("lets the later value of a name win", () => {
    expect(
      mergeParts([
        { name: "a", value: 1 },
        { name: "a", value: { b: 2 } },
      ]),
    ).toEqual({ a: { b: 2 } });
  });

  it("brings the options of a name together, the later of two equal ones wins", () => {
    expect(
      mergeParts([
        { name: "a", option: "x", on: true },
        { name: "b", value: "between" },
        { name: "a", option: "y", on: false },
        { name: "a", option: "x", on: false },
      ]),
    ).toEqual({ a: { x: false, y: false }, b: "between" });
  });

  it("starts anew when values and options of a name alternate", () => {
    expect(
      mergeParts([
        { name: "a", option: "x", on: true },
        { name: "a", value: "text" },
        { name: "a", option: "y", on: true },
      ]),
    ).toEqual({ a: { y: true } });
  });

  it("puts the items of a name one after the other", () => {
    expect(
      mergeParts([
        { name: "a", items: [1, 2] },
        { name: "b", value: "between" },
        { name: "a", items: [3] },
      ]),
    ).toEqual({ a: [1, 2, 3], b: "between" });
  });

  it("keeps any name as an own key", () => {
    const answer = mergeParts([
      { name: "__proto__", value: "v" },
      { name: "constructor", option: "__proto__", on: true },
    ]);
    expect(JSON.stringify(answer)).toBe('{"__proto__":"v","constructor":{"__proto__":true}}');
  });
});

describe("readAnswer", () => {
  const read = (html: string) => {
    const root = document.createElement("div");
    root.innerHTML = html;
    document.body.replaceChildren(root);
    return readAnswer(root.querySelectorAll("*"));
  };

  it.each([
    ["text stays text", '<input name="a" value="7" type="number">', { a: "7" }],
    ["an empty text is there", '<input name="a"><textarea name="b"></textarea>', { a: "", b: "" }],
    ["no name, no answer", '<input value="x"><input name="" value="y">', {}],
    [
      "radios give every option",
      '<input type="radio" name="r" value="p"><input type="radio" name="r" value="q" checked>',
      { r: { p: false, q: true } },
    ],
    ["a box without value is on", '<input type="checkbox" name="c">', { c: { on: false } }],
    [
      "buttons give nothing",
      '<button name="a" value="b"></button><input type="submit" name="c" value="d">',
      {},
    ],
    ["disabled ones give nothing", '<input name="a" value="x" disabled>', {}],
  ])("%s", (_, html, answer) => {
    expect(read(html)).toEqual(answer);
  });
});
