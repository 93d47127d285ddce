/** What is told of both elements that paint masks. */
import type { Meanings, Schema } from "../about.ts";
import { changeEvent, nameAttribute } from "../about-attributes.ts";

export const maskAttributes: Meanings = {
  ...nameAttribute,
  header: "The question above the picture.",
  src: "The address of the picture.",
  labels: "The labels, as a list of texts; live.",
};

const regions: Meanings = {
  "short-instructions": "Shown beside the work.",
  "full-instructions": "Shown in a dialog that the worker opens.",
};

const members: Meanings = {
  value: "The answer as it is now: a fresh object.",
  _submittableValue: "The same.",
  "toClient()": "Where a point of the picture is in the window: `toClient(x, y)`.",
  "fit()": "Shows the whole picture.",
};

/** What is the same of both. */
export const maskTool = {
  kind: "image",
  required: ["name", "src", "labels"],
  regions,
  parent: "crowd-form",
  events: changeEvent,
  members,
} as const;

/** Properties of both answers. */
export const maskSchema: Readonly<Record<string, Schema>> = {
  inputImageProperties: {
    type: "object",
    properties: { height: { type: "integer" }, width: { type: "integer" } },
    required: ["height", "width"],
    additionalProperties: false,
  },
  labeledImage: {
    type: "object",
    description:
      "A PNG of the picture's size as base64, without a `data:` prefix. What has no label is white.",
    properties: { pngImageData: { type: "string", contentEncoding: "base64" } },
    required: ["pngImageData"],
    additionalProperties: false,
  },
};

export const colorSchema: Schema = { type: "string", pattern: "^#[0-9a-f]{6}$" };

/** 2 by 1 pixels: `#2ca02c` and white. */
export const EXAMPLE_PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAGUlEQVR4nO3iAQkAAACDMMDzGPpNNcnYOGoK5wP4WefzEAAAAABJRU5ErkJggg==";
