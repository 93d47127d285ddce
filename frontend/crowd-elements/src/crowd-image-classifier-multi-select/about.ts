import type { About } from "../shared/about.ts";
import {
  choiceAttributes,
  choiceEvents,
  choiceMembers,
  choiceRegions,
  commentRegion,
  commentSchema,
  exclusionAttribute,
  labelsSchema,
  pictureAttribute,
} from "../shared/choice/about-choice.ts";
import { picture } from "../stories/pictures.ts";

export const about: About = {
  tag: "crowd-image-classifier-multi-select",
  kind: "choice",
  summary: "Any number of categories for a picture.",
  attributes: { ...choiceAttributes, ...pictureAttribute, ...exclusionAttribute },
  required: ["name", "header", "src", "categories"],
  regions: { ...choiceRegions, ...commentRegion },
  parent: "crowd-form",
  events: choiceEvents,
  members: { value: "The list of chosen categories.", ...choiceMembers },
  answer: {
    place: "name",
    schema: {
      type: "object",
      properties: { labels: labelsSchema, workerComment: commentSchema },
      required: ["labels"],
      additionalProperties: false,
    },
    example: { labels: ["car", "tree"], workerComment: "The far tree is half hidden." },
    question: "Q8",
  },
  stories: [
    {
      title: "What is in the picture",
      html: `<crowd-image-classifier-multi-select name="contents" header="What do you see?" src="${picture.scene}" categories="['car', 'person', 'tree', 'bicycle']" exclusion-category="{ text: 'None of these' }">
  <short-instructions>Choose all that you see, however small.</short-instructions>
  <worker-comment>Tell us if something is hard to see.</worker-comment>
</crowd-image-classifier-multi-select>`,
    },
  ],
};
