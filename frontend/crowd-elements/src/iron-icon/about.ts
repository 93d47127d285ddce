import type { About } from "../shared/about.ts";

export const about: About = {
  tag: "iron-icon",
  kind: "decoration",
  summary: "A picture of the size of the text around it.",
  attributes: { icon: "The name of the icon; an unknown one shows nothing." },
  required: ["icon"],
  stories: [
    {
      title: "In a line of text",
      html: `<p style="font-size: 1.5rem"><iron-icon icon="search"></iron-icon> <iron-icon icon="star"></iron-icon>
<iron-icon icon="report-problem"></iron-icon> <iron-icon icon="question-answer"></iron-icon> <iron-icon icon="home"></iron-icon></p>`,
    },
  ],
};
