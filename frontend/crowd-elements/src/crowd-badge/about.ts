import type { About } from "../shared/about.ts";

export const about: About = {
  tag: "crowd-badge",
  kind: "decoration",
  summary: "A small mark on the upper right corner of another element.",
  attributes: {
    for: "The id of the element that it marks; without one, its parent.",
    icon: "The name of an icon, or the URL of a picture; goes before `label`.",
    label: "A text, of three characters at most.",
  },
  stories: [
    {
      title: "A number and an icon",
      html: `<p><crowd-button id="inbox" variant="normal">Clips</crowd-button> &emsp;
<crowd-button id="starred" variant="normal">Favorites</crowd-button></p>
<crowd-badge for="inbox" label="12"></crowd-badge>
<crowd-badge for="starred" icon="star"></crowd-badge>`,
    },
  ],
};
