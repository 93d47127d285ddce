/** What of the preview is to be seen, kept in the address: `/lines/3?worker=2&width=390&scheme=dark`. */
import { SCHEMES } from "../gallery/view.ts";

export { SCHEMES };

export const WIDTHS: Readonly<Record<string, string>> = {
  "": "Fit",
  "1440": "1440",
  "1280": "1280",
  "1024": "1024",
  "768": "768",
  "390": "390",
};

export const MOST_WORKERS = 9;

export interface View {
  readonly line: number;
  readonly worker: number;
  readonly width: string;
  readonly scheme: string;
}

const whole = (text: string | null | undefined, most: number): number => {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= most ? number : 1;
};

export function readView({ pathname, search }: { pathname: string; search: string }): View {
  const given = new URLSearchParams(search);
  const known = (words: Readonly<Record<string, string>>, name: string) => {
    const value = given.get(name) ?? "";
    return Object.hasOwn(words, value) ? value : "";
  };
  return {
    line: whole(pathname.match(/^\/lines\/(\d{1,8})$/)?.[1], 99_999_999),
    worker: whole(given.get("worker"), MOST_WORKERS),
    width: known(WIDTHS, "width"),
    scheme: known(SCHEMES, "scheme"),
  };
}

/** Without what is as it is at the start. */
export function viewText({ line, worker, width, scheme }: View): string {
  const query = new URLSearchParams();
  if (worker > 1) query.set("worker", String(worker));
  if (width) query.set("width", width);
  if (scheme) query.set("scheme", scheme);
  const text = query.toString();
  return `/lines/${line}${text ? `?${text}` : ""}`;
}
