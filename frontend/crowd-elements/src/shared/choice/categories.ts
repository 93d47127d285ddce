/** What a template gives as `categories` and `exclusion-category`, checked item by item. */
import type { Json } from "../answer.ts";
import { isObject } from "../is-object.ts";

/** One thing that can be chosen. */
export interface Category {
  /** Tells it from the others, also after the list has been replaced. */
  readonly key: string;
  readonly text: string;
  /** The heading under which it stands, if any. */
  readonly group?: string;
  /** What the answer says when it is chosen. */
  readonly answer: Json;
}

/** Why an item of the list, or the whole, is not used. */
export interface CategoryFault {
  readonly kind: "notAList" | "notText" | "blank" | "twice";
  /** The item as JSON. */
  readonly item: string;
}

export interface Categories {
  readonly all: readonly Category[];
  readonly byKey: ReadonlyMap<string, Category>;
  readonly faults: readonly CategoryFault[];
}

/** Makes a category of an item that is no text; `undefined` if it cannot be one. */
export type ReadItem = (item: Json) => Category | undefined;

const textOf = (item: Json): string | undefined => {
  if (typeof item === "string") return item;
  return typeof item === "number" || typeof item === "boolean" ? String(item) : undefined;
};

const plainCategory: ReadItem = (item) => {
  const text = textOf(item);
  return text === undefined ? undefined : { key: text, text, answer: text };
};

/** A text, or `{name, parentName?}` that comes back whole when it is chosen. */
export const moderationCategory: ReadItem = (item) => {
  if (item === null || typeof item !== "object" || Array.isArray(item)) return plainCategory(item);
  const text = textOf(item.name ?? null);
  if (text === undefined) return undefined;
  const group = textOf(item.parentName ?? null) ?? "";
  return {
    // No text has this form unless it is written to be one.
    key: JSON.stringify({ name: text, parentName: group }),
    text,
    ...(group.trim() && { group }),
    answer: item,
  };
};

/** The categories in the given order, each once; what cannot be one is left out and told. */
export function readCategories(
  value: Json | undefined,
  readItem: ReadItem = plainCategory,
): Categories {
  const byKey = new Map<string, Category>();
  const faults: CategoryFault[] = [];
  const isList = Array.isArray(value);
  if (!isList && value !== undefined && value !== null) {
    faults.push({ kind: "notAList", item: JSON.stringify(value) });
  }
  for (const item of isList ? value : []) {
    const category = readItem(item);
    if (!category) faults.push({ kind: "notText", item: JSON.stringify(item) });
    else if (!category.text.trim()) faults.push({ kind: "blank", item: JSON.stringify(item) });
    else if (byKey.has(category.key)) faults.push({ kind: "twice", item: JSON.stringify(item) });
    else byKey.set(category.key, category);
  }
  return { all: Array.from(byKey.values()), byKey, faults };
}

/** Categories that stand together, under a heading if they have a parent. */
export interface CategoryGroup {
  readonly heading?: string;
  readonly members: readonly Category[];
}

/**
 * The categories as they are shown: children under their parent's name, in the place of the family's first
 * member. A parent that is a category itself comes before its children.
 */
export function groupCategories(categories: readonly Category[]): readonly CategoryGroup[] {
  const parents = new Set(categories.map((one) => one.group));
  const groups: { heading?: string; members: Category[] }[] = [];
  const families = new Map<string, { heading?: string; members: Category[] }>();
  for (const category of categories) {
    const parent = category.group ?? (parents.has(category.text) ? category.text : undefined);
    let group = parent === undefined ? groups.at(-1) : families.get(parent);
    if (!group || (parent === undefined && group.heading !== undefined)) {
      group = parent === undefined ? { members: [] } : { heading: parent, members: [] };
      groups.push(group);
      if (parent !== undefined) families.set(parent, group);
    }
    if (category.group === undefined && parent !== undefined) group.members.unshift(category);
    else group.members.push(category);
  }
  return groups;
}

/** The text of an `exclusion-category`: an object with `text`; `undefined` when there is none. */
export function readExclusion(value: Json | undefined): { text?: string; fault?: string } {
  if (value === undefined || value === null) return {};
  const text = isObject(value) ? textOf(value.text ?? null)?.trim() : undefined;
  return text ? { text } : { fault: JSON.stringify(value) };
}
