/** What attributes mean that several elements have. */
import type { Meanings } from "./about.ts";
import { DEFAULT_OPTION } from "./check-control.ts";

export const nameAttribute = { name: "The key of its answer; without one it adds nothing." };

const controlAttributes = {
  ...nameAttribute,
  disabled: "It can't be worked, and is never invalid.",
};

export const checkAttributes: Meanings = {
  ...controlAttributes,
  value: "The property inside the answer that is true or false.",
  checked: "It is on at the start.",
  required: "It must be on.",
};

export const checkDefaults = { value: DEFAULT_OPTION };

export const checkMembers: Meanings = {
  checked: "Whether it is on.",
  "click()": "As a press on its box.",
  "validate()": "Shows or clears the error; whether it may be submitted.",
};

export const textAttributes: Meanings = {
  ...controlAttributes,
  value: "The text at the start.",
  label: "Inside the field; rises above it when there is text.",
  placeholder: "A hint in the empty field, never a value.",
  required: "It must not be empty.",
  "auto-focus": "The field has the focus at the start.",
  "auto-validate":
    "Validates while the worker types, and keeps out what `allowed-pattern` forbids.",
  "allowed-pattern":
    "A regular expression that each character must match, while `auto-validate` is on.",
  "error-message": "Shown below the field when it is invalid.",
  "min-length": "Fewer characters are invalid, unless there are none.",
  "max-length": "More characters can't be typed.",
};

export const textMembers: Meanings = {
  value: "The text; `null` clears it.",
  "validate()": "Shows or clears the error; whether it may be submitted.",
  "focus()": "Puts the cursor into the field.",
};

export const changeEvent: Meanings = { change: "The worker has changed its value." };

/** The answer of what is on or off under a value. */
export const optionSchema = {
  type: "object",
  additionalProperties: { type: "boolean" },
  minProperties: 1,
};

export const LINK_TYPES = ["link", "button"];
export const linkDefaults = { "link-type": "link" };

/** Of elements that open a dialog. */
export const linkAttributes: Meanings = {
  "link-text": "The text that opens it; without one, a general one in the language of the page.",
  "link-type": "The look of that text.",
};
