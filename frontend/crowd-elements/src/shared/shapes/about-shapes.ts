/** What the drawing tools have in common, as the catalogue tells it. */
import type { Meanings, Schema } from "../about.ts";

export const shapeAttributes = {
  name: "The key in the answer.",
  header: "The question above the picture.",
  src: "The address of the picture; its server must allow this page to read it (CORS).",
  labels: "The labels to choose from, a list of texts; live as the property `labels`.",
} as const;

/** `key`: the list may also stand in an object under it. */
export const initialValueMeaning = (item: string, key?: string): string =>
  [
    `What is there at the start: a list of \`${item}\``,
    key ? `, or an object that holds it as \`${key}\`` : "",
    ". Items with a label that is not in `labels` are not shown.",
  ].join("");

/** Of the tools that take a color for each label. */
export const labelColorsMeaning =
  "Colors of the labels as `#rrggbb`, by position; the rest come from the palette.";

const regions: Meanings = {
  "short-instructions": "Beside the work, always in sight.",
  "full-instructions": "In a dialog that a button opens.",
};

const events: Meanings = {
  change: "The worker has changed the annotations; bubbles.",
  input: "Points of a shape that is not finished have come or gone; bubbles.",
};

const members: Meanings = {
  value: "The object that would be submitted now: a copy.",
  _submittableValue: "The same.",
  "toClient(x, y)": "Where a point of the picture is in the window now: `{x, y}`.",
  "fit()": "Shows the whole picture.",
};

/** What is the same of all of them. */
export const shapeTool = {
  kind: "image",
  required: ["name", "src", "labels"],
  regions,
  parent: "crowd-form",
  events,
  members,
} as const;

const pixel = { type: "integer", minimum: 0 };

export const pointSchema: Schema = {
  type: "object",
  properties: { x: pixel, y: pixel },
  required: ["x", "y"],
  additionalProperties: false,
};

/** Of one item that has pixels under these keys. */
export const pixelsSchema = (...keys: readonly string[]): Schema => ({
  type: "object",
  properties: {
    label: { type: "string" },
    ...Object.fromEntries(keys.map((key) => [key, pixel])),
  },
  required: ["label", ...keys],
  additionalProperties: false,
});

/** Of one item that has so many vertices. */
export const verticesSchema = (least: number, most?: number): Schema => ({
  type: "object",
  properties: {
    label: { type: "string" },
    vertices: {
      type: "array",
      items: pointSchema,
      minItems: least,
      ...(most === undefined ? {} : { maxItems: most }),
    },
  },
  required: ["label", "vertices"],
  additionalProperties: false,
});

/** Of the whole answer: the list under `key`, the picture's size, perhaps whether initial values were changed. */
export const shapesSchema = (key: string, item: Schema, tellsModified: boolean): Schema => ({
  type: "object",
  properties: {
    [key]: { type: "array", items: item },
    ...(tellsModified ? { initialValueModified: { type: "boolean" } } : {}),
    inputImageProperties: {
      type: "object",
      properties: { height: pixel, width: pixel },
      required: ["height", "width"],
      additionalProperties: false,
    },
  },
  required: [key, "inputImageProperties"],
  additionalProperties: false,
});
