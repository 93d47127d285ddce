import { INITIAL_VALUE_MODIFIED_ON } from "../defaults.ts";
import type { ImageProperties, LabeledVertices } from "../shared/shapes/answers.ts";
import { KINDS } from "../shared/shapes/kind.ts";
import { type ShapeTool, ShapeWidget } from "../shared/shapes/shape-widget.ts";

/** The first vertex is not repeated at the end. */
export type Polygon = LabeledVertices;

export type PolygonAnswer = {
  polygons: Polygon[];
  inputImageProperties: ImageProperties;
};

/** Closed shapes with labels on a picture, made of points; their edges do not cross. */
export class CrowdPolygon extends ShapeWidget {
  protected override readonly tool: ShapeTool = {
    kind: KINDS.polygon,
    key: "polygons",
    tellsModified: INITIAL_VALUE_MODIFIED_ON.has("crowd-polygon"),
    asksForLabel: true,
  };

  override get value(): PolygonAnswer {
    return this.submittable as PolygonAnswer;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-polygon": CrowdPolygon;
  }
}
