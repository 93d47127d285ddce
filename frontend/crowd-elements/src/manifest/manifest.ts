/**
 * The catalogue as a custom-elements manifest (https://github.com/webcomponents/custom-elements-manifest): what the
 * classes say of themselves and what their `about.ts` tells, in one document for other programs. What the manifest's
 * own schema has no place for stands in each declaration under `truthkit`.
 */
import type { About, Meanings } from "../shared/about.ts";
import type { Json } from "../shared/answer.ts";
import type { KeyTarget } from "../shared/hot-keys.ts";
import { type ElementClass, type ObservedAttribute, observedAttributes } from "./observed.ts";

type JsonObject = { [key: string]: Json };

/** Where the package has the script. */
const SCRIPT = "dist/crowd-html-elements.js";

/** The manifest of all elements that the catalogue tells of. */
export function makeManifest(
  catalogue: readonly About[],
  elements: Readonly<Record<string, CustomElementConstructor>>,
): JsonObject {
  const declarations = catalogue.map((about) => {
    const element = elements[about.tag];
    if (!element) throw new Error(`${about.tag} is in the catalogue and not among the elements`);
    return declarationOf(about, element as ElementClass);
  });
  return {
    schemaVersion: "2.1.0",
    readme: "README.md",
    modules: [
      {
        kind: "javascript-module",
        path: SCRIPT,
        declarations,
        exports: declarations.map(({ name = "", tagName = "" }) => ({
          kind: "custom-element-definition",
          name: tagName,
          declaration: { name },
        })),
      },
    ],
  };
}

function declarationOf(about: About, element: ElementClass): JsonObject {
  const attributes = observedAttributes(element);
  return present({
    kind: "class",
    name: element.name,
    tagName: about.tag,
    customElement: true,
    summary: about.summary,
    attributes: attributes.map((one) => attributeEntry(one, about)),
    members: [...attributes.map(fieldEntry), ...named(about.members).map(memberEntry)],
    events: named(about.events).map((event) => ({ ...event, type: { text: "Event" } })),
    slots: slotsOf(about),
    cssProperties: named(about.cssProperties),
    truthkit: present({
      kind: about.kind,
      alone: about.alone || undefined,
      parent: about.parent,
      required: about.required,
      ignored: named(about.ignored),
      regions: named(about.regions),
      keys: keysOf(about, element),
      answer: about.answer && present({ ...about.answer }),
      stories: about.stories.map(({ title, html }) => ({ title, html })),
    }),
  });
}

function attributeEntry(attribute: ObservedAttribute, about: About): JsonObject {
  const words = about.values?.[attribute.name];
  const fallback = attribute.default ?? about.defaults?.[attribute.name];
  return present({
    name: attribute.name,
    fieldName: attribute.property,
    type: { text: words ? words.map((word) => JSON.stringify(word)).join(" | ") : attribute.type },
    default: fallback === undefined ? undefined : textOf(fallback),
    description: about.attributes[attribute.name],
    truthkit: present({ type: attribute.type, values: words }),
  });
}

/** JSON where it is, else as JavaScript writes it: `Infinity`. */
const textOf = (value: unknown) =>
  typeof value === "number" ? String(value) : JSON.stringify(value);

function fieldEntry({ name, property, type }: ObservedAttribute): JsonObject {
  return { kind: "field", name: property, type: { text: type }, attribute: name };
}

function memberEntry({ name, description }: { name: string; description: string }): JsonObject {
  const [bare = name, parameters] = name.split("(");
  return { kind: parameters === undefined ? "field" : "method", name: bare, description };
}

function slotsOf(about: About) {
  const content = about.content ? [{ name: "", description: about.content }] : [];
  return [...content, ...named(about.regions)];
}

/** The keys that work on the element with the attributes of its first story. It is not put on a page: nothing is drawn. */
function keysOf(about: About, element: ElementClass): JsonObject[] {
  const story = new DOMParser().parseFromString(about.stories[0]?.html ?? "", "text/html");
  const fresh = new element() as InstanceType<ElementClass> & Partial<KeyTarget>;
  for (const { name, value } of story.querySelector(about.tag)?.attributes ?? []) {
    fresh.setAttribute(name, value);
  }
  fresh.lang = "en";
  return (fresh.shortcuts ?? [])
    .filter(({ hidden }) => !hidden)
    .map(({ keys, label }) => ({ keys: [...keys], label }));
}

const named = (meanings: Meanings = {}) =>
  Object.entries(meanings).map(([name, description]) => ({ name, description }));

/** Without what is not there. */
function present(entries: Readonly<Record<string, unknown>>): JsonObject {
  const filled = Object.entries(entries).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(filled) as JsonObject;
}
