import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { History } from "../../../../common/src/history.ts";
import type { Json } from "../answer.ts";
import type { Shortcut } from "../hot-keys.ts";
import { jsonProperty, withTextItems } from "../json-attribute.ts";
import { undoShortcuts } from "../undo.ts";
import { Widget } from "../widget.ts";
import {
  type Categories,
  type Category,
  type CategoryGroup,
  groupCategories,
  type ReadItem,
  readCategories,
  readExclusion,
} from "./categories.ts";
import { categoryKeys } from "./category-keys.ts";
import { CategoryPicker } from "./category-picker.ts";
import { type Choice, chosenOf, NO_CHOICE, only, toggle, toggleNone, within } from "./choice.ts";
import { choiceStrings } from "./choice-strings.ts";
import { choiceStyles } from "./choice-styles.ts";
import { categoryFaultText, excerpt } from "./fault-text.ts";

/** The exclusion category's own key. */
const NONE_KEY = "n";

/** What follows from the `categories` of this moment. */
interface Offer extends Categories {
  readonly source: unknown;
  readonly groups: readonly CategoryGroup[];
  /** In the order in which they are shown. */
  readonly shown: readonly Category[];
  readonly hotKeys: ReadonlyMap<string, string>;
}

/** A widget in which the worker chooses among categories, beside what is to be judged. */
export abstract class ChoiceWidget extends Widget {
  static override jsonAttributes: typeof Widget.jsonAttributes = new Map([
    ["categories", withTextItems],
  ]);
  static override properties: PropertyDeclarations = {
    categories: { ...jsonProperty("categories"), useDefault: true },
  };
  /** Live: assigning a new list shows it at once, and what was chosen and is gone is chosen no more. */
  declare categories: Json[];

  #offer: Offer | undefined;
  /** `undefined`: the worker has not chosen, the initial choice stands. */
  #history = new History<Choice | undefined>(undefined);
  readonly #picker = new CategoryPicker(this, {
    pick: (category) => this.#pick(category),
    pickNone: () => this.#pickNone(),
  });

  constructor() {
    super();
    this.categories = [];
  }

  // --- what a subclass gives

  protected abstract readonly multiple: boolean;

  /** What is to be judged; `undefined` when the template gives nothing. */
  protected abstract renderTarget(): TemplateResult | undefined;

  /** Between the categories and the end of their column. */
  protected renderBelowCategories(): TemplateResult | undefined {
    return undefined;
  }

  /** How an item of `categories` is read; texts only unless told otherwise. */
  protected readonly readItem?: ReadItem;

  /** Chosen before the worker has done anything. */
  protected initialChoice(_categories: readonly Category[]): Choice {
    return NO_CHOICE;
  }

  /** The value of `exclusion-category`, in elements that have one. */
  protected get exclusionValue(): Json | undefined {
    return undefined;
  }

  /** Keys that do something else in this element. */
  protected get takenKeys(): readonly string[] {
    return [];
  }

  // --- what a subclass asks

  /** The chosen categories in the order of `categories`; none while the exclusion category is on. */
  protected get chosen(): readonly Category[] {
    return chosenOf(this.choice, this.offer.all);
  }

  protected get choice(): Choice {
    const { all, byKey } = this.offer;
    const choice = this.#history.present ?? this.initialChoice(all);
    return within(choice, byKey, this.exclusion !== undefined);
  }

  // --- for the page

  protected override findProblem(): string {
    const { choice } = this;
    if (choice.none || choice.chosen.size > 0) return "";
    if (this.offer.all.length === 0) return this.choiceText("problemEmpty");
    if (!this.multiple) return this.choiceText("problemOne");
    const none = this.exclusion;
    return none ? this.choiceText("problemManyOr", { none }) : this.choiceText("problemMany");
  }

  protected override readDraft(): Json | undefined {
    const choice = this.#history.present;
    return choice && { chosen: Array.from(choice.chosen), none: choice.none };
  }

  protected override restoreDraft(state: Json): void {
    if (state === null || typeof state !== "object" || Array.isArray(state)) return;
    if (!Array.isArray(state.chosen)) return;
    const keys = state.chosen.filter((key) => typeof key === "string");
    const none = this.multiple && state.none === true;
    const chosen = none ? [] : this.multiple ? keys : keys.slice(0, 1);
    this.#history = new History<Choice | undefined>({ chosen: new Set(chosen), none });
    this.requestUpdate();
  }

  override reset(): void {
    this.#history = new History<Choice | undefined>(undefined);
    this.#picker.reset();
    this.problem = "";
    this.requestUpdate();
  }

  protected override focusWork(): void {
    this.#picker.focus();
  }

  protected override get workShortcuts(): readonly Shortcut[] {
    const { hotKeys, shown } = this.offer;
    const ofCategories = shown.slice(0, hotKeys.size).map((category) => ({
      keys: [hotKeys.get(category.key) ?? ""],
      label: this.choiceText("choose", { category: category.text }),
      run: () => this.#pickByKey(category),
    }));
    const none = this.exclusion;
    const t = this.frameText;
    return [
      ...ofCategories,
      ...(none === undefined
        ? []
        : [
            {
              keys: [NONE_KEY],
              label: this.choiceText("choose", { category: none }),
              run: () => this.#pickNoneByKey(none),
            },
          ]),
      {
        keys: ["/"],
        label: this.choiceText("search"),
        hidden: !this.#picker.hasSearch(shown),
        run: () => this.#picker.focusSearch(),
      },
      ...undoShortcuts(t, { undo: () => this.#goBack(), redo: () => this.#goForward() }),
    ];
  }

  // --- within

  protected get choiceText() {
    return choiceStrings(this);
  }

  private get offer(): Offer {
    if (this.#offer && this.#offer.source === this.categories) return this.#offer;
    const read = readCategories(this.categories, this.readItem);
    const groups = groupCategories(read.all);
    const shown = groups.flatMap((group) => group.members);
    const taken = [...this.takenKeys, NONE_KEY];
    const hotKeys = new Map(
      categoryKeys(taken)
        .slice(0, shown.length)
        .map((key, index) => [shown[index]?.key ?? "", key]),
    );
    this.#offer = { ...read, source: this.categories, groups, shown, hotKeys };
    return this.#offer;
  }

  protected get exclusion(): string | undefined {
    return readExclusion(this.exclusionValue).text;
  }

  #pick(category: Category): void {
    const { choice } = this;
    // The search field takes the first that it found, disabled or not.
    if (choice.none) return;
    if (this.multiple) this.#commit(toggle(choice, category.key), category.text);
    else if (!choice.chosen.has(category.key)) this.#commit(only(category.key), category.text);
  }

  #pickByKey(category: Category): void {
    if (this.choice.none) return;
    this.#pick(category);
    const on = this.choice.chosen.has(category.key);
    this.announce(this.choiceText(on ? "chosen" : "notChosen", { category: category.text }));
  }

  #pickNone(): void {
    this.#commit(toggleNone(this.choice), this.exclusion ?? "");
  }

  #pickNoneByKey(category: string): void {
    this.#picker.keepFocus();
    this.#pickNone();
    this.announce(this.choiceText(this.choice.none ? "chosen" : "notChosen", { category }));
  }

  #commit(choice: Choice, what: string): void {
    this.#history.commit(choice, what);
    this.changed();
  }

  #goBack(): void {
    const t = this.frameText;
    const what = this.#history.undo();
    if (what !== undefined) this.changed();
    this.announce(what === undefined ? t("nothingToUndo") : t("undone", { what }));
  }

  #goForward(): void {
    const t = this.frameText;
    const what = this.#history.redo();
    if (what !== undefined) this.changed();
    this.announce(what === undefined ? t("nothingToRedo") : t("redone", { what }));
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has("categories")) {
      const { byKey, faults } = this.offer;
      this.fault("categories", categoryFaultText("categories", faults, this.choiceText));
      const choice = this.#history.present;
      // Gone is gone: a category that comes back later is not chosen again by itself.
      if (choice) this.#history.present = within(choice, byKey, this.exclusion !== undefined);
    }
    const { fault } = readExclusion(this.exclusionValue);
    this.fault(
      "exclusion-category",
      fault &&
        this.choiceText("faultExclusion", {
          attribute: "exclusion-category",
          item: excerpt(fault),
        }),
    );
  }

  static override styles = [...[Widget.styles].flat(), choiceStyles];

  protected override renderWork(): TemplateResult {
    const { groups, shown, hotKeys } = this.offer;
    const target = this.renderTarget();
    return html`<div class="columns">
      ${target && html`<div class="target">${target}</div>`}
      <div class="side">
        <div class="category-picker-wrapper">
          ${this.#picker.render({
            multiple: this.multiple,
            categories: shown,
            groups,
            exclusion: this.exclusion,
            choice: this.choice,
            hotKeyOf: ({ key }) => hotKeys.get(key),
            exclusionKey: NONE_KEY,
            text: this.choiceText,
          })}
        </div>
        ${this.renderBelowCategories()}
      </div>
    </div>`;
  }
}
