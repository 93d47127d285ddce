import type { About } from "../shared/about.ts";
import { LINK_TYPES, linkAttributes, linkDefaults } from "../shared/about-attributes.ts";

export const about: About = {
  tag: "crowd-instructions",
  kind: "decoration",
  summary: "A link or button that opens instructions in tabs.",
  attributes: linkAttributes,
  values: { "link-type": LINK_TYPES },
  defaults: linkDefaults,
  regions: {
    "short-summary": "The tab Summary.",
    "detailed-instructions": "The tab Detailed Instructions.",
    "positive-example": "A good example on the tab Examples; any number of them.",
    "negative-example": "A bad example on the tab Examples; any number of them.",
  },
  members: {
    "open()": "Opens the dialog.",
    "close()": "Closes the dialog.",
  },
  stories: [
    {
      title: "Three tabs",
      html: `<crowd-instructions link-text="How to mark the beat" link-type="button">
<short-summary>Press on each first beat.</short-summary>
<detailed-instructions><p>Listen to the whole clip before you begin. A bar that is cut off at the end counts.</p></detailed-instructions>
<positive-example>A mark at the drum.</positive-example>
<negative-example>A mark at the singer's breath.</negative-example>
</crowd-instructions>`,
    },
  ],
};
