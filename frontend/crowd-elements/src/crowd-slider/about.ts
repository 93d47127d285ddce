import type { About } from "../shared/about.ts";
import { changeEvent, nameAttribute } from "../shared/about-attributes.ts";
import { SLIDER_SCALE } from "./crowd-slider.ts";

export const about: About = {
  tag: "crowd-slider",
  kind: "control",
  summary: "A number on a scale; it always has one.",
  attributes: {
    ...nameAttribute,
    min: "The lowest number.",
    max: "The highest number.",
    step: "The distance between numbers.",
    value: "The number at the start.",
    pin: "Shows the number above the knob.",
    editable: "Adds a field to type the number.",
    "secondary-progress": "A second bar, up to this number.",
    disabled: "It can't be moved.",
    required: "Always met: a slider has a number.",
  },
  defaults: SLIDER_SCALE,
  required: ["name"],
  events: { ...changeEvent, input: "The worker drags or types." },
  members: { value: "The number." },
  cssProperties: { "--crowd-slider-secondary-color": "The color of the second bar." },
  answer: { place: "name", schema: { type: "number" }, example: 4, question: "Q1" },
  stories: [
    {
      title: "With a pin",
      html: `<p>How lively is it?</p>
<crowd-slider name="energy" min="1" max="5" value="4" pin aria-label="How lively is it?"></crowd-slider>`,
    },
    {
      title: "With a field and a second bar",
      html: `<p>Where does the song begin, in seconds?</p>
<crowd-slider name="start" max="180" step="0.5" value="12.5" editable secondary-progress="95" aria-label="Begin in seconds"></crowd-slider>`,
    },
  ],
};
