/** For scripts in the framed page, before its own: how it looks, and when its answer may be another. */

/** What may change the answer without an event that says so. */
const HINTS = ["input", "change", "click", "keyup", "pointerup", "submit", "reset"];

/** The picture of a widget, and what is read from it, come late and by themselves. */
const LOOK_AGAIN_MS = 500;
const PAUSE_MS = 50;

interface Submittable extends Element {
  readonly _submittableValue?: unknown;
}

/** The answer as it would be submitted now, as JSON, of the page's form or of an element that has its own. */
export function answerText(elements: Iterable<Element>): string {
  let form = document.querySelector<Submittable>("crowd-form");
  for (const { shadowRoot } of elements)
    form ??= shadowRoot?.querySelector<Submittable>("crowd-form") ?? null;
  return JSON.stringify(form?._submittableValue ?? {});
}

let sheet: CSSStyleSheet | undefined;

/** `light`, `dark`, or empty for what the system prefers. */
export function applyScheme(scheme: string): void {
  const others = document.adoptedStyleSheets.filter((one) => one !== sheet);
  sheet = undefined;
  if (scheme) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(`:root { color-scheme: ${scheme === "dark" ? "dark" : "light"}; }`);
    others.push(sheet);
  }
  document.adoptedStyleSheets = others;
}

/** Calls `look` a moment after anything that may have changed what the page would submit. */
export function onChanges(look: () => void): void {
  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    setTimeout(() => {
      planned = false;
      look();
    }, PAUSE_MS);
  };
  for (const name of HINTS) window.addEventListener(name, plan);
  document.addEventListener("all-crowd-elements-ready", () => {
    plan();
    setInterval(() => {
      if (!document.hidden) look();
    }, LOOK_AGAIN_MS);
  });
  // Restored drafts and scripts change what is there without a worker.
  new MutationObserver(plan).observe(document.documentElement, { attributes: true, subtree: true });
}
