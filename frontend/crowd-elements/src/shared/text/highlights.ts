/** Colored stretches behind the words: CSS highlights, so that the text itself stays as it is. */
import type { Stretch } from "./segmented-text.ts";
import type { TextView } from "./text-view.ts";

export interface Look {
  /** The same for all stretches that look the same; letters, digits and dashes. */
  readonly name: string;
  readonly css: string;
  /** Among overlapping ones the higher is seen. */
  readonly priority: number;
}

export interface Paint extends Stretch {
  readonly look: Look;
}

/** Whether the browser paints highlights; where it does not, the overlay draws boxes instead. */
export const HIGHLIGHTS = typeof Highlight === "function" && "highlights" in CSS;

let painters = 0;

export class HighlightPainter {
  /** Highlights live in one registry of the whole page. */
  readonly #prefix = `crowd-text-${++painters}`;
  readonly #highlights = new Map<string, Highlight>();
  readonly #painted = new Map<string, { highlight: Highlight; range: StaticRange }>();
  #isAttached = false;
  readonly #sheet = new CSSStyleSheet();

  constructor(private readonly view: TextView) {}

  /** Makes rules for looks before they are needed: a rule that comes later has every paragraph styled anew. */
  prepare(looks: readonly Look[]): void {
    for (const look of looks) this.#highlightOf(look);
  }

  /** Makes `paints` all that is painted; what was painted before stays untouched. */
  paint(paints: readonly Paint[]): void {
    const wanted = new Map(
      paints.map((paint) => [`${paint.look.name} ${paint.start} ${paint.end}`, paint]),
    );
    for (const [key, { highlight, range }] of this.#painted) {
      if (wanted.has(key)) continue;
      highlight.delete(range);
      this.#painted.delete(key);
    }
    for (const [key, paint] of wanted) {
      const boundaries = this.#painted.has(key) ? undefined : this.view.boundaries(paint);
      if (!boundaries) continue;
      const range = new StaticRange(boundaries);
      const highlight = this.#highlightOf(paint.look);
      highlight.add(range);
      this.#painted.set(key, { highlight, range });
    }
  }

  /** Puts the highlights on the page, if they are not: at first, and after `detach`. */
  attach(): void {
    if (this.#isAttached) return;
    this.#isAttached = true;
    const root = this.view.element.getRootNode() as Document | ShadowRoot;
    if (!root.adoptedStyleSheets.includes(this.#sheet)) root.adoptedStyleSheets.push(this.#sheet);
    for (const [name, highlight] of this.#highlights) CSS.highlights.set(name, highlight);
  }

  detach(): void {
    this.#isAttached = false;
    for (const name of this.#highlights.keys()) CSS.highlights.delete(name);
  }

  #highlightOf(look: Look): Highlight {
    const name = `${this.#prefix}-${look.name}`;
    let highlight = this.#highlights.get(name);
    if (!highlight) {
      highlight = new Highlight();
      highlight.priority = look.priority;
      this.#highlights.set(name, highlight);
      if (this.#isAttached) CSS.highlights.set(name, highlight);
      this.#sheet.insertRule(`::highlight(${name}) { ${look.css} }`);
    }
    return highlight;
  }
}
