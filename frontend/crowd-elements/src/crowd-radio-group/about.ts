import type { About } from "../shared/about.ts";
import {
  changeEvent,
  checkAttributes,
  checkDefaults,
  checkMembers,
  optionSchema,
} from "../shared/about-attributes.ts";

const stories: About["stories"] = [
  {
    title: "A name for each button, as documented",
    html: `<p>Is it a live recording?</p>
<crowd-radio-group>
<crowd-radio-button name="live" value="yes">Live</crowd-radio-button>
<crowd-radio-button name="studio" value="yes" checked>Studio</crowd-radio-button>
<crowd-radio-button name="unsure" value="yes">I can't tell</crowd-radio-button>
</crowd-radio-group>`,
  },
];

export const about: About = {
  tag: "crowd-radio-group",
  kind: "control",
  summary: "Of the radio buttons in it one at most is on, whatever their names.",
  attributes: {},
  content: "`crowd-radio-button` elements, at any depth.",
  stories,
};

export const radioButtonAbout: About = {
  tag: "crowd-radio-button",
  kind: "control",
  summary: "One choice of a group.",
  attributes: {
    ...checkAttributes,
    required: "Not supported by the service: use native radio buttons where one must be picked.",
  },
  defaults: checkDefaults,
  required: ["name"],
  content: "The label; any HTML.",
  parent: "crowd-radio-group",
  events: changeEvent,
  members: checkMembers,
  answer: { place: "name", schema: optionSchema, example: { yes: true } },
  stories,
};
