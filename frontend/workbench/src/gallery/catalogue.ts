/** The catalogue as the gallery reads it, from `custom-elements.json`. */

export interface Described {
  readonly name: string;
  readonly description: string;
}

export interface Attribute extends Described {
  readonly default?: string;
  readonly truthkit: {
    readonly type: "boolean" | "json" | "number" | "string";
    readonly values?: readonly string[];
  };
}

export interface Answer {
  readonly place: "name" | "top-level" | { readonly key: string };
  readonly schema: unknown;
  readonly example: unknown;
  readonly question?: string;
}

export interface Element {
  readonly tagName: string;
  readonly summary: string;
  readonly attributes?: readonly Attribute[];
  readonly events?: readonly Described[];
  readonly members?: readonly (Described & {
    readonly kind: string;
    readonly attribute?: string;
  })[];
  readonly truthkit: {
    readonly kind: string;
    readonly required?: readonly string[];
    readonly regions?: readonly Described[];
    readonly answer?: Answer;
    readonly stories: readonly { readonly title: string }[];
  };
}

interface Manifest {
  readonly modules: readonly { readonly declarations: readonly Element[] }[];
}

export async function loadCatalogue(address: string): Promise<readonly Element[]> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const { modules } = (await response.json()) as Manifest;
  return modules.flatMap(({ declarations }) => declarations);
}

/** Kinds in the order of the list, as people call them. */
export const KINDS: Readonly<Record<string, string>> = {
  form: "The form",
  control: "Controls",
  image: "Image tools",
  text: "Text tools",
  choice: "Choices",
  review: "Reviews",
  decoration: "Decoration",
  region: "Regions",
};

/** The elements that a search finds, by kind. */
export function grouped(elements: readonly Element[], search: string): [string, Element[]][] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = elements.filter(({ tagName, summary }) =>
    words.every((word) => `${tagName} ${summary}`.toLowerCase().includes(word)),
  );
  return Object.keys(KINDS)
    .map((kind): [string, Element[]] => [kind, found.filter((one) => one.truthkit.kind === kind)])
    .filter(([, members]) => members.length > 0);
}

export function answerPlace({ place }: Answer): string {
  if (place === "name") return "under the element's name";
  return place === "top-level" ? "merged into the top level" : `under "${place.key}"`;
}
