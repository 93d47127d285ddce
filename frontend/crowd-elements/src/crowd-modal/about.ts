import type { About } from "../shared/about.ts";
import { LINK_TYPES, linkAttributes, linkDefaults } from "../shared/about-attributes.ts";

export const about: About = {
  tag: "crowd-modal",
  kind: "decoration",
  summary: "A link or button that opens its content in a dialog.",
  attributes: linkAttributes,
  values: { "link-type": LINK_TYPES },
  defaults: linkDefaults,
  content: "Anything; controls in it are part of the answer.",
  members: {
    "open()": "Opens the dialog.",
    "close()": "Closes the dialog.",
  },
  stories: [
    {
      title: "A control in a dialog",
      html: `<crowd-modal link-text="Report a problem">
<crowd-text-area name="problem" label="What is wrong with this clip?" rows="3"></crowd-text-area>
</crowd-modal>`,
    },
  ],
};
