/** The `labels` of an image tool: names in their order, each with its color. */
import { labelColor } from "../../defaults.ts";
import { colorAt, parseColor } from "../colors.ts";
import { excerpt } from "../excerpt.ts";

export class LabelSet {
  readonly names: readonly string[];
  /** Each name with its color. */
  readonly all: readonly { readonly name: string; readonly color: string }[];
  readonly #place: ReadonlyMap<string, number>;
  readonly #colors: readonly (string | undefined)[];

  /**
   * `given` is what the attribute held; what is no text is left out, what is there twice counts once.
   * `colors` are the colors by position, where the element has them.
   */
  constructor(given: unknown, colors: unknown = undefined) {
    const items = Array.isArray(given) ? given : [];
    const names = items.filter((item): item is string => typeof item === "string" && item !== "");
    this.names = [...new Set(names)];
    this.#place = new Map(this.names.map((name, index) => [name, index]));
    this.#colors = Array.isArray(colors)
      ? this.names.map((name) => parseColor(colors[items.indexOf(name)]))
      : [];
    this.all = this.names.map((name) => ({ name, color: this.colorOf(name) }));
  }

  has(name: unknown): name is string {
    return typeof name === "string" && this.#place.has(name);
  }

  colorOf(name: string): string {
    const place = this.#place.get(name) ?? 0;
    return labelColor(this.#colors[place], colorAt(place));
  }
}

/** What is wrong with the list, for people; `undefined` if nothing is. */
export function faultInLabels(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const quoted = JSON.stringify(given);
  const shown = excerpt(quoted);
  if (!Array.isArray(given)) return `The attribute labels=${shown} is not a list of texts.`;
  if (given.some((item) => typeof item !== "string" || item === "")) {
    return `The attribute labels=${shown} holds items that are not texts; they are left out.`;
  }
  const seen = new Set();
  const twice = given.find((item) => seen.size === seen.add(item).size);
  return twice === undefined
    ? undefined
    : `The attribute labels=${shown} names the label “${twice}” twice; it counts once.`;
}
