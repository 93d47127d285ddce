import { describe, expect, it } from "vitest";
import type { Json } from "../answer.ts";
import { readInitialMask } from "./initial-mask.ts";
import { readDraft, writeDraft } from "./mask-draft.ts";
import { emptyInks, ink, inkScreen, places } from "./mask-screen.ts";
import { EMPTY, Painting } from "./painting.ts";
import { Protection } from "./protection.ts";

const free = new Protection().kept(false);
const water = { value: 1, label: "water", color: "#2ca02c" };
const field = { value: 2, label: "field", color: "#1f77b4" };

describe("Painting", () => {
  it("takes back a change that is dropped, and counts none that changed nothing", () => {
    const painting = new Painting(20, 20);
    painting.begin({ objects: [water], nothing: false });
    painting.stroke({ x: 5, y: 5 }, { x: 9, y: 9 }, 4, 1, free);
    expect(painting.state.objects).toEqual([water]);
    painting.drop();
    expect([painting.mask.painted, painting.state]).toEqual([0, EMPTY]);
    painting.begin(EMPTY);
    painting.stroke({ x: -50, y: 5 }, { x: -40, y: 9 }, 4, 1, free);
    expect(painting.commit("brush")).toBe(false);
    expect(painting.history.canUndo).toBe(false);
  });

  it("undoes what a value stands for together with its pixels", () => {
    const painting = new Painting(20, 20);
    painting.begin({ objects: [water], nothing: false });
    painting.rectangle({ left: -5, top: -5, right: 5, bottom: 5 }, 1, free);
    expect(painting.commit("rectangle")).toBe(true);
    painting.change("delete", EMPTY, () => painting.clear(1));
    expect(painting.mask.painted).toBe(0);
    expect(painting.history.undo()).toBe("delete");
    expect([painting.mask.counts[1], painting.state.objects]).toEqual([25, [water]]);
    painting.history.undo();
    expect([painting.mask.painted, painting.state]).toEqual([0, EMPTY]);
  });

  it("fills no further than the value, the similarity and the picture, and never what is kept", () => {
    const painting = new Painting(10, 4);
    painting.rectangle({ left: 4, top: 0, right: 5, bottom: 4 }, 2, free);
    painting.fill({ x: 0.5, y: 0.5 }, 1, free, (x) => x !== 2);
    expect(painting.mask.counts[1]).toBe(8);
    const locked = new Protection();
    locked.locked.add(2);
    painting.fill({ x: 4.5, y: 0.5 }, 1, locked.kept(false));
    painting.fill({ x: 50, y: 50 }, 2, free);
    expect(painting.mask.counts[2]).toBe(4);
  });
});

describe("Protection", () => {
  it("keeps locked and hidden values, and all that is painted where only empty pixels may change", () => {
    const protection = new Protection();
    protection.locked.add(3);
    protection.hidden.add(4);
    protection.onlyEmpty = true;
    expect([...protection.kept(false).subarray(0, 6)]).toEqual([0, 1, 1, 1, 1, 1]);
    expect([...protection.kept(true).subarray(0, 6)]).toEqual([0, 0, 0, 1, 1, 0]);
  });
});

describe("a draft", () => {
  const painted = () => {
    const painting = new Painting(100, 70);
    painting.rectangle({ left: 3, top: 3, right: 90, bottom: 9 }, 1, free);
    return painting;
  };

  it("comes back as it was, without what has no pixels", () => {
    const painting = painted();
    const stored = JSON.parse(JSON.stringify(writeDraft(painting, [water, field]))) as Json;
    const draft = readDraft(stored, painting.mask);
    expect(draft?.objects).toEqual([water]);
    const copy = new Painting(100, 70);
    for (const [tile, text] of draft?.tiles ?? []) copy.mask.readText(tile, text);
    expect(copy.mask.counts[1]).toBe(87 * 6);
    expect(copy.mask.boxOf(1)).toEqual({ left: 3, top: 3, right: 90, bottom: 9 });
  });

  it("of another picture, or anything else, is none", () => {
    const stored = writeDraft(painted(), [water]);
    expect(readDraft(stored, { width: 70, height: 100 })).toBeUndefined();
    for (const junk of [null, 3, "x", [], {}, { size: [100, 70] }] as Json[]) {
      expect(readDraft(junk, { width: 100, height: 70 })).toBeUndefined();
    }
    const objects = [[1, "a", "red"], [0, "a", "#ffffff"], [1.5, "a", "#123456"], "x", [1, 2]];
    const tiles = [["0", "1"], [0], 7];
    const draft = readDraft(
      { size: [100, 70], objects, tiles, nothing: "yes" },
      { width: 100, height: 70 },
    );
    expect(draft).toEqual({ objects: [], tiles: [], nothing: false });
  });
});

describe("readInitialMask", () => {
  const read = (value: Json, key: "labelMappings" | "instances" = "labelMappings") => {
    const faults: string[] = [];
    return { mask: readInitialMask(value, key, (fault) => faults.push(fault)), faults };
  };

  it("takes colors in any case, short or long, and passes over the background", () => {
    const labelMappings = {
      a: { color: "#ABC" },
      b: { color: "#12EF34" },
      BACKGROUND: { color: "#ffffff" },
    };
    expect(read({ labelMappings, src: "m.png" })).toEqual({
      mask: {
        src: "m.png",
        entries: [
          { label: "a", color: "#aabbcc" },
          { label: "b", color: "#12ef34" },
        ],
      },
      faults: [],
    });
  });

  it("takes a label for many instances, and a color for one", () => {
    const instances = [
      { label: "a", color: "#111111" },
      { label: "a", color: "#222222" },
      { label: "b", color: "#111111" },
      null,
    ];
    const { mask, faults } = read({ instances, src: "m.png" }, "instances");
    expect(mask?.entries.map(({ color }) => color)).toEqual(["#111111", "#222222"]);
    expect(faults.length).toBe(2);
  });

  it.each<[Json]>([[null], [[]], ["x"], [{}], [{ labelMappings: {}, src: " " }]])(
    "tells what is wrong with %j",
    (value) => {
      const { mask, faults } = read(value);
      expect(mask).toBeUndefined();
      expect(faults.length).toBeGreaterThan(0);
    },
  );
});

describe("the screen", () => {
  it("shows a mask at any scale, with borders of one pixel of the screen", () => {
    const painting = new Painting(4, 2);
    painting.rectangle({ left: 1, top: 0, right: 3, bottom: 2 }, 1, free);
    const inks = emptyInks();
    inks.fill[1] = 7;
    inks.edge[1] = 9;
    const screen = new Uint32Array(16 * 4);
    const box = { left: 0, top: 0, right: 16, bottom: 4 };
    inkScreen(screen, 16, box, painting.mask, places(16, 0, 0.25, 4), places(4, 0, 0.5, 2), inks);
    const row = [0, 0, 0, 0, 9, 7, 7, 7, 7, 7, 7, 9, 0, 0, 0, 0];
    expect([...screen]).toEqual([...row, ...row, ...row, ...row]);
  });

  it("mixes inks in the order of a pixel's bytes", () => {
    const bytes = new Uint8Array(Uint32Array.of(ink(0x112233, 0.5)).buffer);
    expect([...bytes]).toEqual([0x11, 0x22, 0x33, 128]);
  });
});
