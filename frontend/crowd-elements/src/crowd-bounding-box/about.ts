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
  tag: "crowd-bounding-box",
  ...shapeTool,
  summary: "Rectangles with labels on a picture.",
  attributes: {
    ...shapeAttributes,
    "initial-value": initialValueMeaning("{label, left, top, width, height}"),
  },
  answer: {
    place: "name",
    schema: shapesSchema("boundingBoxes", pixelsSchema("left", "top", "width", "height"), true),
    example: {
      boundingBoxes: [{ label: "car", left: 60, top: 262, width: 132, height: 56 }],
      initialValueModified: false,
      inputImageProperties: { height: 400, width: 640 },
    },
  },
  stories: [
    {
      title: "Boxes to draw",
      html: `<crowd-bounding-box name="street" header="Draw a box around each car and each person." labels="['car', 'person', 'tree']" src="${picture.scene}">
  <short-instructions>Tight boxes: every edge touches what is inside.</short-instructions>
  <full-instructions header="How to draw a box"><p>Drag from one corner to the opposite one, or click both.</p></full-instructions>
</crowd-bounding-box>`,
    },
    {
      title: "Boxes to correct",
      html: `<crowd-bounding-box name="street" header="Correct the boxes." labels="['car', 'person', 'tree']" src="${picture.scene}" initial-value="[{label: 'car', left: 60, top: 262, width: 132, height: 56}, {label: 'car', left: 380, top: 226, width: 92, height: 39}, {label: 'person', left: 296, top: 212, width: 28, height: 86}]">
</crowd-bounding-box>`,
    },
  ],
};
