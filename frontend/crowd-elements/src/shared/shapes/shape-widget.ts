import {
  css,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { live } from "lit/directives/live.js";
import type { Json } from "../answer.ts";
import type { Shortcut } from "../hot-keys.ts";
import { ImageWidget } from "../image/image-widget.ts";
import type { LabelSet } from "../image/labels.ts";
import type { PicturePointer } from "../image/picture-view.ts";
import { imageStrings } from "../image/strings.ts";
import type { Point, Viewport } from "../image/viewport.ts";
import { jsonProperty } from "../json-attribute.ts";
import { nothingToLabelText } from "../nothing-to-label.ts";
import { type Region, RegionList } from "../region-list.ts";
import { undoShortcuts } from "../undo.ts";
import { type Deed, type Place, type Refusal, type Shape, ShapeEditor } from "./editor.ts";
import { bounds, type Points } from "./geometry.ts";
import { faultInShapes, type InitialShapes, itemsOf, readShapes } from "./initial-value.ts";
import type { ShapeKind } from "./kind.ts";
import { paintActive, paintCrosshair, paintHandles, paintShapes } from "./paint.ts";
import { readDrawing, type ShapesDraft } from "./shapes-draft.ts";
import { shapeStrings } from "./strings.ts";

/** What a tool for shapes draws, and how its answer calls it. */
export interface ShapeTool {
  readonly kind: ShapeKind;
  /** The key of the list in the answer, and in an initial value that is an object. */
  readonly key: string;
  /** Q14. The answer says whether initial values were changed. */
  readonly tellsModified: boolean;
  /** Where there are several labels, none is chosen to begin with. */
  readonly asksForLabel?: boolean;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const FAR = 10;
/** A held key moves the cursor so many times further. */
const HELD = 4;
const CURSOR_REACH = 7;
const NO_SHAPES: InitialShapes = { shapes: [], faults: [] };

/** A tool that draws shapes on a picture: everything but which shapes. */
export abstract class ShapeWidget extends ImageWidget {
  static override jsonAttributes: ReadonlyMap<
    string,
    (value: Json | undefined) => Json | undefined
  > = new Map([...ImageWidget.jsonAttributes, ["initial-value", (value) => value]]);
  static override properties: PropertyDeclarations = {
    initialValue: jsonProperty("initial-value"),
    refusal: { state: true },
  };
  declare initialValue: Json | undefined;
  /** Why the last try did nothing, for the worker. */
  declare private refusal: string;

  protected abstract readonly tool: ShapeTool;

  #editor: ShapeEditor | undefined;
  #initial = NO_SHAPES;
  /** The initial value that the work began with; null before it began. */
  #begunWith: Json | undefined | null = null;
  /** Labels that there were at some time: initial values of these were shown. */
  readonly #knownLabels = new Set<string>();
  /** Restored before there was a picture. */
  #draft: Json | undefined;
  #labelsUsed: LabelSet | undefined;
  #finger = false;

  readonly #regions = new RegionList(this, {
    select: (index) => this.#selectAt(index),
    open: (index) => this.#open(index),
  });

  constructor() {
    super();
    this.refusal = "";
  }

  protected get editor(): ShapeEditor {
    this.#editor ??= new ShapeEditor(this.tool.kind, {
      name: (deed, shape) => this.#nameDeed(deed, shape),
      done: (what) => this.#onDone(what),
      refused: (why) => this.#onRefused(why),
      drawn: () => this.dispatchEvent(new Event("input", { bubbles: true })),
      repaint: (lasting) => this.#onRepaint(lasting),
    });
    if (this.#labelsUsed !== this.labelSet) {
      const { labelSet } = this;
      this.#labelsUsed = labelSet;
      this.#editor.useLabels((label) => labelSet.has(label));
    }
    return this.#editor;
  }

  // --- the answer

  protected override get submittable(): { [key: string]: Json } {
    const { key, tellsModified } = this.tool;
    return {
      [key]: this.#write(this.editor.shapes),
      ...(tellsModified && this.initialValue !== undefined
        ? { initialValueModified: this.#isModified }
        : {}),
      inputImageProperties: this.inputImageProperties,
    };
  }

  #write(shapes: readonly Shape[]): Json[] {
    const { kind } = this.tool;
    return shapes.map(({ label, points }) => ({ label, ...kind.write(points) }));
  }

  /** Q14. A real difference in labels or geometry, in whatever order. */
  get #isModified(): boolean {
    const { key } = this.tool;
    // Not shown yet: what is submitted lacks them.
    if (this.#begunWith === null) return Boolean(itemsOf(this.initialValue, key)?.length);
    const texts = (shapes: readonly Shape[]) =>
      shapes.map(({ label, points }) => JSON.stringify([label, points])).sort();
    const shown = this.#initial.shapes.filter(({ label }) => this.#knownLabels.has(label));
    return JSON.stringify(texts(shown)) !== JSON.stringify(texts(this.editor.shapes));
  }

  protected override get isEmpty(): boolean {
    return this.editor.shapes.length === 0;
  }

  protected override get nothingToLabel(): boolean {
    return this.editor.nothing;
  }

  protected override markNothingToLabel(checked: boolean): void {
    this.editor.markNothing(checked);
  }

  protected override get isGiven(): boolean {
    return this.initialValue !== undefined;
  }

  protected override findProblem(): string {
    return this.editor.unfinished.length ? this.#t("unfinished") : super.findProblem();
  }

  protected override readDraft(): Json | undefined {
    const { editor } = this;
    if (this.#draft !== undefined || !editor.touched) return this.#draft;
    const draft: ShapesDraft = {
      shapes: this.#write(editor.kept),
      nothing: editor.nothing,
      drawing: editor.unfinished.map(({ x, y }) => ({ x, y })),
      label: this.label,
    };
    return { ...draft };
  }

  protected override restoreDraft(state: Json): void {
    this.#draft = state;
    if (this.view.state === "ready") this.#load();
  }

  override reset(): void {
    this.#draft = undefined;
    if (this.view.state === "ready") this.#load();
  }

  /** Shows what was given, or what the worker had made of it before a reload. */
  #load(): void {
    const { kind, key } = this.tool;
    const size = this.inputImageProperties;
    this.editor.size = size;
    this.#initial = readShapes(this.initialValue, kind, key, size);
    const initial = { shapes: this.#initial.shapes, nothing: false };
    const draft = this.#draft as Partial<ShapesDraft> | null | undefined;
    this.#draft = undefined;
    this.#begunWith = this.initialValue;
    const kept = draft && readShapes(draft.shapes ?? [], kind, key, size).shapes;
    const drawing = draft && readDrawing(draft.drawing, kind, size);
    if (drawing && draft.label && this.labelSet.has(draft.label)) this.label = draft.label;
    this.editor.load(
      kept
        ? { shapes: kept, nothing: draft.nothing === true, ...(drawing && { drawing }) }
        : initial,
      initial,
    );
    this.#tellFaults();
  }

  #tellFaults(): void {
    this.fault(
      "initial-value",
      faultInShapes(this.initialValue, this.#initial, (label) => this.labelSet.has(label)),
    );
  }

  // --- the frame's and the picture's calls

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.editor.label = this.label;
    if (changed.has("initialValue") && this.view.state === "ready") this.#load();
  }

  protected override pictureSettled(): void {
    if (this.view.state !== "ready") return;
    const { width, height } = this.inputImageProperties;
    const { size } = this.editor;
    const isSame = size.width === width && size.height === height;
    // The same picture once more: the work on it goes on.
    if (isSame && this.#draft === undefined && this.#begunWith === this.initialValue) {
      this.view.repaint("marks", "active");
    } else this.#load();
  }

  protected override labelsChanged(gone: ReadonlySet<string>): void {
    for (const name of this.labelSet.names) this.#knownLabels.add(name);
    this.editor.banish(gone);
    this.#tellFaults();
  }

  protected override get labelHeading(): string {
    return this.#t("labels");
  }

  protected override get pictureKeys(): string {
    return this.#t("stageKeys");
  }

  protected override get firstLabel(): string {
    return this.tool.asksForLabel && this.labelSet.names.length > 1 ? "" : super.firstLabel;
  }

  protected override pick(name: string): void {
    super.pick(name);
    this.refusal = "";
    this.editor.chooseLabel(name);
  }

  get #t() {
    return shapeStrings(this);
  }

  // --- what the editor tells

  #nameDeed(deed: Deed, shape: Shape | undefined): string {
    return deed === "nothing"
      ? nothingToLabelText(this)
      : this.#t(deed, { label: shape?.label ?? "" });
  }

  #onDone(what: string): void {
    const count = this.editor.shapes.length;
    this.refusal = "";
    this.announce(`${what}. ${this.#t("total", { count })}`);
    this.changed();
  }

  #onRefused(why: Refusal): void {
    const isWithout = why === "noLabel" && !this.labelSet.names.length;
    this.refusal = isWithout
      ? imageStrings(this)("noLabel")
      : this.#t(why, { count: this.tool.kind.least });
    this.announce(this.refusal);
  }

  #onRepaint(lasting: boolean): void {
    if (!lasting) {
      this.view.repaint("active");
      return;
    }
    // What is shown as chosen is what the next shape gets.
    const { selected } = this.editor;
    if (selected) this.label = selected.label;
    this.view.repaint("marks", "active");
    this.requestUpdate();
  }

  // --- painting

  protected override paint(context: CanvasRenderingContext2D, viewport: Viewport): void {
    const { selected } = this.editor;
    const rest = this.editor.shapes.filter((shape) => shape !== selected);
    paintShapes(context, viewport, this.tool.kind, rest, (label) => this.labelSet.colorOf(label));
  }

  protected override paintActive(context: CanvasRenderingContext2D, viewport: Viewport): void {
    const { editor } = this;
    const { kind } = this.tool;
    const { selected, activePoints, draft, cursor, handles, handle } = editor;
    if (selected && activePoints) {
      const shape = { label: selected.label, points: activePoints };
      paintActive(context, viewport, kind, shape, this.labelSet.colorOf(selected.label), true);
      paintHandles(context, viewport, handles, handle, this.#finger);
    }
    if (draft) {
      const color = this.labelSet.colorOf(this.label);
      paintActive(context, viewport, kind, { label: this.label, points: draft }, color, false);
      const placed = (editor.drawing?.points ?? []).map(
        (at) => ({ at, role: "vertex", cursor: "" }) as const,
      );
      paintHandles(context, viewport, placed, undefined, this.#finger);
    }
    if (cursor && (editor.cursorByKeys || this.#isFree(cursor))) {
      paintCrosshair(context, viewport, cursor, editor.cursorByKeys);
    }
    const grows = kind.most > kind.least;
    this.#showReadout((grows && editor.drawing?.points) || draft || activePoints, cursor);
  }

  /** Nothing is under the pointer: a press begins a shape. */
  #isFree(cursor: Place): boolean {
    return this.editor.handleAt(cursor) === undefined && !this.editor.shapeAt(cursor);
  }

  #showReadout(points: Points | undefined, cursor: Point | undefined): void {
    const readout = this.renderRoot.querySelector(".readout");
    if (!readout) return;
    const place = cursor && {
      x: String(Math.round(cursor.x)),
      y: String(Math.round(cursor.y)),
    };
    const texts = [points && this.#describe(points), place && this.#t("place", place)];
    readout.textContent = texts.filter(Boolean).join("  ·  ");
  }

  /** Where and how large, in words. Numbers without grouping: they are coordinates. */
  #describe(points: Points): string {
    const { kind } = this.tool;
    const [first, last] = [points[0] as Point, points.at(-1) as Point];
    if (kind.id === "box") {
      const { x, y, width, height } = bounds(points);
      return this.#t("box", {
        left: String(x),
        top: String(y),
        width: String(width),
        height: String(height),
      });
    }
    const from = { x: String(first.x), y: String(first.y) };
    if (kind.id === "keypoint") return this.#t("keypoint", from);
    if (kind.id === "line") {
      return this.#t("line", { ...from, x2: String(last.x), y2: String(last.y) });
    }
    return this.#t("points", { ...from, count: points.length });
  }

  // --- the pointer

  #place({ x, y, reach, event }: PicturePointer): Place {
    return { x, y, reach, shift: event.shiftKey, alt: event.altKey };
  }

  override press(at: PicturePointer): void {
    this.refusal = "";
    this.#finger = at.event.pointerType === "touch";
    this.editor.press(this.#place(at));
  }

  override drag(at: PicturePointer): void {
    this.editor.drag(this.#place(at));
  }

  override release(at: PicturePointer): void {
    this.editor.release(this.#place(at));
    // A finger leaves no cursor behind.
    if (this.#finger) this.editor.hover(undefined);
  }

  override cancel(): void {
    this.editor.cancel();
  }

  override hover(at: PicturePointer | undefined): void {
    const place = at && this.#place(at);
    this.editor.hover(place);
    this.view.cursor = place ? this.#cursorAt(place) : "";
  }

  #cursorAt(place: Place): string {
    const handle = this.editor.handleAt(place);
    if (handle !== undefined) return this.editor.handles[handle]?.cursor ?? "";
    if (this.editor.starting) return "crosshair";
    const shape = this.editor.shapeAt(place);
    if (shape) return shape === this.editor.selected ? "move" : "pointer";
    return this.editor.isGrip(place) ? "move" : "crosshair";
  }

  // --- keys

  protected override get workShortcuts(): readonly Shortcut[] {
    const t = this.#t;
    const frame = this.frameText;
    const { editor } = this;
    const arrows = (far: number): Shortcut => ({
      keys: Object.keys(ARROWS).map((key) => (far > 1 ? `Shift+${key}` : key)),
      label: t(far > 1 ? "keyCursorFar" : "keyCursor"),
      repeat: true,
      run: (event) => this.#onArrow(event, far),
    });
    return [
      arrows(1),
      arrows(FAR),
      { keys: ["Space"], label: t("keyPlace"), run: () => this.#onSpace() },
      { keys: ["Enter"], label: t("keyEnter"), run: () => this.#onEnter() },
      { keys: ["Escape"], label: t("keyEscape"), run: () => editor.escape() },
      { keys: ["Delete", "Backspace"], label: t("keyDelete"), run: () => this.#delete() },
      { keys: ["d"], label: t("keyDraw"), run: () => this.#toggleStart() },
      { keys: ["n"], label: t("keyNext"), run: () => this.#walk(1) },
      { keys: ["Shift+n"], label: t("keyPrevious"), run: () => this.#walk(-1) },
      { keys: ["Tab"], label: t("keyTab"), run: () => this.#onTab(1) },
      { keys: ["Shift+Tab"], label: t("keyTab"), hidden: true, run: () => this.#onTab(-1) },
      { keys: ["Mod+d"], label: t("duplicate"), run: () => editor.duplicate() },
      ...undoShortcuts(frame, { undo: () => this.#undo(), redo: () => this.#redo() }),
      ...super.workShortcuts,
    ];
  }

  get #isOnStage(): boolean {
    return this.shadowRoot?.activeElement === this.view.stage && this.view.state === "ready";
  }

  #onArrow(event: KeyboardEvent, far: number): boolean {
    const { editor } = this;
    const [x, y] = (ARROWS[event.key] ?? [0, 0]).map((step) => step * far) as [number, number];
    const isLoose = document.activeElement === document.body && editor.selected !== undefined;
    if (!this.#isOnStage && !isLoose) return false;
    if (editor.selected && !editor.drawing) {
      editor.nudge(x, y);
      const points = editor.selected?.points;
      if (points) this.view.reveal(bounds(points));
      return true;
    }
    const faster = event.repeat ? HELD : 1;
    const at = editor.moveCursor(x * faster, y * faster, this.#middle);
    this.view.reveal({ ...at, width: 0, height: 0 });
    this.announce(this.#t("place", { x: String(at.x), y: String(at.y) }));
    return true;
  }

  /** Where the keyboard's cursor begins: in the middle of what is seen. */
  get #middle(): Place {
    const { x, y, width, height } = this.view.viewport.visible;
    const reach = CURSOR_REACH / this.view.viewport.scale;
    return { x: x + width / 2, y: y + height / 2, reach, shift: false, alt: false };
  }

  #onSpace(): boolean {
    // With the mouse on the picture, Space is held to pan.
    if (!this.#isOnStage || (this.editor.cursor && !this.editor.cursorByKeys)) return false;
    return this.#placeByKeys();
  }

  #onEnter(): boolean {
    const { editor } = this;
    if (!this.#isOnStage) return false;
    if (editor.drawing?.points.length && editor.kind.most > editor.kind.least) {
      editor.finish();
      return true;
    }
    if (editor.selected && !editor.drawing) return this.#walkHandles(1);
    return this.#placeByKeys();
  }

  #placeByKeys(): boolean {
    const { editor } = this;
    this.refusal = "";
    if (!editor.cursorByKeys) editor.moveCursor(0, 0, this.#middle);
    const { cursor } = editor;
    if (!cursor) return false;
    editor.place(cursor);
    const points = editor.drawing?.points;
    const last = points?.at(-1);
    if (last) {
      const place = { x: String(last.x), y: String(last.y), count: points?.length ?? 0 };
      this.announce(this.#t("pointPlaced", place));
    }
    return true;
  }

  #walkHandles(step: 1 | -1, ends = false): boolean {
    const { editor } = this;
    if (!editor.walkHandles(step, ends)) return false;
    const count = (editor.handle ?? 0) + 1;
    this.announce(this.#t("handle", { count, total: editor.handles.length }));
    return true;
  }

  #onTab(step: 1 | -1): boolean {
    if (!this.#isOnStage || !this.editor.selected) return false;
    return this.editor.handle === undefined ? this.#walk(step) : this.#walkHandles(step, true);
  }

  #walk(step: 1 | -1): boolean {
    if (!this.editor.walk(step)) return false;
    this.#tellSelected();
    return true;
  }

  #delete(): boolean {
    const { editor } = this;
    if (editor.undoPoint() || editor.deleteVertex()) return true;
    const at = editor.shapes.findIndex(({ id }) => id === editor.selected?.id);
    const isInList = Boolean(this.shadowRoot?.activeElement?.matches(".region-list"));
    if (!editor.deleteSelected()) return false;
    // Who deletes in the list goes on there.
    const neighbor = editor.shapes[at] ?? editor.shapes[at - 1];
    if (isInList && neighbor) editor.select(neighbor.id);
    return true;
  }

  #undo(): void {
    const what = this.editor.undo();
    this.#tellTravel(what === undefined ? undefined : this.frameText("undone", { what }), "undo");
  }

  #redo(): void {
    const what = this.editor.redo();
    this.#tellTravel(what === undefined ? undefined : this.frameText("redone", { what }), "redo");
  }

  #tellTravel(text: string | undefined, way: "undo" | "redo"): void {
    this.announce(text ?? this.frameText(way === "undo" ? "nothingToUndo" : "nothingToRedo"));
    if (text !== undefined) this.changed();
  }

  // --- the list

  #selectAt(index: number): void {
    this.editor.select(this.editor.shapes[index]?.id);
    this.#tellSelected();
  }

  #tellSelected(): void {
    const { selected } = this.editor;
    if (!selected) return;
    this.view.reveal(bounds(selected.points));
    const name = `${selected.label}: ${this.#describe(selected.points)}`;
    this.announce(this.#t("selected", { name }));
  }

  #open(index: number): void {
    this.#selectAt(index);
    this.view.stage?.focus();
  }

  #region(index: number): Region {
    const { id, label, points } = this.editor.shapes[index] as Shape;
    return { id, label, detail: this.#describe(points), color: this.labelSet.colorOf(label) };
  }

  // --- rendering

  protected override renderTools(): TemplateResult {
    const t = this.#t;
    const frame = this.frameText;
    const { editor } = this;
    const { kind } = this.tool;
    const isDrawing = Boolean(editor.drawing?.points.length);
    const button = (id: string, text: string, isOff: boolean, act: () => void) => html`<button
      type="button"
      class="tool"
      id=${id}
      aria-disabled=${String(isOff)}
      @click=${() => {
        if (!isOff) act();
      }}
    >
      ${text}
    </button>`;
    return html`
      <button
        type="button"
        class="tool"
        id=${kind.id}
        aria-pressed=${String(editor.starting)}
        @click=${() => this.#toggleStart()}
      >
        ${t("draw")}
      </button>
      ${
        isDrawing && kind.most > kind.least
          ? button("finish", t("finish"), false, () => editor.finish())
          : nothing
      }
      ${button("delete", t(isDrawing ? "removePoint" : "delete"), !isDrawing && !editor.selected, () => this.#delete())}
      ${button("duplicate", t("duplicate"), !editor.selected, () => editor.duplicate())}
      ${button("undo", frame("undo"), !editor.canUndo, () => this.#undo())}
      ${button("redo", frame("redo"), !editor.canRedo, () => this.#redo())}
      ${this.view.renderZoom()}
    `;
  }

  #toggleStart(): void {
    this.editor.start(!this.editor.starting);
    this.view.stage?.focus();
  }

  protected override renderWork(): TemplateResult {
    return html`${this.view.render(html`<div class="readout" dir="auto" aria-hidden="true"></div>`)}
      <p class="refusal" ?hidden=${!this.refusal}>${this.refusal}</p>`;
  }

  protected override renderPanel(): TemplateResult {
    const { shapes, selected } = this.editor;
    return html`${super.renderPanel()}
      ${this.#regions.render({
        count: shapes.length,
        at: (index) => this.#region(index),
        selected: selected ? shapes.indexOf(selected) : -1,
      })}
      ${this.#renderNumbers(selected)}`;
  }

  /** The numbers of a box or point as fields: the exact way, and one without a pointer. */
  #renderNumbers(selected: Shape | undefined) {
    const { kind } = this.tool;
    if (!selected || kind.most > 2 || kind.id === "line") return nothing;
    const written = kind.write(selected.points);
    return html`<fieldset class="numbers">
      <legend>${this.#t("edges")}</legend>
      ${Object.entries(written).map(
        ([key, value]) => html`<label>
          ${this.#t(key as "left" | "top" | "width" | "height" | "x" | "y")}
          <input
            type="number"
            data-field=${key}
            min="0"
            .value=${live(String(value))}
            @change=${(event: Event) => this.#setNumber(key, event.target as HTMLInputElement)}
          />
        </label>`,
      )}
    </fieldset>`;
  }

  #setNumber(key: string, field: HTMLInputElement): void {
    const { editor } = this;
    const { kind } = this.tool;
    const { selected } = editor;
    const points = selected && kind.read({ ...kind.write(selected.points), [key]: field.value });
    if (!points || !editor.setPoints(points)) this.#onRefused("noArea");
    this.requestUpdate();
  }

  static override styles = [
    ...[ImageWidget.styles].flat(),
    css`
      .readout {
        position: absolute;
        bottom: 0;
        left: 0;
        padding: 1px 8px;
        border-top-right-radius: 6px;
        background: rgb(0 0 0 / 72%);
        color: #fff;
        font-size: 0.8125rem;
        font-variant-numeric: tabular-nums;
        white-space: pre;
        pointer-events: none;
      }
      .readout:empty {
        display: none;
      }
      .refusal {
        margin: 6px 0 0;
        color: var(--tk-danger);
      }
      .numbers {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 6px 8px;
        margin: 12px 0 0;
        padding: 6px 10px 10px;
        border: 1px solid var(--tk-hairline);
        border-radius: 6px;
      }
      .numbers legend {
        padding-inline: 4px;
        color: var(--tk-muted);
        font-size: 0.875em;
      }
      .numbers label {
        display: grid;
        font-size: 0.875em;
      }
      .numbers input {
        inline-size: 100%;
        min-block-size: 34px;
        padding: 2px 6px;
        border: 1px solid var(--tk-line);
        border-radius: 6px;
        background: var(--tk-surface);
        color: var(--tk-text);
        font: inherit;
        font-variant-numeric: tabular-nums;
      }
      @media (pointer: coarse) {
        .numbers input {
          min-block-size: 44px;
        }
      }
    `,
  ];
}
