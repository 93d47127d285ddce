import { html, type TemplateResult } from "lit";
import type { Span } from "./spans.js";
import type { Box, TextView } from "./view.js";

/** A span as it is drawn over the text. */
export interface Drawn {
  span: Span;
  /** The index of its label. */
  index: number;
  /** What its badge says. */
  name: string;
  /** How far below the line its bars are. */
  level: number;
  chosen: boolean;
}

const LEVELS = 7;
const PITCH = 4;
const BADGE = 14;
/** Mean width of a badge's letters, and what is around them. */
const LETTER = 6.1;
const PADDING = 10;

/** The style that puts a box (in window coordinates) over the text; `origin` is the overlay's own box. */
export const placed = (
  { left, top, width, height }: Box,
  origin: DOMRect,
  dy = 0,
  high = height,
): string =>
  `left:${left - origin.left}px;top:${top - origin.top + dy}px;width:${width}px;height:${high}px`;

/** Bars below each line of a span and a badge above its beginning; badges of one line stand side by side. */
export function barsAndBadges(
  view: TextView,
  drawn: readonly Drawn[],
  origin: DOMRect,
  select: (id: number) => void,
): TemplateResult {
  const bars: TemplateResult[] = [];
  const badges: TemplateResult[] = [];
  const taken: { y: number; x: number }[] = [];
  for (const { span, index, name, level, chosen } of drawn) {
    const look = `c${index}${span.suggested ? " suggested" : ""}${chosen ? " chosen" : ""}`;
    const boxes = view.boxes(span.start, span.end);
    for (const box of boxes) {
      const below = box.height + Math.min(LEVELS, level) * PITCH;
      bars.push(html`<i class="bar ${look}" style=${placed(box, origin, below, 3)}></i>`);
    }
    const [first] = boxes;
    if (!first) continue;
    const words = `${span.suggested ? "? " : ""}${name}`;
    const rightToLeft = view.rightToLeft(span.start);
    const wide = words.length * LETTER + PADDING;
    const free = taken.filter(({ y }) => Math.abs(y - first.top) < 4).map(({ x }) => x);
    const x = Math.min(Math.max(first.left, ...free), origin.right - wide - 6);
    if (!rightToLeft) taken.push({ y: first.top, x: x + wide + 3 });
    const side = rightToLeft
      ? `right:${origin.right - first.left - first.width}px`
      : `left:${x - origin.left}px`;
    badges.push(html`<button type="button" tabindex="-1" class="badge ${look}"
      style="${side};top:${first.top - origin.top - BADGE}px"
      @mousedown=${keepFocus} @click=${() => select(span.id)}>${words}</button>`);
  }
  return html`${bars}${badges}`;
}

/** Keeps the focus and the native selection where they are when something is pressed with the mouse. */
export function keepFocus(event: MouseEvent): void {
  if (event.button === 0) event.preventDefault();
}
