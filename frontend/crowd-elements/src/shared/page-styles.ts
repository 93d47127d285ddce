/** The page around the elements: a default font, and the dark scheme where the template can bear it. */

/** In a layer, so that any rule of the template wins. */
const BASE = `@layer truthkit {
  body { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; line-height: 1.5; }
}`;

const SCHEMES = `@layer truthkit {
  :root { color-scheme: light dark; background: light-dark(#fff, #14181e); color: light-dark(#18222d, #e8edf3); }
}`;

function adopt(page: Document, text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
}

export function adoptBaseStyles(page: Document): void {
  adopt(page, BASE);
}

/**
 * Follows the system's light or dark scheme only on pages that set no colors of their own. Templates are mostly
 * written for white pages: dark text on the browser's dark canvas, or white text in a pale box, could not be read.
 * A template that knows about schemes says `color-scheme` or `prefers-color-scheme` itself and is left alone.
 */
export function adoptColorScheme(page: Document): void {
  if (!setsColors(page)) adopt(page, SCHEMES);
}

const COLOR = /(^|[^-\w])(color|background(-color|-image)?|color-scheme)\s*:|prefers-color-scheme/i;

function setsColors(page: Document): boolean {
  return (
    page.querySelector(
      "link[rel~=stylesheet i], meta[name=color-scheme i], [bgcolor], body[text], font[color]",
    ) !== null ||
    Array.from(page.querySelectorAll("style")).some((style) =>
      COLOR.test(style.textContent ?? ""),
    ) ||
    Array.from(page.querySelectorAll("[style]")).some((one) =>
      COLOR.test(one.getAttribute("style") ?? ""),
    )
  );
}
