import type { About } from "../shared/about.ts";
import {
  choiceAttributes,
  choiceEvents,
  choiceMembers,
  choiceRegions,
  commentRegion,
  commentSchema,
  pictureAttribute,
} from "../shared/choice/about-choice.ts";
import { picture } from "../stories/pictures.ts";

const overlay = (value: object) => JSON.stringify(value).replaceAll("'", "&#39;");

const boxes = overlay({
  boundingBox: {
    labels: ["car", "person"],
    value: [
      { label: "car", left: 60, top: 262, width: 132, height: 56 },
      { label: "car", left: 398, top: 236, width: 92, height: 39 },
      { label: "person", left: 296, top: 212, width: 28, height: 86 },
    ],
  },
});

export const about: About = {
  tag: "crowd-image-classifier",
  kind: "choice",
  summary: "One category for a picture, on which read-only annotations may lie.",
  attributes: {
    ...choiceAttributes,
    ...pictureAttribute,
    overlay:
      "Annotations on the picture with a legend: an object with one of `boundingBox: {labels, value: [{label, left, top, width, height}]}`, `semanticSegmentation: {labels, labelMappings: {LABEL: {color}}, src}`, `instanceSegmentation: {labels, instances: [{label, color}], src}`. `labels` are those to show; boxes are in pixels of the picture; `src` is the mask's address, and a `color` (`#rrggbb`) the one that a label or object has in it.",
  },
  required: ["name", "header", "src", "categories"],
  regions: { ...choiceRegions, ...commentRegion },
  parent: "crowd-form",
  events: choiceEvents,
  members: {
    value: "The chosen category; `undefined` before a choice.",
    ...choiceMembers,
  },
  answer: {
    place: "name",
    schema: {
      type: "object",
      properties: { label: { type: "string" }, workerComment: commentSchema },
      required: ["label"],
      additionalProperties: false,
    },
    example: { label: "Country" },
  },
  stories: [
    {
      title: "A picture",
      html: `<crowd-image-classifier name="place" header="Where was this taken?" src="${picture.scene}" categories="['Town', 'Country', 'Seaside']">
  <short-instructions>Look at the whole picture before you choose.</short-instructions>
</crowd-image-classifier>`,
    },
    {
      title: "Boxes to verify, with a comment",
      html: `<crowd-image-classifier name="verdict" header="Are the boxes right?" src="${picture.scene}" categories="['accept', 'reject']" overlay='${boxes}'>
  <short-instructions>Every car and every person has a box that touches it on all four sides.</short-instructions>
  <worker-comment header="What is wrong?" link-text="Say what is wrong" placeholder="The box of …">Name the object and the side.</worker-comment>
</crowd-image-classifier>`,
    },
    {
      title: "A mask to verify",
      html: `<crowd-image-classifier name="verdict" header="Is everything painted that should be?" src="${picture.land}" categories="['accept', 'reject']" overlay='${overlay(
        {
          semanticSegmentation: {
            labels: ["field", "water"],
            labelMappings: { field: { color: "#2ca02c" }, water: { color: "#1f77b4" } },
            src: picture.landMask,
          },
        },
      )}'></crowd-image-classifier>`,
    },
  ],
};
