import type { About } from "../shared/about.ts";
import {
  colorSchema,
  EXAMPLE_PNG,
  maskAttributes,
  maskSchema,
  maskTool,
} from "../shared/masks/about-masks.ts";
import { picture } from "../stories/pictures.ts";

export const about: About = {
  tag: "crowd-instance-segmentation",
  ...maskTool,
  summary: "The pixels of each object in a picture, and a label for each object.",
  attributes: {
    ...maskAttributes,
    "initial-value":
      "An earlier mask: `{instances: [{color: '#rrggbb', label: 'LABEL'}], src: 'ADDRESS'}`. White, transparent and other colors mean nothing.",
  },
  answer: {
    place: "name",
    schema: {
      type: "object",
      properties: {
        ...maskSchema,
        instances: {
          type: "array",
          description: "The objects that have pixels, each with a color of its own.",
          items: {
            type: "object",
            properties: { color: colorSchema, label: { type: "string" } },
            required: ["color", "label"],
            additionalProperties: false,
          },
        },
      },
      required: ["inputImageProperties", "instances", "labeledImage"],
      additionalProperties: false,
    },
    example: {
      inputImageProperties: { height: 1, width: 2 },
      instances: [{ color: "#2ca02c", label: "round" }],
      labeledImage: { pngImageData: EXAMPLE_PNG },
    },
    question: "Q7",
  },
  stories: [
    {
      title: "Cells",
      html: `<crowd-instance-segmentation name="cells" header="Paint each cell" src="${picture.cells}" labels="['round', 'dividing']">
  <short-instructions>One object for each cell. A cell with two nuclei divides.</short-instructions>
  <full-instructions header="Cells at the edge"><p>Paint what is seen of them.</p></full-instructions>
</crowd-instance-segmentation>`,
    },
    {
      title: "Objects to correct",
      html: `<crowd-instance-segmentation name="cells" header="Correct the first two cells, and paint the others" src="${picture.cells}" labels="['round', 'dividing']"
  initial-value="{ instances: [{ color: '#2ca02c', label: 'round' }, { color: '#1f77b4', label: 'round' }], src: '${picture.cellsMask}' }">
</crowd-instance-segmentation>`,
    },
  ],
};
