import { keyLabel, type Shortcut } from "../hot-keys.ts";
import type { MaskPen, Tool } from "./mask-pen.ts";
import { TOOL_KEYS } from "./mask-tools.ts";
import type { maskStrings } from "./strings.ts";

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Pixels that an arrow moves the cursor, by the key that is held with it. */
const STEPS: Readonly<Record<string, number>> = { "": 1, "Shift+": 10, "Mod+": 100 };

export interface PenKeys {
  readonly pen: MaskPen;
  readonly t: ReturnType<typeof maskStrings>;
  readonly announce: (text: string) => void;
  /** The keys that paint work while the picture has the focus. */
  readonly hasFocus: () => boolean;
}

/** Tools and their sizes. */
export function toolShortcuts({ pen, t, announce }: PenKeys): Shortcut[] {
  const resize = (steps: number) => () => {
    pen.resize(steps);
    announce(t("pixels", { count: pen.size }));
  };
  const tools = (Object.keys(TOOL_KEYS) as Tool[]).map((tool) => ({
    keys: [TOOL_KEYS[tool]],
    label: t(tool),
    run: () => {
      pen.tool = tool;
      announce(t(tool));
    },
  }));
  return [
    ...tools,
    { keys: ["["], label: t("smaller"), repeat: true, run: resize(-1) },
    { keys: ["]"], label: t("larger"), repeat: true, run: resize(1) },
  ];
}

/** Painting without a pointer. */
export function cursorShortcuts({ pen, t, announce, hasFocus }: PenKeys): Shortcut[] {
  const arrows = Object.entries(STEPS).map(([held, step]) => ({
    keys: Object.keys(ARROWS).map((key) => held + key),
    label: t("moveCursor", { mod: keyLabel("Mod") }),
    hidden: step !== 1,
    repeat: true,
    run: ({ key }: KeyboardEvent) => {
      const [x, y] = ARROWS[key] ?? [0, 0];
      return hasFocus() && pen.move(x * step, y * step);
    },
  }));
  const togglePen = () => {
    if (pen.isDown) pen.lift();
    else pen.act();
    announce(t(pen.isDown ? "penIsDown" : "penIsUp"));
  };
  const enter = () => {
    if (pen.tool === "polygon" && pen.finish()) return;
    pen.act();
    pen.lift();
  };
  return [
    ...arrows,
    // Held and let go: the widget takes it before the hot keys see it.
    { keys: ["Space"], label: t("act"), run: () => false },
    { keys: ["d"], label: t("penDown"), run: () => hasFocus() && togglePen() },
    { keys: ["Enter"], label: t("enter"), run: () => hasFocus() && enter() },
    { keys: ["Backspace"], label: t("removePoint"), repeat: true, run: () => pen.removePoint() },
    { keys: ["Escape"], label: t("drop"), run: () => pen.escape() },
  ];
}
