/**
 * What no public document settles, one name a question (Q numbers: docs, "how the harness differs").
 * These are choices of this build, not statements about the service.
 */
import type { AnswerPart, Json } from "./shared/answer.ts";

/** Q1. The answer of a `crowd-slider`: a JSON number. */
export const sliderAnswer = (value: number): Json => value;

/** Q2. The answer of an empty native text control; `undefined` would leave the key out. */
export const EMPTY_NATIVE_TEXT: string | undefined = "";

/** The answer of an empty `crowd-text-area`: left out, as documented for `crowd-input`. */
export const EMPTY_TEXT_AREA: string | undefined = undefined;

/** Q3. Offsets of entities count UTF-16 units, as JavaScript does: both ways nothing is to be converted. */
export const answerOffset = (_text: string, utf16: number): number => utf16;
export const textOffset = (_text: string, offset: number): number => offset;

/** Q4. What the answer lists when the exclusion category is chosen. */
export const EXCLUSION_LABELS: readonly string[] = [];

/** Q5. A drawing tool without annotations is submitted only with "Nothing to label" ticked. */
export const EMPTY_NEEDS_TICK = true;

/** Q6. `.value` of the classifiers with one choice: the category itself, `undefined` before a choice. */
export const singleChoiceValue = (category: string | undefined): Json | undefined => category;

/** Q6. `.value` of the classifiers with many choices: the list. */
export const multipleChoiceValue = (categories: Json[]): Json => categories;

/** Q7. The color of what has no label in a mask; its PNG has 8 bits a channel and no transparency. */
export const MASK_BACKGROUND = "#ffffff";

/** Q8. What a worker comments in a multi-select image classifier is added to the answer. */
export const MULTI_SELECT_TAKES_COMMENT = true;

/** Q9. A `crowd-entity-annotation` in a `crowd-form` takes part in it, and brings no form of its own. */
export const ENTITY_JOINS_FORM = true;

/** Q10. Disabled native controls are skipped, as in native forms; disabled crowd controls answer. */
export const DISABLED_NATIVE_ANSWERS = false;
export const DISABLED_CROWD_ANSWERS = true;

/** Q11. `crowd-form.submit()` validates first, as a press on Submit does. */
export const SUBMIT_METHOD_VALIDATES = true;

/** Q12. Validation comes before the `submit` event, as in browsers. */
export const VALIDATE_BEFORE_SUBMIT_EVENT = true;

/** Q13. A coordinate in the answer: the nearest whole pixel (then clamped to the picture). */
export const roundCoordinate = (value: number): number => Math.round(value);

/** Q14. Elements whose answer says, with an `initial-value`, whether it was really changed. */
export const INITIAL_VALUE_MODIFIED_ON: ReadonlySet<string> = new Set([
  "crowd-bounding-box",
  "crowd-line",
  "crowd-polyline",
  "crowd-semantic-segmentation",
]);

/** Q15. Where a `crowd-text-ranking` answers: at the top level, whatever its name; several on a page share the list. */
export const textRankingAnswer = (value: { ordinalRankingDimensions: Json[] }): AnswerPart => ({
  name: "ordinalRankingDimensions",
  items: value.ordinalRankingDimensions,
});

/** Q15. What a `crowd-question-answer-generation` answers; references count as entities do (Q3). */
export const questionsAnswer = <Pair extends Json>(questionsAndAnswers: Pair[]) => ({
  questionsAndAnswers,
});

/** Q16. The key of the list in the answer of the Rekognition element. */
export const moderationAnswer = (labels: Json[]) => ({ moderationLabels: labels });

/** Q16. The value of a reviewed Textract pair in the answer: empty for a blank one; `undefined` leaves the pair out. */
export const textractValue = (
  choice: "yes" | "blank" | "no" | "notFound",
  value: string,
): string | undefined => ({ yes: value, blank: "", no: undefined, notFound: undefined })[choice];

/** Q17. Options of one name merge by value wherever they stand; of two equal ones the later wins. */
export const mergeOptions = (earlier: ReadonlyMap<string, boolean>, option: string, on: boolean) =>
  new Map([...earlier, [option, on]]);

/** Q18. Colors of labels and instances, in their order; then come generated ones. */
export const LABEL_COLORS: readonly string[] = [
  "#2ca02c",
  "#1f77b4",
  "#ff7f0e",
  "#d62728",
  "#9467bd",
  "#8c564b",
  "#e377c2",
  "#7f7f7f",
  "#bcbd22",
  "#17becf",
];

/** Q19. The color of a label: its own of `label-colors`, else the one that it would have without them. */
export const labelColor = (own: string | undefined, usual: string): string => own ?? usual;

/** Q20. The answer of `<select multiple>`. */
export const multipleSelectAnswer = (chosen: string[]): Json => chosen;

/** Q20. File inputs give no answer; the page's console says so. */
export const FILE_INPUTS_ANSWER = false;

/** Q22. Entities of an initial value are taken in the order of the text; one that overlaps one before it is dropped. */
export function entitiesInOrder<S extends { readonly start: number; readonly end: number }>(
  spans: readonly S[],
): { kept: S[]; dropped: S[] } {
  const kept: S[] = [];
  const dropped: S[] = [];
  let reached = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start < reached) dropped.push(span);
    else {
      kept.push(span);
      reached = span.end;
    }
  }
  return { kept, dropped };
}

/** The look of a `crowd-button` without a known `variant`. */
export const DEFAULT_BUTTON_VARIANT = "normal";

/** Milliseconds a `crowd-toast` stays; 0 and `Infinity` mean until it is closed. */
export const TOAST_DURATION = 3000;

/** How long a submission may take before the page says that it failed and lets the worker retry. */
export const SEND_TIMEOUT = 60_000;
