/** What stands against a submission. */
import { isAnswerControl } from "../shared/answer.ts";
import { labelOf } from "../shared/element.ts";
import { problemOfNative } from "../shared/validity.ts";
import { validityStrings } from "../shared/validity-strings.ts";
import { OBJECT_VALUE_TAG } from "./collect.ts";

export interface Problem {
  readonly element: HTMLElement;
  readonly label: string;
  readonly message: string;
}

/** Validates every control among these elements, in document order. */
export function findProblems(elements: Iterable<HTMLElement>): Problem[] {
  const problems: Problem[] = [];
  const groups = new Set<string>();
  for (const element of elements) {
    const message = problemOf(element);
    if (message === undefined) continue;
    if (element instanceof HTMLInputElement && element.type === "radio") {
      if (groups.has(element.name)) continue;
      groups.add(element.name);
    }
    problems.push({ element, label: labelOf(element), message });
  }
  return problems;
}

function problemOf(element: HTMLElement): string | undefined {
  if (isAnswerControl(element)) return element.validate() ? undefined : element.problem;
  if (element.localName === OBJECT_VALUE_TAG) {
    const control = element as { validate?: () => unknown };
    return control.validate?.() === false ? validityStrings(element)("incomplete") : undefined;
  }
  const native = element as HTMLInputElement;
  return native.willValidate && !native.checkValidity() ? problemOfNative(native) : undefined;
}
