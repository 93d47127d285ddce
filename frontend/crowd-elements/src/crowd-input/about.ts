import type { About } from "../shared/about.ts";
import { changeEvent, textAttributes, textMembers } from "../shared/about-attributes.ts";
import { DEFAULT_INPUT_TYPE } from "./crowd-input.ts";

export const about: About = {
  tag: "crowd-input",
  kind: "control",
  summary: "A text field of one line with a floating label.",
  attributes: {
    ...textAttributes,
    type: "The type of the native field: `text`, `number`, `date`, `hidden` and so on.",
  },
  defaults: { type: DEFAULT_INPUT_TYPE },
  required: ["name"],
  events: { ...changeEvent, input: "The worker types." },
  members: textMembers,
  answer: { place: "name", schema: { type: "string", minLength: 1 }, example: "Odetta" },
  stories: [
    {
      title: "Label, hint, and what it demands",
      html: `<crowd-input name="artist" label="Artist" placeholder="As on the sleeve" required error-message="Who plays?"></crowd-input>
<crowd-input name="year" label="Year" value="1968" auto-validate allowed-pattern="[0-9]" max-length="4"></crowd-input>
<crowd-input name="tracks" label="Tracks" type="number"></crowd-input>`,
    },
  ],
};
