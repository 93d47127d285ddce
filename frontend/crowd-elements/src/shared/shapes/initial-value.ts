/** Shapes from an `initial-value`, which may be anything. */
import type { Json } from "../answer.ts";
import { excerpt } from "../excerpt.ts";
import type { Size } from "../image/viewport.ts";
import { newId, type Shape } from "./editor.ts";
import { bounds } from "./geometry.ts";
import { type ShapeKind, settleShape } from "./kind.ts";

export interface InitialShapes {
  readonly shapes: readonly Shape[];
  /** What is wrong, for people; one sentence each. */
  readonly faults: readonly string[];
}

type Item = { readonly [key: string]: Json };

const isItem = (value: Json | undefined): value is Item =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The list, which may stand in an object under `key`. */
export function itemsOf(value: Json | undefined, key: string): readonly Json[] | undefined {
  const items = isItem(value) ? value[key] : value;
  return Array.isArray(items) ? items : undefined;
}

/** `key` names the list where the value is an object that holds it (`{lines: […]}`). */
export function readShapes(
  value: Json | undefined,
  kind: ShapeKind,
  key: string,
  size: Size,
): InitialShapes {
  if (value === undefined) return { shapes: [], faults: [] };
  const items = itemsOf(value, key);
  if (!items) return { shapes: [], faults: ["It is not a list of annotations."] };
  const shapes: Shape[] = [];
  const unusable: number[] = [];
  const outside: number[] = [];
  items.forEach((item, index) => {
    const given = isItem(item) ? kind.read(item) : undefined;
    const points = given && settleShape(kind, given, size);
    if (!points || !isItem(item) || typeof item.label !== "string") {
      unusable.push(index);
      return;
    }
    const { x, y, width, height } = bounds(given);
    const [right, bottom] = [Math.round(x + width), Math.round(y + height)];
    if (Math.round(x) < 0 || Math.round(y) < 0 || right > size.width || bottom > size.height) {
      outside.push(index);
    }
    shapes.push({ id: newId(), label: item.label, points });
  });
  const faults = [
    unusable.length && `Left out, because ${NOUNS[kind.id]}: ${places(unusable)}.`,
    outside.length && `Cut to the picture, because they reach beyond it: ${places(outside)}.`,
  ];
  return { shapes, faults: faults.filter((fault): fault is string => Boolean(fault)) };
}

const NOUNS: Readonly<Record<ShapeKind["id"], string>> = {
  box: "they have no label, no whole set of numbers, or no area",
  keypoint: "they have no label or no x and y",
  line: "they have no label or not two different vertices",
  polyline: "they have no label or fewer than two different vertices",
  polygon: "they have no label, fewer than three different vertices, or no area",
};

/** Items by their places, counted from 1; only the first ones where there are many. */
function places(indexes: readonly number[]): string {
  const first = indexes.slice(0, 10).map((index) => index + 1);
  const rest = indexes.length - first.length;
  return `item ${first.join(", ")}${rest ? ` and ${rest} more` : ""}`;
}

/** What is wrong with the whole, quoting the attribute; `undefined` if nothing is. */
export function faultInShapes(
  value: Json | undefined,
  { shapes, faults }: InitialShapes,
  isLabel: (label: string) => boolean,
): string | undefined {
  const unknown = new Set(shapes.map(({ label }) => label).filter((label) => !isLabel(label)));
  const all = [...faults];
  if (unknown.size) {
    const names = [...unknown].slice(0, 5).map((name) => `“${name}”`);
    if (unknown.size > 5) names.push("…");
    all.push(`Not shown, because labels does not name them: ${names.join(", ")}.`);
  }
  if (!all.length) return undefined;
  const quoted = JSON.stringify(value);
  const shown = excerpt(quoted);
  return `The attribute initial-value=${shown} cannot be used as it is. ${all.join(" ")}`;
}
