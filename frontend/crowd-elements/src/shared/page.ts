/**
 * The page's life: crowd-forms that the parser has not finished yet, and the one event that says that all crowd
 * elements stand. Shared by all copies of the script on a page through a flag on the document.
 */
import type { LitElement } from "lit";
import { watchHands } from "./handled.ts";
import { adoptBaseStyles, adoptColorScheme } from "./page-styles.ts";

/** A form that takes in what the parser still brings. */
interface Growing extends HTMLElement {
  gather(): void;
  finish(): void;
}

const growing = new Set<Growing>();

let parserWatch: MutationObserver | undefined;

/** True once the parser has gone past the element: something follows it, or an element around it. */
function isPassed(element: HTMLElement): boolean {
  for (let node: Node | null = element; node; node = node.parentNode) {
    if (node.nextSibling) return true;
  }
  return false;
}

/**
 * Calls `gather()` after each step of the parser and `finish()` once, when the parser has passed the form.
 * The parser lets mutation observers run before each inline script, so scripts behind a form see it whole.
 */
export function whileParsing(form: Growing): void {
  growing.add(form);
  if (parserWatch) return;
  parserWatch = new MutationObserver(() => {
    for (const one of growing) {
      one.gather();
      if (isPassed(one)) settle(one);
    }
  });
  parserWatch.observe(document, { childList: true, subtree: true });
  whenParsed(() => {
    parserWatch?.disconnect();
    parserWatch = undefined;
    for (const one of growing) settle(one);
  });
}

function settle(form: Growing): void {
  growing.delete(form);
  form.finish();
}

/** Runs once the document is parsed and its deferred scripts have run. */
function whenParsed(run: () => void): void {
  if (document.readyState === "complete") {
    run();
    return;
  }
  let done = false;
  const once = () => {
    if (done || document.readyState === "loading") return;
    done = true;
    run();
  };
  document.addEventListener("DOMContentLoaded", once);
  // A script that came in late (async) may have missed that event.
  window.addEventListener("load", once);
}

let announceReady: () => void = () => undefined;
const ready = new Promise<void>((resolve) => {
  announceReady = resolve;
});

/** Once all elements that the page came with stand, and the page has been told. */
export const whenReady = (): Promise<void> => ready;

const STARTED = Symbol.for("truthkit.crowd-elements");

/** Defines the elements, the first time the script is on the page, and says when all of them stand. */
export function startPage(elements: Readonly<Record<string, CustomElementConstructor>>): void {
  const page = document as Document & { [STARTED]?: true };
  if (page[STARTED]) return;
  page[STARTED] = true;
  watchHands();
  for (const [tag, element] of Object.entries(elements)) {
    if (!customElements.get(tag)) customElements.define(tag, element);
  }
  adoptBaseStyles(document);
  whenParsed(() => {
    adoptColorScheme(document);
    // A macrotask later, so that listeners which the page adds in its own DOMContentLoaded handler hear it.
    setTimeout(async () => {
      const standing = document.querySelectorAll<LitElement>(Object.keys(elements).join(","));
      await Promise.allSettled(Array.from(standing, (element) => element.updateComplete));
      document.documentElement.dataset.crowdReady = "true";
      document.dispatchEvent(new CustomEvent("all-crowd-elements-ready"));
      announceReady();
    });
  });
}
