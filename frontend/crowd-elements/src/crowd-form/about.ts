import type { About } from "../shared/about.ts";

export const about: About = {
  tag: "crowd-form",
  kind: "form",
  summary: "Collects all answers of the page, validates them, submits them.",
  attributes: {},
  ignored: { "answer-format": "Changes nothing here; it was for Mechanical Turk." },
  content: "Anything. A Submit button is added unless there is one.",
  regions: {
    "short-instructions": "Shown as a panel above the work.",
    "full-instructions": "Opened by a link above the work.",
  },
  events: {
    submit:
      "All answers are valid and about to be read; a handler may still change them, or prevent the submission.",
    reset: "All controls are about to go back to their initial state.",
  },
  members: {
    form: "The inner native form that holds all content.",
    _submittableValue: "The object that would be submitted now.",
    "submit()": "As a press on Submit: validates, fires `submit`, sends.",
    "reset()": "Brings all controls back to their initial state.",
  },
  stories: [
    {
      title: "Controls of all kinds",
      html: `<short-instructions>Listen to the clip twice.</short-instructions>
<p>Tempo <input type="range" name="tempo" min="40" max="200" value="96" aria-label="Tempo"></p>
<p><label><input type="radio" name="key" value="major" required> Major</label>
<label><input type="radio" name="key" value="minor"> Minor</label></p>
<crowd-checkbox name="vocals" value="yes">Somebody sings</crowd-checkbox>
<crowd-input name="title" label="Title, if you know it"></crowd-input>
<input type="hidden" name="clip.id" value="c-17">`,
    },
  ],
};
