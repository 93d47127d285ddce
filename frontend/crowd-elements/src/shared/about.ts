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

/** Name to meaning. */
export type Meanings = Readonly<Record<string, string>>;

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
  readonly attributes: Meanings;
  /** Attribute name to the words that it takes, where others mean nothing. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** Attribute name to what counts without it, where a new element's property does not say so. */
  readonly defaults?: Readonly<Record<string, Json>>;
  /** Attributes without which it can't work. */
  readonly required?: readonly string[];
  /** Attributes that templates write and that have no effect. */
  readonly ignored?: Meanings;
  /** What stands in it, other than regions. */
  readonly content?: string;
  /** Child tags with a meaning of their own, each with what it is. */
  readonly regions?: Meanings;
  /** It has a form of its own: its stories are whole pages, and `crowd-form` need not be around it. */
  readonly alone?: boolean;
  /** Where it must stand; nothing: anywhere. */
  readonly parent?: string;
  /** Event name to when it fires. */
  readonly events?: Meanings;
  /** Properties, and methods as `name()`, for scripts, beyond those that mirror attributes. */
  readonly members?: Meanings;
  /** CSS custom properties that a template may set. */
  readonly cssProperties?: Meanings;
  readonly answer?: AboutAnswer;
  readonly stories: readonly Story[];
}
