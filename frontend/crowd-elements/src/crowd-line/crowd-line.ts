import { INITIAL_VALUE_MODIFIED_ON } from "../defaults.ts";
import type { ImageProperties, LabeledVertices } from "../shared/shapes/answers.ts";
import { ColoredShapeWidget } from "../shared/shapes/colored-shape-widget.ts";
import { KINDS } from "../shared/shapes/kind.ts";
import type { ShapeTool } from "../shared/shapes/shape-widget.ts";

/** Its two vertices, in the order in which they were drawn. */
export type Line = LabeledVertices;

export type LineAnswer = {
  lines: Line[];
  /** Only with an `initial-value`. */
  initialValueModified?: boolean;
  inputImageProperties: ImageProperties;
};

/** Straight lines with labels on a picture, from one point to another. */
export class CrowdLine extends ColoredShapeWidget {
  protected override readonly tool: ShapeTool = {
    kind: KINDS.line,
    key: "lines",
    tellsModified: INITIAL_VALUE_MODIFIED_ON.has("crowd-line"),
  };

  override get value(): LineAnswer {
    return this.submittable as LineAnswer;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-line": CrowdLine;
  }
}
