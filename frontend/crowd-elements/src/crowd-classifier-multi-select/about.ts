import type { About } from "../shared/about.ts";
import {
  choiceAttributes,
  choiceEvents,
  choiceMembers,
  choiceRegions,
  exclusionAttribute,
  labelsSchema,
  targetRegion,
} from "../shared/choice/about-choice.ts";

export const about: About = {
  tag: "crowd-classifier-multi-select",
  kind: "choice",
  summary: "Any number of categories for anything that is not a picture.",
  attributes: { ...choiceAttributes, ...exclusionAttribute },
  required: ["name", "header", "categories"],
  regions: { ...choiceRegions, ...targetRegion },
  parent: "crowd-form",
  events: choiceEvents,
  members: { value: "The list of chosen categories.", ...choiceMembers },
  answer: {
    place: "name",
    schema: {
      type: "object",
      properties: { labels: labelsSchema },
      required: ["labels"],
      additionalProperties: false,
    },
    example: { labels: ["fiddle", "accordion"] },
  },
  stories: [
    {
      title: "With a choice for none of them",
      html: `<crowd-classifier-multi-select name="instruments" header="Which instruments are named?" categories="['fiddle', 'accordion', 'banjo', 'piano']" exclusion-category="{ text: 'None of these' }">
  <classification-target>
    <p>The fiddler begins with a slow air. Then the accordion comes in, and the room claps on two and four.</p>
  </classification-target>
  <short-instructions>Choose every instrument that the text names.</short-instructions>
</crowd-classifier-multi-select>`,
    },
  ],
};
