/** The list of categories: buttons in the widget's own shadow root, a search field where they are many. */
import { html, nothing, type ReactiveControllerHost } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import type { Category, CategoryGroup } from "./categories.ts";
import type { Choice } from "./choice.ts";
import type { ChoiceText } from "./choice-strings.ts";
import { CategorySearch, SEARCH_ABOVE, SHOWN_AT_A_TIME, shownOf } from "./search.ts";

/** What there is to choose from, and what is chosen. */
export interface PickerView {
  readonly multiple: boolean;
  /** In the order in which they are shown. */
  readonly categories: readonly Category[];
  readonly groups: readonly CategoryGroup[];
  readonly exclusion: string | undefined;
  readonly choice: Choice;
  readonly hotKeyOf: (category: Category) => string | undefined;
  readonly exclusionKey: string;
  readonly text: ChoiceText;
}

export interface PickerEvents {
  pick(category: Category): void;
  pickNone(): void;
}

const FORWARD = "ArrowDown";
const BACK = "ArrowUp";

export class CategoryPicker {
  #query = "";
  #limit = SHOWN_AT_A_TIME;
  #search = new CategorySearch([]);
  #searched: readonly Category[] = [];

  constructor(
    private readonly host: ReactiveControllerHost & {
      readonly renderRoot: ParentNode & Partial<DocumentOrShadowRoot>;
    },
    private readonly events: PickerEvents,
  ) {}

  /** Forgets the search. */
  reset(): void {
    this.#query = "";
    this.#limit = SHOWN_AT_A_TIME;
  }

  /** The button that Tab reaches first. */
  focus(): void {
    (this.#buttons().find((one) => one.tabIndex === 0) ?? this.#searchField)?.focus();
  }

  /** Takes the focus out of a category that is disabled now. */
  keepFocus(): void {
    const { activeElement } = this.host.renderRoot;
    if (activeElement?.matches(".category-button")) this.#exclusionButton?.focus();
  }

  hasSearch(categories: readonly Category[]): boolean {
    return categories.length > SEARCH_ABOVE;
  }

  focusSearch(): boolean {
    this.#searchField?.focus();
    return this.#searchField !== null;
  }

  render(view: PickerView) {
    const { text, multiple, choice } = view;
    if (this.#searched !== view.categories) {
      this.#searched = view.categories;
      this.#search = new CategorySearch(view.categories);
    }
    const found = this.#search.find(this.#query);
    const shown = new Set(shownOf(view.categories, found, choice.chosen, this.#limit));
    const hidden = found.length - found.filter((one) => shown.has(one)).length;
    const first = view.categories.find((one) => shown.has(one));
    const chosen = view.categories.find((one) => choice.chosen.has(one.key));
    return html`<h3 id="categories-heading">${multiple ? text("selectMany") : text("selectOne")}</h3>
      ${this.hasSearch(view.categories) ? this.#renderSearch(found, text) : nothing}
      <div
        class="categories"
        role=${multiple ? "group" : "radiogroup"}
        aria-labelledby="categories-heading"
        aria-required=${multiple ? nothing : "true"}
        @keydown=${this.#onKey}
      >
        ${view.categories.length === 0 ? html`<p class="empty">${text("empty")}</p>` : nothing}
        ${view.groups.map((group) => this.#renderGroup(group, view, shown, chosen ?? first))}
        ${view.exclusion === undefined ? nothing : this.#renderExclusion(view.exclusion, view)}
      </div>
      ${hidden > 0 ? this.#renderMore(hidden, text) : nothing}`;
  }

  #renderSearch(found: readonly Category[], text: ChoiceText) {
    return html`<input
        type="search"
        class="search"
        aria-label=${text("search")}
        placeholder=${text("search")}
        autocomplete="off"
        .value=${live(this.#query)}
        @input=${this.#onQuery}
        @change=${(event: Event) => event.stopPropagation()}
        @keydown=${(event: KeyboardEvent) => this.#onSearchKey(event, found)}
      />
      <p class="found" role="status">${this.#query ? text("found", { count: found.length }) : nothing}</p>`;
  }

  #renderGroup(
    { heading, members }: CategoryGroup,
    view: PickerView,
    shown: ReadonlySet<Category>,
    reachable: Category | undefined,
  ) {
    const buttons = repeat(
      members.filter((one) => shown.has(one)),
      (one) => one.key,
      (one) => this.#renderButton(one, view, one === reachable),
    );
    if (heading === undefined) return buttons;
    if (!members.some((one) => shown.has(one))) return nothing;
    return html`<div class="family" role="group" aria-label=${heading}>
      <p class="family-name" dir="auto" aria-hidden="true">${heading}</p>
      ${buttons}
    </div>`;
  }

  #renderButton(category: Category, view: PickerView, reachable: boolean) {
    const { multiple, choice } = view;
    const key = view.hotKeyOf(category);
    // No white space inside: scripts read the button's text.
    return html`<button
      type="button"
      class="category-button"
      data-testid=${category.text}
      role=${multiple ? "checkbox" : "radio"}
      aria-checked=${choice.chosen.has(category.key) ? "true" : "false"}
      aria-keyshortcuts=${key ?? nothing}
      tabindex=${multiple || reachable ? "0" : "-1"}
      ?disabled=${choice.none}
      @click=${() => this.events.pick(category)}
    ><span class="mark"></span><span class="text" dir="auto">${category.text}</span>${
      key ? html`<sup class="category-hotkey" aria-hidden="true">${key}</sup>` : nothing
    }</button>`;
  }

  #renderExclusion(exclusion: string, { choice, exclusionKey }: PickerView) {
    return html`<button
      type="button"
      class="exclusion-button"
      data-testid="exclusion-category"
      role="checkbox"
      aria-checked=${choice.none ? "true" : "false"}
      aria-keyshortcuts=${exclusionKey}
      @click=${() => this.events.pickNone()}
    ><span class="mark"></span><span class="text" dir="auto">${exclusion}</span><sup class="category-hotkey" aria-hidden="true">${exclusionKey}</sup></button>`;
  }

  #renderMore(hidden: number, text: ChoiceText) {
    const more = () => {
      this.#limit += SHOWN_AT_A_TIME;
      this.host.requestUpdate();
    };
    return html`<button type="button" class="link" @click=${more}>
      ${text("showMore", { count: hidden })}
    </button>`;
  }

  get #searchField(): HTMLInputElement | null {
    return this.host.renderRoot.querySelector(".search");
  }

  get #exclusionButton(): HTMLButtonElement | null {
    return this.host.renderRoot.querySelector(".exclusion-button");
  }

  #buttons(): HTMLButtonElement[] {
    const all = this.host.renderRoot.querySelectorAll<HTMLButtonElement>(
      ".categories > button, .family > button",
    );
    return Array.from(all).filter((one) => !one.disabled);
  }

  #onQuery = (event: Event): void => {
    this.#query = (event.target as HTMLInputElement).value;
    this.#limit = SHOWN_AT_A_TIME;
    this.host.requestUpdate();
  };

  /** Enter takes the first that was found, arrow down goes to it, Escape clears. */
  #onSearchKey(event: KeyboardEvent, found: readonly Category[]): void {
    if (event.isComposing) return;
    const [first] = found;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      if (this.#query && first) this.events.pick(first);
    } else if (event.key === FORWARD) {
      this.#buttons()[0]?.focus();
    } else if (event.key === "Escape" && this.#query) {
      this.reset();
      this.host.requestUpdate();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Arrows go through the list; where only one can be chosen they choose, as in any radio group. */
  #onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const group = event.currentTarget as Element;
    const rightIsForward = getComputedStyle(group).direction !== "rtl";
    const forward =
      event.key === FORWARD || event.key === (rightIsForward ? "ArrowRight" : "ArrowLeft");
    const back = event.key === BACK || event.key === (rightIsForward ? "ArrowLeft" : "ArrowRight");
    const buttons = this.#buttons();
    const at = buttons.findIndex((one) => one.matches(":focus"));
    if (at < 0 || !(forward || back)) return;
    event.preventDefault();
    const next = buttons.at((at + (forward ? 1 : -1)) % buttons.length);
    next?.focus();
    if (group.role === "radiogroup") next?.click();
  };
}
