/** How a control tells `crowd-form` what it adds to the answer. */
import { flatParent } from "./element.ts";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * Keys of the answer itself; or under `name` a whole value, items of a list that several elements may share, or one
 * option of a map of booleans.
 */
export type AnswerPart =
  | { readonly fields: { readonly [key: string]: Json } }
  | { readonly name: string; readonly value: Json }
  | { readonly name: string; readonly items: readonly Json[] }
  | { readonly name: string; readonly option: string; readonly on: boolean };

export const ANSWER = Symbol("answer");
export const REVEAL = Symbol("reveal");

/** A crowd element that takes part in the answer. */
export interface AnswerControl extends HTMLElement {
  /** What it adds now; `undefined` for nothing. */
  [ANSWER](): AnswerPart | undefined;
  /** Shows or clears the error state; true when what is there may be submitted. */
  validate(): boolean;
  /** Why `validate()` failed, for people. */
  readonly problem: string;
  /** Back to what the attributes say. */
  reset(): void;
}

/** An element that can hide its content (tabs) and bring a descendant to sight. */
export interface Revealing extends HTMLElement {
  [REVEAL](descendant: Element): void;
}

export const isAnswerControl = (element: Element): element is AnswerControl => ANSWER in element;

const isRevealing = (element: Element): element is Revealing => REVEAL in element;

/** Brings an element to sight: opens every tab, dialog and `<details>` that hides it, outermost first. */
export function reveal(element: Element): void {
  const around: Element[] = [];
  for (let one = flatParent(element); one; one = flatParent(one)) around.unshift(one);
  for (const one of around) {
    if (isRevealing(one)) one[REVEAL](element);
    else if (one instanceof HTMLDetailsElement) one.open = true;
    else if (one instanceof HTMLDialogElement && !one.open) one.showModal();
  }
}
