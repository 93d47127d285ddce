import type { Json } from "../shared/answer.ts";
import { ChoiceWidget } from "../shared/choice/choice-widget.ts";
import { exclusionJson, exclusionProperty } from "../shared/choice/exclusion-property.ts";
import { labelsAnswer, labelsValue } from "../shared/choice/labels-answer.ts";
import { renderTargetRegion, TARGET_REGION } from "../shared/choice/target-region.ts";

/** What a `crowd-classifier-multi-select` adds under its name. */
export type ClassifierMultiSelectAnswer = { labels: string[] };

/** Any number of categories for anything that is not a picture. */
export class CrowdClassifierMultiSelect extends ChoiceWidget {
  static override regions = [...ChoiceWidget.regions, TARGET_REGION];
  static override jsonAttributes = new Map([...ChoiceWidget.jsonAttributes, exclusionJson]);
  static override properties = exclusionProperty;
  /** An object with `text`. */
  declare exclusionCategory: Json | undefined;

  protected override readonly multiple = true;

  protected override get exclusionValue() {
    return this.exclusionCategory;
  }

  protected override get submittable(): ClassifierMultiSelectAnswer {
    return labelsAnswer(this.choice, this.chosen);
  }

  override get value(): Json {
    return labelsValue(this.choice, this.chosen);
  }

  protected override renderTarget() {
    return renderTargetRegion(this);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-classifier-multi-select": CrowdClassifierMultiSelect;
  }
}
