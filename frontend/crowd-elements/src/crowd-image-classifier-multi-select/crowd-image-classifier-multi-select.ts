import { MULTI_SELECT_TAKES_COMMENT } from "../defaults.ts";
import type { Json } from "../shared/answer.ts";
import { exclusionJson, exclusionProperty } from "../shared/choice/exclusion-property.ts";
import { ImageChoiceWidget } from "../shared/choice/image-choice-widget.ts";
import { labelsAnswer, labelsValue } from "../shared/choice/labels-answer.ts";
import { COMMENT_REGION } from "../shared/choice/worker-comment.ts";

/** What a `crowd-image-classifier-multi-select` adds under its name. */
export type ImageClassifierMultiSelectAnswer = { labels: string[]; workerComment?: string };

/** Any number of categories for a picture. */
export class CrowdImageClassifierMultiSelect extends ImageChoiceWidget {
  static override regions = [...ImageChoiceWidget.regions, COMMENT_REGION];
  static override jsonAttributes = new Map([...ImageChoiceWidget.jsonAttributes, exclusionJson]);
  static override properties = exclusionProperty;
  /** An object with `text`. */
  declare exclusionCategory: Json | undefined;

  protected override readonly multiple = true;

  protected override get exclusionValue() {
    return this.exclusionCategory;
  }

  protected override get submittable(): ImageClassifierMultiSelectAnswer {
    const { text } = this.comment;
    return {
      ...labelsAnswer(this.choice, this.chosen),
      ...(MULTI_SELECT_TAKES_COMMENT && text && { workerComment: text }),
    };
  }

  override get value(): Json {
    return labelsValue(this.choice, this.chosen);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-image-classifier-multi-select": CrowdImageClassifierMultiSelect;
  }
}
