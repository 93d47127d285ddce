import { INITIAL_VALUE_MODIFIED_ON } from "../defaults.ts";
import type { ImageProperties, Vertex } from "../shared/shapes/answers.ts";
import { KINDS } from "../shared/shapes/kind.ts";
import { type ShapeTool, ShapeWidget } from "../shared/shapes/shape-widget.ts";

export type Keypoint = Vertex & { label: string };

export type KeypointAnswer = {
  keypoints: Keypoint[];
  inputImageProperties: ImageProperties;
};

/** Points with labels on a picture; a label may be used many times. */
export class CrowdKeypoint extends ShapeWidget {
  protected override readonly tool: ShapeTool = {
    kind: KINDS.keypoint,
    key: "keypoints",
    tellsModified: INITIAL_VALUE_MODIFIED_ON.has("crowd-keypoint"),
  };

  override get value(): KeypointAnswer {
    return this.submittable as KeypointAnswer;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-keypoint": CrowdKeypoint;
  }
}
