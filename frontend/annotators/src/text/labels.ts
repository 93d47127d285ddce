export interface Label {
  /** The value in the answer. */
  label: string;
  full: string;
  short: string;
  /** The key that picks it, "" past the last free letter. */
  key: string;
}

interface Named {
  label: string;
  fullDisplayName?: string;
  shortDisplayName?: string;
}

// Digits first; the letters leave out a, i and o, which are commands.
const KEYS = "1234567890qwertyupsdfghjklzxcvbnm";

/** Labels as `crowd-entity-annotation` takes them: strings, or objects with display names. Throws on anything else. */
export function readLabels(value: unknown): Label[] {
  if (!Array.isArray(value)) throw new TypeError("labels is not a list");
  return value.map((item: string | Named, i) => {
    const named = typeof item === "string" ? { label: item } : item;
    if (typeof named?.label !== "string" || !named.label)
      throw new TypeError(`labels[${i}] has no label`);
    return {
      label: named.label,
      full: String(named.fullDisplayName ?? named.label),
      short: String(named.shortDisplayName ?? named.label),
      key: KEYS[i] ?? "",
    };
  });
}

/** The task's labels, by place, by value and by key. */
export class LabelSet {
  readonly #places: ReadonlyMap<string, number>;

  constructor(readonly all: readonly Label[]) {
    this.#places = new Map(all.map(({ label }, i) => [label, i]));
  }

  has(label: string): boolean {
    return this.#places.has(label);
  }

  /** The place in the list, which is also the number of its color. */
  index(label: string): number {
    return this.#places.get(label) ?? 0;
  }

  full(label: string): string {
    return this.all[this.index(label)]?.full ?? label;
  }

  short(label: string): string {
    return this.all[this.index(label)]?.short ?? label;
  }
}

/** Hue and lightness: 4.5:1 and more on the page and on the tint. Every mark carries its label's name too. */
const HUES: readonly (readonly [hue: number, lightness: number])[] = [
  [214, 41],
  [28, 33],
  [150, 26],
  [320, 38],
  [265, 46],
  [186, 27],
  [2, 39],
  [52, 26],
  [98, 26],
  [240, 48],
];

export interface Paint {
  /** Behind the text, translucent so that overlaps show. */
  tint: string;
  /** Bars, badges, names. */
  strong: string;
  ink: string;
}

export function paintOf(index: number, dark: boolean): Paint {
  const [hue, lightness] = HUES[index] ?? [(index * 137) % 360, 26];
  return dark
    ? { tint: `hsl(${hue} 80% 60% / .26)`, strong: `hsl(${hue} 75% 77%)`, ink: "#10131a" }
    : { tint: `hsl(${hue} 90% 50% / .17)`, strong: `hsl(${hue} 72% ${lightness}%)`, ink: "#fff" };
}

/** The rules that need a literal color a label: highlights inherit no custom property everywhere. */
export function labelRules(count: number, prefix: string): string {
  const rules = (dark: boolean): string =>
    Array.from({ length: count }, (_, i) => {
      const { tint, strong, ink } = paintOf(i, dark);
      return (
        `::highlight(${prefix}-l${i}),.l${i}.fill { background-color: ${tint} }\n` +
        `.c${i} { --strong: ${strong}; --badge-ink: ${ink}; --tint: ${tint} }\n`
      );
    }).join("");
  const fixed = (dark: boolean): string =>
    `::highlight(${prefix}-selected),.selected.fill { background-color: ${dark ? "#5c4a10" : "#ffe69a"} }\n` +
    `::highlight(${prefix}-pending),.pending.fill { background-color: ${dark ? "#2f6fed" : "#bcd6ff"}; color: ${dark ? "#fff" : "#08204a"} }\n`;
  const forced = Array.from(
    { length: count },
    (_, i) =>
      `::highlight(${prefix}-l${i}),.l${i}.fill { background-color: Canvas; color: CanvasText; text-decoration: underline }\n` +
      `.c${i} { --strong: CanvasText; --badge-ink: Canvas; --tint: Canvas }\n`,
  ).join("");
  return (
    `${rules(false)}${fixed(false)}@media (prefers-color-scheme: dark) { ${rules(true)}${fixed(true)} }\n` +
    `@media (forced-colors: active) { ${forced}` +
    `::highlight(${prefix}-selected),::highlight(${prefix}-pending),.selected.fill,.pending.fill ` +
    "{ background-color: Highlight; color: HighlightText } }\n"
  );
}
