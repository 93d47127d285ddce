import type { About } from "../shared/about.ts";
import {
  choiceAttributes,
  choiceEvents,
  choiceMembers,
  choiceRegions,
  exclusionAttribute,
  pictureAttribute,
} from "../shared/choice/about-choice.ts";
import { picture } from "../stories/pictures.ts";
import { MODERATION_KEY } from "./crowd-rekognition-detect-moderation-labels.ts";

export const about: About = {
  tag: "crowd-rekognition-detect-moderation-labels",
  kind: "review",
  summary: "Which moderation labels apply to a picture.",
  attributes: {
    ...choiceAttributes,
    ...pictureAttribute,
    ...exclusionAttribute,
    name: "Without meaning here: the answer has a key of its own.",
    categories:
      "What can be chosen: texts, or objects with `name` and `parentName`, which the answer gives back whole. Also a live property.",
  },
  required: ["header", "src", "categories"],
  regions: choiceRegions,
  parent: "crowd-form",
  events: choiceEvents,
  members: { value: "What would be submitted now.", ...choiceMembers },
  answer: {
    place: { key: MODERATION_KEY },
    schema: {
      type: "object",
      properties: {
        moderationLabels: {
          type: "array",
          items: {
            anyOf: [
              { type: "string" },
              {
                type: "object",
                properties: { name: { type: ["string", "number", "boolean"] } },
                required: ["name"],
              },
            ],
          },
        },
      },
      required: ["moderationLabels"],
      additionalProperties: false,
    },
    example: { moderationLabels: [{ name: "Weapons", parentName: "Violence" }] },
    question: "Q16",
  },
  stories: [
    {
      title: "Labels under their parents",
      html: `<crowd-rekognition-detect-moderation-labels header="Which of these does the picture show?" src="${picture.scene}" categories="[
    { name: 'Weapons', parentName: 'Violence' },
    { name: 'Injury', parentName: 'Violence' },
    { name: 'Smoking', parentName: 'Drugs &amp; Tobacco' },
    'Rude Gestures',
  ]" exclusion-category="{ text: 'None of these' }">
  <short-instructions>Choose every label that applies.</short-instructions>
</crowd-rekognition-detect-moderation-labels>`,
    },
  ],
};
