import type { About } from "../shared/about.ts";

export const about: About = {
  tag: "crowd-fab",
  kind: "control",
  summary: "A raised round button with an icon or one character.",
  attributes: {
    icon: "The name of an icon, or the URL of a picture; goes before `label`.",
    label: "One character in place of an icon.",
    disabled: "It can't be pressed.",
  },
  events: { click: "It has been pressed." },
  stories: [
    {
      title: "Icon, character, disabled",
      html: `<crowd-fab icon="add" title="Add a clip"></crowd-fab>
<crowd-fab label="?" title="Help"></crowd-fab>
<crowd-fab icon="delete" title="Delete" disabled></crowd-fab>`,
    },
  ],
};
