/** What an element's class says of itself: the attributes that it observes, with their types and defaults. */
import type { LitElement, PropertyDeclaration } from "lit";
import type { JsonElement } from "../shared/json-attribute.ts";

export type ElementClass = typeof LitElement & (new () => LitElement);

export type AttributeType = "boolean" | "json" | "number" | "string";

export interface ObservedAttribute {
  readonly name: string;
  /** The property that mirrors it. */
  readonly property: string;
  readonly type: AttributeType;
  /** What the property is on a new element. */
  readonly default: unknown;
}

/** In alphabetical order. */
export function observedAttributes(element: ElementClass): ObservedAttribute[] {
  const observed = new Set(element.observedAttributes);
  const json = (element as unknown as typeof JsonElement).jsonAttributes;
  const fresh = new element() as unknown as Record<PropertyKey, unknown>;
  return Array.from(element.elementProperties)
    .map(([property, declaration]) => ({
      name: attributeOf(property, declaration),
      property: String(property),
      declaration,
    }))
    .filter(({ name }) => observed.has(name))
    .map(({ name, property, declaration }) => ({
      name,
      property,
      type: json?.has(name) ? ("json" as const) : typeOf(declaration),
      default: fresh[property] ?? undefined,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function attributeOf(property: PropertyKey, { attribute }: PropertyDeclaration): string {
  if (attribute === false) return "";
  return typeof attribute === "string" ? attribute : String(property).toLowerCase();
}

function typeOf({ type }: PropertyDeclaration): AttributeType {
  if (type === Boolean) return "boolean";
  return type === Number ? "number" : "string";
}
