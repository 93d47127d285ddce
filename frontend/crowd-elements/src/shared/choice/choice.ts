/** What a worker has chosen: immutable states and the steps between them. */
import type { Category } from "./categories.ts";

export interface Choice {
  /** Keys of categories. */
  readonly chosen: ReadonlySet<string>;
  /** The exclusion category: none of them applies. */
  readonly none: boolean;
}

export const NO_CHOICE: Choice = { chosen: new Set(), none: false };

export const only = (key: string): Choice => ({ chosen: new Set([key]), none: false });

/** Adds or removes one; nothing changes while the exclusion category is on. */
export function toggle(choice: Choice, key: string): Choice {
  if (choice.none) return choice;
  const chosen = new Set(choice.chosen);
  if (!chosen.delete(key)) chosen.add(key);
  return { chosen, none: false };
}

/** On clears all others; off leaves them cleared. */
export const toggleNone = (choice: Choice): Choice => ({ chosen: new Set(), none: !choice.none });

/** Without what is no longer offered. */
export function within(
  choice: Choice,
  offered: ReadonlyMap<string, Category>,
  exclusion: boolean,
): Choice {
  const kept = Array.from(choice.chosen).filter((key) => offered.has(key));
  const none = choice.none && exclusion;
  if (kept.length === choice.chosen.size && none === choice.none) return choice;
  return { chosen: new Set(kept), none };
}

/** The chosen categories in the order in which they are offered. */
export const chosenOf = (choice: Choice, offered: readonly Category[]): Category[] =>
  offered.filter(({ key }) => choice.chosen.has(key));
