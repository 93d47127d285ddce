/** What of the gallery is to be seen, kept in the address: `#crowd-slider?story=1&language=ar`. */

export const LANGUAGES: Readonly<Record<string, string>> = {
  en: "English",
  de: "Deutsch",
  ja: "日本語",
  ar: "العربية",
};
export const SCHEMES: Readonly<Record<string, string>> = {
  "": "System",
  light: "Light",
  dark: "Dark",
};
export const WIDTHS: Readonly<Record<string, string>> = { "": "Fit", "1280": "1280", "390": "390" };
export const DIRECTIONS: Readonly<Record<string, string>> = {
  "": "By language",
  ltr: "Left to right",
  rtl: "Right to left",
};

export interface View {
  readonly tag: string;
  readonly story: number;
  readonly language: string;
  readonly direction: string;
  readonly scheme: string;
  readonly width: string;
}

const oneOf = (words: Readonly<Record<string, string>>, given: string | null, otherwise: string) =>
  given !== null && Object.hasOwn(words, given) ? given : otherwise;

export function readView(hash: string): View {
  const [tag = "", query] = hash.replace(/^#/, "").split("?");
  const given = new URLSearchParams(query);
  const story = Number(given.get("story") ?? 0);
  return {
    tag,
    story: Number.isInteger(story) && story >= 0 ? story : 0,
    language: oneOf(LANGUAGES, given.get("language"), "en"),
    direction: oneOf(DIRECTIONS, given.get("direction"), ""),
    scheme: oneOf(SCHEMES, given.get("scheme"), ""),
    width: oneOf(WIDTHS, given.get("width"), ""),
  };
}

/** Without what is as it is at the start. */
export function viewText({ tag, story, language, ...rest }: View): string {
  const query = new URLSearchParams();
  if (story > 0) query.set("story", String(story));
  if (language !== "en") query.set("language", language);
  for (const [name, value] of Object.entries(rest)) {
    if (value !== "") query.set(name, value);
  }
  const text = query.toString();
  return `#${tag}${text ? `?${text}` : ""}`;
}

export const directionOf = ({ language, direction }: View): string =>
  direction || (language === "ar" ? "rtl" : "ltr");
