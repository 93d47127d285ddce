import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Labeling } from "./labeling.js";
import type { Span } from "./spans.js";
import type { Strings } from "./strings.js";

/** More rows than this, and only those in view are drawn. */
const ROWS_UNWINDOWED = 50;
const ROWS_DRAWN = 24;
const ROWS_ABOVE = 6;

/** The selected span with all that can be done to it, for those who do not drag or press keys. */
export function chosenSpan(work: Labeling, s: Strings): TemplateResult | typeof nothing {
  const span = work.selected;
  if (!span) return nothing;
  const step = (side: "start" | "end", by: -1 | 1, name: string): TemplateResult =>
    html`<button type="button" aria-label=${name} title=${name} @click=${() => work.moveEdge(side, by, false)}>${by < 0 ? "◂" : "▸"}</button>`;
  return html`<div class="chosen-span" role="group" aria-label=${s.selected} data-testid="selected-span">
    <p dir="auto">${work.wordsOf([span.start, span.end], 140)}</p>
    <div class="row">
      <label>${s.changeLabel}
        <select data-testid="relabel" .value=${span.label} @change=${(event: Event) => work.relabel(span, (event.target as HTMLSelectElement).value)}>
          ${work.labels.all.map(({ label, full }) => html`<option value=${label} ?selected=${label === span.label}>${full}</option>`)}
        </select>
      </label>
      <span class="stepper"><span>${s.start}</span>${step("start", -1, s.startLeft)}${step("start", 1, s.startRight)}</span>
      <span class="stepper"><span>${s.end}</span>${step("end", -1, s.endLeft)}${step("end", 1, s.endRight)}</span>
    </div>
    <div class="row">
      ${span.suggested ? html`<button type="button" class="accept" data-testid="accept" @click=${() => work.accept()}>${s.accept} <kbd>A</kbd></button>` : nothing}
      <button type="button" data-testid="others" @click=${() => work.markOthers()}>${s.others} <kbd>O</kbd></button>
      <button type="button" data-testid="remove" @click=${() => work.remove(span, false)}>${s.remove} <kbd>Del</kbd></button>
    </div>
  </div>`;
}

/** The list of spans: in step with the text, windowed, and the accessible form of the work. */
export class SpanList {
  #top = 0;
  #followed: number | null = null;

  constructor(
    private readonly work: Labeling,
    private readonly root: () => ParentNode,
    private readonly redraw: () => void,
  ) {}

  get element(): HTMLElement | null {
    return this.root().querySelector<HTMLElement>("[data-testid=span-list]");
  }

  get #rowHeight(): number {
    return matchMedia("(pointer: coarse)").matches ? 48 : 40;
  }

  /** Brings the row of a newly selected span to sight; before the rows are drawn. */
  follow(): void {
    const { spans, selectedId } = this.work;
    if (selectedId === this.#followed) return;
    this.#followed = selectedId;
    const list = this.element;
    const place = spans.findIndex(({ id }) => id === selectedId);
    if (!list || place < 0) return;
    const row = this.#rowHeight;
    if (list.scrollTop > place * row) list.scrollTop = place * row;
    else if (list.scrollTop + list.clientHeight < (place + 1) * row)
      list.scrollTop = (place + 1) * row - list.clientHeight;
    this.#top = list.scrollTop;
  }

  #onScroll = (event: Event): void => {
    this.#top = (event.currentTarget as HTMLElement).scrollTop;
    if (this.work.spans.length > ROWS_UNWINDOWED) this.redraw();
  };

  render(s: Strings, onKey: (event: KeyboardEvent) => void): TemplateResult {
    const { work } = this;
    const { spans, selectedId } = work;
    const row = this.#rowHeight;
    const windowed = spans.length > ROWS_UNWINDOWED;
    const first = windowed ? Math.max(0, Math.floor(this.#top / row) - ROWS_ABOVE) : 0;
    const shown = windowed ? spans.slice(first, first + ROWS_DRAWN) : spans;
    const open = work.open.length;
    const rows = repeat(
      shown,
      ({ id }) => id,
      (span, i) => this.#row(span, first + i, row, s),
    );
    return html`${
      open > 1
        ? html`<button type="button" class="accept all" data-testid="accept-all" @click=${() => work.acceptAll()}>${s.acceptAll(open)} <kbd>⇧A</kbd></button>`
        : nothing
    }
      <div
        class="list"
        role="listbox"
        tabindex="0"
        data-testid="span-list"
        aria-labelledby="spans-title"
        aria-activedescendant=${work.selected ? `span-${selectedId}` : nothing}
        @keydown=${onKey}
        @scroll=${this.#onScroll}
      >
        ${spans.length === 0 ? html`<p class="empty">${s.noSpans}</p>` : nothing}
        <div role="presentation" style="height:${spans.length * row}px">${rows}</div>
      </div>`;
  }

  #row(span: Span, place: number, height: number, s: Strings): TemplateResult {
    const { work } = this;
    const index = work.labels.index(span.label);
    const words = work.wordsOf([span.start, span.end], 90);
    const name = s.spanName(work.labels.full(span.label), words, span.start, span.end);
    return html`<div
      role="option"
      id="span-${span.id}"
      class="row-item c${index} ${span.suggested ? "suggested" : ""}"
      style="top:${place * height}px;height:${height}px"
      aria-selected=${span.id === work.selectedId ? "true" : "false"}
      aria-label=${span.suggested ? `${name}, ${s.suggestion}` : name}
      aria-setsize=${work.spans.length}
      aria-posinset=${place + 1}
      @click=${() => work.select(span.id, true)}
    >
      <span class="tag">${span.suggested ? "? " : ""}${work.labels.short(span.label)}</span>
      <bdi dir="auto">${words}</bdi>
    </div>`;
  }
}
