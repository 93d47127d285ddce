/** A text on the page, and the way from points of the window to offsets and back. */
import { hasRightToLeft, runsRightToLeft } from "./direction.ts";
import { indexAt, SegmentedText, type Stretch } from "./segmented-text.ts";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A run of the text that has a text node of its own. */
interface Piece extends Stretch {
  readonly node: Text;
}

/** What the browser watches, to know which part of the text is near the window. */
interface Zone extends Stretch {
  readonly element: HTMLElement;
}

/** Paragraphs share a zone until it has so many units. */
const ZONE = 1500;
/** Longer paragraphs are cut into pieces of about so many units, between words. */
const PIECE = 3000;
/** A line's mean number of units, for the height of what is not drawn yet. */
const LINE = 80;
/** How far from the window text still counts as near it. */
const NEAR = "600px 0px";
/** Boxes this close, in pixels, are one line. */
const SAME = 2;

export class TextView {
  text = new SegmentedText("");
  #pieces: readonly Piece[] = [];
  #byNode = new WeakMap<Node, Piece>();
  #zones: readonly Zone[] = [];
  #byElement = new WeakMap<Element, Zone>();
  readonly #near = new Set<Zone>();
  readonly #watcher: IntersectionObserver;

  /** `onNear` is called when other parts of the text have come near the window. */
  constructor(
    readonly element: HTMLElement,
    onNear: () => void,
  ) {
    this.#watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const zone = this.#byElement.get(target);
          if (zone && isIntersecting) this.#near.add(zone);
          else if (zone) this.#near.delete(zone);
        }
        onNear();
      },
      { rootMargin: NEAR },
    );
  }

  /** Shows another text. */
  show(text: SegmentedText): void {
    this.text = text;
    this.#watcher.disconnect();
    this.#near.clear();
    const pieces: Piece[] = [];
    const zones: Zone[] = [];
    const blocks: HTMLElement[] = [];
    const paragraphs = text.paragraphs;
    for (let i = 0; i < paragraphs.length; ) {
      const first = paragraphs[i] as Stretch;
      const block = document.createElement("div");
      block.className = "zone";
      let lines = 0;
      let end = first.start;
      do {
        const paragraph = paragraphs[i++] as Stretch;
        end = paragraph.end;
        lines += Math.ceil((paragraph.end - paragraph.start) / LINE);
        block.append(this.#paragraph(paragraph, pieces, zones));
      } while (i < paragraphs.length && (paragraphs[i] as Stretch).end - first.start <= ZONE);
      block.style.setProperty("--lines", String(lines));
      blocks.push(block);
      if (end - first.start <= PIECE) zones.push({ start: first.start, end, element: block });
    }
    this.#pieces = pieces;
    this.#zones = zones;
    this.#byNode = new WeakMap(pieces.map((piece) => [piece.node, piece]));
    this.#byElement = new WeakMap(zones.map((zone) => [zone.element, zone]));
    this.element.replaceChildren(...blocks);
    // Until the browser has looked, the beginning counts as near.
    for (const zone of zones) if (zone.start < PIECE) this.#near.add(zone);
    this.watch();
  }

  /** Begins to follow what is near the window; again after `close`. */
  watch(): void {
    for (const { element } of this.#zones) this.#watcher.observe(element);
  }

  close(): void {
    this.#watcher.disconnect();
  }

  #paragraph({ start, end }: Stretch, pieces: Piece[], zones: Zone[]): HTMLElement {
    const paragraph = document.createElement("div");
    paragraph.className = "paragraph";
    paragraph.dir = "auto";
    const { text } = this.text;
    if (end - start <= PIECE) {
      const node = document.createTextNode(text.slice(start, end));
      pieces.push({ start, end, node });
      paragraph.append(node);
      return paragraph;
    }
    for (let from = start; from < end; ) {
      const to = from + PIECE < end ? this.text.at(from + PIECE, "word").end : end;
      const element = document.createElement("span");
      const node = document.createTextNode(text.slice(from, to));
      element.append(node);
      paragraph.append(element);
      pieces.push({ start: from, end: to, node });
      zones.push({ start: from, end: to, element });
      from = to;
    }
    return paragraph;
  }

  /** The parts of the text in or near the window, in order. */
  near(): Stretch[] {
    const parts: { start: number; end: number }[] = [];
    for (const { start, end } of [...this.#near].sort((a, b) => a.start - b.start)) {
      const last = parts.at(-1);
      if (last?.end === start) last.end = end;
      else parts.push({ start, end });
    }
    return parts;
  }

  /** Where a stretch begins and ends in the document; it ends in the piece of its last unit. */
  boundaries({ start, end }: Stretch): StaticRangeInit | undefined {
    const first = this.#pieces[indexAt(this.#pieces, start)];
    const last = this.#pieces[indexAt(this.#pieces, Math.max(start, end - 1))];
    return (
      first &&
      last && {
        startContainer: first.node,
        startOffset: start - first.start,
        endContainer: last.node,
        endOffset: end - last.start,
      }
    );
  }

  /** The offset of a place in the document; undefined outside of the text. */
  offsetOf(node: Node, offset: number): number | undefined {
    const piece = this.#byNode.get(node);
    if (piece) return piece.start + offset;
    if (!this.element.contains(node)) return undefined;
    const child = node.childNodes[offset];
    const at = this.#byNode.get(firstLeaf(child ?? node.lastChild ?? node));
    if (at && child) return at.start;
    return this.#byNode.get(lastLeaf(node))?.end ?? at?.start ?? 0;
  }

  /** The lines that a stretch covers, in coordinates of the window. */
  boxes({ start, end }: Stretch): Box[] {
    const boxes: { left: number; top: number; width: number; height: number }[] = [];
    const range = document.createRange();
    for (let i = indexAt(this.#pieces, start); i < this.#pieces.length; i++) {
      const piece = this.#pieces[i] as Piece;
      if (piece.start >= end) break;
      range.setStart(piece.node, Math.max(start, piece.start) - piece.start);
      range.setEnd(piece.node, Math.min(end, piece.end) - piece.start);
      for (const { left, top, width, height } of range.getClientRects()) {
        if (width < 0.5) continue;
        const before = boxes.at(-1);
        const continues =
          before &&
          Math.abs(before.top - top) < SAME &&
          left <= before.left + before.width + SAME &&
          left + width >= before.left - SAME;
        if (continues) {
          const right = Math.max(before.left + before.width, left + width);
          before.left = Math.min(before.left, left);
          before.width = right - before.left;
        } else boxes.push({ left, top, width, height });
      }
    }
    return boxes;
  }

  /** Whether the character at `offset` runs from right to left. */
  isRightToLeft(offset: number): boolean {
    const { text } = this.text;
    const isParagraphSo = this.isParagraphRightToLeft(offset);
    // Its first code point tells; to look for the whole character takes long in a long paragraph.
    const isWide = (text.codePointAt(offset) ?? 0) > 0xffff;
    const character = { start: offset, end: offset + (isWide ? 2 : 1) };
    const paragraph = this.text.paragraphOf(offset);
    return runsRightToLeft(text, character, paragraph, isParagraphSo);
  }

  isParagraphRightToLeft(offset: number): boolean {
    const piece = this.#pieces[indexAt(this.#pieces, offset)];
    const paragraph = piece?.node.parentElement?.closest(".paragraph");
    return paragraph?.matches(":dir(rtl)") ?? false;
  }

  /**
   * The edge of a character nearest to a point; points beside the text count as the nearest inside. Between two
   * characters of different directions the one on the side of `towards` counts (-1: left, 1: right).
   */
  offsetAt(x: number, y: number, towards = 0): number {
    const area = this.element.getBoundingClientRect();
    if (y <= area.top) return 0;
    if (y >= area.bottom) return this.text.text.length;
    const inside = Math.min(Math.max(x, area.left + 2), area.right - 2);
    const root = this.element.getRootNode();
    if (typeof document.caretPositionFromPoint === "function" && root instanceof ShadowRoot) {
      const at = document.caretPositionFromPoint(inside, y, { shadowRoots: [root] });
      const offset = at && this.offsetOf(at.offsetNode, at.offset);
      if (typeof offset === "number" && !this.#isMixed(offset)) return offset;
      if (typeof offset === "number") return this.#edgeAt(offset, inside + towards, y);
    }
    return this.#search(inside, y);
  }

  #isMixed(offset: number): boolean {
    const { start, end } = this.text.paragraphOf(offset);
    return hasRightToLeft(this.text.text.slice(start, end));
  }

  /**
   * Where runs of both directions meet, one point stands for two offsets, and browsers take either: what counts is
   * the character under the point. Beside all characters the browser's offset does.
   */
  #edgeAt(offset: number, x: number, y: number): number {
    const { start, end } = this.text.paragraphOf(offset);
    const isHit = (from: number, to: number) =>
      this.boxes({ start: from, end: to }).some(
        ({ left, top, width, height }) =>
          left <= x && x <= left + width && top <= y && y <= top + height,
      );
    let from = start;
    let to = end;
    for (const unit of [offset, offset - 1]) {
      if (unit < start || unit >= end) continue;
      const near = this.text.at(unit, "grapheme");
      if (isHit(near.start, near.end)) ({ start: from, end: to } = near);
    }
    while (to - from > 1 && isHit(from, to)) {
      const middle = (from + to) >> 1;
      if (this.text.at(from, "grapheme").end >= to) break;
      if (isHit(from, middle)) to = middle;
      else from = middle;
    }
    const character = this.text.at(from, "grapheme");
    const box = this.boxes(character).find(({ left, width }) => left <= x && x <= left + width);
    return box && isHit(character.start, character.end)
      ? this.#nearEdge(character, box, x)
      : offset;
  }

  /** The edge of a character that is nearer to `x`. */
  #nearEdge(character: Stretch, { left, width }: Box, x: number): number {
    const isRight = x > left + width / 2;
    return isRight === this.isRightToLeft(character.start) ? character.start : character.end;
  }

  /** The unit under a point; undefined where there is no text. */
  unitAt(x: number, y: number): number | undefined {
    const near = this.offsetAt(x, y);
    for (const unit of [near, near - 1]) {
      if (unit < 0 || unit >= this.text.text.length) continue;
      const character = this.text.at(unit, "grapheme");
      const isHit = this.boxes(character).some(
        ({ left, top, width, height }) =>
          left - 1 <= x && x <= left + width + 1 && top - 4 <= y && y <= top + height + 4,
      );
      if (isHit) return character.start;
    }
    return undefined;
  }

  /** Where something covers the text, or the browser cannot tell: halves what is near towards the nearest character. */
  #search(x: number, y: number): number {
    const distance = (start: number, end: number): number =>
      Math.min(
        Number.MAX_VALUE,
        ...this.boxes({ start, end }).map(({ left, top, width, height }) => {
          const dx = Math.max(left - x, 0, x - left - width);
          const dy = Math.max(top - y, 0, y - top - height);
          return dx + dy * 1000;
        }),
      );
    const near = this.near();
    let start = near[0]?.start ?? 0;
    let end = near.at(-1)?.end ?? 0;
    while (end - start > 1) {
      const middle = (start + end) >> 1;
      if (distance(start, middle) <= distance(middle, end)) end = middle;
      else start = middle;
    }
    const character = this.text.at(start, "grapheme");
    const [box] = this.boxes(character);
    if (!box) return character.start;
    return this.#nearEdge(character, box, x);
  }
}

function firstLeaf(node: Node): Node {
  let leaf = node;
  while (leaf.firstChild) leaf = leaf.firstChild;
  return leaf;
}

function lastLeaf(node: Node): Node {
  let leaf = node;
  while (leaf.lastChild) leaf = leaf.lastChild;
  return leaf;
}

/** What a native selection covers of the text (touch, assistive technology); undefined when it is elsewhere. */
export function nativeSelection(view: TextView): Stretch | undefined {
  const selection = document.getSelection();
  const root = view.element.getRootNode();
  if (!selection || !(root instanceof ShadowRoot)) return undefined;
  let range: AbstractRange | undefined;
  if (typeof selection.getComposedRanges === "function")
    range = selection.getComposedRanges({ shadowRoots: [root] })[0];
  else {
    const own = (root as { getSelection?(): Selection | null }).getSelection?.() ?? selection;
    range = own.rangeCount > 0 ? own.getRangeAt(0) : undefined;
  }
  if (!range || range.collapsed) return undefined;
  const start = view.offsetOf(range.startContainer, range.startOffset);
  const end = view.offsetOf(range.endContainer, range.endOffset);
  return start === undefined || end === undefined || start >= end ? undefined : { start, end };
}

export function clearNativeSelection(): void {
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed) selection.removeAllRanges();
}
