/** Draws shapes in the pixels of a stage. Strokes and handles keep their size at every zoom. */
import { textOn } from "../colors.ts";
import type { Point, Rectangle, Viewport } from "../image/viewport.ts";
import { bounds, overlap, type Points } from "./geometry.ts";
import type { Handle, ShapeKind } from "./kind.ts";

interface Painted {
  readonly label: string;
  readonly points: Points;
}

const DARK = "rgb(0 0 0 / 65%)";
const LIGHT = "rgb(255 255 255 / 85%)";
const DOT = 5;
/** Beyond this many shapes in sight, only one halo and no names: they would hide the picture. */
const CROWDED = 250;
const TAG_FONT = '600 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const TAG_HEIGHT = 17;

/** All shapes in sight. */
export function paintShapes(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  kind: ShapeKind,
  shapes: readonly Painted[],
  colorOf: (label: string) => string,
): void {
  const { visible } = viewport;
  const margin = 20 / viewport.scale;
  const seen = shapes.filter(({ points }) => overlap(bounds(points), visible, margin));
  const colors = seen.map(({ label }) => colorOf(label));
  const crowded = seen.length > CROWDED;
  strokeAll(context, viewport, kind, seen, DARK, crowded ? 4 : 6);
  if (!crowded) strokeAll(context, viewport, kind, seen, LIGHT, 4);
  for (const color of new Set(colors)) {
    const ofColor = seen.filter((_, index) => colors[index] === color);
    if (kind.id === "keypoint") fillAll(context, viewport, kind, ofColor, color, 1);
    else if (kind.closed && !crowded) fillAll(context, viewport, kind, ofColor, color, 0.1);
    strokeAll(context, viewport, kind, ofColor, color, 2);
  }
  if (crowded) return;
  seen.forEach(({ label, points }, index) => {
    paintTag(context, viewport, kind, points, label, colors[index] as string);
  });
}

/**
 * One by one: a path of all of them takes many times longer. Rectangles on whole pixels and with plain corners are the
 * fastest.
 */
function strokeAll(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  kind: ShapeKind,
  shapes: readonly Painted[],
  color: string,
  width: number,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineJoin = kind.id === "box" ? "miter" : "round";
  for (const { points } of shapes) {
    if (kind.id === "box") {
      const [from, to] = [
        viewport.toStage(points[0] as Point),
        viewport.toStage(points[1] as Point),
      ];
      const [left, top] = [Math.round(from.x), Math.round(from.y)];
      context.strokeRect(left, top, Math.round(to.x) - left, Math.round(to.y) - top);
    } else {
      context.beginPath();
      trace(context, viewport, kind, points);
      context.stroke();
    }
  }
}

function fillAll(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  kind: ShapeKind,
  shapes: readonly Painted[],
  color: string,
  opacity: number,
): void {
  context.globalAlpha = opacity;
  context.fillStyle = color;
  for (const { points } of shapes) {
    context.beginPath();
    trace(context, viewport, kind, points);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** The selected shape, or the one that is being made. */
export function paintActive(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  kind: ShapeKind,
  { label, points }: Painted,
  color: string,
  whole: boolean,
): void {
  const path = new Path2D();
  trace(path, viewport, kind, points, whole);
  context.lineJoin = "round";
  if (kind.closed) fill(context, path, color, 0.2);
  stroke(context, path, DARK, 6);
  stroke(context, path, LIGHT, 4.5);
  if (kind.id === "keypoint") fill(context, path, color, 1);
  stroke(context, path, color, 3);
  paintTag(context, viewport, kind, points, label, color);
}

/** Round for vertices, square for a box's, small for middles; the active one is filled dark. */
export function paintHandles(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  handles: readonly Handle[],
  active: number | undefined,
  large: boolean,
): void {
  handles.forEach(({ at, role }, index) => {
    const { x, y } = viewport.toStage(at);
    const size = (large ? 9 : 6) * (role === "middle" ? 0.7 : 1);
    const path = new Path2D();
    if (role === "corner" || role === "side") path.rect(x - size, y - size, 2 * size, 2 * size);
    else path.arc(x, y, size, 0, 2 * Math.PI);
    context.globalAlpha = role === "middle" ? 0.85 : 1;
    context.fillStyle = index === active ? "#000" : "#fff";
    context.fill(path);
    stroke(context, path, index === active ? "#fff" : "#000", 1.5);
    if (index === active) {
      const ring = new Path2D();
      ring.arc(x, y, size + 4, 0, 2 * Math.PI);
      stroke(context, ring, "#000", 1.5);
    }
    context.globalAlpha = 1;
  });
}

/** Lines through the cursor to all four edges of the picture. */
export function paintCrosshair(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  at: Point,
  strong: boolean,
): void {
  const { x, y } = viewport.toStage(at);
  const { shown } = viewport;
  const [left, top] = [Math.round(x) + 0.5, Math.round(y) + 0.5];
  const path = new Path2D();
  path.moveTo(left, shown.y);
  path.lineTo(left, shown.y + shown.height);
  path.moveTo(shown.x, top);
  path.lineTo(shown.x + shown.width, top);
  stroke(context, path, LIGHT, strong ? 3 : 1);
  context.setLineDash([4, 4]);
  stroke(context, path, DARK, 1);
  context.setLineDash([]);
  if (!strong) return;
  const ring = new Path2D();
  ring.arc(x, y, 7, 0, 2 * Math.PI);
  stroke(context, ring, LIGHT, 4);
  stroke(context, ring, "#000", 2);
}

function trace(
  path: CanvasPath,
  viewport: Viewport,
  kind: ShapeKind,
  points: Points,
  whole = true,
): void {
  if (kind.id === "keypoint") {
    const { x, y } = viewport.toStage(points[0] as Point);
    path.moveTo(x + DOT, y);
    path.arc(x, y, DOT, 0, 2 * Math.PI);
    return;
  }
  const outline = (kind.outline(points) as Points).map((point) => viewport.toStage(point));
  outline.forEach(({ x, y }, index) => {
    if (index === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  });
  if (kind.closed && whole) path.closePath();
}

function stroke(
  context: CanvasRenderingContext2D,
  path: Path2D,
  color: string,
  width: number,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke(path);
}

function fill(
  context: CanvasRenderingContext2D,
  path: Path2D,
  color: string,
  opacity: number,
): void {
  context.globalAlpha = opacity;
  context.fillStyle = color;
  context.fill(path);
  context.globalAlpha = 1;
}

/** The label's name above the shape, or inside where there is no room above. */
function paintTag(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  kind: ShapeKind,
  points: Points,
  label: string,
  color: string,
): void {
  const { x, y } = bounds(points);
  const corner = viewport.toStage({ x, y });
  context.font = TAG_FONT;
  const text = label.length > 24 ? `${label.slice(0, 23)}…` : label;
  const width = context.measureText(text).width + 8;
  const { shown } = viewport;
  const gap = kind.id === "keypoint" ? DOT + 4 : 3;
  const place: Rectangle = {
    x: Math.max(shown.x, Math.min(corner.x, shown.x + shown.width - width)),
    y: corner.y - TAG_HEIGHT - gap < shown.y ? corner.y + gap : corner.y - TAG_HEIGHT - gap,
    width,
    height: TAG_HEIGHT,
  };
  context.fillStyle = color;
  context.fillRect(place.x, place.y, place.width, place.height);
  context.fillStyle = textOn(color);
  context.textBaseline = "middle";
  context.fillText(text, place.x + 4, place.y + TAG_HEIGHT / 2 + 0.5);
}
