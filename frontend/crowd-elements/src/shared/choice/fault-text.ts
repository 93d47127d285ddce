/** What is wrong with an attribute's items, as one message for people. */
import type { CategoryFault } from "./categories.ts";
import type { ChoiceText } from "./choice-strings.ts";

/** So many are told; of the rest only how many there are. */
const TOLD = 3;
const LONGEST = 120;

export const excerpt = (text: string) =>
  text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;

const KEYS = {
  notAList: "faultNotAList",
  notText: "faultNotText",
  blank: "faultBlank",
  twice: "faultTwice",
} as const;

/** One message for all faults, `undefined` when there are none. */
export function categoryFaultText(
  attribute: string,
  faults: readonly CategoryFault[],
  text: ChoiceText,
): string | undefined {
  return joinFaults(
    faults.map(({ kind, item }) => text(KEYS[kind], { attribute, item: excerpt(item) })),
    text,
  );
}

export function joinFaults(messages: readonly string[], text: ChoiceText): string | undefined {
  if (messages.length === 0) return undefined;
  const told = messages.slice(0, TOLD);
  const count = messages.length - told.length;
  if (count > 0) told.push(text("faultsMore", { count }));
  return told.join("; ");
}
