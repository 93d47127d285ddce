import type { About } from "../shared/about.ts";
import {
  initialValueMeaning,
  shapeAttributes,
  shapesSchema,
  shapeTool,
  verticesSchema,
} from "../shared/shapes/about-shapes.ts";
import { picture } from "../stories/pictures.ts";

export const about: About = {
  tag: "crowd-polygon",
  ...shapeTool,
  summary: "Closed shapes with labels on a picture, made of points; their edges do not cross.",
  attributes: {
    ...shapeAttributes,
    "initial-value": initialValueMeaning("{label, vertices: [{x, y}, …]}"),
  },
  answer: {
    place: "name",
    schema: shapesSchema("polygons", verticesSchema(3), false),
    example: {
      polygons: [
        {
          label: "roof",
          vertices: [
            { x: 386, y: 76 },
            { x: 506, y: 60 },
            { x: 520, y: 150 },
            { x: 400, y: 168 },
          ],
        },
      ],
      inputImageProperties: { height: 400, width: 640 },
    },
  },
  stories: [
    {
      title: "Outlines to draw",
      html: `<crowd-polygon name="roofs" header="Outline each roof and the lake." labels="['roof', 'lake']" src="${picture.land}">
  <short-instructions>Click along the edge; a click on the first point closes the outline.</short-instructions>
  <full-instructions header="What is a roof?"><p>All of it, chimneys included.</p></full-instructions>
</crowd-polygon>`,
    },
    {
      title: "An outline to correct",
      html: `<crowd-polygon name="roofs" header="Correct the outline." labels="['roof', 'lake']" src="${picture.land}" initial-value="[{label: 'roof', vertices: [{x: 386, y: 76}, {x: 506, y: 60}, {x: 520, y: 150}, {x: 430, y: 130}]}]">
</crowd-polygon>`,
    },
  ],
};
