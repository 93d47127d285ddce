import type { About } from "../shared/about.ts";
import { changeEvent } from "../shared/about-attributes.ts";
import { picture } from "../stories/pictures.ts";

const part = (id: string, type: "KEY" | "VALUE", text: string, row: number, value?: string) => ({
  blockType: "KEY_VALUE_SET",
  id,
  entityTypes: [type],
  text,
  confidence: 88,
  geometry: {
    boundingBox:
      type === "KEY"
        ? { left: 56 / 640, top: (126 + 58 * row) / 400, width: 170 / 640, height: 28 / 400 }
        : { left: 274 / 640, top: (124 + 58 * row) / 400, width: 190 / 640, height: 28 / 400 },
  },
  ...(value ? { relationships: [{ type: "VALUE", ids: [value] }] } : {}),
});

/** What an analysis of `picture.paper` may have found: a misread value, and a heading taken for a key. */
const BLOCKS = [
  part("k1", "KEY", "Surname", 0, "v1"),
  part("v1", "VALUE", "0kafor", 0),
  part("k2", "KEY", "Given name", 1, "v2"),
  part("v2", "VALUE", "Adaeze", 1),
  part("k3", "KEY", "Date of birth", 2, "v3"),
  part("v3", "VALUE", "1991-04-17", 2),
];

const KEYS = [
  { importantFormKey: "Membership no.", importantFormKeyAliases: ["Member number", "No."] },
];

const asAttribute = (value: unknown) => JSON.stringify(value).replaceAll("'", "&#39;");

const block = {
  type: "object",
  properties: {
    blockType: { const: "KEY_VALUE_SET" },
    id: { type: "string" },
    entityTypes: { type: "array", items: { enum: ["KEY", "VALUE"] } },
    relationships: {
      type: "array",
      items: {
        type: "object",
        properties: {
          type: { type: "string" },
          ids: { type: "array", items: { type: "string" } },
        },
        required: ["type", "ids"],
      },
    },
    text: { type: "string" },
  },
  required: ["blockType", "id", "entityTypes", "text"],
};

export const about: About = {
  tag: "crowd-textract-analyze-document",
  kind: "review",
  summary: "Review of the key-value pairs that an analysis has found in a form.",
  attributes: {
    name: "Not asked for: the answer has a key of its own.",
    header: "The question above the work.",
    src: "The address of the document's picture.",
    "initial-value":
      "The blocks of the analysis, names in lower camel case, boxes in ratios of the picture's size.",
    initialvalue: "Another spelling of `initial-value`, from the documentation.",
    "block-types": "What is reviewed: only `KEY_VALUE_SET`.",
    blocktypes: "Another spelling of `block-types`, from the documentation.",
    keys: "Keys to look for, with other spellings: objects with `importantFormKey` and `importantFormKeyAliases`. Those that the analysis lacks come at the end of the list.",
    "no-key-edit": "The keys that were found cannot be changed.",
    "no-geometry-edit": "Boxes cannot be edited, with or without it: an answer has none.",
  },
  required: ["src", "initial-value"],
  regions: {
    "short-instructions": "Beside the work.",
    "full-instructions": "In a dialog.",
  },
  parent: "crowd-form",
  events: { ...changeEvent, input: "The worker types." },
  answer: {
    place: { key: "AWS/Textract/AnalyzeDocument/Forms/V1" },
    schema: {
      type: "object",
      properties: { blocks: { type: "array", items: block } },
      required: ["blocks"],
    },
    example: {
      blocks: [
        {
          blockType: "KEY_VALUE_SET",
          id: "k1",
          entityTypes: ["KEY"],
          relationships: [{ type: "VALUE", ids: ["v1"] }],
          text: "Surname",
        },
        { blockType: "KEY_VALUE_SET", id: "v1", entityTypes: ["VALUE"], text: "Okafor" },
      ],
    },
    question: "Q16",
  },
  stories: [
    {
      title: "A form with a misread value and a key to look for",
      html: `<crowd-textract-analyze-document header="Review the key-value pairs and correct them"
  src="${picture.paper}"
  initial-value='${asAttribute(BLOCKS)}'
  keys='${asAttribute(KEYS)}'
  block-types="['KEY_VALUE_SET']" no-key-edit no-geometry-edit>
  <short-instructions>Correct each value. Choose No for what is no pair.</short-instructions>
</crowd-textract-analyze-document>`,
    },
    {
      title: "With keys that can be changed",
      html: `<crowd-textract-analyze-document src="${picture.paper}"
  initial-value='${asAttribute(BLOCKS.slice(0, 4))}'>
</crowd-textract-analyze-document>`,
    },
  ],
};
