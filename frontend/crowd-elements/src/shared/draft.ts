/** How an element takes part in the page's draft: what the worker did so far, as JSON. */
import type { Json } from "./answer.ts";

export const DRAFT = Symbol("draft");

export interface DraftPart {
  /** `undefined` while the worker has done nothing. */
  read(): Json | undefined;
  /** Puts back what `read` gave once; what does not fit any more is left out. */
  restore(state: Json): void;
}

export interface Drafting extends HTMLElement {
  readonly [DRAFT]: DraftPart;
}

export const isDrafting = (element: Element): element is Drafting => DRAFT in element;
