import type { About } from "../shared/about.ts";
import { picture } from "../stories/pictures.ts";

export const about: About = {
  tag: "crowd-card",
  kind: "decoration",
  summary: "A raised box.",
  attributes: {
    heading: "The text at its top.",
    image: "The URL of a picture at its top.",
  },
  content: "Anything; controls in it are part of the answer.",
  stories: [
    {
      title: "With a picture",
      html: `<crowd-card heading="Bowl of fruit" image="${picture.fruit}" style="max-width: 360px">
<div class="card" style="padding: 4px 16px 12px">How many apples are there? <crowd-input name="apples" type="number"></crowd-input></div>
</crowd-card>`,
    },
  ],
};
