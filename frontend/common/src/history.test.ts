import { expect, test } from "vitest";
import { History } from "./history.js";

test("goes back to the beginning and forward to the end, naming each change", () => {
  const history = new History(0);
  for (let i = 1; i <= 1000; i++) history.commit(i, `to ${i}`);
  for (let i = 1000; i > 0; i--) {
    expect(history.undo()).toBe(`to ${i}`);
    expect(history.present).toBe(i - 1);
  }
  expect(history.undo()).toBeUndefined();
  expect(history.canUndo).toBe(false);
  for (let i = 1; i <= 1000; i++) expect(history.redo()).toBe(`to ${i}`);
  expect(history.present).toBe(1000);
  expect(history.redo()).toBeUndefined();
});

test("a new change forgets what was undone", () => {
  const history = new History("a");
  history.commit("b", "b");
  history.undo();
  history.commit("c", "c");
  expect(history.canRedo).toBe(false);
  expect(history.undo()).toBe("c");
  expect(history.present).toBe("a");
});
