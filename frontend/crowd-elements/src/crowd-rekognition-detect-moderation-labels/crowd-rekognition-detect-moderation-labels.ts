import { moderationAnswer } from "../defaults.ts";
import { ANSWER, type AnswerPart, type Json } from "../shared/answer.ts";
import { moderationCategory } from "../shared/choice/categories.ts";
import { exclusionJson, exclusionProperty } from "../shared/choice/exclusion-property.ts";
import { ImageChoiceWidget } from "../shared/choice/image-choice-widget.ts";

/** The key of its answer; the element has no name. */
export const MODERATION_KEY = "AWS/Rekognition/DetectModerationLabels/Image/V3";

/** What the element adds under that key: texts as texts, objects whole. */
export type ModerationAnswer = { moderationLabels: Json[] };

/** Which moderation labels apply to a picture; those of one parent stand together. */
export class CrowdRekognitionDetectModerationLabels extends ImageChoiceWidget {
  static override jsonAttributes = new Map([...ImageChoiceWidget.jsonAttributes, exclusionJson]);
  static override properties = exclusionProperty;
  /** An object with `text`. */
  declare exclusionCategory: Json | undefined;

  protected override readonly multiple = true;
  protected override readonly readItem = moderationCategory;

  protected override get exclusionValue() {
    return this.exclusionCategory;
  }

  protected override get submittable(): Json {
    return moderationAnswer(structuredClone(this.chosen.map((one) => one.answer)));
  }

  override [ANSWER](): AnswerPart {
    return { name: MODERATION_KEY, value: this.submittable };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-rekognition-detect-moderation-labels": CrowdRekognitionDetectModerationLabels;
  }
}
