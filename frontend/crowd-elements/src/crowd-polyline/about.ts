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
  tag: "crowd-polyline",
  ...shapeTool,
  summary: "Lines of two or more points with labels on a picture; they may cross themselves.",
  attributes: {
    ...shapeAttributes,
    "initial-value": initialValueMeaning("{label, vertices: [{x, y}, …]}", "polylines"),
    "label-colors": labelColorsMeaning,
  },
  answer: {
    place: "name",
    schema: shapesSchema("polylines", verticesSchema(2), true),
    example: {
      polylines: [
        {
          label: "road",
          vertices: [
            { x: 300, y: 0 },
            { x: 330, y: 120 },
            { x: 300, y: 200 },
          ],
        },
      ],
      initialValueModified: false,
      inputImageProperties: { height: 400, width: 640 },
    },
  },
  stories: [
    {
      title: "A road to follow",
      html: `<crowd-polyline name="roads" header="Follow each road along its middle." labels="['road', 'shore']" label-colors="['#d62728', '#17becf']" src="${picture.land}">
  <short-instructions>Click from bend to bend; Enter or a double click ends the line.</short-instructions>
</crowd-polyline>`,
    },
    {
      title: "A line to correct",
      html: `<crowd-polyline name="roads" header="Correct the line." labels="['road', 'shore']" src="${picture.land}" initial-value="{polylines: [{label: 'road', vertices: [{x: 300, y: 0}, {x: 330, y: 120}, {x: 250, y: 200}]}]}">
</crowd-polyline>`,
    },
  ],
};
