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

/** The element whose tag takes the fewest changes of a character to become this one. */
export function nearest(elements: readonly Element[], tag: string): Element | undefined {
  const given = tag.slice(0, MOST_COMPARED).toLowerCase();
  let best: Element | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const element of elements) {
    const changes = distance(given, element.tagName);
    if (changes < fewest) [best, fewest] = [element, changes];
  }
  return best;
}

const MOST_COMPARED = 100;

/** Levenshtein's. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

export function answerPlace({ place }: Answer): string {
  if (place === "name") return "under the element's name";
  return place === "top-level" ? "merged into the top level" : `under "${place.key}"`;
}
