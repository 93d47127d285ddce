import type { About } from "../shared/about.ts";
import { ALERT_TYPES, DEFAULT_ALERT_TYPE } from "./crowd-alert.ts";

export const about: About = {
  tag: "crowd-alert",
  kind: "decoration",
  summary: "A message on the page.",
  attributes: {
    type: "What kind of message it is.",
    dismissible: "Adds a button that closes it.",
  },
  values: { type: ALERT_TYPES },
  defaults: { type: DEFAULT_ALERT_TYPE },
  content: "The message.",
  stories: [
    {
      title: "The four types",
      html: `<crowd-alert dismissible>Audio starts when you press play.</crowd-alert>
<crowd-alert type="success">All eight clips are done.</crowd-alert>
<crowd-alert type="warning">This clip is shorter than two seconds.</crowd-alert>
<crowd-alert type="error">Please choose a genre before you submit.</crowd-alert>`,
    },
  ],
};
