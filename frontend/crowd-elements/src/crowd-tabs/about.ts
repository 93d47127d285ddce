import type { About } from "../shared/about.ts";

const stories: About["stories"] = [
  {
    title: "Controls in two tabs",
    html: `<crowd-tabs>
<crowd-tab header="The music"><crowd-input name="genre" label="Genre"></crowd-input></crowd-tab>
<crowd-tab header="The words"><crowd-text-area name="words" label="What is sung?" rows="2"></crowd-text-area></crowd-tab>
</crowd-tabs>`,
  },
];

export const about: About = {
  tag: "crowd-tabs",
  kind: "decoration",
  summary: "Shows one of its `crowd-tab` children at a time.",
  attributes: {},
  content: "`crowd-tab` elements. Controls in hidden tabs are part of the answer.",
  stories,
};

export const tabAbout: About = {
  tag: "crowd-tab",
  kind: "decoration",
  summary: "The content of one tab.",
  attributes: { header: "The text on the tab." },
  content: "Anything.",
  parent: "crowd-tabs",
  stories,
};
