/** What is drawn over a text: badges above the spans, handles at the edges of the chosen one, the word cursor. */
import { html, type TemplateResult } from "lit";
import type { Side } from "./spans.ts";
import { styled } from "./styled.ts";
import type { Box } from "./text-view.ts";

export interface Badge {
  /** The line on which its span begins, in coordinates of the window. */
  readonly line: Box;
  readonly isRightToLeft: boolean;
  readonly isChosen: boolean;
  readonly text: string;
  readonly color: string;
  readonly ink: string;
  readonly removeLabel: string;
  choose(): void;
  remove(): void;
}

/** A badge's height and font as its styles have them, and what is around its name: padding, button, border. */
const HEIGHT = 16;
const FONT = "650 11px system-ui, sans-serif";
const AROUND = 30;
const GAP = 2;

const nameWidths = new Map<string, number>();

/** A page has few names: each is measured once. */
function nameWidth(name: string): number {
  let width = nameWidths.get(name);
  if (width === undefined) {
    const pen = document.createElement("canvas").getContext("2d");
    if (pen) pen.font = FONT;
    width = Math.ceil(pen?.measureText(name).width ?? name.length * HEIGHT);
    nameWidths.set(name, width);
  }
  return width;
}

/** Keeps the focus and the native selection where they are when something is pressed with the mouse. */
export function keepFocus(event: Event): void {
  event.preventDefault();
}

const place = ({ left, top, width, height }: Box, origin: Box) =>
  `left:${left - origin.left}px;top:${top - origin.top}px;width:${width}px;height:${height}px`;

/** Badges stand above the beginning of their span, those of one line beside each other. */
export function renderBadges(badges: readonly Badge[], origin: Box): TemplateResult[] {
  /** By line and direction: where the last badge ends. */
  const taken = new Map<string, number>();
  return badges.map((badge) => {
    const { line, isRightToLeft, text, color, ink } = badge;
    const width = Math.min(nameWidth(text) + AROUND, origin.width);
    const key = `${Math.round(line.top / 4)} ${isRightToLeft}`;
    let left = isRightToLeft ? line.left + line.width - width : line.left;
    const last = taken.get(key);
    if (last !== undefined)
      left = isRightToLeft ? Math.min(left, last - width) : Math.max(left, last);
    left = Math.max(origin.left, Math.min(left, origin.left + origin.width - width));
    taken.set(key, isRightToLeft ? left - GAP : left + width + GAP);
    const box = { left, top: line.top - HEIGHT, width, height: HEIGHT };
    return html`<span
      class="badge ${badge.isChosen ? "chosen" : ""}"
      ${styled(`${place(box, origin)};--color:${color};--ink:${ink}`)}
    >
      <button type="button" class="badge-name" tabindex="-1" @mousedown=${keepFocus} @click=${badge.choose}>
        ${text}
      </button>
      <button
        type="button"
        class="badge-remove"
        tabindex="-1"
        aria-label=${badge.removeLabel}
        title=${badge.removeLabel}
        @mousedown=${keepFocus}
        @click=${badge.remove}
      >
        ×
      </button>
    </span>`;
  });
}

/** What can be dragged at the edges of a span that covers these lines. */
export function renderHandles(
  lines: readonly Box[],
  isRightToLeft: boolean,
  origin: Box,
  onDown: (event: PointerEvent, side: Side) => void,
): TemplateResult[] {
  const first = lines[0];
  const last = lines.at(-1);
  if (!first || !last) return [];
  const handle = (side: Side, line: Box) => {
    const isRight = (side === "end") !== isRightToLeft;
    const edge = { ...line, left: isRight ? line.left + line.width : line.left, width: 0 };
    return html`<i
      class="handle ${isRight ? "right" : "left"}"
      data-testid="handle-${side}"
      ${styled(place(edge, origin))}
      @mousedown=${keepFocus}
      @pointerdown=${(event: PointerEvent) => onDown(event, side)}
    ></i>`;
  };
  return [handle("start", first), handle("end", last)];
}

export const renderBoxes = (boxes: readonly Box[], kind: string, origin: Box, style = "") =>
  boxes.map((box) => html`<i class=${kind} ${styled(`${place(box, origin)};${style}`)}></i>`);
