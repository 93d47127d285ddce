/** Colored stretches behind the words: CSS highlights, so that the text itself stays as it is. */
import type { Stretch } from "./segmented-text.ts";
import type { TextView } from "./text-view.ts";

export interface Paint extends Stretch {
  /** Names one look; the same for all stretches that look the same. */
  readonly look: string;
  /** The look's declarations. */
  readonly css: string;
  /** Among overlapping ones the higher is seen. */
  readonly priority?: number;
}

/** Whether the browser paints highlights; where it does not, the overlay draws boxes instead. */
export const HIGHLIGHTS = typeof Highlight === "function" && "highlights" in CSS;

let painters = 0;

export class HighlightPainter {
  /** Highlights live in one registry of the whole page. */
  readonly #prefix = `crowd-text-${++painters}`;
  readonly #highlights = new Map<string, Highlight>();
  readonly #painted = new Map<string, { highlight: Highlight; range: StaticRange }>();
  readonly #sheet = new CSSStyleSheet();

  constructor(private readonly view: TextView) {}

  /** Makes `paints` all that is painted; what was painted before stays untouched. */
  paint(paints: readonly Paint[]): void {
    const wanted = new Map(
      paints.map((paint) => [`${paint.look} ${paint.start} ${paint.end}`, paint]),
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
      const highlight = this.#highlight(paint);
      highlight.add(range);
      this.#painted.set(key, { highlight, range });
    }
  }

  /** Takes everything off the page. */
  clear(): void {
    this.paint([]);
    for (const look of this.#highlights.keys()) CSS.highlights.delete(this.#name(look));
    this.#highlights.clear();
    this.#sheet.replaceSync("");
  }

  #name(look: string): string {
    return `${this.#prefix}-${look}`;
  }

  #highlight({ look, css, priority }: Paint): Highlight {
    let highlight = this.#highlights.get(look);
    if (!highlight) {
      highlight = new Highlight();
      highlight.priority = priority ?? 0;
      this.#highlights.set(look, highlight);
      CSS.highlights.set(this.#name(look), highlight);
      const root = this.view.element.getRootNode() as Document | ShadowRoot;
      if (!root.adoptedStyleSheets.includes(this.#sheet)) root.adoptedStyleSheets.push(this.#sheet);
      this.#sheet.insertRule(`::highlight(${this.#name(look)}) { ${css} }`);
    }
    return highlight;
  }
}
