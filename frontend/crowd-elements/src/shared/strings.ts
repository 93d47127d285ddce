/** Worker-visible texts in a table per language; the page's `lang` chooses, then the browser's languages. */

export const LANGUAGES = ["en", "de", "ja", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text with `{name}` holes, or one a plural form, chosen by `count`. */
export type Message =
  | string
  | ({ readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
export type Holes = Readonly<Record<string, string | number>>;
export type Translate<Key extends string> = (key: Key, holes?: Holes) => string;

/** Every language has every key: a table that lacks one does not compile. */
export type Tables<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, Message>>>>;

/** Gives `strings(element)`, which translates for the language of the place where the element stands. */
export function defineStrings<Key extends string>(tables: Tables<Key>) {
  return (element: Element): Translate<Key> => {
    const language = languageOf(element);
    return (key, holes = {}) => format(tables[language][key], holes, language);
  };
}

/** Made once a language: to make one takes longer than all the rest of a translation. */
const plurals = new Map<Language, Intl.PluralRules>();
const numbers = new Map<Language, Intl.NumberFormat>();

function madeOnce<T>(made: Map<Language, T>, language: Language, make: () => T): T {
  const known = made.get(language) ?? make();
  made.set(language, known);
  return known;
}

function format(message: Message, holes: Holes, language: Language): string {
  const pluralOf = (count: number) =>
    madeOnce(plurals, language, () => new Intl.PluralRules(language)).select(count);
  const numberOf = (value: number) =>
    madeOnce(numbers, language, () => new Intl.NumberFormat(language)).format(value);
  const text =
    typeof message === "string"
      ? message
      : (message[pluralOf(Number(holes.count ?? 0))] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = holes[name];
    if (value === undefined) return hole;
    if (typeof value === "number") return numberOf(value);
    // A path keeps its own direction inside of a sentence that runs from right to left.
    const isolated = directionOf(language) === "rtl" && value.includes("/");
    return isolated ? `\u2068${value}\u2069` : value;
  });
}

const known = (tag: string | null | undefined): Language | undefined => {
  const primary = tag?.split("-")[0]?.toLowerCase();
  return LANGUAGES.find((language) => language === primary);
};

/** The nearest `lang` around the element, out through shadow roots; else the browser's first known language. */
export function languageOf(element: Element): Language {
  for (let at: Element | undefined = element; at; ) {
    const marked: Element | null = at.closest("[lang]");
    if (marked?.getAttribute("lang")) return known(marked.getAttribute("lang")) ?? "en";
    at = (at.getRootNode() as Partial<ShadowRoot>).host;
  }
  return navigator.languages?.map(known).find(Boolean) ?? "en";
}

/** The direction in which the strings of that language read. */
export const directionOf = (language: Language): "ltr" | "rtl" =>
  language === "ar" ? "rtl" : "ltr";
