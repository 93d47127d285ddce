/** JSON in attributes: read leniently, reflected as compact strict JSON, live as properties. */
import JSON5 from "json5";
import type { PropertyDeclaration } from "lit";
import type { Json } from "./answer.ts";
import { CrowdElement } from "./element.ts";
import { excerpt } from "./excerpt.ts";
import { jsonStrings } from "./json-strings.ts";

/**
 * Reads what templates write: strict JSON, single quotes, unquoted keys, trailing commas, comments.
 * An empty text and `null` are "not given". Throws SyntaxError.
 */
export function parseLenientJson(text: string): Json | undefined {
  if (text.trim() === "") return undefined;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    value = JSON5.parse(text);
  }
  return value ?? undefined;
}

const isScalar = (item: Json) => typeof item === "number" || typeof item === "boolean";

/** A list whose items are text: numbers and booleans become strings. Any other value stays the same object. */
export const withTextItems = (value: Json | undefined): Json | undefined =>
  Array.isArray(value) && value.some(isScalar)
    ? value.map((item) => (isScalar(item) ? String(item) : item))
    : value;

/** A Lit property backed by a JSON attribute of that name; for subclasses of `JsonElement`. */
export const jsonProperty = (attribute: string): PropertyDeclaration => ({
  attribute,
  reflect: true,
  converter: {
    fromAttribute: (text) => (text ? JSON.parse(text) : undefined),
    toAttribute: (value) => (value === undefined ? null : JSON.stringify(value)),
  },
});

interface JsonFault {
  readonly text: string;
  readonly reason: string;
}

/** An element with JSON attributes. Malformed ones are told in `jsonFaults` and leave the property as it was. */
export abstract class JsonElement extends CrowdElement {
  /** The attributes that hold JSON, each with what is done to the value after parsing. */
  static jsonAttributes: ReadonlyMap<string, (value: Json | undefined) => Json | undefined> =
    new Map();

  /** Attribute name to what it holds and why that is no JSON. */
  protected readonly jsonFaults = new Map<string, JsonFault>();

  /** For people; not before the element stands in its place, which says the language. */
  protected get jsonFaultTexts(): string[] {
    const t = jsonStrings(this);
    return Array.from(this.jsonFaults, ([name, fault]) => t("notJson", { name, ...fault }));
  }

  /** A script's value is read as the attribute's is. */
  override requestUpdate(...change: Parameters<CrowdElement["requestUpdate"]>): void {
    super.requestUpdate(...change);
    const [name, , declaration] = change;
    const { jsonAttributes } = this.constructor as typeof JsonElement;
    const shape = jsonAttributes.get(String(declaration?.attribute));
    if (name !== undefined && shape) {
      const properties = this as unknown as Record<PropertyKey, Json | null | undefined>;
      const value = properties[name];
      const read = shape(value ?? undefined);
      // Setting it again comes back here with what was read.
      if (read !== value) properties[name] = read;
    }
  }

  #clearFault(name: string): void {
    // A property that is reflected comes here in the middle of an update: the fault goes with the next one.
    if (this.jsonFaults.delete(name)) queueMicrotask(() => this.requestUpdate());
  }

  override attributeChangedCallback(name: string, old: string | null, text: string | null): void {
    const shape = (this.constructor as typeof JsonElement).jsonAttributes.get(name);
    if (!shape || text === null) {
      this.#clearFault(name);
      super.attributeChangedCallback(name, old, text);
      return;
    }
    let value: Json | undefined;
    try {
      value = shape(parseLenientJson(text));
      this.#clearFault(name);
    } catch (error) {
      const fault = { text: excerpt(text), reason: (error as Error).message };
      this.jsonFaults.set(name, fault);
      console.error(`<${this.localName}> ${name}="${fault.text}" is not JSON: ${fault.reason}`);
      this.requestUpdate();
      return;
    }
    const compact = value === undefined ? text : JSON.stringify(value);
    // Setting it again comes back here with the compact text.
    if (compact !== text) this.setAttribute(name, compact);
    else super.attributeChangedCallback(name, old, value === undefined ? null : text);
  }
}
