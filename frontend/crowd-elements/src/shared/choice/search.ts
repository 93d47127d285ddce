/** Which of many categories are shown. */
import type { Category } from "./categories.ts";

/** From this many on there is a field to search in. */
export const SEARCH_ABOVE = 15;

/** How many buttons are made at a time: a page stays quick with ten thousand categories. */
export const SHOWN_AT_A_TIME = 100;

const MARKS = /\p{M}/gu;
const ASCII = /^[ -~]*$/;

/** Without case and accents, so that "ecole" finds "École". */
const fold = (text: string) =>
  (ASCII.test(text) ? text : text.normalize("NFKD").replace(MARKS, "")).toLowerCase();

/** Finds categories whose text has every word of a query somewhere. */
export class CategorySearch {
  #folded: readonly string[] | undefined;

  constructor(private readonly categories: readonly Category[]) {}

  find(query: string): readonly Category[] {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (words.length === 0) return this.categories;
    this.#folded ??= this.categories.map((one) => fold(`${one.group ?? ""} ${one.text}`));
    const folded = this.#folded;
    return this.categories.filter((_, index) =>
      words.every((word) => folded[index]?.includes(word)),
    );
  }
}

/** The first `limit` of those found and, wherever they stand, the chosen ones; in the order given. */
export function shownOf(
  all: readonly Category[],
  found: readonly Category[],
  chosen: ReadonlySet<string>,
  limit: number,
): readonly Category[] {
  const first = new Set(found.slice(0, limit));
  if (first.size === all.length) return all;
  return all.filter((one) => first.has(one) || chosen.has(one.key));
}
