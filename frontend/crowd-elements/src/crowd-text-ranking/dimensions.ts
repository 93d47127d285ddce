/** What the attributes of a text ranking say. */
import type { Json } from "../shared/answer.ts";

export interface Dimension {
  readonly name: string;
  readonly allowTie: boolean;
}

/** What was read, and what is wrong with it, for people. */
export interface Reading<Item> {
  readonly items: readonly Item[];
  readonly fault: string;
}

const nothing = <Item>(fault: string): Reading<Item> => ({ items: [], fault });

/** The texts to rank. One that is no text spoils the list: ranks go by place. */
export function readResponses(value: Json | undefined): Reading<string> {
  if (value === undefined) return nothing("The attribute responses is missing.");
  if (!Array.isArray(value)) return nothing(quote("responses", value, "is not a list of texts"));
  if (value.length === 0) return nothing(quote("responses", value, "holds nothing to rank"));
  const wrong = value.findIndex((item) => typeof item !== "string");
  if (wrong >= 0) return nothing(quote("responses", value, `has no text as item ${wrong + 1}`));
  return { items: value as string[], fault: "" };
}

const NAME = "ordinal-ranking-dimensions";

/** The dimensions with a name; a tie is allowed only where it is said. */
export function readDimensions(value: Json | undefined): Reading<Dimension> {
  if (value === undefined) return nothing(`The attribute ${NAME} is missing.`);
  if (!Array.isArray(value)) return nothing(quote(NAME, value, "is not a list of dimensions"));
  if (value.length === 0) return nothing(quote(NAME, value, "names no dimension"));
  const items: Dimension[] = [];
  for (const [index, item] of value.entries()) {
    const { name, allowTie } = (item ?? {}) as { name?: Json; allowTie?: Json };
    if (typeof name !== "string" || name.trim() === "") {
      return nothing(quote(NAME, value, `has no name in item ${index + 1}`));
    }
    items.push({ name, allowTie: allowTie === true || allowTie === "true" });
  }
  const twice = items.find(
    ({ name }, index) => items.findIndex((one) => one.name === name) < index,
  );
  return {
    items,
    fault: twice ? quote(NAME, value, `names "${twice.name}" twice`) : "",
  };
}

function quote(attribute: string, value: Json, what: string): string {
  const text = JSON.stringify(value);
  const excerpt = text.length > 120 ? `${text.slice(0, 119)}…` : text;
  return `The attribute ${attribute}='${excerpt}' ${what}.`;
}
