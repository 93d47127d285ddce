import type { About } from "../shared/about.ts";
import {
  initialValueMeaning,
  labelColorsMeaning,
  shapeAttributes,
  shapesSchema,
  shapeTool,
  verticesSchema,
} from "../shared/shapes/about-shapes.ts";
import { picture } from "../stories/pictures.ts";

export const about: About = {
  tag: "crowd-line",
  ...shapeTool,
  summary: "Straight lines with labels on a picture, from one point to another.",
  attributes: {
    ...shapeAttributes,
    "initial-value": initialValueMeaning("{label, vertices: [{x, y}, {x, y}]}", "lines"),
    "label-colors": labelColorsMeaning,
  },
  answer: {
    place: "name",
    schema: shapesSchema("lines", verticesSchema(2, 2), true),
    example: {
      lines: [
        {
          label: "upper arm",
          vertices: [
            { x: 312, y: 132 },
            { x: 250, y: 176 },
          ],
        },
      ],
      initialValueModified: false,
      inputImageProperties: { height: 400, width: 640 },
    },
  },
  stories: [
    {
      title: "Lines to draw",
      html: `<crowd-line name="limbs" header="Draw a line along each upper arm and each forearm." labels="['upper arm', 'forearm']" label-colors="['#1f77b4', '#ff7f0e']" src="${picture.figure}">
  <short-instructions>Drag from one end to the other, or click both.</short-instructions>
</crowd-line>`,
    },
    {
      title: "Lines to correct",
      html: `<crowd-line name="limbs" header="Correct the lines." labels="['upper arm', 'forearm']" src="${picture.figure}" initial-value="{lines: [{label: 'upper arm', vertices: [{x: 312, y: 132}, {x: 250, y: 176}]}, {label: 'forearm', vertices: [{x: 250, y: 176}, {x: 190, y: 190}]}]}">
</crowd-line>`,
    },
  ],
};
