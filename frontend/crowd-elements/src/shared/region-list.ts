/**
 * What has been annotated, as a list: the accessible form of the work, in step with the picture or text beside it.
 * `ul.region-list[role=listbox] > [role=option]`; of long lists only the rows in sight are there.
 */
import { css, html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { defineStrings } from "./strings.ts";

export interface Region {
  /** Unique in the list and the same as long as the region lives. */
  readonly id: string | number;
  readonly label: string;
  /** Where and how large, in words. */
  readonly detail: string;
  readonly color: string;
}

export interface RegionListState {
  readonly count: number;
  /** The region at that place; asked only for the rows in sight. */
  readonly at: (index: number) => Region;
  /** The place of the selected region; -1 for none. */
  readonly selected: number;
}

export interface RegionListOptions {
  /** A row was chosen by a press or with the arrows. */
  select(index: number): void;
  /** Enter or a double click on a row: go to it. */
  open?(index: number): void;
}

/** From this many rows on only those in sight are rendered. */
const WINDOW_FROM = 50;
/** Rows beyond each edge, so that scrolling shows no gaps. */
const MARGIN_ROWS = 6;

const strings = defineStrings({
  en: {
    annotations: { one: "{count} annotation", other: "{count} annotations" },
    none: "Nothing is annotated yet.",
  },
  de: {
    annotations: { one: "{count} Annotation", other: "{count} Annotationen" },
    none: "Noch ist nichts annotiert.",
  },
  ja: {
    annotations: { other: "アノテーション {count} 件" },
    none: "アノテーションはまだありません。",
  },
  ar: {
    annotations: {
      zero: "لا توجد تعليقات",
      one: "تعليق واحد",
      two: "تعليقان",
      few: "{count} تعليقات",
      other: "{count} تعليقًا",
    },
    none: "لم يُعلَّم شيء بعد.",
  },
});

export class RegionList implements ReactiveController {
  #state: RegionListState = { count: 0, at: () => ({}) as Region, selected: -1 };
  #rowHeight = 36;
  #first = 0;
  #last = WINDOW_FROM;
  #revealed = -1;
  /** What it was before an update, while it had the focus. */
  #focused: RegionListState | undefined;

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly options: RegionListOptions,
  ) {
    host.addController(this);
  }

  render(state: RegionListState) {
    this.#state = state;
    const { count, at, selected } = state;
    const t = strings(this.host);
    const windowed = count > WINDOW_FROM;
    const first = windowed ? Math.max(0, Math.min(this.#first, count - 1)) : 0;
    const last = windowed ? Math.min(count, Math.max(this.#last, first + 1)) : count;
    const rows = Array.from({ length: last - first }, (_, offset) => first + offset);
    // The selected row is there even when it is out of sight: assistive technology points to it.
    const before = selected >= 0 && selected < first ? [selected] : [];
    const after = selected >= last && selected < count ? [selected] : [];
    const shown = [...before, ...rows, ...after];
    // Margins of the first and last row stand for the rows that are not there.
    const space = (size: number) => `${Math.max(0, size) * this.#rowHeight}px`;
    const above = space(first - before.length);
    const below = space(count - last - after.length);
    return html`<section class="regions">
      <h3 id="regions-heading">${t("annotations", { count })}</h3>
      ${count ? nothing : html`<p class="hint">${t("none")}</p>`}
      <ul
        class="region-list"
        role="listbox"
        tabindex="0"
        aria-labelledby="regions-heading"
        aria-activedescendant=${selected >= 0 ? `region-${at(selected).id}` : nothing}
        ?hidden=${!count}
        @scroll=${this.#onScroll}
        @keydown=${this.#onKey}
      >
        ${shown.map((index, row) =>
          this.#renderRow(index, {
            "margin-block-start": row === 0 ? above : "",
            "margin-block-end": row === shown.length - 1 ? below : "",
          }),
        )}
      </ul>
    </section>`;
  }

  #renderRow(index: number, margins: Readonly<Record<string, string>>) {
    const { at, count, selected } = this.#state;
    const { id, label, detail, color } = at(index);
    const name = `${label}: ${detail}`;
    return html`<li
      id="region-${id}"
      role="option"
      aria-selected=${String(index === selected)}
      aria-posinset=${index + 1}
      aria-setsize=${count}
      style=${styleMap(margins)}
      @click=${() => this.options.select(index)}
      @dblclick=${() => this.options.open?.(index)}
    >
      <span class="dot" style=${styleMap({ background: color })}></span>
      <span class="region-text" title=${name}><bdi>${label}</bdi>: ${detail}</span>
    </li>`;
  }

  hostUpdate(): void {
    const list = this.#list;
    const hasFocus = list && this.host.shadowRoot?.activeElement === list;
    this.#focused = hasFocus ? this.#state : undefined;
  }

  hostUpdated(): void {
    const list = this.#list;
    if (!list) return;
    if (this.#focused) this.#keepPlace(this.#focused);
    const height = list.querySelector("li")?.offsetHeight;
    if (height && Math.abs(height - this.#rowHeight) > 0.5) {
      this.#rowHeight = height;
      this.host.requestUpdate();
    }
    const { selected } = this.#state;
    if (selected !== this.#revealed) {
      this.#revealed = selected;
      if (selected >= 0) this.#scrollTo(list, selected);
    }
    this.#look();
  }

  /** A row that had the focus is gone: its neighbor is next, and the work after the last one. */
  #keepPlace(before: RegionListState): void {
    const { count, selected } = this.#state;
    if (count >= before.count) return;
    if (count === 0) this.host.focus();
    else if (selected < 0 && before.selected >= 0)
      this.options.select(Math.min(before.selected, count - 1));
  }

  get #list(): HTMLElement | null {
    return this.host.shadowRoot?.querySelector<HTMLElement>("ul.region-list") ?? null;
  }

  #scrollTo(list: HTMLElement, index: number): void {
    const top = index * this.#rowHeight;
    if (top < list.scrollTop) list.scrollTop = top;
    const bottom = top + this.#rowHeight - list.clientHeight;
    if (bottom > list.scrollTop) list.scrollTop = bottom;
  }

  #onScroll = (): void => this.#look();

  /** Finds the rows in sight; renders again when they are not there. */
  #look(): void {
    const list = this.#list;
    if (!list || this.#state.count <= WINDOW_FROM) return;
    const first = Math.floor(list.scrollTop / this.#rowHeight);
    const last = Math.ceil((list.scrollTop + list.clientHeight) / this.#rowHeight);
    if (first >= this.#first && Math.min(last, this.#state.count) <= this.#last) return;
    this.#first = Math.max(0, first - MARGIN_ROWS);
    this.#last = last + MARGIN_ROWS;
    this.host.requestUpdate();
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { count, selected } = this.#state;
    const page = Math.max(1, Math.floor((this.#list?.clientHeight ?? 0) / this.#rowHeight) - 1);
    const to: Record<string, number> = {
      ArrowDown: selected + 1,
      ArrowUp: selected < 0 ? count - 1 : selected - 1,
      PageDown: selected + page,
      PageUp: selected - page,
      Home: 0,
      End: count - 1,
    };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      this.options.select(Math.max(0, Math.min(count - 1, next)));
    } else if (event.key === "Enter" && selected >= 0 && this.options.open) {
      event.preventDefault();
      this.options.open(selected);
    }
  };

  static readonly styles = css`
    .regions h3 {
      margin: 16px 0 6px;
      font-size: 0.9375em;
    }
    .region-list {
      max-block-size: 288px;
      margin: 0;
      padding: 0;
      overflow: auto;
      border: 1px solid var(--tk-hairline);
      border-radius: 6px;
      list-style: none;
    }
    .region-list li {
      display: flex;
      align-items: center;
      gap: 8px;
      block-size: max(2.25em, 32px);
      padding-inline: 8px;
      font-size: 0.875em;
      white-space: nowrap;
      cursor: pointer;
    }
    .region-list li:hover {
      background: var(--tk-quiet);
    }
    .region-list li[aria-selected="true"] {
      background: var(--tk-accent);
      color: var(--tk-on-accent);
    }
    .region-text {
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      font-variant-numeric: tabular-nums;
    }
    .dot {
      flex: none;
      inline-size: 14px;
      block-size: 14px;
      border: 2px solid #fff;
      border-radius: 50%;
      outline: 1px solid rgb(0 0 0 / 45%);
      forced-color-adjust: none;
    }
    @media (pointer: coarse) {
      .region-list li {
        block-size: max(2.25em, 44px);
      }
    }
    @media (forced-colors: active) {
      .region-list li[aria-selected="true"] {
        forced-color-adjust: none;
        background: Highlight;
        color: HighlightText;
      }
    }
  `;
}
