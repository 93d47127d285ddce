import type { About } from "../shared/about.ts";

export const about: About = {
  tag: "crowd-toast",
  kind: "decoration",
  summary: "A brief notification at the lower edge; one at a time.",
  attributes: {
    text: "The message.",
    duration: "How many milliseconds it stays; 0 and `Infinity` mean until it is closed.",
    opened: "It is to be seen.",
  },
  content: "The message, in place of `text`.",
  members: {
    "open()": "Shows it, and closes the one that was shown.",
    "show()": "As `open()`.",
    "close()": "Takes it away.",
    "hide()": "As `close()`.",
  },
  stories: [
    {
      title: "Open until it is closed",
      html: `<p>The clip is on the list.</p>
<crowd-toast opened duration="0" text="Clip 12 was saved"></crowd-toast>`,
    },
  ],
};
