/** What the pointer and the keyboard do on the picture, tool by tool. */
import type { PicturePointer, PictureTool, PictureView } from "../image/picture-view.ts";
import type { Viewport } from "../image/viewport.ts";
import type { Box } from "./mask.ts";
import type { MaskState, Painting } from "./painting.ts";
import { PictureColors } from "./picture-colors.ts";
import { discCenter, type Point } from "./raster.ts";

export const TOOLS = ["brush", "eraser", "polygon", "rectangle", "fill"] as const;
export type Tool = (typeof TOOLS)[number];

/** Diameters of brush and eraser, in pixels of the picture. */
export const SIZES: readonly number[] = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400,
  512,
];
const FIRST_SIZE = SIZES.indexOf(20);

/** A pointer that moved less, in pixels of the page, was pressed and not dragged. */
const DRAG = 4;

/** Corners of a polygon that are nearer on the page than this are marked by one square. */
const MARK_GAP = 12;

/** What is painted with. */
export interface Aim {
  readonly value: number;
  /** For announcements. */
  readonly label: string;
  /** What the state is once it is painted. */
  readonly state: MaskState;
}

export interface PenHost {
  readonly view: PictureView;
  readonly painting: Painting | undefined;
  /** What the tools paint with now, or erase with; undefined when nothing can be painted, which it tells. */
  aim(erase: boolean): Aim | undefined;
  /** The values that must stay as they are, as 1. */
  keep(erase: boolean): Uint8Array;
  /** Pixels may have changed: `committed` when a change has ended, and not in vain. */
  painted(tool: Tool, aim: Aim, committed: boolean): void;
  /** The pointer or cursor is there; undefined when it has left. */
  pointed(at: Point | undefined, byKey: boolean): void;
  /** Points, tool or pen are others. */
  moved(): void;
}

export class MaskPen implements PictureTool {
  sizeIndex = FIRST_SIZE;
  /** The fill goes over pixels of similar color only. */
  similar = false;
  tolerance = 24;
  #tool: Tool = "brush";
  #aim: Aim | undefined;
  /** Where the stroke is. */
  #last: Point = { x: 0, y: 0 };
  /** Of the polygon that is being drawn. */
  #points: Point[] = [];
  /** The polygon's points before the pointer went down. */
  #pointsBefore = 0;
  /** The first corner of the rectangle that is being drawn. */
  #corner: Point | undefined;
  #pressedAt: Point = { x: 0, y: 0 };
  #hover: Point | undefined;
  /** Where in the window the pointer was last. */
  #restsAt: Point = { x: -1, y: -1 };
  /** The keyboard's place: corners of pixels, for brushes the pixel right and below of it. */
  #cursor: Point | undefined;
  #colors: PictureColors | undefined;

  constructor(private readonly host: PenHost) {}

  get tool(): Tool {
    return this.#tool;
  }

  set tool(tool: Tool) {
    this.lift();
    this.#dropShape();
    this.#tool = tool;
    this.#refresh();
  }

  get size(): number {
    return SIZES[this.sizeIndex] as number;
  }

  /** Whether there is a shape that is neither finished nor dropped. */
  get hasShape(): boolean {
    return this.#points.length > 0 || this.#corner !== undefined;
  }

  get canFinish(): boolean {
    return this.#points.length > 2;
  }

  get isDown(): boolean {
    return this.#aim !== undefined;
  }

  get hasCursor(): boolean {
    return this.#cursor !== undefined;
  }

  resize(steps: number): void {
    this.sizeIndex = Math.max(0, Math.min(SIZES.length - 1, this.sizeIndex + steps));
    this.#refresh();
  }

  /** Forgets all that belongs to a picture. */
  reset(): void {
    this.#aim = undefined;
    this.#points = [];
    this.#corner = undefined;
    this.#cursor = undefined;
    this.#hover = undefined;
    this.#colors = undefined;
  }

  // --- the pointer

  press(at: PicturePointer): void {
    this.lift();
    this.#cursor = undefined;
    this.#hover = at;
    this.#pressedAt = { x: at.event.clientX, y: at.event.clientY };
    this.#pointsBefore = this.#points.length;
    if (this.#tool === "brush" || this.#tool === "eraser") {
      this.#down(at);
    } else if (this.#tool === "polygon") {
      const [first] = this.#points;
      if (first && this.canFinish && Math.hypot(at.x - first.x, at.y - first.y) <= at.reach) {
        this.finish();
      } else {
        this.#addPoint(at);
      }
    } else if (this.#tool === "rectangle") {
      if (this.#corner) this.#fillRectangle(this.#corner, at);
      else this.#corner = this.host.aim(false) && inside(at, this.host.painting);
    } else {
      this.#fillAt(at);
    }
    this.#refresh();
  }

  drag(at: PicturePointer): void {
    this.#hover = at;
    if (this.#aim) {
      const events = at.event.getCoalescedEvents?.() ?? [];
      const way = events.map(({ clientX, clientY }) =>
        this.host.view.toPicture({ x: clientX, y: clientY }),
      );
      for (const point of [...way, at]) this.#strokeTo(point);
    } else if (this.#tool === "polygon" && this.#points.length > 0) {
      // A line drawn in one go: a point wherever the pointer has gone far enough.
      const last = this.#points.at(-1) as Point;
      const { scale } = this.host.view.viewport;
      if (Math.hypot(at.x - last.x, at.y - last.y) * scale >= DRAG) {
        this.#addPoint(at);
        this.host.moved();
      }
    }
    this.host.view.repaint("active");
  }

  release(at: PicturePointer): void {
    this.lift();
    const { clientX, clientY } = at.event;
    const way = Math.hypot(clientX - this.#pressedAt.x, clientY - this.#pressedAt.y);
    // Without a way it was the first of two presses.
    if (this.#corner && way >= DRAG) this.#fillRectangle(this.#corner, at);
    this.#refresh();
  }

  cancel(): void {
    if (this.#aim) this.#drop();
    this.#points.length = Math.min(this.#points.length, this.#pointsBefore);
    this.#corner = undefined;
    this.#refresh();
  }

  hover(at: PicturePointer | undefined): void {
    if (at) {
      // A pointer that rests is told of too, when the picture moves under it.
      const { clientX, clientY } = at.event;
      const rests = clientX === this.#restsAt.x && clientY === this.#restsAt.y;
      if (rests && this.#cursor) return;
      this.#restsAt = { x: clientX, y: clientY };
      this.lift();
      this.#cursor = undefined;
    }
    this.#hover = at;
    this.host.pointed(at, false);
    this.host.view.repaint("active");
  }

  // --- the keyboard

  /** Moves the keyboard's place; it begins where the pointer is, or in the middle. */
  move(x: number, y: number): void {
    const { painting, view } = this.host;
    if (!painting) return;
    const { visible } = view.viewport;
    const from = this.#cursor ??
      this.#hover ?? { x: visible.x + visible.width / 2, y: visible.y + visible.height / 2 };
    const along = (value: number, step: number, most: number) =>
      Math.max(0, Math.min(most, Math.floor(value) + step));
    const moving = this.#cursor ? { x, y } : { x: 0, y: 0 };
    this.#cursor = {
      x: along(from.x, moving.x, painting.mask.width),
      y: along(from.y, moving.y, painting.mask.height),
    };
    if (this.#aim) this.#strokeTo(this.#place());
    view.reveal({ x: this.#cursor.x - 1, y: this.#cursor.y - 1, width: 2, height: 2 });
    this.host.pointed(this.#place(), true);
    this.#refresh();
  }

  /** Puts the brush down, or sets a point, or fills, at the keyboard's place. */
  act(): void {
    if (!this.#cursor) this.move(0, 0);
    const at = this.#place();
    if (this.#tool === "brush" || this.#tool === "eraser") this.#down(at);
    else if (this.#tool === "polygon") this.#addPoint(at);
    else if (this.#tool === "fill") this.#fillAt(at);
    else if (this.#corner) this.#fillRectangle(this.#corner, at);
    else this.#corner = this.host.aim(false) && at;
    this.#refresh();
  }

  /** Takes the brush up: the stroke is done. */
  lift(): void {
    const aim = this.#aim;
    if (!aim) return;
    this.#aim = undefined;
    this.#end(aim);
  }

  /** Fills the polygon; false when there is none that has an inside. */
  finish(): boolean {
    const points = this.#points;
    if (!this.canFinish) return false;
    this.#points = [];
    this.#apply((painting, { value }, keep) => painting.polygon(points, value, keep));
    this.#refresh();
    return true;
  }

  /** Takes the polygon's last point back; false when there is none. */
  removePoint(): boolean {
    const removed = this.#points.pop() !== undefined;
    this.#refresh();
    return removed;
  }

  /** Drops what is being drawn, else the keyboard's cursor; false when there is neither. */
  escape(): boolean {
    if (this.#aim) this.#drop();
    else if (this.hasShape) this.#dropShape();
    else if (this.#cursor) this.#cursor = undefined;
    else return false;
    this.#refresh();
    return true;
  }

  // --- what is painted

  #down(at: Point): void {
    const erase = this.#tool === "eraser";
    const aim = this.host.painting && this.host.aim(erase);
    if (!aim) return;
    this.#aim = aim;
    this.host.painting?.begin(aim.state);
    this.#last = at;
    this.#strokeTo(at);
  }

  #strokeTo(at: Point): void {
    const aim = this.#aim;
    if (!aim) return;
    const keep = this.host.keep(this.#tool === "eraser");
    this.host.painting?.stroke(this.#last, at, this.size, aim.value, keep);
    this.#last = at;
    this.host.painted(this.#tool, aim, false);
  }

  #drop(): void {
    const aim = this.#aim;
    this.#aim = undefined;
    this.host.painting?.drop();
    if (aim) this.host.painted(this.#tool, aim, false);
  }

  #end(aim: Aim): void {
    const { painting } = this.host;
    if (painting) this.host.painted(this.#tool, aim, painting.commit(this.#tool));
  }

  #apply(edit: (painting: Painting, aim: Aim, keep: Uint8Array) => void): void {
    const { painting } = this.host;
    const aim = painting && this.host.aim(false);
    if (!aim) return;
    painting.begin(aim.state);
    edit(painting, aim, this.host.keep(false));
    this.#end(aim);
  }

  #fillRectangle(corner: Point, at: Point): void {
    this.#corner = undefined;
    const box = boxOf(corner, inside(at, this.host.painting));
    this.#apply((painting, { value }, keep) => painting.rectangle(box, value, keep));
  }

  #fillAt(at: Point): void {
    const { picture } = this.host.view;
    this.#apply((painting, { value }, keep) => {
      const { width, height } = painting.mask;
      const [x, y] = [Math.floor(at.x), Math.floor(at.y)];
      if (x < 0 || y < 0 || x >= width || y >= height) return;
      if (this.similar && picture) {
        this.#colors ??= new PictureColors(picture);
        painting.fill(at, value, keep, this.#colors.similarTo(x, y, this.tolerance));
      } else {
        painting.fill(at, value, keep);
      }
    });
  }

  #addPoint(at: Point): void {
    if (this.#points.length > 0 || this.host.aim(false)) {
      this.#points.push(inside(at, this.host.painting));
    }
  }

  #dropShape(): void {
    this.#points = [];
    this.#corner = undefined;
  }

  /** The keyboard's place as a point that the tool takes. */
  #place(): Point {
    const { x, y } = this.#cursor ?? { x: 0, y: 0 };
    const { width = 1, height = 1 } = this.host.painting?.mask ?? {};
    return this.#tool === "polygon" || this.#tool === "rectangle"
      ? { x, y }
      : { x: Math.min(x, width - 1) + 0.5, y: Math.min(y, height - 1) + 0.5 };
  }

  #refresh(): void {
    this.host.view.repaint("active");
    this.host.moved();
  }

  // --- what is seen of it

  /** The tool's outline, and the shape that is being drawn. */
  paint(context: CanvasRenderingContext2D, viewport: Viewport): void {
    const at = this.#cursor ? this.#place() : this.#hover;
    const corners = this.#points.map((point) => viewport.toStage(rounded(point)));
    const outline = new Path2D();
    if (at && (this.#tool === "brush" || this.#tool === "eraser")) {
      const { x, y } = viewport.toStage(discCenter(at, this.size));
      const radius = Math.max(1, (this.size / 2) * viewport.scale);
      outline.arc(x, y, radius, 0, 2 * Math.PI);
    }
    if (at && this.#corner) {
      const { left, top, right, bottom } = boxOf(this.#corner, inside(at, this.host.painting));
      const { x, y } = viewport.toStage({ x: left, y: top });
      outline.rect(x, y, (right - left) * viewport.scale, (bottom - top) * viewport.scale);
    }
    corners.forEach(({ x, y }, index) => {
      if (index === 0) outline.moveTo(x, y);
      else outline.lineTo(x, y);
    });
    if (at && corners.length > 0) {
      const { x, y } = viewport.toStage(at);
      outline.lineTo(x, y);
    }
    let marked: Point | undefined;
    corners.forEach((corner, index) => {
      // The points of a line drawn in one go are too many to mark them all.
      if (marked && Math.hypot(corner.x - marked.x, corner.y - marked.y) < MARK_GAP) return;
      marked = corner;
      const half = index === 0 ? 5 : 3;
      outline.rect(corner.x - half, corner.y - half, 2 * half, 2 * half);
    });
    if (this.#cursor) {
      const { x, y } = viewport.toStage(this.#place());
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        outline.moveTo(x + 3 * dx, y + 3 * dy);
        outline.lineTo(x + 12 * dx, y + 12 * dy);
      }
    }
    context.setLineDash([]);
    context.lineWidth = 3;
    context.strokeStyle = "rgb(0 0 0 / 70%)";
    context.stroke(outline);
    context.lineWidth = 1.25;
    context.strokeStyle = "#ffffff";
    if (this.#tool === "eraser") context.setLineDash([5, 4]);
    context.stroke(outline);
  }
}

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

/** The nearest point that is not outside of the picture. */
function inside({ x, y }: Point, painting: Painting | undefined): Point {
  const { width = 0, height = 0 } = painting?.mask ?? {};
  return { x: Math.max(0, Math.min(width, x)), y: Math.max(0, Math.min(height, y)) };
}

function boxOf(one: Point, other: Point): Box {
  const [a, b] = [rounded(one), rounded(other)];
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    right: Math.max(a.x, b.x),
    bottom: Math.max(a.y, b.y),
  };
}
