import { expect, it } from "vitest";
import { categoryKeys } from "./category-keys.ts";

it("gives digits, zero last, then the letters that are free", () => {
  expect(categoryKeys().slice(0, 12).join("")).toBe("1234567890ab");
  expect(categoryKeys()).not.toContain("i");
  expect(categoryKeys(["c", "n"]).join("")).toBe("1234567890abdefghjklmopqrstuvwxyz");
});
