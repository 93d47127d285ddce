/**
 * What a worker does to shapes: create, select, move, reshape, relabel, delete, undo. Knows pixels of the picture and
 * pointers in them, nothing of the page.
 */
import { History } from "../../../../common/src/history.ts";
import type { Point, Size } from "../image/viewport.ts";
import {
  bounds,
  contains,
  distance,
  distanceToLine,
  equalPoints,
  overlap,
  type Points,
  settle,
  translate,
} from "./geometry.ts";
import { closesAt, type Handle, inRatio, isSound, type ShapeKind, settleShape } from "./kind.ts";

export interface Shape {
  /** Unique on the page; a changed shape keeps it. */
  readonly id: number;
  readonly label: string;
  readonly points: Points;
}

export interface Work {
  /** In order of creation. */
  readonly shapes: readonly Shape[];
  /** "Nothing to label" is ticked. */
  readonly nothing: boolean;
  /** The points of a shape that was not finished. */
  readonly drawing?: Points;
}

/** A line that is being drawn, point by point. */
export interface Drawing {
  readonly points: Points;
  /** Points taken back, the last one taken first. */
  readonly undone: Points;
}

/** Where the pointer or the keyboard's cursor is. */
export interface Place extends Point {
  /** How far around it things are hit. */
  readonly reach: number;
  readonly shift: boolean;
  readonly alt: boolean;
}

/** What was done: names a step of the history. */
export type Deed =
  | "added"
  | "moved"
  | "reshaped"
  | "relabeled"
  | "deleted"
  | "duplicated"
  | "vertexDeleted"
  | "point"
  | "dropped"
  | "nothing";

/** Why something cannot be done. */
export type Refusal = "noLabel" | "crosses" | "tooFew" | "noArea" | "unfinished";

export interface EditorListener {
  /** The deed in words, which the history keeps. */
  name(deed: Deed, shape: Shape | undefined): string;
  /** The worker has changed the work: the deed in words. */
  done(what: string): void;
  refused(why: Refusal): void;
  /** Points of a shape that is not finished have come or gone. */
  drawn(): void;
  /** What is to be seen has changed: of the lasting shapes too, or only of what follows the pointer. */
  repaint(lasting: boolean): void;
}

type Gesture =
  /** Pressed where nothing is. */
  | { readonly kind: "fresh"; readonly start: Place; readonly wasSelected: boolean }
  /** Drawing by a drag. */
  | { readonly kind: "drag"; readonly from: Point }
  /** The next point of the line that is being drawn. */
  | { readonly kind: "point" }
  /** On a shape that is not selected: a click selects it, a drag draws over it. */
  | { readonly kind: "pick"; readonly start: Place; readonly id: number }
  | { readonly kind: "move"; readonly start: Place; readonly inside: boolean }
  | { readonly kind: "reshape"; readonly start: Place; readonly handle: number };

const NO_WORK: Work = { shapes: [], nothing: false };

let lastId = 0;
export const newId = (): number => ++lastId;

export class ShapeEditor {
  #history = new History<Work>(NO_WORK);
  #initial: Work = NO_WORK;
  /** Shapes whose label the page took away: they do not come back with it. */
  readonly #banished = new Set<number>();
  #isLabel: (label: string) => boolean = () => true;
  /** The shapes that count, as long as neither the work nor the labels change. */
  #visible: { readonly work: Work; readonly shapes: readonly Shape[] } | undefined;

  /** The picture's size; nothing can be done before it is known. */
  size: Size = { width: 0, height: 0 };
  /** The label of the next shape; empty for none. */
  label = "";

  #selected: number | undefined;
  #handle: number | undefined;
  /** The selected shape has just been made: the next label is for the next shape. */
  #fresh = false;
  /** The next press begins a shape, whatever is there. */
  #starting = false;
  #drawing: Drawing | undefined;
  #cursor: Place | undefined;
  #byKeys = false;
  #gesture: Gesture | undefined;
  /** The selected shape as the running gesture leaves it. */
  #preview: Points | undefined;
  #nudged: { readonly work: Work; readonly deed: Deed; readonly id: number } | undefined;

  constructor(
    readonly kind: ShapeKind,
    private readonly listener: EditorListener,
  ) {}

  // --- what is there

  /** The shapes that count: those whose label is one of the page's. */
  get shapes(): readonly Shape[] {
    const work = this.#history.present;
    if (this.#visible?.work !== work) {
      const shapes = work.shapes.filter(
        ({ id, label }) => this.#isLabel(label) && !this.#banished.has(id),
      );
      this.#visible = { work, shapes };
    }
    return this.#visible.shapes;
  }

  get nothing(): boolean {
    return this.#history.present.nothing && this.shapes.length === 0;
  }

  /** Whether anything differs from what was loaded. */
  get touched(): boolean {
    return this.#history.present !== this.#initial || this.unfinished.length > 0;
  }

  /** The points of a shape that has to be finished or dropped. A first corner of a box or line is none yet. */
  get unfinished(): Points {
    return (this.kind.most > this.kind.least && this.#drawing?.points) || [];
  }

  get selected(): Shape | undefined {
    return this.#selected === undefined
      ? undefined
      : this.shapes.find(({ id }) => id === this.#selected);
  }

  /** The selected shape's points, or what a running gesture makes of them. */
  get activePoints(): Points | undefined {
    return this.#preview ?? this.selected?.points;
  }

  /** The active handle among `handles`. */
  get handle(): number | undefined {
    return this.#handle;
  }

  get handles(): readonly Handle[] {
    const points = this.activePoints;
    return points ? this.kind.handles(points) : [];
  }

  get drawing(): Drawing | undefined {
    return this.#drawing;
  }

  get cursor(): Place | undefined {
    return this.#cursor;
  }

  /** The cursor was moved by keys: people must see where it is. */
  get cursorByKeys(): boolean {
    return this.#byKeys;
  }

  /** The points of the shape that is being made, the cursor's place included. */
  get draft(): Points | undefined {
    const at = this.#cursor;
    if (this.#gesture?.kind === "drag" && at) return [this.#gesture.from, this.#end(at)];
    if (!this.#drawing?.points.length) return undefined;
    return at ? [...this.#drawing.points, this.#end(at)] : this.#drawing.points;
  }

  get canUndo(): boolean {
    return Boolean(this.#drawing?.points.length) || this.#history.canUndo;
  }

  get canRedo(): boolean {
    if (this.#drawing?.undone.length) return true;
    return this.#history.canRedo && !this.#isBusy;
  }

  /** There are points that going forward in the history would lose. */
  get #isBusy(): boolean {
    return this.unfinished.length > 0 && this.unfinished !== this.#history.present.drawing;
  }

  /** All shapes that may count some day: also those whose label the page has not named yet. */
  get kept(): readonly Shape[] {
    return this.#history.present.shapes.filter(({ id }) => !this.#banished.has(id));
  }

  /** Begins anew with these shapes; `initial` are those that were loaded, if the worker has gone on from them. */
  load(work: Work, initial: Work = work): void {
    this.#history = new History(initial);
    this.#history.present = work;
    this.#initial = initial;
    this.#visible = undefined;
    this.#banished.clear();
    this.#rest();
    this.#takeUpDrawing();
    this.listener.repaint(true);
  }

  /** Only shapes with one of these labels count. */
  useLabels(isLabel: (label: string) => boolean): void {
    this.#isLabel = isLabel;
    this.#visible = undefined;
  }

  /** The page has taken labels away: shapes that have one of them are removed for good. */
  banish(gone: ReadonlySet<string>): void {
    for (const { id, label } of this.#history.present.shapes) {
      if (gone.has(label)) this.#banished.add(id);
    }
    this.#visible = undefined;
    if (!this.selected) this.select(undefined);
    this.listener.repaint(true);
  }

  // --- selecting

  select(id: number | undefined): void {
    if (id !== undefined && this.#isUnfinished()) return;
    this.#fresh = false;
    if (id !== undefined) this.#starting = false;
    if (id === this.#selected && this.#handle === undefined) return;
    this.#selected = id;
    this.#handle = undefined;
    this.#preview = undefined;
    if (id !== undefined) this.#drawing = undefined;
    this.listener.repaint(true);
  }

  /** Nothing else can be taken up before: which is told. */
  #isUnfinished(): boolean {
    if (this.unfinished.length) this.listener.refused("unfinished");
    return this.unfinished.length > 0;
  }

  /** The next shape in order (`step` 1) or the one before; false at the end. */
  walk(step: 1 | -1): boolean {
    const { shapes } = this;
    const at = shapes.findIndex(({ id }) => id === this.#selected);
    const next = at < 0 ? (step > 0 ? 0 : shapes.length - 1) : at + step;
    const shape = shapes[next];
    if (!shape) return false;
    this.select(shape.id);
    return this.#selected === shape.id;
  }

  /** From handle to handle of the selected shape, round and round unless `ends`; false where there is no next one. */
  walkHandles(step: 1 | -1, ends = false): boolean {
    const count = this.handles.length;
    const next = (this.#handle ?? (step > 0 ? -1 : count)) + step;
    if (!count || (ends && (next < 0 || next >= count))) return false;
    this.#fresh = false;
    this.#handle = (next + count) % count;
    this.listener.repaint(false);
    return true;
  }

  /** The shape that a press there takes: its border is near; of several the selected one, else the smallest. */
  shapeAt(at: Place): Shape | undefined {
    const near = this.#shapesNear(at, (points) => {
      const outline = this.kind.outline(points);
      return distanceToLine(at, outline, this.kind.closed) <= at.reach;
    });
    return near.find(({ id }) => id === this.#selected) ?? near[0];
  }

  /** The handle of the selected shape that a press there takes. A vertex goes before a middle. */
  handleAt(at: Place): number | undefined {
    if (this.#starting) return undefined;
    let found: number | undefined;
    let nearest = at.reach;
    this.handles.forEach((handle, index) => {
      const away = distance(handle.at, at) + (handle.role === "middle" ? at.reach / 3 : 0);
      if (away > nearest) return;
      nearest = away;
      found = index;
    });
    return found;
  }

  /** Smallest first. */
  #shapesNear(at: Place, isHit: (points: Points) => boolean): readonly Shape[] {
    const spot = { x: at.x, y: at.y, width: 0, height: 0 };
    const size = ({ points }: Shape) => bounds(points).width * bounds(points).height;
    return this.shapes
      .filter(({ points }) => overlap(bounds(points), spot, at.reach) && isHit(points))
      .sort((a, b) => size(a) - size(b));
  }

  /** Inside of the selected shape, where a drag moves it; in one that has just been made a drag draws. */
  isGrip(at: Place): boolean {
    const { selected } = this;
    if (!selected || this.#starting || !this.#isInside(selected.points, at)) return false;
    return !(this.#fresh && this.kind.byDrag);
  }

  #isInside(points: Points, at: Point): boolean {
    return this.kind.closed && contains(this.kind.outline(points), at);
  }

  // --- the pointer

  hover(at: Place | undefined): void {
    this.#cursor = at;
    this.#byKeys = false;
    this.listener.repaint(false);
  }

  press(at: Place): void {
    this.#cursor = at;
    this.#byKeys = false;
    this.#nudged = undefined;
    this.#gesture = this.#begin(at);
    this.listener.repaint(true);
  }

  #begin(at: Place): Gesture | undefined {
    if (this.#drawing?.points.length) return { kind: "point" };
    if (this.#starting) return { kind: "fresh", start: at, wasSelected: false };
    const handle = this.handleAt(at);
    if (handle !== undefined) {
      if (at.alt) {
        this.deleteVertex(handle);
        return undefined;
      }
      return { kind: "reshape", start: at, handle };
    }
    const hit = this.shapeAt(at);
    if (hit) {
      if (hit.id !== this.#selected) {
        if (this.kind.byDrag) return { kind: "pick", start: at, id: hit.id };
        this.select(hit.id);
      }
      return { kind: "move", start: at, inside: false };
    }
    const { selected } = this;
    if (selected && this.isGrip(at)) return { kind: "move", start: at, inside: true };
    return { kind: "fresh", start: at, wasSelected: selected !== undefined };
  }

  drag(at: Place): void {
    this.#cursor = at;
    const gesture = this.#gesture;
    const draws = gesture?.kind === "fresh" || gesture?.kind === "pick";
    if (draws && this.kind.byDrag && isDrag(gesture.start, at)) {
      if (this.#mayCreate()) {
        this.select(undefined);
        this.#starting = false;
        this.#gesture = { kind: "drag", from: settle(gesture.start, this.size) };
      } else this.#gesture = undefined;
    } else if (gesture?.kind === "move") this.#dragShape(gesture.start, at);
    else if (gesture?.kind === "reshape") this.#dragHandle(gesture, at);
    this.listener.repaint(false);
  }

  #dragShape(start: Place, at: Place): void {
    const points = this.selected?.points;
    if (!points || (!this.#preview && !isDrag(start, at))) return;
    this.#preview = translate(points, at.x - start.x, at.y - start.y, this.size);
  }

  #dragHandle({ start, handle }: { start: Place; handle: number }, at: Place): void {
    const points = this.selected?.points;
    if (!points || (!this.#preview && !isDrag(start, at))) return;
    const reshaped = this.kind.reshape(points, handle, settle(at, this.size), at.shift);
    const settled = settleShape(this.kind, reshaped.points, this.size);
    // Where it may not go, it stays where it last was.
    if (!settled || !this.#mayBecome(points, settled)) return;
    this.#preview = settled;
  }

  /** A polygon that came crossed may stay crossed, so that it can be mended. */
  #mayBecome(before: Points, after: Points): boolean {
    return isSound(this.kind, after) || !isSound(this.kind, before);
  }

  release(at: Place): void {
    const gesture = this.#gesture;
    this.#cursor = at;
    this.#gesture = undefined;
    switch (gesture?.kind) {
      case "drag":
        this.#create([gesture.from, this.#end(at, gesture.from)]);
        break;
      case "point":
        this.place(at);
        break;
      case "move":
        if (this.#preview) this.#commitPreview("moved");
        else if (gesture.inside) this.#click(at, true);
        // A click on a shape that has just been made takes it up again.
        else this.#fresh = false;
        break;
      case "reshape":
        if (this.#preview) this.#commitPreview("reshaped");
        // A click makes the handle the one that keys move and delete.
        else {
          this.#handle = gesture.handle;
          this.#fresh = false;
        }
        break;
      case "pick":
        this.select(gesture.id);
        break;
      case "fresh":
        this.#click(at, gesture.wasSelected);
        break;
    }
    this.listener.repaint(true);
  }

  /** A click where no border and no handle is. */
  #click(at: Place, wasSelected: boolean): void {
    if (this.kind.id === "box" && !this.#starting) {
      const inside = this.#shapesNear(at, (points) => this.#isInside(points, at));
      // A box that has just been made is taken up again; then each further click goes one box outwards.
      const taken = this.#fresh ? -1 : inside.findIndex(({ id }) => id === this.#selected);
      const next = inside[taken + 1] ?? (wasSelected ? undefined : inside[0]);
      if (next || wasSelected) {
        this.select(next?.id);
        return;
      }
    }
    this.select(undefined);
    this.place(at);
  }

  /** The gesture is over without a result. */
  cancel(): void {
    this.#gesture = undefined;
    this.#preview = undefined;
    this.#cursor = undefined;
    this.listener.repaint(true);
  }

  // --- creating

  /** Puts a point: the shape's only one, its next one, or the one that ends it. */
  place(at: Place): void {
    const points = this.#drawing?.points ?? [];
    if (!points.length && !this.#mayCreate()) return;
    if (closesAt(this.kind, points, at, at.reach)) {
      this.finish();
      return;
    }
    const next = [...points, points.length ? this.#end(at) : settle(at, this.size)];
    if (next.length >= this.kind.most) {
      this.#create(next);
      return;
    }
    if (points.length && distance(points.at(-1) as Point, next.at(-1) as Point) === 0) return;
    if (!this.#mayGrow(next)) {
      this.listener.refused("crosses");
      return;
    }
    this.select(undefined);
    this.#starting = false;
    this.#draw({ points: next, undone: [] });
  }

  /** Ends the line that is being drawn. */
  finish(): void {
    const points = this.#drawing?.points;
    if (!points?.length) return;
    if (points.length < this.kind.least) this.listener.refused("tooFew");
    else this.#create(points);
  }

  /** Takes the last point of the line that is being drawn back. */
  undoPoint(): boolean {
    const drawing = this.#drawing;
    const last = drawing?.points.at(-1);
    if (!drawing || !last) return false;
    this.#draw({ points: drawing.points.slice(0, -1), undone: [...drawing.undone, last] });
    return true;
  }

  #redoPoint(): boolean {
    const drawing = this.#drawing;
    const last = drawing?.undone.at(-1);
    if (!drawing || !last) return false;
    this.#draw({ points: [...drawing.points, last], undone: drawing.undone.slice(0, -1) });
    return true;
  }

  #draw(drawing: Drawing): void {
    this.#drawing = drawing;
    this.listener.drawn();
    this.listener.repaint(true);
  }

  /** Gives the line that is being drawn up: undo brings it back. */
  #dropDrawing(): void {
    const points = this.unfinished;
    this.#drawing = undefined;
    if (!points.length) return;
    const { shapes, nothing } = this.#history.present;
    this.#history.present = { shapes, nothing, drawing: points };
    const what = this.listener.name("dropped", undefined);
    this.#history.commit({ shapes, nothing }, what);
    this.listener.done(what);
  }

  /** Goes on with the line that was being drawn then. */
  #takeUpDrawing(): void {
    const points = this.#history.present.drawing;
    this.#drawing = points && { points, undone: [] };
    if (points) this.#selected = undefined;
  }

  get starting(): boolean {
    return this.#starting;
  }

  /** Nothing is selected or being drawn any more, and the next press begins a shape even on top of another. */
  start(starting = true): void {
    if (this.#isUnfinished()) return;
    this.#drawing = undefined;
    this.select(undefined);
    this.#starting = starting;
    this.listener.repaint(true);
  }

  #mayCreate(): boolean {
    if (!this.size.width) return false;
    if (!this.label) this.listener.refused("noLabel");
    return this.label !== "";
  }

  #mayGrow(points: Points): boolean {
    return isSound({ ...this.kind, closed: false }, points);
  }

  /** The end of what is being drawn: a box keeps square with Shift. */
  #end(at: Place, from = this.#origin): Point {
    const square = this.kind.id === "box" && at.shift && from;
    return settle(square ? inRatio(square, at, 1, 1) : at, this.size);
  }

  get #origin(): Point | undefined {
    return this.#gesture?.kind === "drag" ? this.#gesture.from : this.#drawing?.points[0];
  }

  #create(points: Points): void {
    const settled = settleShape(this.kind, points, this.size);
    if (!settled) {
      this.listener.refused(points.length < this.kind.least ? "tooFew" : "noArea");
      return;
    }
    if (!isSound(this.kind, settled)) {
      this.listener.refused("crosses");
      return;
    }
    if (!this.#mayCreate()) return;
    this.#drawing = undefined;
    this.#starting = false;
    const shape = { id: newId(), label: this.label, points: settled };
    this.#commit({ shapes: [...this.#all, shape], nothing: false }, "added", shape);
    this.select(shape.id);
    this.#fresh = true;
  }

  // --- changing

  get #all(): readonly Shape[] {
    return this.#history.present.shapes;
  }

  #commit({ shapes, nothing }: Work, deed: Deed, shape?: Shape): void {
    this.#nudged = undefined;
    const before = this.#history.present;
    // A line that undo brought back is drawn on: it is no part of the past any more.
    if (before.drawing) {
      this.#history.present = { shapes: before.shapes, nothing: before.nothing };
    }
    const what = this.listener.name(deed, shape);
    this.#history.commit({ shapes, nothing }, what);
    this.listener.done(what);
  }

  #replace(shape: Shape, deed: Deed): void {
    const shapes = this.#all.map((one) => (one.id === shape.id ? shape : one));
    this.#commit({ ...this.#history.present, shapes }, deed, shape);
    this.listener.repaint(true);
  }

  #commitPreview(deed: Deed): void {
    const points = this.#preview;
    const { selected } = this;
    this.#preview = undefined;
    this.#handle = undefined;
    if (points && selected && !equalPoints(points, selected.points)) {
      this.#replace({ ...selected, points }, deed);
    }
  }

  /**
   * The worker chose a label: for the selected shape and the next one, but not for one that has just been made with
   * another label. People choose, draw, choose, draw.
   */
  chooseLabel(label: string): void {
    this.label = label;
    const { selected } = this;
    if (this.#fresh) this.select(undefined);
    else if (selected && selected.label !== label) {
      this.#replace({ ...selected, label }, "relabeled");
    }
  }

  /** Gives the selected shape other points; false if it may not be so. */
  setPoints(points: Points): boolean {
    const { selected } = this;
    const settled = settleShape(this.kind, points, this.size);
    if (!selected || !settled || !this.#mayBecome(selected.points, settled)) return false;
    if (!equalPoints(settled, selected.points)) {
      this.#replace({ ...selected, points: settled }, "reshaped");
    }
    return true;
  }

  deleteSelected(): boolean {
    const { selected } = this;
    if (!selected) return false;
    const shapes = this.#all.filter(({ id }) => id !== selected.id);
    this.select(undefined);
    this.#commit({ ...this.#history.present, shapes }, "deleted", selected);
    this.listener.repaint(true);
    return true;
  }

  /** Deletes a vertex of the selected shape; false where that cannot be. */
  deleteVertex(handle: number | undefined = this.#handle): boolean {
    const { selected } = this;
    if (!selected || handle === undefined) return false;
    const points = this.kind.without(selected.points, handle);
    if (!points || !this.#mayBecome(selected.points, points)) return false;
    this.#handle = undefined;
    this.#replace({ ...selected, points }, "vertexDeleted");
    return true;
  }

  /** A copy of the selected shape, a little aside. */
  duplicate(): boolean {
    const { selected } = this;
    if (!selected) return false;
    const { x, y, width, height } = bounds(selected.points);
    const aside = (start: number, length: number, room: number) =>
      start + length + DUPLICATE_SHIFT <= room ? DUPLICATE_SHIFT : -DUPLICATE_SHIFT;
    const points = translate(
      selected.points,
      aside(x, width, this.size.width),
      aside(y, height, this.size.height),
      this.size,
    );
    const copy = { id: newId(), label: selected.label, points };
    this.#commit({ shapes: [...this.#all, copy], nothing: false }, "duplicated", copy);
    this.select(copy.id);
    return true;
  }

  /** Moves the active handle or the selected shape; nudges in a row are one step of the history. */
  nudge(dx: number, dy: number): boolean {
    const { selected } = this;
    if (!selected) return false;
    const handle = this.#handle;
    const at = this.handles[handle ?? -1]?.at;
    const deed = at ? "reshaped" : "moved";
    let points: Points | undefined = translate(selected.points, dx, dy, this.size);
    let moved = handle;
    if (at && handle !== undefined) {
      const to = settle({ x: at.x + dx, y: at.y + dy }, this.size);
      const reshaped = this.kind.reshape(selected.points, handle, to, false);
      points = settleShape(this.kind, reshaped.points, this.size);
      moved = reshaped.handle;
    }
    if (!points || !this.#mayBecome(selected.points, points)) return true;
    if (equalPoints(points, selected.points)) return true;
    const last = this.#nudged;
    const goesOn = last?.work === this.#history.present && last.deed === deed;
    if (goesOn && last.id === selected.id) this.#history.undo();
    const shape = { ...selected, points };
    this.#replace(shape, deed);
    this.#handle = moved;
    this.#nudged = { work: this.#history.present, deed, id: selected.id };
    return true;
  }

  markNothing(nothing: boolean): void {
    this.#commit({ ...this.#history.present, nothing }, "nothing");
    this.listener.repaint(true);
  }

  /** Takes the last point of what is being drawn back, else the last change: in words; `undefined` at the beginning. */
  undo(): string | undefined {
    if (this.undoPoint()) return this.listener.name("point", undefined);
    return this.#travel(this.#history.undo());
  }

  redo(): string | undefined {
    if (this.#redoPoint()) return this.listener.name("point", undefined);
    if (this.#isBusy) return undefined;
    return this.#travel(this.#history.redo());
  }

  #travel(what: string | undefined): string | undefined {
    this.#nudged = undefined;
    this.#handle = undefined;
    this.#preview = undefined;
    this.#takeUpDrawing();
    if (!this.selected) this.#selected = undefined;
    this.listener.repaint(true);
    return what;
  }

  // --- keys

  /** Moves the keyboard's cursor; `from` is where it begins. */
  moveCursor(dx: number, dy: number, from: Place): Point {
    const start = this.#cursor ?? from;
    const at = settle({ x: start.x + dx, y: start.y + dy }, this.size);
    this.#cursor = { ...from, ...at };
    this.#byKeys = true;
    this.listener.repaint(false);
    return at;
  }

  /** One step out: of a gesture, a drawing, a handle, a selection. False if there is none. */
  escape(): boolean {
    if (this.#gesture || this.#preview) this.cancel();
    else if (this.#drawing) this.#dropDrawing();
    else if (this.#starting) this.#starting = false;
    else if (this.#handle !== undefined) this.#handle = undefined;
    else if (this.#selected !== undefined) this.select(undefined);
    else return false;
    this.listener.repaint(true);
    return true;
  }

  #rest(): void {
    this.#fresh = false;
    this.#starting = false;
    this.#selected = undefined;
    this.#handle = undefined;
    this.#drawing = undefined;
    this.#gesture = undefined;
    this.#preview = undefined;
    this.#nudged = undefined;
  }
}

const DUPLICATE_SHIFT = 10;

/** Far enough from where it went down to be meant. */
const isDrag = (start: Place, at: Place): boolean => distance(start, at) > start.reach * 0.45;
