/** How the answer is read from what stands in a form. */
import {
  DISABLED_CROWD_ANSWERS,
  DISABLED_NATIVE_ANSWERS,
  EMPTY_NATIVE_TEXT,
  FILE_INPUTS_ANSWER,
  mergeOptions,
  multipleSelectAnswer,
} from "../defaults.ts";
import { ANSWER, type AnswerPart, isAnswerControl, type Json } from "../shared/answer.ts";

export type Answer = { [key: string]: Json };

/** The tag under which a template may define a control of its own that gives an object. */
export const OBJECT_VALUE_TAG = "object-value-input";

/** All values of these elements, in document order. */
export function readAnswer(elements: Iterable<Element>): Answer {
  const parts: AnswerPart[] = [];
  for (const element of elements) {
    const part = partOf(element);
    if (part && !("name" in part && part.name === "")) parts.push(part);
  }
  return mergeParts(parts);
}

/** One flat object: of one name the later value wins, items and options of one name come together. */
export function mergeParts(parts: Iterable<AnswerPart>): Answer {
  const merged = new Map<string, Json | ReadonlyMap<string, boolean>>();
  for (const part of parts) {
    if ("fields" in part) {
      for (const [name, value] of Object.entries(part.fields)) merged.set(name, value);
    } else if ("value" in part) {
      merged.set(part.name, part.value);
    } else if ("items" in part) {
      const earlier = merged.get(part.name);
      merged.set(part.name, [...(Array.isArray(earlier) ? earlier : []), ...part.items]);
    } else {
      const earlier = merged.get(part.name);
      const options = earlier instanceof Map ? earlier : new Map<string, boolean>();
      merged.set(part.name, mergeOptions(options, part.option, part.on));
    }
  }
  // Object.fromEntries makes own properties of any name, "__proto__" too.
  return Object.fromEntries(
    Array.from(merged, ([name, value]) => [
      name,
      value instanceof Map ? Object.fromEntries(value) : (value as Json),
    ]),
  );
}

function partOf(element: Element): AnswerPart | undefined {
  if (isAnswerControl(element)) {
    const disabled = (element as { disabled?: boolean }).disabled === true;
    return disabled && !DISABLED_CROWD_ANSWERS ? undefined : element[ANSWER]();
  }
  if (element.localName === OBJECT_VALUE_TAG) return objectPart(element);
  if (
    element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement
  ) {
    return element.matches(":disabled") && !DISABLED_NATIVE_ANSWERS
      ? undefined
      : nativePart(element);
  }
  return undefined;
}

function objectPart(element: Element): AnswerPart | undefined {
  const { name, value } = element as { name?: unknown; value?: Json };
  const key = element.getAttribute("name") ?? (typeof name === "string" ? name : "");
  return value === undefined ? undefined : { name: key, value };
}

function nativePart(
  control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
): AnswerPart | undefined {
  const { name } = control;
  switch (control.type) {
    case "checkbox":
    case "radio":
      return { name, option: control.value, on: (control as HTMLInputElement).checked };
    case "submit":
    case "button":
    case "reset":
    case "image":
      return undefined;
    case "file":
      if (FILE_INPUTS_ANSWER) return { name, value: control.value };
      console.warn(
        `The file input "${name}" adds nothing to the answer: the service takes no files.`,
      );
      return undefined;
    case "select-multiple": {
      const chosen = Array.from((control as HTMLSelectElement).selectedOptions, (one) => one.value);
      return { name, value: multipleSelectAnswer(chosen) };
    }
    default: {
      const value = control.value === "" ? EMPTY_NATIVE_TEXT : control.value;
      return value === undefined ? undefined : { name, value };
    }
  }
}
