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
  tag: "crowd-semantic-segmentation",
  ...maskTool,
  summary: "One label at most for each pixel of a picture.",
  attributes: {
    ...maskAttributes,
    "initial-value":
      "An earlier mask: `{labelMappings: {LABEL: {color: '#rrggbb'}}, src: 'ADDRESS'}`. White, transparent and other colors mean nothing.",
  },
  answer: {
    place: "name",
    schema: {
      type: "object",
      properties: {
        ...maskSchema,
        labelMappings: {
          type: "object",
          description: "The labels that were used.",
          additionalProperties: {
            type: "object",
            properties: { color: colorSchema },
            required: ["color"],
            additionalProperties: false,
          },
        },
        initialValueModified: {
          type: "boolean",
          description: "Whether a pixel differs from the initial value; only where there was one.",
        },
      },
      required: ["inputImageProperties", "labelMappings", "labeledImage"],
      additionalProperties: false,
    },
    example: {
      inputImageProperties: { height: 1, width: 2 },
      labelMappings: { field: { color: "#2ca02c" } },
      labeledImage: { pngImageData: EXAMPLE_PNG },
    },
    question: "Q7",
  },
  stories: [
    {
      title: "Land from above",
      html: `<crowd-semantic-segmentation name="land" header="Paint the field, the water and the roof" src="${picture.land}" labels="['field', 'water', 'roof']">
  <short-instructions>Paint to the edge, and leave out what is neither.</short-instructions>
  <full-instructions header="Where does it end?">
    <p>The field ends where the stripes end. The shore belongs to the water.</p>
  </full-instructions>
</crowd-semantic-segmentation>`,
    },
    {
      title: "A mask to correct",
      html: `<crowd-semantic-segmentation name="land" header="Correct the mask, and paint the roof" src="${picture.land}" labels="['field', 'water', 'roof']"
  initial-value="{ labelMappings: { field: { color: '#2ca02c' }, water: { color: '#1f77b4' } }, src: '${picture.landMask}' }">
</crowd-semantic-segmentation>`,
    },
  ],
};
