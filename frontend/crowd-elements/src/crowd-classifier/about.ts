import type { About } from "../shared/about.ts";
import {
  choiceAttributes,
  choiceEvents,
  choiceMembers,
  choiceRegions,
  targetRegion,
} from "../shared/choice/about-choice.ts";

export const about: About = {
  tag: "crowd-classifier",
  kind: "choice",
  summary: "One category for anything that is not a picture.",
  attributes: {
    ...choiceAttributes,
    "initial-value": "The text of the category that is chosen at the start.",
  },
  required: ["name", "categories"],
  ignored: { "exclusion-category": "Only the elements with many choices have one." },
  regions: { ...choiceRegions, ...targetRegion },
  parent: "crowd-form",
  events: choiceEvents,
  members: {
    value: "The chosen category; `undefined` before a choice.",
    ...choiceMembers,
  },
  answer: {
    place: "name",
    schema: {
      type: "object",
      properties: { label: { type: "string" } },
      required: ["label"],
      additionalProperties: false,
    },
    example: { label: "Folk" },
  },
  stories: [
    {
      title: "A text",
      html: `<crowd-classifier name="genre" header="Which genre is the tune?" categories="['Jazz', 'Folk', 'Classical', 'Other']">
  <classification-target>
    <p>The fiddler begins with a slow air. Then the accordion comes in, and the room claps on two and four.</p>
  </classification-target>
  <short-instructions>Read to the end before you choose.</short-instructions>
  <full-instructions header="Genres">
    <p><b>Folk</b>: tunes that are handed down. <b>Classical</b>: written down, with a composer.</p>
  </full-instructions>
</crowd-classifier>`,
    },
    {
      title: "Many categories, one chosen at the start",
      html: `<crowd-classifier name="instrument" header="Which instrument leads?" initial-value="Fiddle" categories="['Accordion', 'Banjo', 'Bass', 'Bodhrán', 'Bouzouki', 'Cello', 'Clarinet', 'Concertina', 'Cornet', 'Drums', 'Fiddle', 'Flute', 'Guitar', 'Harp', 'Mandolin', 'Piano', 'Trumpet', 'Whistle']">
  <classification-target><p>“Here she took up the bow and began.”</p></classification-target>
</crowd-classifier>`,
    },
  ],
};
