import { expect, it } from "vitest";
import { directionOf, readView, viewText } from "./view.ts";

it("survives the way through an address", () => {
  const view = readView("#crowd-slider?story=1&language=ar&scheme=dark&width=390&direction=ltr");
  expect(view).toEqual({
    tag: "crowd-slider",
    story: 1,
    language: "ar",
    scheme: "dark",
    width: "390",
    direction: "ltr",
  });
  expect(readView(viewText(view))).toEqual(view);
});

it("says nothing of what is as usual", () => {
  expect(viewText(readView("#crowd-slider"))).toBe("#crowd-slider");
});

it("takes no words that it does not know", () => {
  expect(readView("#x?story=-1&language=xx&scheme=toString&width=7")).toEqual(readView("#x"));
  expect(readView("#x?story=a").story).toBe(0);
});

it.each([
  ["ar", "", "rtl"],
  ["ar", "ltr", "ltr"],
  ["de", "", "ltr"],
  ["de", "rtl", "rtl"],
])("%s %s reads %s", (language, direction, reads) => {
  expect(directionOf({ ...readView("#x"), language, direction })).toBe(reads);
});
