/**
 * A text to mark stretches in: shows it with its spans, lets people select by pointer, touch and keys, and moves the
 * edges of the chosen span. What a selection becomes is its owner's affair.
 */
import { html, type ReactiveController, type ReactiveControllerHost, render } from "lit";
import { textOn } from "../colors.ts";
import { HIGHLIGHTS, HighlightPainter, type Look, type Paint } from "./highlights.ts";
import { renderBadges, renderBoxes, renderHandles } from "./overlay.ts";
import { PointerSelection, type PointerTarget } from "./pointer-selection.ts";
import { indexAt, type SegmentedText, type Stretch } from "./segmented-text.ts";
import { cutSpan, roomOf, type Side, snapped, spanAt, spansIn, withEdgeMoved } from "./spans.ts";
import { clearNativeSelection, nativeSelection, TextView } from "./text-view.ts";
import { isCursorKey, wordFrom } from "./word-cursor.ts";

export interface SpanLook {
  /** `#rrggbb`. */
  readonly color: string;
  /** A few letters above the span. */
  readonly badge: string;
  readonly removeLabel: string;
}

/** What a pane asks and tells the widget around it. The spans never overlap and are in order. */
export interface PaneOwner<S extends Stretch> {
  spans(): readonly S[];
  chosen(): S | undefined;
  lookOf(span: S): SpanLook;
  /** The worker has finished a selection; it stays until the owner clears it. */
  select(stretch: Stretch): void;
  choose(span: S | undefined): void;
  remove(span: S): void;
  reshape(span: S, to: Stretch): void;
  /** A selection would cover a part of this span only. */
  refuse(span: S): void;
  say(text: string): void;
}

const tinted = (color: string, share: number) =>
  `background-color: color-mix(in srgb, ${color} ${share}%, transparent)`;

/** A span of that color, and one that is chosen. */
const looksOf = (color: string): [Look, Look] => [
  { name: color.slice(1), css: tinted(color, 28), priority: 0 },
  { name: `${color.slice(1)}-chosen`, css: tinted(color, 55), priority: 0 },
];

const underlined = (color: string, style: string) =>
  `${tinted(color, 35)}; text-decoration: underline ${style} ${color}`;

const PENDING: Look = {
  name: "pending",
  css: underlined("var(--tk-accent)", "solid"),
  priority: 1,
};
const REFUSED: Look = {
  name: "refused",
  css: underlined("var(--tk-danger)", "wavy"),
  priority: 1,
};

/** Pixels between what was brought to sight and what sticks to the window. */
const ROOM = 24;

/** Tries to bring a stretch to sight: parts that come near the window take their true height only then. */
const TRIES = 4;

export class TextPane<S extends Stretch> implements ReactiveController, PointerTarget {
  /** The whole pane; the owner puts it into its work. */
  readonly element = document.createElement("div");
  readonly view: TextView;
  /** What is selected and waits for the owner to make something of it. */
  pending: Stretch | undefined;
  #cursor: Stretch | undefined;
  /** Where an extension by keys began. */
  #anchor: Stretch | undefined;
  readonly #painter: HighlightPainter;
  readonly #pointer: PointerSelection;
  readonly #overlay = document.createElement("div");
  readonly #resize = new ResizeObserver(() => this.#plan());
  #frame = 0;
  /** Where the last walk came to: the next one goes on there when that span is gone. */
  #walked: number | undefined;
  /** After Escape, Tab leaves the text. */
  #isLeaving = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly owner: PaneOwner<S>,
  ) {
    const text = document.createElement("div");
    text.className = "text-body";
    text.tabIndex = 0;
    text.dataset.testid = "text";
    text.setAttribute("role", "application");
    text.addEventListener("keydown", (event) => this.#onKey(event));
    text.addEventListener("focus", () => this.#onFocus());
    text.addEventListener("blur", () => this.#plan());
    text.addEventListener("copy", (event) => this.#onCopy(event));
    this.element.className = "paper";
    this.#overlay.className = "overlay";
    this.element.append(text, this.#overlay);
    this.view = new TextView(text, () => this.#plan());
    this.#painter = new HighlightPainter(this.view);
    this.#pointer = new PointerSelection(this);
    host.addController(this);
  }

  // --- for the owner

  get text(): SegmentedText {
    return this.view.text;
  }

  /** Shows another text. */
  show(text: SegmentedText): void {
    this.#painter.paint([]);
    this.pending = this.#cursor = this.#anchor = this.#walked = undefined;
    this.view.show(text);
    this.#plan();
  }

  /** Tells which colors are to come. */
  prepare(colors: readonly string[]): void {
    if (HIGHLIGHTS) this.#painter.prepare([...colors.flatMap(looksOf), PENDING, REFUSED]);
  }

  /** What people who do not see it are told of the pane. */
  describe(label: string, description: string): void {
    const text = this.view.element;
    text.ariaLabel = label;
    text.ariaDescription = description;
  }

  /** The keyboard's word, as long as it is seen. */
  get word(): Stretch | undefined {
    return this.view.element.matches(":focus") ? this.#cursor : undefined;
  }

  /** Nothing is selected any more. */
  clear(): void {
    this.pending = this.#anchor = undefined;
    clearNativeSelection();
    this.host.requestUpdate();
  }

  /** Finishes the selection, as a key or a mouse does. */
  take(): void {
    if (this.pending) this.#offer(this.pending);
  }

  /** Calls off what is going on or selected; false when there is nothing. */
  cancel(): boolean {
    this.#isLeaving = true;
    if (this.#pointer.cancel()) return true;
    if (this.pending) this.clear();
    else if (!this.#cursor) return false;
    else this.#cursor = undefined;
    this.host.requestUpdate();
    return true;
  }

  focus(): void {
    this.view.element.focus({ preventScroll: true });
  }

  /** Moves an edge of the chosen span by a word or, if `fine`, by a character; false where it cannot go. */
  moveEdge(side: Side, by: -1 | 1, fine: boolean): boolean {
    const chosen = this.owner.chosen();
    const spans = this.owner.spans();
    if (!chosen) return false;
    const room = roomOf(spans, chosen, this.text.text.length);
    const moved = withEdgeMoved(this.text, chosen, side, by, fine, room);
    if (moved) this.owner.reshape(chosen, moved);
    return true;
  }

  /** Brings a stretch to sight, clear of what sticks to the window. */
  reveal(stretch: Stretch, tries = TRIES): void {
    const probe = this.#overlay.querySelector<HTMLElement>(".probe");
    const [box] = this.view.boxes({ start: stretch.start, end: stretch.start + 1 });
    if (!box || !probe) return;
    probe.style.top = `${box.top - this.element.getBoundingClientRect().top}px`;
    probe.style.height = `${box.height}px`;
    const top = this.#heightOf(".label-bar") + ROOM;
    probe.style.scrollMarginBlock = `${top}px ${this.#heightOf("#actionsContainer") + ROOM}px`;
    probe.scrollIntoView({ block: "nearest" });
    if (tries > 1) requestAnimationFrame(() => this.reveal(stretch, tries - 1));
  }

  /** Of something in the same widget that sticks to the window. */
  #heightOf(selector: string): number {
    const root = this.element.getRootNode() as ShadowRoot;
    return root.querySelector<HTMLElement>(selector)?.offsetHeight ?? 0;
  }

  // --- life

  hostConnected(): void {
    this.view.watch();
    this.#pointer.connect();
    this.#resize.observe(this.element);
    document.fonts?.addEventListener("loadingdone", this.#plan);
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.view.close();
    this.#pointer.disconnect();
    this.#resize.disconnect();
    document.fonts?.removeEventListener("loadingdone", this.#plan);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (HIGHLIGHTS) this.#painter.detach();
  }

  hostUpdated(): void {
    if (HIGHLIGHTS) this.#painter.attach();
    this.#plan();
  }

  // --- pointer

  draw(from: number, to: number, fine: boolean): void {
    this.pending = snapped(this.text, this.owner.spans(), from, to, fine);
    this.#cursor = undefined;
    this.host.requestUpdate();
  }

  finish(): void {
    this.take();
  }

  dragEdge(side: Side, to: number, fine: boolean): void {
    const chosen = this.owner.chosen();
    const spans = this.owner.spans();
    if (!chosen) return;
    const room = roomOf(spans, chosen, this.text.text.length);
    const wide =
      side === "start"
        ? snapped(this.text, [], Math.min(to, chosen.end - 1), chosen.end, fine)
        : snapped(this.text, [], chosen.start, Math.max(to, chosen.start + 1), fine);
    if (!wide) return;
    const reached =
      side === "start"
        ? { start: Math.max(wide.start, room.start), end: chosen.end }
        : { start: chosen.start, end: Math.min(wide.end, room.end) };
    this.pending = fine ? reached : this.text.trimmed(reached);
    this.host.requestUpdate();
  }

  dropEdge(): void {
    const { pending } = this;
    const chosen = this.owner.chosen();
    this.clear();
    if (chosen && pending) this.owner.reshape(chosen, pending);
  }

  drag(isDragging: boolean): void {
    this.element.classList.toggle("dragging", isDragging);
  }

  abandon(): void {
    this.clear();
  }

  click(unit: number | undefined, times: number): void {
    const span = unit === undefined ? undefined : spanAt(this.owner.spans(), unit);
    this.#cursor = this.#walked = undefined;
    if (times < 2 || span || unit === undefined) {
      this.clear();
      this.owner.choose(span);
      return;
    }
    const { start, end } =
      times === 2 ? this.text.at(unit, "word") : this.text.at(unit, "sentence");
    const whole = this.text.trimmed({ start, end });
    if (whole) this.#offer(whole);
  }

  selectedNatively({ start, end }: Stretch): void {
    this.pending = snapped(this.text, this.owner.spans(), start, end, false);
    this.host.requestUpdate();
  }

  /** Gives a finished selection to the owner, unless it cuts a span. */
  #offer(stretch: Stretch): void {
    const cut = cutSpan(this.owner.spans(), stretch);
    this.pending = cut ? undefined : stretch;
    if (cut) this.owner.refuse(cut);
    else this.owner.select(stretch);
    this.host.requestUpdate();
  }

  // --- keys

  #onFocus(): void {
    const { element } = this.view;
    if (!element.matches(":focus-visible") || this.pending || this.owner.chosen()) return;
    this.#cursor ??= wordFrom(undefined, "Home", this.view);
    this.#plan();
  }

  #onKey(event: KeyboardEvent): void {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey || ctrlKey || metaKey || event.isComposing) return;
    const isLeaving = this.#isLeaving;
    this.#isLeaving = false;
    if (key === "Tab") {
      if (!isLeaving && this.#walk(shiftKey ? -1 : 1)) event.preventDefault();
    } else if (isCursorKey(key)) {
      event.preventDefault();
      this.#moveCursor(key, shiftKey);
    } else if (key === "Enter") {
      const stretch = this.pending ?? this.#cursor;
      if (!stretch) return;
      event.preventDefault();
      const span = this.pending ? undefined : spanAt(this.owner.spans(), stretch.start);
      if (span) this.owner.choose(span);
      else this.#offer(stretch);
    }
  }

  /** Chooses the next span after the chosen one or the cursor; false at the end. */
  #walk(by: -1 | 1): boolean {
    const chosen = this.owner.chosen();
    const spans = this.owner.spans();
    const edge = by > 0 ? 0 : this.text.text.length;
    const from = (chosen ?? this.#cursor)?.start ?? this.#walked ?? edge;
    const next = chosen
      ? spans[spans.indexOf(chosen) + by]
      : by > 0
        ? spans.find(({ end }) => end > from)
        : spans[indexAt(spans, from - 1)];
    if (!next) return false;
    this.clear();
    this.#cursor = undefined;
    this.#walked = next.start;
    this.owner.choose(next);
    this.reveal(next);
    return true;
  }

  #moveCursor(key: string, extend: boolean): void {
    const chosen = this.owner.chosen();
    const from = this.#cursor ?? this.pending ?? (chosen && this.text.at(chosen.start, "word"));
    const to = wordFrom(from, key, this.view);
    if (!to) return;
    if (extend) {
      this.#anchor ??= from ?? to;
      this.pending = {
        start: Math.min(this.#anchor.start, to.start),
        end: Math.max(this.#anchor.end, to.end),
      };
    } else this.clear();
    this.owner.choose(undefined);
    this.#cursor = to;
    this.owner.say(this.text.excerpt(this.pending ?? to));
    this.host.requestUpdate();
    this.reveal(to);
  }

  #onCopy(event: ClipboardEvent): void {
    const stretch = this.pending ?? this.owner.chosen();
    if (!stretch || nativeSelection(this.view)) return;
    event.clipboardData?.setData("text/plain", this.text.text.slice(stretch.start, stretch.end));
    event.preventDefault();
  }

  // --- drawing

  /** Draws in the next frame. */
  readonly #plan = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.element.isConnected) this.#draw();
    });
  };

  #draw(): void {
    const near = this.view.near().flatMap((part) => spansIn(this.owner.spans(), part));
    // One that reaches from one part into another is in both.
    const spans = [...new Set(near)];
    const paints = this.#paints(spans);
    if (HIGHLIGHTS) this.#painter.paint(paints);
    const origin = this.#overlay.getBoundingClientRect();
    const chosen = this.owner.chosen();
    const badges = spans.flatMap((span) => {
      const [line] = this.view.boxes(this.text.at(span.start, "grapheme"));
      const { color, badge, removeLabel } = this.owner.lookOf(span);
      if (!line || badge === "") return [];
      return {
        line,
        isRightToLeft: this.view.isRightToLeft(span.start),
        isChosen: span === chosen,
        text: badge,
        color,
        ink: textOn(color),
        removeLabel,
        choose: () => this.owner.choose(span),
        remove: () => this.owner.remove(span),
      };
    });
    const fills = HIGHLIGHTS
      ? []
      : paints.map((paint) => renderBoxes(this.view.boxes(paint), "fill", origin, paint.look.css));
    const handles = chosen
      ? renderHandles(
          this.view.boxes(chosen),
          this.view.isRightToLeft(chosen.start),
          origin,
          this.#pointer.edgeDown,
        )
      : [];
    const cursor = this.word ? this.view.boxes(this.word) : [];
    render(
      html`<i class="probe"></i>${fills}${renderBadges(badges, origin)}${renderBoxes(
        cursor,
        "cursor",
        origin,
      )}${handles}`,
      this.#overlay,
    );
  }

  #paints(spans: readonly S[]): Paint[] {
    const chosen = this.owner.chosen();
    const paints: Paint[] = spans.map((span) => {
      const [plain, strong] = looksOf(this.owner.lookOf(span).color);
      return { start: span.start, end: span.end, look: span === chosen ? strong : plain };
    });
    if (this.pending) {
      const others = this.owner.spans().filter((span) => span !== chosen);
      paints.push({ ...this.pending, look: cutSpan(others, this.pending) ? REFUSED : PENDING });
    }
    return paints;
  }
}
