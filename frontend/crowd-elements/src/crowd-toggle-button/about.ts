import type { About } from "../shared/about.ts";
import {
  changeEvent,
  checkAttributes,
  checkDefaults,
  checkMembers,
  optionSchema,
} from "../shared/about-attributes.ts";

export const about: About = {
  tag: "crowd-toggle-button",
  kind: "control",
  summary: "A switch; answers as a check box does.",
  attributes: {
    ...checkAttributes,
    invalid: "Shown in an alert color while it is off.",
  },
  defaults: checkDefaults,
  required: ["name"],
  content: "The label; any HTML.",
  events: changeEvent,
  members: checkMembers,
  cssProperties: {
    "--crowd-toggle-button-invalid-color": "The color while it is `invalid` and off.",
  },
  answer: { place: "name", schema: optionSchema, example: { on: true } },
  stories: [
    {
      title: "On, off, invalid",
      html: `<crowd-toggle-button name="mono" checked>Mono</crowd-toggle-button>
<crowd-toggle-button name="live">Live</crowd-toggle-button>
<crowd-toggle-button name="consent" invalid>May be played in public</crowd-toggle-button>`,
    },
  ],
};
