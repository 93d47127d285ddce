import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Deed, type Place, ShapeEditor } from "./editor.ts";
import { KINDS, type ShapeKind } from "./kind.ts";

const SIZE = { width: 640, height: 480 };
const at = (x: number, y: number, held: Partial<Place> = {}): Place => ({
  x,
  y,
  reach: 7,
  shift: false,
  alt: false,
  ...held,
});

function editing(kind: ShapeKind) {
  const listener = {
    name: (deed: Deed) => deed,
    done: vi.fn(),
    refused: vi.fn(),
    drawn: vi.fn(),
    repaint: vi.fn(),
  };
  const editor = new ShapeEditor(kind, listener);
  editor.size = SIZE;
  editor.label = "a";
  const drag = (from: Place, to: Place) => {
    editor.press(from);
    editor.drag(to);
    editor.release(to);
  };
  const click = (place: Place) => {
    editor.press(place);
    editor.release(place);
  };
  const written = () =>
    editor.shapes.map(({ label, points }) => ({ label, ...kind.write(points) }));
  return { editor, listener, drag, click, written };
}

describe("boxes", () => {
  let { editor, listener, drag, click, written } = editing(KINDS.box);
  beforeEach(() => {
    ({ editor, listener, drag, click, written } = editing(KINDS.box));
  });
  const first = { label: "a", left: 100, top: 100, width: 50, height: 40 };

  it("are drawn by a drag, rounded, whichever way it goes", () => {
    drag(at(150.4, 139.6), at(99.7, 100.2));
    expect(written()).toEqual([first]);
    expect(editor.selected?.label).toBe("a");
  });

  it("are clamped to the picture", () => {
    drag(at(-30, 400), at(50, 999));
    expect(written()).toEqual([{ label: "a", left: 0, top: 400, width: 50, height: 80 }]);
  });

  it("are drawn by two clicks", () => {
    click(at(100, 100));
    expect(editor.drawing?.points).toHaveLength(1);
    click(at(150, 140));
    expect(written()).toEqual([first]);
  });

  it("are not drawn by a twitch of the hand", () => {
    drag(at(100, 100), at(102, 101));
    expect(written()).toEqual([]);
  });

  it("are squares with Shift", () => {
    drag(at(100, 100), at(150, 120, { shift: true }));
    expect(written()).toEqual([{ ...first, width: 50, height: 50 }]);
  });

  it("need a label", () => {
    editor.label = "";
    drag(at(100, 100), at(150, 140));
    expect(listener.refused).toHaveBeenCalledWith("noLabel");
    expect(written()).toEqual([]);
  });

  it("are moved from the inside once selected, and never out of the picture", () => {
    drag(at(100, 100), at(150, 140));
    click(at(125, 120));
    drag(at(125, 120), at(135, 125));
    expect(written()).toEqual([{ ...first, left: 110, top: 105 }]);
    drag(at(135, 125), at(-900, 120));
    expect(written()).toEqual([{ ...first, left: 0, top: 100 }]);
  });

  it("are reshaped at their handles, over to the other side too", () => {
    drag(at(100, 100), at(150, 140));
    drag(at(150, 140), at(170, 190));
    expect(written()).toEqual([{ ...first, width: 70, height: 90 }]);
    drag(at(170, 145), at(80, 145));
    expect(written()).toEqual([{ ...first, left: 80, width: 20, height: 90 }]);
  });

  it("can be drawn over others and inside of one that was just made; a press on a border may be a click", () => {
    drag(at(100, 100), at(300, 300));
    drag(at(150, 150), at(200, 200));
    editor.escape();
    drag(at(100, 200), at(130, 230));
    expect(written()).toHaveLength(3);
    expect(written()[0]).toMatchObject({ left: 100, width: 200 });
    editor.escape();
    click(at(100, 260));
    expect(editor.selected).toBe(editor.shapes[0]);
    drag(at(100, 260), at(90, 260));
    expect(written()[0]).toMatchObject({ left: 90, width: 200 });
  });

  it("can be started on top of a selected one", () => {
    drag(at(100, 100), at(300, 300));
    editor.start();
    drag(at(300, 300), at(350, 350));
    expect(written()).toHaveLength(2);
    expect(editor.starting).toBe(false);
  });

  it("can be drawn inside one that is not selected; a click selects the smallest, then the next", () => {
    drag(at(100, 100), at(300, 300));
    editor.escape();
    drag(at(150, 150), at(200, 200));
    editor.escape();
    expect(written()).toHaveLength(2);
    click(at(175, 170));
    expect(editor.selected).toBe(editor.shapes[1]);
    click(at(175, 170));
    expect(editor.selected).toBe(editor.shapes[0]);
    click(at(175, 170));
    expect(editor.selected).toBeUndefined();
  });

  it("undo and redo everything", () => {
    drag(at(100, 100), at(150, 140));
    click(at(112, 100));
    editor.chooseLabel("b");
    editor.nudge(1, 0);
    editor.nudge(10, 0);
    editor.duplicate();
    editor.deleteSelected();
    const steps = [written()];
    const deeds = ["deleted", "duplicated", "moved", "relabeled", "added"];
    for (const deed of deeds) {
      expect(editor.undo()).toBe(deed);
      steps.push(written());
    }
    expect(editor.undo()).toBeUndefined();
    expect(steps.map((step) => step.length)).toEqual([1, 2, 1, 1, 1, 0]);
    expect(steps[2]).toEqual([{ ...first, label: "b", left: 111 }]);
    for (const deed of [...deeds].reverse()) expect(editor.redo()).toBe(deed);
    expect(written()).toEqual(steps[0]);
  });

  it("are reshaped by keys at the active handle", () => {
    drag(at(100, 100), at(150, 140));
    editor.walkHandles(1);
    editor.nudge(-10, -10);
    expect(written()).toEqual([{ label: "a", left: 90, top: 90, width: 60, height: 50 }]);
    editor.walkHandles(-1);
    editor.nudge(5, 5);
    expect(written()).toEqual([{ label: "a", left: 95, top: 90, width: 55, height: 50 }]);
  });

  it("are created by keys", () => {
    editor.moveCursor(0, 0, at(320, 240));
    editor.place(editor.cursor as Place);
    editor.moveCursor(33, 60, at(0, 0));
    editor.place(editor.cursor as Place);
    expect(written()).toEqual([{ label: "a", left: 320, top: 240, width: 33, height: 60 }]);
  });

  it("that were just made keep their label: the next one is for the next shape", () => {
    drag(at(100, 100), at(150, 140));
    editor.nudge(1, 0);
    editor.chooseLabel("b");
    expect(editor.selected).toBeUndefined();
    drag(at(200, 100), at(250, 140));
    click(at(225, 120));
    editor.chooseLabel("c");
    expect(editor.shapes.map(({ label }) => label)).toEqual(["a", "c"]);
  });

  it("go with their label, and do not come back with it", () => {
    drag(at(100, 100), at(150, 140));
    editor.useLabels(() => false);
    editor.banish(new Set(["a"]));
    expect(written()).toEqual([]);
    expect(editor.selected).toBeUndefined();
    editor.useLabels((label) => label === "a");
    expect(written()).toEqual([]);
  });

  it("wait for a label that the page has not given yet", () => {
    const points = [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ];
    editor.useLabels(() => false);
    editor.load({ shapes: [{ id: 1, label: "late", points }], nothing: false });
    expect(written()).toEqual([]);
    editor.useLabels((label) => label === "late");
    expect(written()).toHaveLength(1);
  });
});

describe("polygons", () => {
  let { editor, listener, click, drag, written } = editing(KINDS.polygon);
  beforeEach(() => {
    ({ editor, listener, click, drag, written } = editing(KINDS.polygon));
  });
  const draw = () => {
    for (const place of [at(10, 10), at(110, 10), at(110, 110), at(10, 110)]) click(place);
    click(at(12, 11));
  };
  const square = [
    { x: 10, y: 10 },
    { x: 110, y: 10 },
    { x: 110, y: 110 },
    { x: 10, y: 110 },
  ];

  it("close on their first point, which is not repeated", () => {
    draw();
    expect(written()).toEqual([{ label: "a", vertices: square }]);
  });

  it("close on Enter, with three points at least", () => {
    click(at(10, 10));
    click(at(110, 10));
    editor.finish();
    expect(listener.refused).toHaveBeenCalledWith("tooFew");
    click(at(110, 110));
    editor.finish();
    expect(written()).toEqual([{ label: "a", vertices: square.slice(0, 3) }]);
  });

  it("have no edges that cross: while drawn, when closed, when reshaped", () => {
    for (const place of [at(10, 10), at(110, 110), at(110, 10)]) click(place);
    click(at(10, 110));
    expect(listener.refused).toHaveBeenCalledWith("crosses");
    expect(editor.drawing?.points).toHaveLength(3);
    editor.escape();
    draw();
    drag(at(110, 110), at(0, 60));
    expect(written()).toEqual([{ label: "a", vertices: square }]);
  });

  it("drop what is not finished as a step that can be undone, and leave it alone otherwise", () => {
    for (const { x, y } of square) click(at(x, y));
    editor.finish();
    editor.escape();
    const started = [
      { x: 300, y: 300 },
      { x: 350, y: 300 },
    ];
    for (const { x, y } of started) click(at(x, y));
    expect(editor.walk(1)).toBe(false);
    editor.select(editor.shapes[0]?.id);
    editor.start();
    expect(listener.refused.mock.calls).toEqual([["unfinished"], ["unfinished"], ["unfinished"]]);
    expect(editor.drawing?.points).toEqual(started);
    editor.escape();
    expect(editor.drawing).toBeUndefined();
    expect(editor.undo()).toBe("dropped");
    expect(editor.drawing?.points).toEqual(started);
    expect(editor.redo()).toBe("dropped");
    editor.undo();
    click(at(350, 350));
    expect(editor.canRedo).toBe(false);
    expect(editor.redo()).toBeUndefined();
    editor.finish();
    expect(written()).toHaveLength(2);
    expect(editor.undo()).toBe("added");
    expect(editor.drawing).toBeUndefined();
  });

  it("undo and redo points while drawing", () => {
    for (const place of [at(10, 10), at(110, 10), at(110, 110)]) click(place);
    expect(editor.undo()).toBe("point");
    expect(editor.undo()).toBe("point");
    expect(editor.redo()).toBe("point");
    expect(editor.drawing?.points).toEqual(square.slice(0, 2));
    click(at(60, 90));
    expect(editor.canRedo).toBe(false);
  });

  it("lose a vertex by Alt+click or when it is active, but not the third last", () => {
    draw();
    editor.press(at(110, 110, { alt: true }));
    expect(written()).toEqual([{ label: "a", vertices: square.filter((_, i) => i !== 2) }]);
    click(at(10, 10));
    expect(editor.handle).toBe(0);
    expect(editor.deleteVertex()).toBe(false);
  });

  it("gain a vertex where a middle is dragged", () => {
    draw();
    drag(at(60, 10), at(60, 2));
    expect(written()).toEqual([
      { label: "a", vertices: [square[0], { x: 60, y: 2 }, ...square.slice(1)] },
    ]);
  });

  it("may start inside another", () => {
    draw();
    click(at(40, 40));
    expect(editor.drawing?.points).toEqual([{ x: 40, y: 40 }]);
  });

  it("may start on the border of another when that is asked for", () => {
    draw();
    editor.escape();
    editor.start();
    click(at(110, 60));
    expect(editor.drawing?.points).toEqual([{ x: 110, y: 60 }]);
  });

  it("are selected at their border and moved from there", () => {
    draw();
    editor.escape();
    drag(at(110, 70), at(120, 75));
    expect(written()[0]).toEqual({
      label: "a",
      vertices: square.map(({ x, y }) => ({ x: x + 10, y: y + 5 })),
    });
  });
});

describe("lines", () => {
  it("are drawn by a drag or by two clicks, in that order", () => {
    const { drag, click, written, editor } = editing(KINDS.line);
    drag(at(88, 40), at(10, 12));
    editor.escape();
    click(at(200, 200));
    click(at(100, 300));
    expect(written()).toEqual([
      {
        label: "a",
        vertices: [
          { x: 88, y: 40 },
          { x: 10, y: 12 },
        ],
      },
      {
        label: "a",
        vertices: [
          { x: 200, y: 200 },
          { x: 100, y: 300 },
        ],
      },
    ]);
  });
});

describe("polylines", () => {
  it("may cross themselves and end on a second click on the last point", () => {
    const { click, written } = editing(KINDS.polyline);
    for (const place of [at(10, 10), at(110, 110), at(110, 10), at(10, 110), at(10, 110)]) {
      click(place);
    }
    expect(written()[0]).toHaveProperty("vertices.length", 4);
  });
});

describe("keypoints", () => {
  it("stand where the click was, also beside a selected one", () => {
    const { click, written } = editing(KINDS.keypoint);
    click(at(151.3, 76.8));
    click(at(20, 20));
    expect(written()).toEqual([
      { label: "a", x: 151, y: 77 },
      { label: "a", x: 20, y: 20 },
    ]);
  });

  it("are dragged", () => {
    const { click, drag, written } = editing(KINDS.keypoint);
    click(at(151, 77));
    drag(at(151, 77), at(160, 90));
    expect(written()).toEqual([{ label: "a", x: 160, y: 90 }]);
  });
});

it("nudges in a row are one step of the history, but not those of two shapes", () => {
  const { editor, drag, written } = editing(KINDS.box);
  drag(at(100, 100), at(150, 140));
  editor.escape();
  drag(at(200, 100), at(250, 140));
  editor.nudge(1, 0);
  editor.nudge(1, 0);
  editor.walk(-1);
  editor.nudge(1, 0);
  expect(written()).toMatchObject([{ left: 101 }, { left: 202 }]);
  editor.undo();
  editor.undo();
  expect(written()).toMatchObject([{ left: 100 }, { left: 200 }]);
});
