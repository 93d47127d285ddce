/** What the attributes of a text ranking say. */
import type { Json } from "../shared/answer.ts";

export interface Dimension {
  readonly name: string;
  readonly allowTie: boolean;
}

/** What is wrong with a list; `item` counts from 1. */
export interface Fault {
  readonly kind: "missing" | "notList" | "empty" | "notText" | "noName" | "twice";
  readonly item?: number;
  readonly name?: string;
}

export interface Reading<Item> {
  readonly items: readonly Item[];
  readonly fault?: Fault;
}

const refuse = <Item>(kind: Fault["kind"], item?: number): Reading<Item> => ({
  items: [],
  fault: item === undefined ? { kind } : { kind, item },
});

/** The texts to rank. One that is no text spoils the list: ranks go by place. */
export function readResponses(value: Json | undefined): Reading<string> {
  if (value === undefined) return refuse("missing");
  if (!Array.isArray(value)) return refuse("notList");
  if (value.length === 0) return refuse("empty");
  const wrong = value.findIndex((item) => typeof item !== "string");
  return wrong >= 0 ? refuse("notText", wrong + 1) : { items: value as string[] };
}

/** The dimensions with a name; a tie is allowed only where it is said. One that is there twice is ranked twice. */
export function readDimensions(value: Json | undefined): Reading<Dimension> {
  if (value === undefined) return refuse("missing");
  if (!Array.isArray(value)) return refuse("notList");
  if (value.length === 0) return refuse("empty");
  const items: Dimension[] = [];
  for (const [index, item] of value.entries()) {
    const { name, allowTie } = (item ?? {}) as { name?: Json; allowTie?: Json };
    if (typeof name !== "string" || name.trim() === "") return refuse("noName", index + 1);
    items.push({ name, allowTie: allowTie === true || allowTie === "true" });
  }
  const twice = items.find(
    ({ name }, index) => items.findIndex((one) => one.name === name) < index,
  );
  return twice ? { items, fault: { kind: "twice", name: twice.name } } : { items };
}
