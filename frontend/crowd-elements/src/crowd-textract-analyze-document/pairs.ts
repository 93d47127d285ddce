/** The key-value pairs in the blocks of a document analysis, and those that are to be looked for. */
import type { Json } from "../shared/answer.ts";
import { isObject } from "../shared/is-object.ts";

/** A part of the picture, in ratios of its width and height. */
export interface RatioBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Relationship {
  readonly type: string;
  readonly ids: readonly string[];
}

/** A key or a value as the analysis gave it, with the text that its words make. */
export interface Part {
  readonly id: string;
  readonly text: string;
  readonly relationships: readonly Relationship[];
  readonly box: RatioBox | undefined;
}

export interface Pair {
  readonly key: Part;
  /** Mostly one; none where the analysis found a key only. */
  readonly values: readonly Part[];
  /** The id of the value in the answer when there are no `values`. */
  readonly valueId: string;
  /** Whether the analysis found it; otherwise it comes from `keys`. */
  readonly found: boolean;
  /** Other spellings of a key that is to be looked for; undefined for keys that are not. */
  readonly aliases: readonly string[] | undefined;
}

/** A key that must be in the answer, or be told as not found. */
export interface ImportantKey {
  readonly key: string;
  readonly aliases: readonly string[];
}

/** What is wrong; `item` counts from 1, `id` names a block. */
export interface Fault {
  readonly kind: "missing" | "notList" | "notBlock" | "outside" | "noKey" | "otherType";
  readonly item?: number;
  readonly id?: string;
}

export interface Reading<Item> {
  readonly items: readonly Item[];
  readonly faults: readonly Fault[];
}

export const PAIR_BLOCK = "KEY_VALUE_SET";

type JsonObject = { [key: string]: Json };

const texts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

const textOf = (value: Json | undefined) => (typeof value === "string" ? value : undefined);

export const valueText = (pair: Pair): string =>
  pair.values
    .map((value) => value.text)
    .filter(Boolean)
    .join(" ");

/** The pairs in the analysis, then the keys that it lacks. */
export function readPairs(blocks: Json | undefined, keys: readonly ImportantKey[]): Reading<Pair> {
  const faults: Fault[] = [];
  const byId = new Map<string, JsonObject>();
  if (blocks !== undefined && !Array.isArray(blocks)) faults.push({ kind: "notList" });
  for (const [index, block] of (Array.isArray(blocks) ? blocks : []).entries()) {
    if (isObject(block) && textOf(block.id) && textOf(block.blockType)) {
      byId.set(String(block.id), block);
    } else {
      faults.push({ kind: "notBlock", item: index + 1 });
    }
  }

  const part = (id: string): Part => {
    const block = byId.get(id) ?? {};
    const box = readBox(block.geometry);
    if (box === "outside") faults.push({ kind: "outside", id });
    return {
      id,
      text: blockText(block, byId),
      relationships: readRelationships(block.relationships),
      box: box === "outside" ? undefined : box,
    };
  };
  const ids = new Set(byId.keys());
  const newId = (base: string): string => {
    let id = base;
    for (let count = 2; ids.has(id); count++) id = `${base}-${count}`;
    ids.add(id);
    return id;
  };

  const found = Array.from(byId.values())
    .filter((block) => block.blockType === PAIR_BLOCK && texts(block.entityTypes).includes("KEY"))
    .map((block): Pair => {
      const key = part(String(block.id));
      const values = idsOf(key.relationships, "VALUE").map(part);
      return {
        key,
        values,
        valueId: values[0]?.id ?? newId(`${key.id}-value`),
        found: true,
        aliases: keys.find((wanted) => isSpelling(wanted, key.text))?.aliases,
      };
    });
  const missing = keys
    .filter((wanted) => !found.some((pair) => isSpelling(wanted, pair.key.text)))
    .map((wanted, index): Pair => {
      const id = newId(`added-key-${index + 1}`);
      return {
        key: { id, text: wanted.key, relationships: [], box: undefined },
        values: [],
        valueId: newId(`added-value-${index + 1}`),
        found: false,
        aliases: wanted.aliases,
      };
    });
  return { items: [...found, ...missing], faults };
}

/** Reads `keys`; "*", which stands for any key in the conditions of a review, names none. */
export function readKeys(value: Json | undefined): Reading<ImportantKey> {
  if (value === undefined || value === null) return { items: [], faults: [] };
  if (!Array.isArray(value)) return { items: [], faults: [{ kind: "notList" }] };
  const items: ImportantKey[] = [];
  const faults: Fault[] = [];
  for (const [index, item] of value.entries()) {
    const key = isObject(item) ? textOf(item.importantFormKey)?.trim() : undefined;
    if (!key) {
      faults.push({ kind: "noKey", item: index + 1 });
    } else if (key !== "*" && !items.some((other) => isSpelling(other, key))) {
      const aliases = texts((item as JsonObject).importantFormKeyAliases).filter(
        (alias) => alias.trim() !== "" && plain(alias) !== plain(key),
      );
      items.push({ key, aliases });
    }
  }
  return { items, faults };
}

/** Spellings that differ in case, space or a final colon are one key. */
const plain = (text: string) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/[\s:]+$/, "")
    .trim();

const isSpelling = ({ key, aliases }: ImportantKey, text: string) =>
  [key, ...aliases].some((spelling) => plain(spelling) === plain(text));

const idsOf = (relationships: readonly Relationship[], type: string) =>
  relationships.filter((one) => one.type === type).flatMap((one) => one.ids);

const readRelationships = (value: Json | undefined): Relationship[] =>
  (Array.isArray(value) ? value : []).flatMap((one) =>
    isObject(one) && typeof one.type === "string" ? [{ type: one.type, ids: texts(one.ids) }] : [],
  );

/** A block's own text, else what its words and boxes to tick say. */
function blockText(block: JsonObject, byId: ReadonlyMap<string, JsonObject>): string {
  const own = textOf(block.text);
  if (own !== undefined) return own;
  return idsOf(readRelationships(block.relationships), "CHILD")
    .map((id) => byId.get(id))
    .map((child) => textOf(child?.text) ?? textOf(child?.selectionStatus) ?? "")
    .filter(Boolean)
    .join(" ");
}

/** How far out a box may reach before it is a fault and not a rounding. */
const TOLERANCE = 0.01;

function readBox(geometry: Json | undefined): RatioBox | "outside" | undefined {
  if (!isObject(geometry)) return undefined;
  const box = sides(geometry.boundingBox) ?? bounds(geometry.polygon);
  if (!box) return geometry.boundingBox || geometry.polygon ? "outside" : undefined;
  const [left, top, right, bottom] = box;
  const inside =
    Math.min(left, top) >= -TOLERANCE &&
    Math.max(right, bottom) <= 1 + TOLERANCE &&
    right > left &&
    bottom > top;
  if (!inside) return "outside";
  const x = Math.max(0, left);
  const y = Math.max(0, top);
  return { left: x, top: y, width: Math.min(1, right) - x, height: Math.min(1, bottom) - y };
}

type Sides = readonly [left: number, top: number, right: number, bottom: number];

const allFinite = (numbers: readonly unknown[]): numbers is number[] =>
  numbers.every((one) => Number.isFinite(one));

function sides(box: Json | undefined): Sides | undefined {
  if (!isObject(box)) return undefined;
  const numbers = [box.left, box.top, box.width, box.height];
  if (!allFinite(numbers)) return undefined;
  const [left = 0, top = 0, width = 0, height = 0] = numbers;
  return [left, top, left + width, top + height];
}

function bounds(polygon: Json | undefined): Sides | undefined {
  if (!Array.isArray(polygon) || polygon.length === 0) return undefined;
  const xs = polygon.map((point) => (isObject(point) ? point.x : undefined));
  const ys = polygon.map((point) => (isObject(point) ? point.y : undefined));
  if (!allFinite(xs) || !allFinite(ys)) return undefined;
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
