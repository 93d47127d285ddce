import type { About } from "../shared/about.ts";
import { changeEvent } from "../shared/about-attributes.ts";

const SKY = [
  "Sunlight is made of all colors. The air throws the blue part about more than the red, so blue light reaches us from every side.",
  "Because the sea is blue, and the sky is its mirror.",
  "The scattering cross-section goes with the inverse fourth power of the wavelength, hence short wavelengths dominate diffuse light.",
];

const asAttribute = (value: unknown) => JSON.stringify(value).replaceAll("'", "&#39;");

export const about: About = {
  tag: "crowd-text-ranking",
  kind: "text",
  summary: "Ranks texts along one or more dimensions, with ties where a dimension allows them.",
  attributes: {
    name: "Asked for by the service; the answer has a key of its own.",
    header: "The question above the work.",
    text: "What the responses answer: the text, or an S3 reference to it that the page may read.",
    responses: "The texts to rank, in the order in which they are shown.",
    "ordinal-ranking-dimensions":
      "What they are ranked by: objects with `name` and `allowTie`; without it each rank is given once.",
  },
  required: ["responses", "ordinal-ranking-dimensions"],
  regions: {
    "short-instructions": "Beside the work.",
    "full-instructions": "In a dialog.",
  },
  parent: "crowd-form",
  events: changeEvent,
  members: { value: "The answer; `null` stands for a rank that is not given yet." },
  answer: {
    place: "top-level",
    schema: {
      type: "object",
      properties: {
        ordinalRankingDimensions: {
          type: "array",
          items: {
            type: "object",
            properties: {
              name: { type: "string" },
              allowTie: { type: "boolean" },
              responseRankings: { type: "array", items: { type: "integer", minimum: 1 } },
            },
            required: ["name", "allowTie", "responseRankings"],
          },
        },
      },
      required: ["ordinalRankingDimensions"],
    },
    example: {
      ordinalRankingDimensions: [
        { name: "Clarity", allowTie: true, responseRankings: [1, 2, 2] },
        { name: "Correctness", allowTie: false, responseRankings: [2, 3, 1] },
      ],
    },
    question: "Q15",
  },
  stories: [
    {
      title: "Two dimensions, one with ties",
      html: `<crowd-text-ranking name="sky" header="Which answer would you give to a child?"
  text="Why is the sky blue?"
  responses='${asAttribute(SKY)}'
  ordinal-ranking-dimensions='[{"name": "Clarity", "allowTie": true}, {"name": "Correctness", "allowTie": false}]'>
  <short-instructions>Rank the answers: 1 is the best.</short-instructions>
</crowd-text-ranking>`,
    },
    {
      title: "One against the other",
      html: `<crowd-text-ranking name="pair" header="Which headline is better?"
  responses="['Bridge reopens after nine months', 'You will not believe which bridge is back']"
  ordinal-ranking-dimensions="[{name: 'Overall', allowTie: false}]">
</crowd-text-ranking>`,
    },
  ],
};
