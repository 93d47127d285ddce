import {
  css,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { MASK_BACKGROUND } from "../../defaults.ts";
import type { Json } from "../answer.ts";
import type { Shortcut } from "../hot-keys.ts";
import { ImageWidget } from "../image/image-widget.ts";
import type { PicturePointer } from "../image/picture-view.ts";
import { imageStrings } from "../image/strings.ts";
import type { Viewport } from "../image/viewport.ts";
import { jsonProperty } from "../json-attribute.ts";
import { nothingToLabelText } from "../nothing-to-label.ts";
import { type Region, RegionList } from "../region-list.ts";
import { undoShortcuts } from "../undo.ts";
import {
  type EntriesKey,
  type InitialMask,
  type MaskEntry,
  quoted,
  readInitialMask,
} from "./initial-mask.ts";
import { layerPanelStyles, renderLayerPanel, withProtection } from "./layer-panel.ts";
import { type LoadedMask, loadInitialMask } from "./load-initial-mask.ts";
import { readDraft, writeDraft } from "./mask-draft.ts";
import { MaskImage } from "./mask-image.ts";
import { cursorShortcuts, toolShortcuts } from "./mask-keys.ts";
import { MaskOverlay } from "./mask-overlay.ts";
import { type Aim, MaskPen, type PenHost, type Tool } from "./mask-pen.ts";
import { renderTools, TOOL_KEYS, toolStyles } from "./mask-tools.ts";
import { EMPTY, type MaskObject, type MaskState, Painting } from "./painting.ts";
import { Protection } from "./protection.ts";
import type { Point } from "./raster.ts";
import { maskStrings } from "./strings.ts";

/**
 * Paints the pixels of a picture. What a pixel's value stands for, a label or an object of its own, is up to the
 * subclass: it gives `layers`, says what the next stroke paints (`aim`), and makes the answer.
 */
export abstract class MaskWidget extends ImageWidget {
  static override jsonAttributes = new Map([
    ...ImageWidget.jsonAttributes,
    ["initial-value", (value: Json | undefined) => value],
  ]);
  static override properties: PropertyDeclarations = {
    initialValue: jsonProperty("initial-value"),
  };
  /** An earlier mask: its address, and what its colors stand for. */
  declare initialValue: Json | undefined;

  readonly #pen = new MaskPen(this.#penHost());
  readonly #overlay = new MaskOverlay();
  readonly #protection = new Protection();
  readonly #image = new MaskImage();
  #painting: Painting | undefined;
  /** Where the pointer or the keyboard's cursor is. */
  #at: Point | undefined;

  #initialGiven: unknown;
  #initial: InitialMask | undefined;
  #loaded: LoadedMask | undefined;
  #loading: { readonly initial: InitialMask; readonly abort: AbortController } | undefined;
  /** The tiles before the worker did anything. */
  #start: ReadonlyMap<number, string> = new Map();
  /** The work does not follow from the attributes alone, though nothing can be undone. */
  #carriedOver = false;
  #pendingDraft: Json | undefined;
  /** "Nothing to label", ticked while there is no picture. */
  #nothingUnseen = false;

  readonly #regions = new RegionList(this, {
    select: (index) => {
      const layer = this.rows[index];
      if (layer) this.selectLayer(layer);
    },
    open: (index) => this.#goTo(this.rows[index]),
  });

  constructor() {
    super();
    this.addEventListener("keydown", this.#onSpace);
    this.addEventListener("keyup", this.#onSpace);
    this.addEventListener("focusout", () => this.#pen.lift());
  }

  // --- what a subclass gives

  /** Where `initial-value` names its entries. */
  protected abstract readonly entriesKey: EntriesKey;

  /** All that can be painted now, in the order of the answer; the same list while nothing of it has changed. */
  protected abstract get layers(): readonly MaskObject[];

  /** The same and what may be painted some day: objects and labels of earlier work that `labels` does not name yet. */
  protected abstract get kept(): readonly MaskObject[];

  /** The layer to which the tools and the buttons of the panel belong; undefined when the next stroke makes one. */
  protected abstract get selectedLayer(): MaskObject | undefined;

  abstract selectLayer(layer: MaskObject): void;

  /** What the next stroke paints; undefined when there is nothing to paint with. Changes nothing. */
  protected abstract aimAtLayer(state: MaskState): Aim | undefined;

  /** Something was painted there. */
  protected aimed(_aim: Aim): void {}

  /** What the entries of an initial value are here: the state, and the value of each entry; 0 for none. */
  protected abstract adopt(entries: readonly MaskEntry[]): { state: MaskState; values: number[] };

  /** Puts the objects of a draft back: the state, and the value for each of theirs; 0 for none. */
  protected abstract adoptDraft(objects: readonly MaskObject[]): {
    objects: readonly MaskObject[];
    values: ReadonlyMap<number, number>;
  };

  /** The layers of the region list. */
  protected abstract get rows(): readonly MaskObject[];

  /** The words beside a layer's label in the list. */
  protected abstract detailOf(layer: MaskObject, pixels: string): string;

  /** Takes a layer's pixels, and the layer where it is only that. */
  protected abstract removeLayer(layer: MaskObject): void;

  /** More about the selected layer. */
  protected renderSelected(_layer: MaskObject): unknown {
    return nothing;
  }

  protected get dashesSelected(): boolean {
    return false;
  }

  // --- for subclasses and the pen

  protected get t() {
    return maskStrings(this);
  }

  /** The work beside the pixels, with what is being changed. */
  protected get state(): MaskState {
    return this.#painting?.state ?? EMPTY;
  }

  protected pixelsOf({ value }: MaskObject): number {
    return this.#painting?.mask.counts[value] ?? 0;
  }

  /** The layers that are in the answer. */
  protected get used(): readonly MaskObject[] {
    return this.layers.filter((layer) => this.pixelsOf(layer) > 0);
  }

  /** What both answers have in common. */
  protected get maskAnswer() {
    const { used } = this;
    return {
      inputImageProperties: this.inputImageProperties,
      labeledImage: {
        pngImageData: this.#painting
          ? this.#image.encode(this.#painting, used, MASK_BACKGROUND)
          : "",
      },
    };
  }

  /** What `initial-value` says, as far as it can be read. */
  protected get initial(): InitialMask | undefined {
    if (this.initialValue !== this.#initialGiven) {
      this.#initialGiven = this.initialValue;
      const faults: string[] = [];
      this.#initial =
        this.initialValue === undefined
          ? undefined
          : readInitialMask(this.initialValue, this.entriesKey, (fault) => faults.push(fault));
      this.fault(
        "initial-value",
        faults.length
          ? `The attribute initial-value=${quoted(this.initialValue as Json)} ${faults.join("; ")}.`
          : undefined,
      );
    }
    return this.#initial;
  }

  /** Whether the pixels differ from those of the initial value. One that could not be loaded is not what is submitted. */
  protected get differsFromInitial(): boolean {
    const now = this.#painting?.mask.texts();
    const loaded = this.#loaded;
    if (!now || !loaded || loaded.initial !== this.initial || loaded.problem) return true;
    if (now.size !== this.#start.size) return true;
    for (const [tile, text] of now) if (this.#start.get(tile) !== text) return true;
    return false;
  }

  /** A change beside the tools: its name, the state after it, what it does to the pixels. */
  protected change(what: string, state: MaskState, edit?: (painting: Painting) => void): void {
    const painting = this.#painting;
    if (!painting) return;
    this.#pen.lift();
    painting.change(what, state, () => edit?.(painting));
    this.view.repaint("marks");
    this.changed();
  }

  /** What the pen asks and tells. */
  #penHost(): PenHost {
    const painting = () => this.#painting;
    return {
      view: this.view,
      get painting() {
        return painting();
      },
      aim: (erase) => this.#aim(erase),
      keep: (erase) => this.#protection.kept(erase),
      painted: (tool, aim, committed) => this.#painted(tool, aim, committed),
      pointed: (at, byKey) => this.#pointed(at, byKey),
      moved: () => this.requestUpdate(),
    };
  }

  #aim(erase: boolean): Aim | undefined {
    const state = { ...this.state, nothing: false };
    if (this.#loading) {
      this.announce(this.t("maskLoading"));
      return undefined;
    }
    if (erase) return { value: 0, label: this.t("nothingHere"), state };
    const aim = this.aimAtLayer(state);
    if (!aim) this.announce(this.label ? this.t("full") : imageStrings(this)("noLabel"));
    return aim;
  }

  #painted(tool: Tool, aim: Aim, committed: boolean): void {
    this.aimed(aim);
    this.view.repaint("marks");
    // What is painted is seen.
    if (this.#protection.hidden.delete(aim.value)) this.requestUpdate();
    if (this.#painting?.busy) return;
    const what = this.t(tool);
    if (!committed) {
      this.announce(this.t("unchanged", { what }));
      this.requestUpdate();
      return;
    }
    const pixels = this.t("pixels", { count: this.#painting?.mask.counts[aim.value] ?? 0 });
    this.announce(aim.value === 0 ? what : this.t("painted", { what, label: aim.label, pixels }));
    this.changed();
  }

  #pointed(at: Point | undefined, byKey: boolean): void {
    this.#at = at;
    this.view.repaint("active");
    if (byKey) this.announce(this.#textAt(at));
  }

  /** What is at a point, in words; empty outside. */
  #textAt(at: Point | undefined): string {
    const [x, y] = [Math.floor(at?.x ?? -1), Math.floor(at?.y ?? -1)];
    const { width, height } = this.inputImageProperties;
    if (x < 0 || y < 0 || x >= width || y >= height) return "";
    const value = this.#painting?.mask.at(x, y);
    const label = this.layers.find((layer) => layer.value === value)?.label;
    return this.t("cursorAt", {
      x: String(x),
      y: String(y),
      label: label ?? this.t("nothingHere"),
    });
  }

  // --- the pointer

  press(at: PicturePointer): void {
    this.view.stage?.focus({ preventScroll: true });
    this.#pen.press(at);
  }

  drag(at: PicturePointer): void {
    this.#pen.drag(at);
    this.#pointed(at, false);
  }

  release(at: PicturePointer): void {
    this.#pen.release(at);
  }

  cancel(): void {
    this.#pen.cancel();
  }

  hover(at: PicturePointer | undefined): void {
    this.#pen.hover(at);
  }

  // --- beginning

  protected override pictureSettled(): void {
    const { picture } = this.view;
    this.#pen.reset();
    const mask = this.#painting?.mask;
    const isSame = mask && mask.width === picture?.width && mask.height === picture.height;
    // The same picture once more, or none any more: the work goes on.
    if (mask && (isSame || !picture)) {
      this.view.repaint("marks", "active");
      return;
    }
    this.#stopLoading();
    this.#nothingUnseen = false;
    this.#loaded = undefined;
    this.#carriedOver = false;
    this.#painting = picture && new Painting(picture.width, picture.height);
    this.#begin();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has("initialValue")) {
      void this.initial;
      if (!this.#touched) this.#begin();
    }
  }

  protected override labelsChanged(gone: ReadonlySet<string>): void {
    if (!this.#touched) {
      this.#begin();
      return;
    }
    const painting = this.#painting;
    if (!painting || gone.size === 0) return;
    this.#pen.lift();
    const lost = this.layersOf(gone);
    painting.mask.replaceValues(new Map(lost.map((value) => [value, 0])));
    const objects = this.state.objects.filter(({ label }) => !gone.has(label));
    painting.history.clear();
    painting.history.objects = { ...this.state, objects };
    this.#carriedOver = true;
  }

  /** The values of labels that are no more. */
  protected abstract layersOf(labels: ReadonlySet<string>): number[];

  /** The worker has done something. */
  get #touched(): boolean {
    return this.#carriedOver || Boolean(this.#painting?.history.canUndo);
  }

  /** Lets the work begin with the initial value; loads its mask where that is not there yet. */
  #begin(): void {
    const painting = this.#painting;
    if (!painting) return;
    const { initial } = this;
    this.fault("initial-mask");
    if (initial && this.#loaded?.initial !== initial) {
      void this.#load(initial, painting);
      return;
    }
    this.#stopLoading();
    painting.drop();
    painting.mask.clear();
    painting.history.clear();
    painting.history.objects = EMPTY;
    this.#carriedOver = false;
    if (initial && this.#loaded) this.#adoptInitial(painting, this.#loaded);
    this.#start = new Map(painting.mask.texts());
    const draft = this.#pendingDraft;
    this.#pendingDraft = undefined;
    if (draft !== undefined) this.#continue(painting, draft);
    this.view.repaint("marks");
    this.requestUpdate();
  }

  #adoptInitial(painting: Painting, { initial, tiles, problem }: LoadedMask): void {
    for (const [tile, text] of tiles) painting.mask.readText(tile, text);
    const { state, values } = this.adopt(initial.entries);
    painting.mask.replaceValues(new Map(values.map((value, index) => [index + 1, value])));
    painting.history.objects = state;
    const unknown = initial.entries.filter((_, index) => !values[index]).map(({ label }) => label);
    const attribute = `the attribute initial-value=${quoted(this.initialValue as Json)}`;
    if (problem) {
      this.fault("initial-mask", `The mask in ${attribute} ${problem}.`);
    } else if (unknown.length > 0 && this.labelSet.names.length > 0) {
      this.fault(
        "initial-mask",
        `What is not in labels= is left out of ${attribute}: ${quoted([...new Set(unknown)])}.`,
      );
    }
  }

  #stopLoading(): void {
    this.#loading?.abort.abort();
    this.#loading = undefined;
    this.ariaBusy = null;
  }

  async #load(initial: InitialMask, { mask }: Painting): Promise<void> {
    if (this.#loading?.initial === initial) return;
    this.#stopLoading();
    const abort = new AbortController();
    this.#loading = { initial, abort };
    this.ariaBusy = "true";
    this.requestUpdate();
    const loaded = await loadInitialMask(this, initial, mask, abort.signal);
    if (!loaded) return;
    this.#loaded = loaded;
    this.#begin();
  }

  // --- the answer and the draft

  protected get isEmpty(): boolean {
    return this.used.length === 0;
  }

  protected get isGiven(): boolean {
    return this.initialValue !== undefined;
  }

  protected get nothingToLabel(): boolean {
    return this.#painting ? this.state.nothing : this.#nothingUnseen;
  }

  protected markNothingToLabel(checked: boolean): void {
    if (!this.#painting) {
      this.#nothingUnseen = checked;
      this.changed();
    } else this.change(nothingToLabelText(this), { ...this.state, nothing: checked });
  }

  protected override findProblem(): string {
    if (this.#loading) return this.t("maskLoading");
    if (this.#pen.hasShape) return this.t("unfinished");
    return super.findProblem();
  }

  protected override readDraft(): Json | undefined {
    if (this.#pendingDraft !== undefined) return this.#pendingDraft;
    const painting = this.#painting;
    if (!painting || !this.#touched) return undefined;
    return writeDraft(painting, this.kept);
  }

  protected override restoreDraft(state: Json): void {
    this.#pendingDraft = state;
    if (this.#painting && !this.#loading) this.#begin();
  }

  #continue(painting: Painting, stored: Json): void {
    const draft = readDraft(stored, painting.mask);
    if (!draft) return;
    const { objects, values } = this.adoptDraft(draft.objects);
    painting.mask.clear();
    for (const [tile, text] of draft.tiles) painting.mask.readText(tile, text);
    const known = new Map<number, number>();
    painting.mask.counts.forEach((count, value) => {
      if (count > 0 && value > 0) known.set(value, values.get(value) ?? 0);
    });
    painting.mask.replaceValues(known);
    painting.history.objects = { objects, nothing: draft.nothing && painting.mask.painted === 0 };
    this.#carriedOver = true;
  }

  reset(): void {
    this.#pen.reset();
    this.#protection.clear();
    this.#pendingDraft = undefined;
    this.#nothingUnseen = false;
    this.#begin();
  }

  // --- keys

  #onSpace = (event: KeyboardEvent): void => {
    const { stage } = this.view;
    if (event.key !== " " || event.composedPath()[0] !== stage) return;
    if (event.type === "keyup") this.#pen.lift();
    // With the pointer on the picture, Space pans: the keyboard's cursor must be there.
    else if (this.#pen.hasCursor || !stage?.matches(":hover")) {
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) this.#pen.act();
    }
  };

  protected override get workShortcuts(): readonly Shortcut[] {
    const { t, frameText } = this;
    const keys = {
      pen: this.#pen,
      t,
      announce: (text: string) => this.announce(text),
      hasFocus: () => this.shadowRoot?.activeElement === this.view.stage,
    };
    return [
      ...toolShortcuts(keys),
      ...super.workShortcuts,
      ...this.layerShortcuts,
      ...cursorShortcuts(keys),
      { keys: ["k"], label: t("onlyEmpty"), run: () => this.#setOnlyEmpty() },
      ...undoShortcuts(frameText, { undo: () => this.#undo(), redo: () => this.#redo() }),
    ];
  }

  /** Keys for the selected layer. */
  protected get layerShortcuts(): readonly Shortcut[] {
    const { t } = this;
    const onLayer = (act: (layer: MaskObject) => void) => () => {
      const layer = this.selectedLayer;
      return layer ? act(layer) : false;
    };
    return [
      {
        keys: ["h"],
        label: t("toggleHidden"),
        run: onLayer((layer) => this.#toggle(this.#protection.hidden, layer)),
      },
      {
        keys: ["l"],
        label: t("toggleLocked"),
        run: onLayer((layer) => this.#toggle(this.#protection.locked, layer)),
      },
      { keys: ["Delete"], label: this.removeText, run: onLayer((layer) => this.#remove(layer)) },
    ];
  }

  protected abstract get removeText(): string;

  #setOnlyEmpty(on = !this.#protection.onlyEmpty): void {
    this.#protection.onlyEmpty = on;
    this.requestUpdate();
  }

  #undo(): void {
    if (this.#pen.removePoint()) return;
    this.#pen.lift();
    const what = this.#painting?.history.undo();
    this.#moved(
      what
        ? this.frameText("undone", { what: this.#nameOf(what) })
        : this.frameText("nothingToUndo"),
      what,
    );
  }

  #redo(): void {
    this.#pen.lift();
    const what = this.#painting?.history.redo();
    this.#moved(
      what
        ? this.frameText("redone", { what: this.#nameOf(what) })
        : this.frameText("nothingToRedo"),
      what,
    );
  }

  #moved(text: string, what: string | undefined): void {
    this.announce(text);
    if (!what) return;
    this.view.repaint("marks");
    this.changed();
  }

  /** Changes by tools are kept under the tool's own name. */
  #nameOf(what: string): string {
    return what in TOOL_KEYS ? this.t(what as Tool) : what;
  }

  #toggle(set: Set<number>, { value }: MaskObject): void {
    if (!set.delete(value)) set.add(value);
    this.view.repaint("marks");
    this.requestUpdate();
  }

  #remove(layer: MaskObject): void {
    if (this.#protection.has(layer.value)) {
      this.announce(this.t("isLocked", { label: layer.label }));
    } else {
      this.removeLayer(layer);
    }
  }

  /** Shows where a layer is. */
  #goTo(layer: MaskObject | undefined): void {
    const box = layer && this.#painting?.mask.boxOf(layer.value);
    if (!box) return;
    const { left, top, right, bottom } = box;
    this.view.reveal({ x: left, y: top, width: right - left, height: bottom - top });
    this.view.stage?.focus();
  }

  // --- what is seen

  protected paint(context: CanvasRenderingContext2D, viewport: Viewport): void {
    if (!this.#painting) return;
    this.#overlay.draw(context, viewport, this.#painting, {
      layers: this.layers,
      hidden: this.#protection.hidden,
      selected: this.dashesSelected ? (this.selectedLayer?.value ?? 0) : 0,
    });
  }

  protected paintActive(context: CanvasRenderingContext2D, viewport: Viewport): void {
    this.#pen.paint(context, viewport);
    // Once a frame, and without rendering all else.
    const readout = this.renderRoot.querySelector(".readout");
    if (readout) readout.textContent = this.#textAt(this.#at);
  }

  protected get labelHeading(): string {
    return this.t("labels");
  }

  protected override pick(name: string): void {
    this.#pen.lift();
    super.pick(name);
    this.view.repaint("marks");
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    // Which layer is selected shows on the picture.
    this.view.repaint("marks");
  }

  protected override renderTools(): TemplateResult {
    const { history } = this.#painting ?? {};
    const button = (text: string, hook: string, enabled: boolean, act: () => void) => html`<button
      type="button"
      class="tool"
      data-testid=${hook}
      aria-disabled=${String(!enabled)}
      @click=${() => {
        if (enabled) act();
      }}
    >
      ${text}
    </button>`;
    return html`${renderTools({
      pen: this.#pen,
      t: this.t,
      opacity: this.#overlay.opacity,
      onlyEmpty: this.#protection.onlyEmpty,
      changeOpacity: (percent) => {
        this.#overlay.opacity = percent;
        this.requestUpdate();
      },
      changeOnlyEmpty: (on) => this.#setOnlyEmpty(on),
      changed: () => this.requestUpdate(),
    })}
      <span class="tool-group">
        ${button(this.frameText("undo"), "undo", history?.canUndo ?? false, () => this.#undo())}
        ${button(this.frameText("redo"), "redo", history?.canRedo ?? false, () => this.#redo())}
      </span>
      ${this.view.renderZoom()}`;
  }

  protected override renderWork(): TemplateResult {
    return html`${super.renderWork()}
      <p class="readout" aria-hidden="true"></p>`;
  }

  protected override renderPanel(): TemplateResult {
    const { rows, selectedLayer } = this;
    return html`${super.renderPanel()} ${this.#renderSelected()}
    ${this.#regions.render({
      count: rows.length,
      at: (index) => this.#region(rows[index] as MaskObject),
      selected: selectedLayer ? rows.indexOf(selectedLayer) : -1,
    })}`;
  }

  #region(layer: MaskObject): Region {
    const { t } = this;
    const detail = this.detailOf(layer, t("px", { count: this.pixelsOf(layer) }));
    return {
      id: layer.value,
      label: layer.label,
      detail: withProtection(detail, layer, this.#protection, t),
      color: layer.color,
    };
  }

  #renderSelected() {
    const layer = this.selectedLayer;
    if (layer) {
      return renderLayerPanel({
        layer,
        protection: this.#protection,
        t: this.t,
        more: this.renderSelected(layer),
        removeText: this.removeText,
        toggle: (set, one) => this.#toggle(set, one),
        remove: (one) => this.#remove(one),
      });
    }
    return this.label
      ? html`<p class="hint">${this.t("newObjectHint", { label: this.label })}</p>`
      : nothing;
  }

  static override styles = [
    ...[ImageWidget.styles].flat(),
    toolStyles,
    layerPanelStyles,
    css`
      .readout {
        min-block-size: 1.5em;
        margin: 4px 0 0;
        color: var(--tk-muted);
        font-size: 0.875em;
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
    `,
  ];
}
