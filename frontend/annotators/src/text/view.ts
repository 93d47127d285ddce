import type { Extent, Words } from "./words.js";

/** A stretch of text with a style; `key` is the same object as long as nothing about it changed. */
export interface Mark {
  key: object;
  style: string;
  start: number;
  end: number;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** As many paragraphs are drawn whether they are in view or not. */
const FEW = 40;
/** Longer texts come in blocks: the browser watches each, and skips those out of view, in every frame. */
const BLOCK = 12;

interface Painter {
  paint(marks: readonly Mark[]): void;
  clear(): void;
}

/** One Highlight a style; only the ranges that changed are added or deleted. */
class HighlightPainter implements Painter {
  #ranges = new Map<object, { style: string; range: StaticRange }>();
  #highlights = new Map<string, Highlight>();

  constructor(
    private readonly view: TextView,
    private readonly prefix: string,
  ) {}

  paint(marks: readonly Mark[]): void {
    const wanted = new Set(marks.map((mark) => mark.key));
    for (const [key, { style, range }] of this.#ranges) {
      if (wanted.has(key)) continue;
      this.#highlights.get(style)?.delete(range);
      this.#ranges.delete(key);
    }
    for (const { key, style, start, end } of marks) {
      if (this.#ranges.has(key)) continue;
      const range = new StaticRange(this.view.boundaries(start, end));
      this.#highlight(style).add(range);
      this.#ranges.set(key, { style, range });
    }
  }

  clear(): void {
    for (const style of this.#highlights.keys()) CSS.highlights.delete(`${this.prefix}-${style}`);
    this.#highlights.clear();
    this.#ranges.clear();
  }

  #highlight(style: string): Highlight {
    let highlight = this.#highlights.get(style);
    if (!highlight) {
      highlight = new Highlight();
      highlight.priority = style === "pending" ? 2 : style === "selected" ? 1 : 0;
      CSS.highlights.set(`${this.prefix}-${style}`, highlight);
      this.#highlights.set(style, highlight);
    }
    return highlight;
  }
}

/** Where the Highlight API is missing: the paragraphs touched are split into spans, the others left alone. */
class SplitPainter implements Painter {
  #drawn: string[] = [];

  constructor(private readonly view: TextView) {}

  paint(marks: readonly Mark[]): void {
    const { words, paragraphs } = this.view;
    const own: Mark[][] = paragraphs.map(() => []);
    for (const mark of marks) {
      const last = words.paragraphAt(mark.end - 1);
      for (let p = words.paragraphAt(mark.start); p <= last; p++) own[p]?.push(mark);
    }
    paragraphs.forEach((paragraph, p) => {
      const here = own[p] as Mark[];
      const drawn = here.map(({ style, start, end }) => `${style} ${start} ${end}`).join(";");
      if (drawn === (this.#drawn[p] ?? "")) return;
      this.#drawn[p] = drawn;
      const [from, to] = words.extent(p);
      const inside = here.flatMap(({ start, end }) => [Math.max(start, from), Math.min(end, to)]);
      const cuts = [...new Set([from, to, ...inside])].sort((a, b) => a - b);
      paragraph.replaceChildren(
        ...cuts.slice(0, -1).map((start, i) => {
          const end = cuts[i + 1] as number;
          const text = words.text.slice(start, end);
          const over = here.filter((mark) => mark.start <= start && end <= mark.end);
          if (over.length === 0) return document.createTextNode(text);
          const piece = document.createElement("span");
          piece.className = `fill ${over.map((mark) => mark.style).join(" ")}`;
          piece.textContent = text;
          return piece;
        }),
      );
    });
  }

  clear(): void {
    this.#drawn = [];
  }
}

/**
 * The text on the page: one element a paragraph, marks painted over it, and the way from points to offsets and back.
 * Offsets count UTF-16 units of exactly the given text.
 */
export class TextView {
  paragraphs: HTMLElement[] = [];
  #blocks: HTMLElement[] = [];
  /** Indices of the paragraphs in or near the window. */
  readonly visible = new Set<number>();
  #painter: Painter;
  #watcher: IntersectionObserver;

  constructor(
    private readonly root: ShadowRoot,
    readonly element: HTMLElement,
    public words: Words,
    prefix: string,
    onScroll: () => void,
  ) {
    const native = typeof Highlight === "function" && "highlights" in CSS;
    this.#painter = native ? new HighlightPainter(this, prefix) : new SplitPainter(this);
    this.#watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const first = this.#blocks.indexOf(target as HTMLElement) * BLOCK;
          for (let p = first; p < first + BLOCK; p++)
            if (isIntersecting) this.visible.add(p);
            else this.visible.delete(p);
        }
        onScroll();
      },
      { rootMargin: "300px" },
    );
    this.load(words);
  }

  /** Shows another text. */
  load(words: Words): void {
    this.words = words;
    this.#painter.clear();
    this.#watcher.disconnect();
    this.visible.clear();
    this.paragraphs = words.starts.map((_, p) => {
      const paragraph = document.createElement("div");
      paragraph.className = "paragraph";
      paragraph.dir = "auto";
      paragraph.append(document.createTextNode(words.text.slice(...words.extent(p))));
      return paragraph;
    });
    const long = this.paragraphs.length > FEW;
    this.element.classList.toggle("long", long);
    this.#blocks = long ? this.#inBlocks() : [];
    this.element.replaceChildren(...(long ? this.#blocks : this.paragraphs));
    for (const block of this.#blocks) this.#watcher.observe(block);
    if (!long) for (const p of this.paragraphs.keys()) this.visible.add(p);
  }

  #inBlocks(): HTMLElement[] {
    return Array.from({ length: Math.ceil(this.paragraphs.length / BLOCK) }, (_, i) => {
      const block = document.createElement("div");
      block.className = "block";
      block.append(...this.paragraphs.slice(i * BLOCK, (i + 1) * BLOCK));
      block.style.setProperty("--paragraphs", String(block.childElementCount));
      return block;
    });
  }

  paint(marks: readonly Mark[]): void {
    this.#painter.paint(marks);
  }

  /** Takes the marks off the document (highlights live in a registry of the whole page). */
  close(): void {
    this.#painter.clear();
    this.#watcher.disconnect();
  }

  /** Where a stretch begins and ends in the DOM; it ends in the paragraph of its last unit. */
  boundaries(start: number, end: number): StaticRangeInit {
    const [startContainer, startOffset] = this.#locate(start, this.words.paragraphAt(start));
    const [endContainer, endOffset] = this.#locate(
      end,
      this.words.paragraphAt(Math.max(start, end - 1)),
    );
    return { startContainer, startOffset, endContainer, endOffset };
  }

  /** The offset of a DOM position in the text; undefined outside of it. */
  offsetOf(node: Node, offset: number): number | undefined {
    const block = this.#blocks.indexOf(node as HTMLElement);
    if (node === this.element || block >= 0) {
      const p = block >= 0 ? block * BLOCK + offset : offset * (this.#blocks.length ? BLOCK : 1);
      return this.words.starts[p] ?? this.words.text.length;
    }
    const p = this.paragraphs.findIndex((paragraph) => paragraph.contains(node));
    if (p < 0) return undefined;
    const before = document.createRange();
    before.setStart(this.paragraphs[p] as Node, 0);
    before.setEnd(node, offset);
    return (this.words.starts[p] as number) + before.toString().length;
  }

  /** The lines that a stretch covers, in window coordinates, one box a line (and direction). */
  boxes(start: number, end: number): Box[] {
    const boxes: Box[] = [];
    const last = this.words.paragraphAt(Math.max(start, end - 1));
    for (let p = this.words.paragraphAt(start); p <= last; p++) {
      const [from, to] = this.words.extent(p);
      const range = this.#range(Math.max(from, start), Math.min(to, end));
      for (const { left, top, width, height } of range.getClientRects()) {
        if (width < 0.5) continue;
        const before = boxes.at(-1);
        const joins =
          before && Math.abs(before.top - top) < 2 && Math.abs(before.height - height) < 2;
        if (joins && left - (before.left + before.width) < 1 && left >= before.left)
          before.width = Math.max(before.width, left + width - before.left);
        else if (joins && Math.abs(left + width - before.left) < 1) {
          before.left = left;
          before.width += width;
        } else boxes.push({ left, top, width, height });
      }
    }
    return boxes;
  }

  rightToLeft(offset: number): boolean {
    const paragraph = this.paragraphs[this.words.paragraphAt(offset)];
    return !!paragraph && getComputedStyle(paragraph).direction === "rtl";
  }

  /** The boundary nearest to a point; points beside the text count as the nearest inside. */
  offsetAt(x: number, y: number): number {
    const area = this.element.getBoundingClientRect();
    if (y <= area.top) return 0;
    if (y >= area.bottom) return this.words.text.length;
    const inside = Math.min(Math.max(x, area.left + 2), area.right - 2);
    if (typeof document.caretPositionFromPoint === "function") {
      const at = document.caretPositionFromPoint(inside, y, { shadowRoots: [this.root] });
      const offset = at && this.offsetOf(at.offsetNode, at.offset);
      if (typeof offset === "number") return offset;
    }
    return this.#search(inside, y);
  }

  /** The unit under a point; undefined where there is no text. */
  unitAt(x: number, y: number): number | undefined {
    const near = this.offsetAt(x, y);
    const { start, end } = this.words.at(near, "grapheme");
    const before = near > 0 ? this.words.at(near - 1, "grapheme") : { start, end };
    for (const cut of [{ start, end }, before]) {
      const hit = this.boxes(cut.start, cut.end).some(
        ({ left, top, width, height }) =>
          left - 1 <= x && x <= left + width + 1 && top - 6 <= y && y <= top + height + 8,
      );
      if (hit) return cut.start;
    }
    return undefined;
  }

  /** Without caretPositionFromPoint for shadow roots: halve the text towards the nearest grapheme. */
  #search(x: number, y: number): number {
    const distance = (start: number, end: number): number =>
      Math.min(
        Number.MAX_VALUE,
        ...[...this.#range(start, end).getClientRects()].map((box) => {
          const dx = Math.max(box.left - x, 0, x - box.right);
          const dy = Math.max(box.top - y, 0, y - box.bottom);
          return dx + dy * 1000;
        }),
      );
    const p = this.paragraphs.findIndex((one) => one.getBoundingClientRect().bottom >= y);
    let [start, end] = this.words.extent(p < 0 ? this.paragraphs.length - 1 : p);
    while (end - start > 1) {
      const middle = (start + end) >> 1;
      if (distance(start, middle) <= distance(middle, end)) end = middle;
      else start = middle;
    }
    const cut = this.words.at(start, "grapheme");
    const [box] = this.boxes(cut.start, cut.end);
    if (!box) return cut.start;
    const late = x > box.left + box.width / 2;
    return late !== this.rightToLeft(cut.start) ? cut.end : cut.start;
  }

  #range(start: number, end: number): Range {
    const { startContainer, startOffset, endContainer, endOffset } = this.boundaries(start, end);
    const range = document.createRange();
    range.setStart(startContainer, startOffset);
    range.setEnd(endContainer, endOffset);
    return range;
  }

  #locate(offset: number, p: number): [Node, number] {
    let rest = offset - (this.words.starts[p] as number);
    const paragraph = this.paragraphs[p] as HTMLElement;
    let node: Node = paragraph;
    for (const piece of paragraph.childNodes) {
      node = piece.firstChild ?? piece;
      const length = node.nodeValue?.length ?? 0;
      if (rest <= length) break;
      rest -= length;
    }
    return [node, rest];
  }
}

/** What a native selection covers of the text (touch, assistive technology); undefined when it is elsewhere. */
export function nativeSelection(root: ShadowRoot, view: TextView): Extent | undefined {
  const selection = document.getSelection();
  if (!selection) return undefined;
  let range: AbstractRange | undefined;
  if (typeof selection.getComposedRanges === "function")
    range = selection.getComposedRanges({ shadowRoots: [root] })[0];
  else {
    const own = (root as ShadowRoot & { getSelection?(): Selection | null }).getSelection?.();
    const found = own ?? selection;
    range = found.rangeCount ? found.getRangeAt(0) : undefined;
  }
  if (!range || range.collapsed) return undefined;
  const start = view.offsetOf(range.startContainer, range.startOffset);
  const end = view.offsetOf(range.endContainer, range.endOffset);
  return start === undefined || end === undefined || start === end ? undefined : [start, end];
}
