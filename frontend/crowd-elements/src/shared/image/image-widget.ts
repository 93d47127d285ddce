import type { PropertyDeclarations, PropertyValues } from "lit";
import { css, html, type TemplateResult } from "lit";
import { EMPTY_NEEDS_TICK } from "../../defaults.ts";
import type { Json } from "../answer.ts";
import type { Shortcut } from "../hot-keys.ts";
import { jsonProperty, withTextItems } from "../json-attribute.ts";
import { LABEL_KEYS, LabelPane } from "../label-pane.ts";
import { emptyHint, nothingToLabelStyles, renderNothingToLabel } from "../nothing-to-label.ts";
import { RegionList } from "../region-list.ts";
import { Widget } from "../widget.ts";
import { faultInLabels, LabelSet } from "./labels.ts";
import { pictureStyles } from "./picture-styles.ts";
import { type PicturePointer, type PictureTool, PictureView } from "./picture-view.ts";
import { imageStrings } from "./strings.ts";
import type { Point, Viewport } from "./viewport.ts";

/**
 * A tool that works on a picture with labels: the picture, its labels with their keys, "Nothing to label".
 *
 * A subclass draws (`paint`, `paintActive`), takes the pointer in pixels of the picture (`press`, `drag`, `release`,
 * `cancel`, `hover`), and says whether there is anything (`isEmpty`). It calls `this.view.repaint("marks")` or
 * `("active")` when what it draws has changed. `this.label` is the chosen label, `this.labelSet` are all of them.
 * For a picture without labels use a `PictureView` in a `Widget`.
 */
export abstract class ImageWidget extends Widget implements PictureTool {
  static override jsonAttributes: ReadonlyMap<
    string,
    (value: Json | undefined) => Json | undefined
  > = new Map([["labels", withTextItems]]);
  static override properties: PropertyDeclarations = {
    src: { reflect: true },
    labels: { ...jsonProperty("labels"), useDefault: true },
    label: { state: true },
  };
  declare src: string | undefined;
  /** Live: assign a new list to change the labels while the worker works. */
  declare labels: string[];
  /** The chosen label; empty while there is none. */
  declare protected label: string;

  protected readonly view = new PictureView(this, {
    tool: this,
    name: () => this.pictureName,
    description: () => this.pictureKeys,
    paint: (context, viewport) => this.paint(context, viewport),
    paintActive: (context, viewport) => this.paintActive(context, viewport),
    settled: () => this.#settled(),
  });
  protected readonly labelPane = new LabelPane(this, (name) => this.pick(name));
  #labelSet = new LabelSet(undefined);
  #labelsGiven: unknown;
  /** What has the focus before an update. */
  #focused: Element | undefined;
  #colorsGiven: unknown;

  constructor() {
    super();
    this.labels = [];
    this.label = "";
  }

  // --- what a subclass gives

  /** Nothing is annotated. */
  protected abstract get isEmpty(): boolean;

  /** The worker's word that this is meant. */
  protected abstract get nothingToLabel(): boolean;
  protected abstract markNothingToLabel(checked: boolean): void;

  /** The lasting annotations; see `Paint`. */
  protected abstract paint(context: CanvasRenderingContext2D, viewport: Viewport): void;

  /** What follows the pointer, above them. */
  protected abstract paintActive(context: CanvasRenderingContext2D, viewport: Viewport): void;

  abstract press(at: PicturePointer): void;
  abstract drag(at: PicturePointer): void;
  abstract release(at: PicturePointer): void;
  abstract cancel(): void;
  abstract hover(at: PicturePointer | undefined): void;

  /** The page gives annotations to begin with. */
  protected abstract get isGiven(): boolean;

  /** The picture is there, or will not come: `this.view.state`. */
  protected pictureSettled(): void {}

  /** The list of labels has changed; names in `gone` are no more. */
  protected labelsChanged(_gone: ReadonlySet<string>): void {}

  /** Above the labels. */
  protected abstract get labelHeading(): string;

  /** What people who do not see the picture hear of the stage. */
  protected get pictureName(): string {
    return [this.header, imageStrings(this)("picture")].filter(Boolean).join(": ");
  }

  /** How the picture is worked by keys, for people who do not see it. */
  protected get pictureKeys(): string {
    return "";
  }

  /** The label to begin with; empty where it has to be chosen. */
  protected get firstLabel(): string {
    return this.labelSet.names[0] ?? "";
  }

  /** Colors of the labels by position, where the element has them. */
  protected get givenColors(): unknown {
    return undefined;
  }

  // --- what a subclass uses

  protected get labelSet(): LabelSet {
    if (this.labels !== this.#labelsGiven || this.givenColors !== this.#colorsGiven) {
      this.#labelsGiven = this.labels;
      this.#colorsGiven = this.givenColors;
      this.#labelSet = new LabelSet(this.labels, this.givenColors);
    }
    return this.#labelSet;
  }

  /** A label was chosen by a press or its key. */
  protected pick(name: string): void {
    this.label = name;
  }

  /** The stored size of the picture, as the answer gives it; zeros while there is none. */
  protected get inputImageProperties(): { height: number; width: number } {
    const { height = 0, width = 0 } = this.view.picture ?? {};
    return { height, width };
  }

  /** Where a point of the picture is in the window, now; for scripts that work on the page as people do. */
  toClient(x: number, y: number): Point {
    return this.view.toClient({ x, y });
  }

  /** Shows the whole picture. */
  fit(): void {
    this.view.fit();
  }

  protected override findProblem(): string {
    const t = imageStrings(this);
    if (this.view.state === "loading") return t("stillLoading");
    if (this.view.state === "failed") {
      // A picture that never comes must not hold the task up, nor may it lose what was there.
      if (this.isGiven || !this.isEmpty) return t("notLoaded");
      return this.nothingToLabel ? "" : t("notLoadedTick");
    }
    return EMPTY_NEEDS_TICK && this.isEmpty && !this.nothingToLabel ? emptyHint(this) : "";
  }

  protected override focusWork(): void {
    const box = this.renderRoot.querySelector<HTMLElement>("#nothing-to-label");
    if (this.view.state === "ready") this.view.stage?.focus();
    else box?.focus();
  }

  protected override get workShortcuts(): readonly Shortcut[] {
    const t = imageStrings(this);
    const { names } = this.labelSet;
    const labels = names.slice(0, LABEL_KEYS.length).map((label, index) => ({
      keys: [LABEL_KEYS[index] as string],
      label: t("chooseLabel", { label }),
      run: () => this.pick(label),
    }));
    const taken = new Set(labels.flatMap(({ keys }) => keys));
    const others = this.view.shortcuts.map((shortcut) => ({
      ...shortcut,
      keys: shortcut.keys.filter((key) => !taken.has(key)),
    }));
    return [...labels, ...others];
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.#focused = this.shadowRoot?.activeElement ?? undefined;
    this.view.show(this.src);
    if (changed.has("labels")) this.#labelsMoved(changed.get("labels"));
  }

  #settled(): void {
    const { picture } = this.view;
    const path = picture?.mayBeTurned;
    this.fault("orientation", path && imageStrings(this)("mayBeTurned", { path }));
    this.pictureSettled();
  }

  #labelsMoved(before: unknown): void {
    this.fault("labels", faultInLabels(this.labels));
    const { labelSet } = this;
    const gone = new LabelSet(before).names.filter((name) => !labelSet.has(name));
    if (!labelSet.has(this.label)) this.label = this.firstLabel;
    this.labelsChanged(new Set(gone));
    this.view.repaint("marks", "active");
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const was = this.#focused;
    this.#focused = undefined;
    const isGone = was && (!was.isConnected || !was.checkVisibility() || was.matches(":disabled"));
    // Else the focus would fall to the page, and the keys with it.
    if (isGone) this.view.stage?.focus();
  }

  protected override renderWork(): TemplateResult {
    return html`${this.view.render()}`;
  }

  protected override renderPanel(): TemplateResult {
    const { labelSet } = this;
    return html`${this.labelPane.render({
      heading: this.labelHeading,
      labels: labelSet.all,
      chosen: this.label,
    })}`;
  }

  protected override renderExtras(): TemplateResult {
    return renderNothingToLabel(this, {
      checked: this.nothingToLabel,
      disabled: !this.isEmpty,
      change: (checked) => this.markNothingToLabel(checked),
    });
  }

  static override styles = [
    ...[Widget.styles].flat(),
    pictureStyles,
    LabelPane.styles,
    RegionList.styles,
    nothingToLabelStyles,
    css`
      .tool[aria-disabled="true"] {
        border-color: var(--tk-hairline);
        color: var(--tk-muted);
        cursor: default;
      }
      @media (forced-colors: active) {
        .tool[aria-disabled="true"] {
          border-color: GrayText;
          color: GrayText;
        }
      }
      .panel {
        position: sticky;
        inset-block-start: 8px;
      }
    `,
  ];
}
