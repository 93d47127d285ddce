import { describe, expect, it } from "vitest";
import { readOverlay } from "./overlay.ts";

const box = { label: "jar", left: 12, top: 30, width: 25, height: 40 };

it("is nothing when not given", () => {
  expect(readOverlay(undefined)).toEqual({ faults: [] });
});

it.each([
  [[]],
  ["boxes"],
  [{}],
  [{ polygon: {} }],
  [{ boundingBox: { labels: [] }, semanticSegmentation: {} }],
])("refuses %j", (value) => {
  expect(readOverlay(value)).toEqual({
    faults: [{ kind: "notOneKind", item: JSON.stringify(value) }],
  });
});

describe("boxes", () => {
  it("takes those with a label that is listed", () => {
    const value = { boundingBox: { labels: ["cup", "jar"], value: [box, { ...box, label: "x" }] } };
    expect(readOverlay(value)).toEqual({
      overlay: { kind: "boxes", labels: ["cup", "jar"], boxes: [box] },
      faults: [],
    });
  });

  it("leaves out and tells of broken ones", () => {
    const broken = [{ ...box, left: null }, { ...box, width: -1 }, { ...box, top: "3" }, 7];
    const { faults } = readOverlay({ boundingBox: { labels: ["jar"], value: [box, ...broken] } });
    expect(faults).toEqual(broken.map((item) => ({ kind: "badBox", item: JSON.stringify(item) })));
  });

  it("needs a list of labels; a list of boxes that is none is empty", () => {
    expect(readOverlay({ boundingBox: { labels: "jar", value: [box] } })).toEqual({
      faults: [{ kind: "noLabels", item: '"jar"' }],
    });
    expect(readOverlay({ boundingBox: { labels: ["jar"], value: 3 } }).overlay).toEqual({
      kind: "boxes",
      labels: ["jar"],
      boxes: [],
    });
  });
});

describe("masks", () => {
  it("maps colors to labels", () => {
    const labelMappings = { sea: { color: "#1F77B4" }, sky: { color: "#2ca02c" } };
    const value = { semanticSegmentation: { labels: ["sea", "sky"], labelMappings, src: "m.png" } };
    expect(readOverlay(value)).toEqual({
      overlay: {
        kind: "mask",
        labels: ["sea", "sky"],
        src: "m.png",
        colors: new Map([
          ["#1f77b4", "sea"],
          ["#2ca02c", "sky"],
        ]),
      },
      faults: [],
    });
  });

  it("takes instances of one label in several colors; tells of white and of no color", () => {
    const instances = [
      { color: "#2ca02c", label: "cell" },
      { color: "#1f77b4", label: "cell" },
      { color: "#ffffff", label: "cell" },
      { color: "red", label: "cell" },
      null,
    ];
    const { overlay, faults } = readOverlay({
      instanceSegmentation: { labels: ["cell"], instances, src: "m.png" },
    });
    expect(overlay?.kind === "mask" && Array.from(overlay.colors.values())).toEqual([
      "cell",
      "cell",
    ]);
    expect(faults.map((one) => one.kind)).toEqual(["badColor", "badColor", "badColor"]);
  });

  it("needs the mask's address", () => {
    const { overlay, faults } = readOverlay({ semanticSegmentation: { labels: ["a"] } });
    expect(overlay).toBeUndefined();
    expect(faults).toEqual([{ kind: "noSource", item: "null" }]);
  });
});
