import type { About } from "../shared/about.ts";
import { changeEvent, textAttributes, textMembers } from "../shared/about-attributes.ts";

export const about: About = {
  tag: "crowd-text-area",
  kind: "control",
  summary: "A text field of several lines that grows with its text.",
  attributes: {
    ...textAttributes,
    rows: "Its height at the start, in lines.",
    "max-rows": "Up to how many lines it grows before it scrolls; 0 is without end.",
    "char-counter": "Counts the characters below the field.",
  },
  required: ["name"],
  events: { ...changeEvent, input: "The worker types." },
  members: textMembers,
  answer: {
    place: "name",
    schema: { type: "string", minLength: 1 },
    example: "A fiddle over two chords,\nthen a voice.",
  },
  stories: [
    {
      title: "A counted text",
      html: `<crowd-text-area name="notes" label="Describe what you hear" rows="3" max-rows="8" max-length="200" char-counter></crowd-text-area>`,
    },
  ],
};
