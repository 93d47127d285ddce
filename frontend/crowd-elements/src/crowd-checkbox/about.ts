import type { About } from "../shared/about.ts";
import {
  changeEvent,
  checkAttributes,
  checkDefaults,
  checkMembers,
  optionSchema,
} from "../shared/about-attributes.ts";

export const about: About = {
  tag: "crowd-checkbox",
  kind: "control",
  summary: "A check box with its label as content.",
  attributes: checkAttributes,
  defaults: checkDefaults,
  required: ["name"],
  content: "The label; any HTML.",
  events: changeEvent,
  members: checkMembers,
  answer: {
    place: "name",
    schema: optionSchema,
    example: { scratch: true, dent: false, warp: false },
  },
  stories: [
    {
      title: "Several under one name",
      html: `<p>What is wrong with the record?</p>
<crowd-checkbox name="defects" value="scratch" checked>Scratch</crowd-checkbox>
<crowd-checkbox name="defects" value="dent">Dent</crowd-checkbox>
<crowd-checkbox name="defects" value="warp" disabled>Warp</crowd-checkbox>`,
    },
    {
      title: "Required",
      html: `<crowd-checkbox name="heard" value="whole" required>I have heard the <b>whole</b> clip</crowd-checkbox>`,
    },
  ],
};
