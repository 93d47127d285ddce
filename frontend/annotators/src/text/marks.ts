import { html, nothing, render, type TemplateResult } from "lit";
import type { Gestures } from "./gestures.js";
import type { Labeling } from "./labeling.js";
import { barsAndBadges, placed } from "./overlay.js";
import type { Paper } from "./paper.js";
import { levels, type Span } from "./spans.js";
import type { Box, Mark, TextView } from "./view.js";
import type { Extent } from "./words.js";

/** From this many spans in drawn paragraphs on, only those near the window are drawn. */
const MANY_IN_VIEW = 300;
/** Units of text on either side of the window that count as near. */
const AROUND_WINDOW = 2000;
/** Bars below one line that its height has room for. */
const MOST_ROWS = 6;

/** Draws the work over the text: highlights behind the words; bars, badges, handles and the cursor in an overlay. */
export class Marks {
  #levels = new Map<number, number>();
  /** The deepest level of each paragraph. */
  #depth = new Map<number, number>();
  #painted: { spans: readonly Span[] | null; pending: Extent | null; selected: Span | null } = {
    ...{ spans: null, pending: null, selected: null },
  };
  #keys = new WeakMap<Span, Mark>();
  #marks: Mark[] = [];
  #frame = 0;
  #dense = false;

  constructor(
    private readonly work: Labeling,
    private readonly paper: Paper,
    private readonly gestures: Gestures,
    private readonly page: { readonly locked: boolean },
  ) {}

  /** The text's elements are new ones. */
  startOver(): void {
    this.#depth.clear();
    this.repaint();
  }

  /** The labels may be others: every mark is made anew. */
  repaint(): void {
    this.#keys = new WeakMap();
    this.#painted.spans = null;
  }

  /** Tells the view which marks there are; marks that did not change keep their keys. */
  paint(): void {
    const { view } = this.paper;
    if (!view) return;
    const { spans, selected, pending } = this.work;
    const before = this.#painted;
    if (before.spans === spans && before.pending === pending && before.selected === selected)
      return;
    if (before.spans !== spans) {
      // Suggestions have dashed bars only: their words stay as they are until someone decides.
      this.#marks = spans.filter(({ suggested }) => !suggested).map((span) => this.#markOf(span));
      this.#setLevels(view, spans);
    }
    this.#painted = { spans, pending, selected };
    const marks = [...this.#marks];
    if (selected)
      marks.push({ key: {}, style: "selected", start: selected.start, end: selected.end });
    if (pending) marks.push({ key: {}, style: "pending", start: pending[0], end: pending[1] });
    view.paint(marks);
  }

  #markOf(span: Span): Mark {
    let mark = this.#keys.get(span);
    if (!mark) {
      const style = `l${this.work.labels.index(span.label)}`;
      mark = { key: {}, style, start: span.start, end: span.end };
      this.#keys.set(span, mark);
    }
    return mark;
  }

  /** Lines get room for as many bars as overlap in their paragraph. */
  #setLevels(view: TextView, spans: readonly Span[]): void {
    this.#levels = levels(spans);
    const depth = new Map<number, number>();
    for (const span of spans) {
      const level = this.#levels.get(span.id) ?? 0;
      for (const p of this.work.words.paragraphsOf(span.start, span.end))
        depth.set(p, Math.max(depth.get(p) ?? 0, level));
    }
    const rows = (p: number, deepest: Map<number, number>): number =>
      Math.min(MOST_ROWS, Math.max(0, (deepest.get(p) ?? 0) - 1));
    for (const p of new Set([...depth.keys(), ...this.#depth.keys()]))
      if (rows(p, depth) !== rows(p, this.#depth))
        view.paragraphs[p]?.style.setProperty("--rows", String(rows(p, depth)));
    this.#depth = depth;
  }

  onScroll = (): void => {
    if (this.#dense) this.plan();
  };

  /** Draws the overlay in the next frame. */
  plan = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  };

  #draw(): void {
    const { view } = this.paper;
    const overlay = this.paper.root.querySelector<HTMLElement>(".marks");
    if (!view || !overlay?.isConnected) return;
    const origin = overlay.getBoundingClientRect();
    const { labels, selectedId, cursor } = this.work;
    const drawn = this.#spansToDraw(view).map((span) => ({
      span,
      index: labels.index(span.label),
      name: labels.short(span.label),
      level: this.#levels.get(span.id) ?? 0,
      chosen: span.id === selectedId,
    }));
    const marks = barsAndBadges(view, drawn, origin, (id) => this.work.select(id));
    const boxes = cursor && this.paper.element?.matches(":focus") ? view.boxes(...cursor) : [];
    const words = boxes.map((box) => html`<i class="cursor" style=${placed(box, origin)}></i>`);
    render(html`${marks}${words}${this.#handles(view, origin)}`, overlay);
  }

  /** The spans of the paragraphs in view; where one paragraph holds very many, those near the window. */
  #spansToDraw(view: TextView): Span[] {
    const { words } = this.work;
    const spans = this.work.spans.filter(({ start, end }) =>
      words.paragraphsOf(start, end).some((p) => view.visible.has(p)),
    );
    this.#dense = spans.length > MANY_IN_VIEW;
    if (!this.#dense) return spans;
    const [top, bottom] = this.paper.covered();
    const area = view.element.getBoundingClientRect();
    const from = view.offsetAt(area.left, Math.max(area.top, top) + 2) - AROUND_WINDOW;
    const last = Math.min(area.bottom, innerHeight - bottom) - 2;
    const to = view.offsetAt(area.right, last) + AROUND_WINDOW;
    return spans.filter(({ start, end }) => end > from && start < to);
  }

  #handles(view: TextView, origin: DOMRect): TemplateResult | typeof nothing {
    const span = this.work.selected;
    if (!span || this.page.locked) return nothing;
    const boxes = view.boxes(span.start, span.end);
    const first = boxes[0];
    const last = boxes.at(-1);
    if (!first || !last) return nothing;
    const rtl = view.rightToLeft(span.start);
    const { gestures } = this;
    const handle = (side: "start" | "end", box: Box): TemplateResult => {
      const right = (side === "end") !== rtl;
      const edge = { ...box, left: right ? box.left + box.width : box.left, width: 0 };
      return html`<i class="handle ${side} ${right ? "right" : "left"}" data-testid="handle-${side}" style=${placed(edge, origin)}
        @pointerdown=${(event: PointerEvent) => gestures.edgeDown(event, side)}
        @pointermove=${gestures.move} @pointerup=${gestures.up} @pointercancel=${gestures.cancel}></i>`;
    };
    return html`${handle("start", first)}${handle("end", last)}`;
  }
}
