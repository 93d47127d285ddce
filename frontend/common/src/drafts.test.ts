import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DraftWriter, fingerprint, MemoryStore, openStore, WebStore } from "./drafts.js";

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("writes the newest state once, at most 300 ms after the first change", async () => {
  const store = new MemoryStore();
  const written = vi.spyOn(store, "set");
  let state = 0;
  const writer = new DraftWriter(store, "key", () => undefined);
  for (state = 1; state <= 10; state++) {
    writer.plan(() => state);
    await vi.advanceTimersByTimeAsync(20);
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(written.mock.calls).toEqual([["key", 11]]);
});

test("flush writes at once, and only what is planned", async () => {
  const store = new MemoryStore();
  const told: boolean[] = [];
  const writer = new DraftWriter(store, "key", (saved) => told.push(saved));
  await writer.flush();
  expect(told).toEqual([]);
  writer.plan(() => "work");
  await writer.flush();
  expect(await store.get("key")).toBe("work");
  expect(told).toEqual([true]);
});

test("a failed write is told and disturbs nothing", async () => {
  const store = new MemoryStore();
  vi.spyOn(store, "set").mockRejectedValue(new Error("full"));
  const told: boolean[] = [];
  const writer = new DraftWriter(store, "key", (saved) => told.push(saved));
  writer.plan(() => "work");
  await vi.advanceTimersByTimeAsync(300);
  expect(told).toEqual([false]);
});

test("cleared for good, nothing is written any more", async () => {
  const store = new MemoryStore();
  const writer = new DraftWriter(store, "key", () => undefined);
  writer.plan(() => "work");
  await writer.clear(true);
  writer.plan(() => "late");
  await vi.advanceTimersByTimeAsync(1000);
  expect(await store.get("key")).toBeUndefined();
});

test("without IndexedDB the drafts go to localStorage, and without that to memory", async () => {
  expect((await openStore()).lasting).toBe(true);
  vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("refused", "SecurityError");
  });
  expect((await openStore()).lasting).toBe(false);
});

test("old drafts are thrown away, damaged ones are none", async () => {
  const store = new WebStore(localStorage);
  await store.set("old", { time: Date.now() });
  localStorage.setItem("truthkit-drafts:damaged", "{");
  localStorage.setItem("someone else's", "stays");
  await vi.advanceTimersByTimeAsync(31 * 24 * 3600 * 1000);
  const later = new WebStore(localStorage);
  expect(await later.get("old")).toBeUndefined();
  expect(await later.get("damaged")).toBeUndefined();
  expect(localStorage.getItem("someone else's")).toBe("stays");
});

test("a task's fingerprint follows its content", () => {
  expect(fingerprint("a", ["b"])).toBe(fingerprint("a", ["b"]));
  expect(fingerprint("a", ["b"])).not.toBe(fingerprint("a", ["c"]));
  expect(fingerprint("ab", "c")).not.toBe(fingerprint("a", "bc"));
  expect(fingerprint("x")).toMatch(/^[0-9a-f]{16}$/);
});
