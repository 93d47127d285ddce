import { INITIAL_VALUE_MODIFIED_ON } from "../defaults.ts";
import type { ImageProperties, LabeledVertices } from "../shared/shapes/answers.ts";
import { ColoredShapeWidget } from "../shared/shapes/colored-shape-widget.ts";
import { KINDS } from "../shared/shapes/kind.ts";
import type { ShapeTool } from "../shared/shapes/shape-widget.ts";

export type Polyline = LabeledVertices;

export type PolylineAnswer = {
  polylines: Polyline[];
  /** Only with an `initial-value`. */
  initialValueModified?: boolean;
  inputImageProperties: ImageProperties;
};

/** Lines of two or more points with labels on a picture; they may cross themselves. */
export class CrowdPolyline extends ColoredShapeWidget {
  protected override readonly tool: ShapeTool = {
    kind: KINDS.polyline,
    key: "polylines",
    tellsModified: INITIAL_VALUE_MODIFIED_ON.has("crowd-polyline"),
  };

  override get value(): PolylineAnswer {
    return this.submittable as PolylineAnswer;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-polyline": CrowdPolyline;
  }
}
