import type { PropertyDeclarations } from "lit";

/** Properties that are nobody else's business, by their names with spaces between. */
export const states = (...names: readonly string[]): PropertyDeclarations =>
  Object.fromEntries(
    names.flatMap((some) => some.split(" ")).map((name) => [name, { state: true }]),
  );
