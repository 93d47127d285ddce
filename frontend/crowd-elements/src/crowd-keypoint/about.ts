import type { About } from "../shared/about.ts";
import {
  initialValueMeaning,
  pixelsSchema,
  shapeAttributes,
  shapesSchema,
  shapeTool,
} from "../shared/shapes/about-shapes.ts";
import { picture } from "../stories/pictures.ts";

export const about: About = {
  tag: "crowd-keypoint",
  ...shapeTool,
  summary: "Points with labels on a picture; a label may be used many times.",
  attributes: {
    ...shapeAttributes,
    "initial-value": initialValueMeaning("{label, x, y}"),
  },
  answer: {
    place: "name",
    schema: shapesSchema("keypoints", pixelsSchema("x", "y"), false),
    example: {
      keypoints: [{ label: "head", x: 320, y: 74 }],
      inputImageProperties: { height: 400, width: 640 },
    },
  },
  stories: [
    {
      title: "Joints of a dancer",
      html: `<crowd-keypoint name="joints" header="Mark the head, both hands and both feet." labels="['head', 'left hand', 'right hand', 'left foot', 'right foot']" src="${picture.figure}">
  <short-instructions>One point each, in the middle of the joint.</short-instructions>
  <full-instructions header="Which side is left?"><p>The dancer's, not yours.</p></full-instructions>
</crowd-keypoint>`,
    },
    {
      title: "Points to correct",
      html: `<crowd-keypoint name="joints" header="Correct the points." labels="['head', 'left hand', 'right hand']" src="${picture.figure}" initial-value="[{label: 'head', x: 320, y: 74}, {label: 'left hand', x: 214, y: 170}, {label: 'right hand', x: 452, y: 96}]">
</crowd-keypoint>`,
    },
  ],
};
