import type { About } from "../shared/about.ts";

export const about: About = {
  tag: "crowd-icon-button",
  kind: "control",
  summary: "A round button that is only an icon.",
  attributes: {
    icon: "The name of an icon, or the URL of a picture.",
    disabled: "It can't be pressed.",
  },
  events: { click: "It has been pressed." },
  stories: [
    {
      title: "Icons",
      html: `<crowd-icon-button icon="search" title="Search"></crowd-icon-button>
<crowd-icon-button icon="thumb-up" title="Good"></crowd-icon-button>
<crowd-icon-button icon="delete" title="Delete" disabled></crowd-icon-button>`,
    },
  ],
};
