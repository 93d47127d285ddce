/** The labels beside the work, one of them chosen: `.label-pane-content > button.label-button(.selected)`. */
import { css, html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { textOn } from "./colors.ts";
import { defineStrings } from "./strings.ts";

export interface PaneLabel {
  readonly name: string;
  readonly color: string;
  /** Shown in place of the name. */
  readonly text?: string;
}

export interface PaneState {
  /** Above the labels. */
  readonly heading: string;
  readonly labels: readonly PaneLabel[];
  /** The name of the chosen label; empty for none. */
  readonly chosen: string;
}

/** The keys of the first labels, in order. */
export const LABEL_KEYS = "1234567890";

/** From this many labels on there is a search field. */
const SEARCH_FROM = 16;
/** No more buttons than this at a time: the rest is found by searching. */
const MOST_SHOWN = 200;

const strings = defineStrings({
  en: {
    search: "Search labels",
    more: { one: "and one more: search for it", other: "and {count} more: search for them" },
    noMatch: "No label has “{text}” in it.",
    none: "There are no labels yet.",
  },
  de: {
    search: "Labels durchsuchen",
    more: {
      one: "und ein weiteres: bitte suchen",
      other: "und {count} weitere: bitte suchen",
    },
    noMatch: "Kein Label enthält „{text}“.",
    none: "Es gibt noch keine Labels.",
  },
  ja: {
    search: "ラベルを検索",
    more: { other: "ほかに {count} 件: 検索してください" },
    noMatch: "「{text}」を含むラベルはありません。",
    none: "ラベルはまだありません。",
  },
  ar: {
    search: "البحث في التسميات",
    more: {
      one: "وتسمية أخرى: ابحث عنها",
      two: "وتسميتان أخريان: ابحث عنهما",
      few: "و{count} تسميات أخرى: ابحث عنها",
      other: "و{count} تسمية أخرى: ابحث عنها",
    },
    noMatch: "لا توجد تسمية تحتوي على «{text}».",
    none: "لا توجد تسميات بعد.",
  },
});

export class LabelPane {
  #search = "";

  /** `pick` is called with the name of a pressed label. */
  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly pick: (name: string) => void,
  ) {}

  render({ heading, labels, chosen }: PaneState): TemplateResult {
    const t = strings(this.host);
    const wanted = labels.length < SEARCH_FROM ? "" : this.#search.trim().toLocaleLowerCase();
    const found = wanted
      ? labels.filter(({ text, name }) => (text ?? name).toLocaleLowerCase().includes(wanted))
      : labels;
    const shown = found
      .slice(0, MOST_SHOWN)
      .map((label) => ({ label, key: LABEL_KEYS[labels.indexOf(label)] }));
    // One stop of the Tab key for all of them; arrows go from one to the next.
    const stop = Math.max(
      0,
      shown.findIndex(({ label }) => label.name === chosen),
    );
    const rest = found.length - shown.length;
    return html`<section class="label-pane" aria-label=${heading}>
      <h3>${heading}</h3>
      ${
        labels.length < SEARCH_FROM
          ? nothing
          : html`<input
              type="search"
              class="label-search"
              aria-label=${t("search")}
              placeholder=${t("search")}
              .value=${this.#search}
              @input=${this.#onSearch}
              @keydown=${(event: KeyboardEvent) => this.#onSearchKey(event, shown[0]?.label)}
            />`
      }
      <div class="label-pane-content" role="group" aria-label=${heading} @keydown=${this.#onKey}>
        ${shown.map(({ label, key }, index) =>
          this.#renderLabel(label, key, label.name === chosen, index === stop),
        )}
      </div>
      ${rest > 0 ? html`<p class="hint">${t("more", { count: rest })}</p>` : nothing}
      ${
        shown.length
          ? nothing
          : html`<p class="hint">${
              labels.length ? t("noMatch", { text: this.#search }) : t("none")
            }</p>`
      }
    </section>`;
  }

  #renderLabel(label: PaneLabel, key: string | undefined, selected: boolean, stop: boolean) {
    const colors = { background: label.color, color: textOn(label.color) };
    return html`<button
      type="button"
      class="label-button ${selected ? "selected" : ""}"
      data-label=${label.name}
      aria-pressed=${String(selected)}
      aria-keyshortcuts=${key ?? nothing}
      tabindex=${stop ? 0 : -1}
      @click=${() => this.pick(label.name)}
    >
      <span class="swatch" style=${styleMap(colors)} data-key=${key ?? nothing} aria-hidden="true"></span>
      <span class="label-text" dir="auto">${label.text ?? label.name}</span>
    </button>`;
  }

  #onSearch = (event: Event): void => {
    this.#search = (event.target as HTMLInputElement).value;
    this.host.requestUpdate();
  };

  /** Enter takes the first that was found. */
  #onSearchKey(event: KeyboardEvent, first: PaneLabel | undefined): void {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (first) this.pick(first.name);
  }

  #onKey = (event: KeyboardEvent): void => {
    const buttons = [...(event.currentTarget as Element).querySelectorAll("button")];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const to: Record<string, number> = {
      ArrowDown: Math.min(at + 1, buttons.length - 1),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: buttons.length - 1,
    };
    const next = buttons[to[event.key] ?? -1];
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    next.focus();
  };

  static readonly styles = css`
    .label-pane h3 {
      margin: 0 0 6px;
      font-size: 0.9375em;
    }
    .label-search {
      inline-size: 100%;
      min-block-size: 34px;
      margin-block-end: 6px;
      padding: 4px 8px;
      border: 1px solid var(--tk-line);
      border-radius: 6px;
      background: var(--tk-surface);
      color: var(--tk-text);
      font: inherit;
    }
    .label-pane-content {
      display: grid;
      gap: 4px;
      max-block-size: 324px;
      /* Room for the focus ring, which the scrolling box would cut off. */
      padding: 4px;
      margin: -4px;
      overflow: auto;
    }
    .label-button {
      display: flex;
      align-items: center;
      gap: 8px;
      min-block-size: 36px;
      padding: 4px 8px;
      border: 1px solid var(--tk-hairline);
      border-radius: 6px;
      background: var(--tk-surface);
      color: var(--tk-text);
      font: inherit;
      text-align: start;
      cursor: pointer;
    }
    .label-button:hover {
      background: var(--tk-quiet);
    }
    .label-button:focus-visible {
      outline-offset: 0;
    }
    .label-button.selected {
      border-color: var(--tk-accent);
      box-shadow: inset 0 0 0 2px var(--tk-accent);
      font-weight: 600;
    }
    .swatch {
      flex: none;
      display: grid;
      place-items: center;
      inline-size: 22px;
      block-size: 22px;
      border: 1px solid rgb(0 0 0 / 45%);
      border-radius: 4px;
      font-size: 0.8125rem;
      font-weight: 600;
      line-height: 1;
      forced-color-adjust: none;
    }
    /* Not text of the button: scripts read the label there. */
    .swatch::before {
      content: attr(data-key);
    }
    .label-text {
      min-inline-size: 0;
      overflow-wrap: anywhere;
    }
    .hint {
      margin: 6px 0 0;
      color: var(--tk-muted);
      font-size: 0.875em;
      overflow-wrap: anywhere;
    }
    @container (max-width: 860px) {
      .label-pane-content {
        grid-template-columns: repeat(auto-fill, minmax(140px, 1fr));
        max-block-size: 200px;
      }
    }
    @media (pointer: coarse) {
      .label-button,
      .label-search {
        min-block-size: 44px;
      }
    }
    @media (forced-colors: active) {
      .label-button.selected {
        border-color: Highlight;
        outline: 2px solid Highlight;
        outline-offset: -3px;
      }
    }
  `;
}
