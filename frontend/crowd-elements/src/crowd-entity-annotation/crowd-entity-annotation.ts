import { css, html, nothing, type PropertyDeclarations, type PropertyValues } from "lit";
import { History } from "../../../common/src/history.ts";
import { ENTITY_JOINS_FORM } from "../defaults.ts";
import type { Json } from "../shared/answer.ts";
import { colorAt } from "../shared/colors.ts";
import { closestComposed } from "../shared/element.ts";
import { excerpt } from "../shared/excerpt.ts";
import type { Shortcut } from "../shared/hot-keys.ts";
import { jsonProperty, withTextItems } from "../shared/json-attribute.ts";
import { LABEL_KEYS, LabelPane } from "../shared/label-pane.ts";
import { whenReady } from "../shared/page.ts";
import { RegionList } from "../shared/region-list.ts";
import { rescueFocus } from "../shared/text/focus.ts";
import { SegmentedText, type Stretch } from "../shared/text/segmented-text.ts";
import {
  cutSpan,
  otherPlaces,
  type Side,
  spansIn,
  withoutSpan,
  withSpan,
} from "../shared/text/spans.ts";
import { textStrings } from "../shared/text/strings.ts";
import { textShortcuts } from "../shared/text/text-keys.ts";
import { type SpanLook, TextPane } from "../shared/text/text-pane.ts";
import { textStyles } from "../shared/text/text-styles.ts";
import { renderUndo, undoShortcuts } from "../shared/undo.ts";
import { Widget } from "../shared/widget.ts";
import {
  type EntityAnnotationAnswer,
  type EntityLabel,
  isFitting,
  type LabeledSpan,
  readEntities,
  readLabels,
  toEntities,
} from "./entities.ts";
import { formHook } from "./form-hook.ts";
import { strings } from "./strings.ts";

export type { Entity, EntityAnnotationAnswer } from "./entities.ts";

interface ShownLabel extends EntityLabel {
  readonly color: string;
}

/** The colors of so many labels have their rules from the beginning. */
const MOST_PREPARED = 20;

/** Faults of one attribute are told up to this one. */
const MOST_TOLD = 5;

/** Labeled spans in a text. Stands alone, with a form of its own in its shadow root, or in a crowd-form. */
export class CrowdEntityAnnotation extends Widget {
  static override jsonAttributes = new Map([
    ["labels", withTextItems],
    ["initial-value", (value: Json | undefined) => value],
  ]);
  static override properties: PropertyDeclarations = {
    text: {},
    labels: { ...jsonProperty("labels"), useDefault: true },
    initialValue: jsonProperty("initial-value"),
  };
  declare text: string | null | undefined;
  declare labels: Json;
  declare initialValue: Json | undefined;

  #segmented = new SegmentedText("");
  #labels: ReadonlyMap<string, ShownLabel> = new Map();
  #history = new History<readonly LabeledSpan[]>([]);
  readonly #steps = { undo: () => this.#travel(true), redo: () => this.#travel(false) };
  #spans: readonly LabeledSpan[] = [];
  #chosen: LabeledSpan | undefined;
  /** The label that the next selections get; "" for none. */
  #armed = "";
  /** Earlier work, whole, and what it came to here. */
  #restored:
    | { readonly draft: readonly Json[]; readonly spans: readonly LabeledSpan[] }
    | undefined;
  /** Entities of earlier work that fit neither text nor labels yet. */
  #waiting: readonly Json[] = [];
  /** Nothing of the initial value could be used. */
  #givenIsLost = false;
  /** In the language of the place where the element stands. */
  #t = strings(this);
  /** Why a selection was refused, until the worker does something else. */
  #notice = "";
  #isAlone = false;
  readonly #formHook = formHook(this);
  readonly #ids = new WeakMap<LabeledSpan, number>();
  #nextId = 1;
  readonly #pane = new TextPane<LabeledSpan>(this, {
    spans: () => this.#spans,
    chosen: () => this.#chosen,
    lookOf: (span) => this.#lookOf(span),
    select: (stretch) => this.#select(stretch),
    choose: (span) => this.#choose(span),
    remove: (span) => this.#remove(span),
    reshape: (span, to) => this.#reshape(span, to),
    refuse: (span) => this.#refuse(span),
    say: (text) => this.announce(text),
  });
  readonly #labelPane = new LabelPane(this, (label) => this.#use(label));
  readonly #list = new RegionList(this, {
    select: (index) => this.#goTo(this.#spans[index]),
    open: () => this.#pane.focus(),
  });

  constructor() {
    super();
    this.labels = [];
  }

  override connectedCallback(): void {
    this.#isAlone = !(ENTITY_JOINS_FORM && closestComposed(this, "crowd-form"));
    super.connectedCallback();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#t = strings(this);
    const isFirst = !this.hasUpdated;
    const hasLabels = isFirst || changed.has("labels");
    if (isFirst || changed.has("text")) this.#takeText();
    if (hasLabels) this.#takeLabels();
    // What a script sets late counts as the beginning, as long as nobody has worked.
    const restored = this.#restored;
    const isUntouched = restored !== undefined && this.#spans === restored.spans;
    const isPristine = hasLabels && (!this.#history.canUndo || isUntouched);
    if (isPristine || changed.has("text") || changed.has("initialValue")) {
      this.#begin();
      if (isUntouched) this.#takeDraft(restored.draft);
      else this.#restored = undefined;
    } else if (hasLabels) {
      this.#dropUnlabeled();
      this.#takeWaiting();
    }
  }

  #takeText(): void {
    const text = String(this.text ?? "");
    // A script may still set it until the page stands.
    void whenReady().then(() => {
      const isMissing = this.#segmented.text === "";
      this.fault("text", isMissing ? 'The attribute text="" gives no text to label.' : undefined);
    });
    this.#segmented = new SegmentedText(text);
    this.#pane.show(this.#segmented);
  }

  #takeLabels(): void {
    const { items, problems } = readLabels(this.labels);
    this.#tell("labels", this.labels, problems);
    this.#labels = new Map(
      items.map((label, index) => [label.label, { ...label, color: colorAt(index) }]),
    );
    this.#pane.prepare(
      [...this.#labels.values()].slice(0, MOST_PREPARED).map(({ color }) => color),
    );
    if (!this.#labels.has(this.#armed)) this.#armed = "";
  }

  #tell(attribute: string, value: Json | undefined, problems: readonly string[]): void {
    const given = value === undefined ? "" : JSON.stringify(value);
    const quoted = excerpt(given);
    const told = problems.slice(0, MOST_TOLD).join("; ");
    const rest = problems.length > MOST_TOLD ? `; and ${problems.length - MOST_TOLD} more` : "";
    this.fault(
      attribute,
      problems.length > 0 ? `The attribute ${attribute}='${quoted}': ${told}${rest}.` : undefined,
    );
  }

  override reset(): void {
    this.#restored = undefined;
    this.#waiting = [];
    this.#begin();
  }

  /** Begins with what is given: there is nothing to undo. */
  #begin(): void {
    const given = this.initialValue;
    const { items, problems } = readEntities(given ?? [], this.#segmented, this.#isLabel);
    this.#tell("initial-value", given, problems);
    this.#givenIsLost = items.length === 0 && problems.length > 0;
    this.#history = new History(items);
    this.#spans = items;
    this.#chosen = undefined;
    this.#armed = "";
    this.#pane.clear();
  }

  readonly #isLabel = (label: string): boolean => this.#labels.has(label);

  /** Spans go with their label. */
  #dropUnlabeled(): void {
    const left = this.#labeled(this.#spans);
    if (left.length === this.#spans.length) return;
    this.#history.commit(left, this.#t("labelsGone"));
    this.#spans = left;
  }

  #labeled(spans: readonly LabeledSpan[]): readonly LabeledSpan[] {
    return spans.every(({ label }) => this.#labels.has(label))
      ? spans
      : spans.filter(({ label }) => this.#labels.has(label));
  }

  // --- the answer

  protected override get submittable(): EntityAnnotationAnswer {
    // A property that was set a moment ago counts.
    if (this.isConnected && this.isUpdatePending) this.performUpdate();
    return { entities: toEntities(this.#spans, this.#segmented) };
  }

  override get value(): EntityAnnotationAnswer {
    return this.submittable;
  }

  /** A text without any entity is an answer too, if some could have been labeled. */
  protected override findProblem(): string {
    // A property that was set a moment ago counts.
    if (this.isConnected && this.isUpdatePending) this.performUpdate();
    if (this.#segmented.text === "") return this.#t("problemText");
    if (this.#labels.size === 0) return this.#t("problemLabels");
    const isLost = this.jsonFaults.has("initial-value") || this.#givenIsLost;
    return isLost ? this.#t("problemGiven") : "";
  }

  protected override readDraft(): Json | undefined {
    const restored = this.#restored;
    if (restored && this.#spans === restored.spans) return [...restored.draft];
    if (!this.#history.canUndo && this.#waiting.length === 0) return undefined;
    return [...this.submittable.entities, ...this.#waiting];
  }

  protected override restoreDraft(state: Json): void {
    this.#takeDraft(Array.isArray(state) ? state : []);
  }

  /** What fits is put back; the rest waits for the text or the labels that a script may bring yet. */
  #takeDraft(draft: readonly Json[]): void {
    const [fitting, waiting] = this.#sifted(draft);
    this.#waiting = waiting;
    this.#chosen = undefined;
    const { items } = readEntities(fitting, this.#segmented, this.#isLabel);
    if (fitting.length > 0 || draft.length === 0) this.#commit(items, this.#t("restored"));
    this.#restored = { draft, spans: this.#spans };
  }

  /** Labels have come: what waited for them joins what the worker has done since. */
  #takeWaiting(): void {
    const [fitting, waiting] = this.#sifted(this.#waiting);
    if (fitting.length === 0) return;
    this.#waiting = waiting;
    const { items } = readEntities(fitting, this.#segmented, this.#isLabel);
    const spans = items.reduce<readonly LabeledSpan[]>(
      (all, span) => (spansIn(all, span).length > 0 ? all : (withSpan(all, span) ?? all)),
      this.#spans,
    );
    this.#commit(spans, this.#t("restored"));
  }

  /** What is an entity of this text with these labels, and what is none. */
  #sifted(items: readonly Json[]): [fitting: Json[], others: Json[]] {
    const isFine = (item: Json) => isFitting(item, this.#segmented, this.#isLabel);
    return [items.filter(isFine), items.filter((item) => !isFine(item))];
  }

  protected override focusWork(): void {
    this.#pane.focus();
  }

  // --- what happens to spans

  #name(label: string): string {
    return this.#labels.get(label)?.name ?? label;
  }

  #commit(spans: readonly LabeledSpan[], what: string): void {
    this.#history.commit(spans, what);
    this.#show(what);
  }

  /** The present of the history has become another. */
  #show(what: string): void {
    this.#spans = this.#labeled(this.#history.present);
    if (this.#chosen && !this.#spans.includes(this.#chosen)) this.#chosen = undefined;
    this.#notice = "";
    this.announce(what);
    this.changed();
    void rescueFocus(this, () => this.#pane.focus());
  }

  #travel(back: boolean): void {
    const what = back ? this.#history.undo() : this.#history.redo();
    const t = this.frameText;
    if (what === undefined) this.announce(t(back ? "nothingToUndo" : "nothingToRedo"));
    else {
      this.#pane.clear();
      this.#show(t(back ? "undone" : "redone", { what }));
    }
  }

  /** What a label's key or button does: label the selection, change the chosen span, or wait for a selection. */
  #use(label: string): void {
    const { pending, word } = this.#pane;
    const chosen = this.#chosen;
    if (pending) this.#add(pending, label, true);
    else if (chosen) this.#relabel(chosen, label);
    else if (word) this.#add(word, label, true);
    else {
      this.#armed = this.#armed === label ? "" : label;
      const t = this.#t;
      this.announce(this.#armed ? t("armed", { label: this.#name(label) }) : t("disarmed"));
      this.requestUpdate();
    }
  }

  #add({ start, end }: Stretch, label: string, choose: boolean): void {
    const span = { start, end, label };
    const spans = withSpan(this.#spans, span);
    this.#pane.clear();
    if (!spans) {
      // Keys and fingers select without a word on it before.
      const cut = cutSpan(this.#spans, span);
      if (cut) this.#refuse(cut);
      return;
    }
    if (choose) this.#chosen = span;
    this.#commit(spans, this.#t("added", { label: this.#name(label), count: spans.length }));
  }

  #relabel(span: LabeledSpan, label: string): void {
    if (span.label === label) return;
    this.#replace(span, { ...span, label }, this.#t("relabeled", { label: this.#name(label) }));
  }

  #replace(span: LabeledSpan, by: LabeledSpan, what: string): void {
    const id = this.#ids.get(span);
    if (id !== undefined) this.#ids.set(by, id);
    this.#chosen = by;
    this.#commit(
      this.#spans.map((one) => (one === span ? by : one)),
      what,
    );
  }

  #labelOthers(span: LabeledSpan): void {
    const places = otherPlaces(this.#segmented, this.#spans, span);
    if (places.length === 0) {
      this.announce(this.#t("noOthers"));
      return;
    }
    const added = places.map((place) => ({ ...place, label: span.label }));
    this.#commit(
      [...this.#spans, ...added].sort((a, b) => a.start - b.start),
      this.#t("othersAdded", { count: added.length }),
    );
  }

  /** Chooses a span and brings it to sight. */
  #goTo(span: LabeledSpan | undefined): void {
    this.#choose(span);
    if (span) this.#pane.reveal(span);
  }

  #words(stretch: Stretch): string {
    return this.#segmented.excerpt(stretch);
  }

  #lookOf(span: LabeledSpan): SpanLook {
    const label = this.#labels.get(span.label);
    return {
      color: label?.color ?? colorAt(0),
      badge: label?.short ?? span.label,
      removeLabel: this.#t("remove", { label: this.#name(span.label), words: this.#words(span) }),
    };
  }

  #select(stretch: Stretch): void {
    this.#chosen = undefined;
    this.#notice = "";
    if (this.#armed) this.#add(stretch, this.#armed, false);
    else this.announce(this.#t("pick", { words: this.#words(stretch) }));
  }

  #choose(span: LabeledSpan | undefined): void {
    this.#chosen = span;
    this.#notice = "";
    this.requestUpdate();
    if (!span) return;
    const what = `${this.#name(span.label)}: ${this.#words(span)}`;
    const index = this.#spans.indexOf(span) + 1;
    this.announce(textStrings(this)("position", { what, index, count: this.#spans.length }));
  }

  #remove(span: LabeledSpan): void {
    const left = withoutSpan(this.#spans, span);
    // In the list the next one is chosen, so that keys go on from there.
    const list = this.shadowRoot?.activeElement?.closest(".region-list");
    const at = this.#spans.indexOf(span);
    if (this.#chosen === span) this.#chosen = list ? (left[at] ?? left[at - 1]) : undefined;
    this.#commit(left, this.#t("removed", { label: this.#name(span.label), count: left.length }));
  }

  #reshape(span: LabeledSpan, { start, end }: Stretch): void {
    if (start === span.start && end === span.end) return;
    const by = { ...span, start, end };
    this.#replace(span, by, this.#t("moved", { words: this.#words(by) }));
    this.#pane.reveal(by);
  }

  #refuse(span: LabeledSpan): void {
    this.#notice = textStrings(this)("refused", { words: this.#words(span) });
    this.announce(this.#notice);
  }

  // --- keys and drawing

  protected override get workShortcuts(): readonly Shortcut[] {
    const t = this.#t;
    const common = textStrings(this);
    const frame = this.frameText;
    const labels = [...this.#labels.keys()].slice(0, LABEL_KEYS.length);
    const onChosen = (act: (span: LabeledSpan) => void) => () => {
      if (this.#chosen) act(this.#chosen);
      return this.#chosen !== undefined;
    };
    const remove = onChosen((span) => this.#remove(span));
    return [
      { keys: [...LABEL_KEYS].slice(0, labels.length), label: t("keyLabel"), run: () => false },
      ...labels.map((label, index) => ({
        keys: [LABEL_KEYS.charAt(index)],
        label: this.#name(label),
        run: () => this.#use(label),
        hidden: true,
      })),
      { keys: ["Delete", "Backspace"], label: common("keyDelete"), run: remove },
      { keys: ["o"], label: t("others"), run: onChosen((span) => this.#labelOthers(span)) },
      ...textShortcuts(this.#pane, common, () => this.#cancel()),
      ...undoShortcuts(frame, this.#steps),
    ];
  }

  /** Takes back what is chosen; false when there is nothing. */
  #cancel(): boolean {
    if (this.#chosen) this.#choose(undefined);
    else if (this.#armed) this.#use(this.#armed);
    else return false;
    return true;
  }

  static override styles = [
    ...Widget.styles,
    LabelPane.styles,
    RegionList.styles,
    textStyles,
    css`
      /* Beside a long text it stays in sight. */
      @container (min-width: 861px) {
        .panel {
          position: sticky;
          inset-block-start: 0;
          max-block-size: calc(100vh - 80px);
          margin: -4px;
          padding: 4px;
          overflow: auto;
        }
      }
      .label-bar {
        position: sticky;
        z-index: 3;
        inset-block-start: 0;
        margin-block-end: 8px;
        padding-block: 6px;
        background: var(--tk-page);
      }
      .label-bar .label-pane h3 {
        display: none;
      }
      .label-bar .label-pane-content {
        display: flex;
        flex-wrap: wrap;
        max-block-size: 136px;
      }
      .prompt {
        min-block-size: 1.4em;
        margin: 4px 0 0;
        color: var(--tk-muted);
        font-size: 0.875em;
        overflow-wrap: anywhere;
      }
      .prompt.refused {
        color: var(--tk-danger);
        font-weight: 600;
      }
      .chosen-span {
        margin: 12px 0 0;
        padding: 10px 12px;
        border: 1px solid var(--tk-hairline);
        border-radius: var(--tk-radius);
        background: var(--tk-raised);
      }
      .chosen-span h3,
      .chosen-span p {
        margin: 0 0 8px;
        overflow-wrap: anywhere;
      }
      .chosen-span h3 {
        font-size: 0.9375em;
      }
      .chosen-span div {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
    `,
  ];

  override render() {
    const frame = this.renderFrame();
    return this.#isAlone
      ? html`<crowd-form>${frame}</crowd-form>`
      : html`${this.#formHook}${frame}`;
  }

  protected override renderTools() {
    const t = this.frameText;
    return html`
      ${renderUndo(t, this.#history, this.#steps)}
    `;
  }

  protected override renderWork() {
    const t = this.#t;
    this.#pane.describe(textStrings(this)("text"), t("help"));
    const labels = [...this.#labels.values()].map(({ label, name, color }) => ({
      name: label,
      text: name,
      color,
    }));
    return html`
      <div class="label-bar">
        ${this.#labelPane.render({
          heading: t("labels"),
          labels,
          chosen: this.#chosen?.label ?? this.#armed,
        })}
        <p class="prompt ${this.#notice ? "refused" : ""}">${this.#prompt()}</p>
      </div>
      ${this.#pane.element}
    `;
  }

  #prompt(): string {
    const t = this.#t;
    const { pending } = this.#pane;
    const chosen = this.#chosen;
    if (this.#notice) return this.#notice;
    if (pending) return t("pick", { words: this.#words(pending) });
    if (chosen) {
      return t("chosen", { label: this.#name(chosen.label), words: this.#words(chosen) });
    }
    return this.#armed ? t("armed", { label: this.#name(this.#armed) }) : t("start");
  }

  protected override renderPanel() {
    return html`
      ${this.#list.render({
        count: this.#spans.length,
        selected: this.#chosen ? this.#spans.indexOf(this.#chosen) : -1,
        at: (index) => this.#region(this.#spans[index] as LabeledSpan),
      })}
      ${this.#renderChosen()}
    `;
  }

  #region(span: LabeledSpan) {
    let id = this.#ids.get(span);
    if (id === undefined) {
      id = this.#nextId++;
      this.#ids.set(span, id);
    }
    return {
      id,
      label: this.#name(span.label),
      detail: `${this.#words(span)} · ${span.start}–${span.end}`,
      color: this.#lookOf(span).color,
    };
  }

  /** Everything that keys do to the chosen span, for those who have none. */
  #renderChosen() {
    const span = this.#chosen;
    if (!span) return nothing;
    const t = this.#t;
    const common = textStrings(this);
    const edge = (
      sign: string,
      name: "startEarlier" | "startLater" | "endEarlier" | "endLater",
      side: Side,
      by: -1 | 1,
    ) => html`<button
      type="button"
      class="tool"
      aria-label=${common(name)}
      title=${common(name)}
      @click=${() => this.#pane.moveEdge(side, by, false)}
    >
      ${sign}
    </button>`;
    return html`<section class="chosen-span" aria-label=${t("chosenPassage")}>
      <h3>${this.#name(span.label)}</h3>
      <p dir="auto">${this.#words(span)}</p>
      <div>
        ${edge("⇤", "startEarlier", "start", -1)}${edge("⇥", "startLater", "start", 1)}
        ${edge("↤", "endEarlier", "end", -1)}${edge("↦", "endLater", "end", 1)}
        <button type="button" class="tool" @click=${() => this.#labelOthers(span)}>
          ${t("others")}
        </button>
        <button type="button" class="tool" id="delete" @click=${() => this.#remove(span)}>
          ${t("removeShort")}
        </button>
      </div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-entity-annotation": CrowdEntityAnnotation;
  }
}
