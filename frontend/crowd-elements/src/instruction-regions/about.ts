import type { About } from "../shared/about.ts";

const stories: About["stories"] = [
  {
    title: "In a form without a widget",
    html: `<short-instructions>Listen to the clip twice.</short-instructions>
<full-instructions header="How to listen"><p>Use headphones. Stop when you are sure.</p></full-instructions>
<crowd-input name="genre" label="Genre"></crowd-input>`,
  },
];

export const about: About = {
  tag: "short-instructions",
  kind: "region",
  summary: "What a worker must know, always to be seen: beside a widget's work, or above the form.",
  attributes: { header: "The title above the text." },
  content: "Any HTML.",
  stories,
};

export const fullInstructionsAbout: About = {
  tag: "full-instructions",
  kind: "region",
  summary: "All that there is to know, in a dialog that a link opens.",
  attributes: { header: "The dialog's title." },
  content: "Any HTML.",
  stories,
};
