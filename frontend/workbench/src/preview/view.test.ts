import { expect, it } from "vitest";
import { readView, viewText } from "./view.ts";

const read = (address: string) => readView(new URL(address, "http://127.0.0.1"));

it("survives the way through an address", () => {
  const view = read("/lines/12?worker=3&width=390&scheme=dark");
  expect(view).toEqual({ line: 12, worker: 3, width: "390", scheme: "dark" });
  expect(read(viewText(view))).toEqual(view);
});

it("says nothing of what is as usual", () => {
  expect(viewText(read("/lines/4?worker=1"))).toBe("/lines/4");
});

it("takes no words that it does not know", () => {
  expect(read("/lines/x?worker=10&width=7&scheme=toString")).toEqual(read("/lines/1"));
  expect(read("/elsewhere?worker=0").worker).toBe(1);
});
