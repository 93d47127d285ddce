/**
 * What is to be told of an element: read by the catalogue, the gallery, the docs and the automatic worker, never by
 * the element itself. Names, types and defaults of attributes are not here: those come from the class.
 */
import type { Json } from "./answer.ts";

/** A JSON Schema (draft 2020-12). */
export type Schema = { readonly [keyword: string]: Json };

/** What the element adds to the page's answer. */
export interface AboutAnswer {
  /** Where it stands: under the element's `name`, under a fixed key, or merged into the top level. */
  readonly place: "name" | "top-level" | { readonly key: string };
  readonly schema: Schema;
  readonly example: Json;
  /** The open question (Q…) if the shape is this build's choice and not the service's word. */
  readonly question?: string;
}

export interface Story {
  readonly title: string;
  /** What stands inside `crowd-form` (or is the page, for elements that stand alone). */
  readonly html: string;
}

export interface About {
  readonly tag: string;
  /** One sentence. */
  readonly summary: string;
  readonly kind:
    | "form"
    | "control"
    | "decoration"
    | "image"
    | "text"
    | "choice"
    | "review"
    | "region";
  /** Attribute name to its meaning; exactly the attributes that the class observes. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Attributes without which it can't work. */
  readonly required?: readonly string[];
  /** Child tags with a meaning of their own, each with what it is. */
  readonly regions?: Readonly<Record<string, string>>;
  /** Where it must stand; nothing: anywhere. */
  readonly parent?: string;
  /** Event name to when it fires. */
  readonly events?: Readonly<Record<string, string>>;
  /** Properties and methods for scripts, beyond those that mirror attributes. */
  readonly members?: Readonly<Record<string, string>>;
  readonly answer?: AboutAnswer;
  readonly stories: readonly Story[];
}
