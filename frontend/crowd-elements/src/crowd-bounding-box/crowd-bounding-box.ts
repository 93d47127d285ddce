import { INITIAL_VALUE_MODIFIED_ON } from "../defaults.ts";
import type { ImageProperties } from "../shared/shapes/answers.ts";
import { KINDS } from "../shared/shapes/kind.ts";
import { type ShapeTool, ShapeWidget } from "../shared/shapes/shape-widget.ts";

/** One rectangle of the answer, in pixels of the picture. */
export type BoundingBox = {
  label: string;
  left: number;
  top: number;
  width: number;
  height: number;
};

export type BoundingBoxAnswer = {
  boundingBoxes: BoundingBox[];
  /** Only with an `initial-value`. */
  initialValueModified?: boolean;
  inputImageProperties: ImageProperties;
};

/** Rectangles with labels on a picture. */
export class CrowdBoundingBox extends ShapeWidget {
  protected override readonly tool: ShapeTool = {
    kind: KINDS.box,
    key: "boundingBoxes",
    tellsModified: INITIAL_VALUE_MODIFIED_ON.has("crowd-bounding-box"),
  };

  override get value(): BoundingBoxAnswer {
    return this.submittable as BoundingBoxAnswer;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-bounding-box": CrowdBoundingBox;
  }
}
