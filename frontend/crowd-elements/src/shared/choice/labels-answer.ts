/** The answer of elements with many choices. */
import { EXCLUSION_LABELS, multipleChoiceValue } from "../../defaults.ts";
import type { Category } from "./categories.ts";
import type { Choice } from "./choice.ts";

const labelsOf = (choice: Choice, chosen: readonly Category[]): string[] =>
  choice.none ? [...EXCLUSION_LABELS] : chosen.map((one) => one.text);

export const labelsAnswer = (choice: Choice, chosen: readonly Category[]) => ({
  labels: labelsOf(choice, chosen),
});

export const labelsValue = (choice: Choice, chosen: readonly Category[]) =>
  multipleChoiceValue(labelsOf(choice, chosen));
