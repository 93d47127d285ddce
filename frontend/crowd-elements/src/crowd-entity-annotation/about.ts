import type { About } from "../shared/about.ts";

const TEXT =
  "The Aldermoor ferry leaves Pier Four at six. Nora Quill, its captain, has crossed the sound since 1998; she says that Aldermoor has never looked so busy.";

export const about: About = {
  tag: "crowd-entity-annotation",
  kind: "text",
  summary: "Labeled passages of a text.",
  attributes: {
    name: "The key of the answer.",
    header: "The question above the text.",
    text: "The text, verbatim: white space is kept, and offsets count in exactly this string.",
    labels:
      "A list of texts, or of objects with `label` (in the answer), `fullDisplayName` (in the list of labels) and `shortDisplayName` (above a passage).",
    "initial-value":
      "Passages that are labeled at the start: a list of objects with `label`, `startOffset`, `endOffset`.",
  },
  required: ["name", "text", "labels"],
  regions: {
    "short-instructions": "What to do, always in sight beside the text.",
    "full-instructions": "All rules and examples, in a dialog.",
  },
  events: { change: "A passage was added, changed or removed by the worker." },
  members: {
    value: "What would be submitted now, with `entities`.",
    _submittableValue: "The same.",
  },
  answer: {
    place: "name",
    schema: {
      type: "object",
      properties: {
        entities: {
          type: "array",
          description: "In the order of the text, none over another.",
          items: {
            type: "object",
            properties: {
              label: { type: "string" },
              startOffset: { type: "integer", minimum: 0 },
              endOffset: {
                type: "integer",
                minimum: 1,
                description: "The offset of the first character after the passage.",
              },
            },
            required: ["label", "startOffset", "endOffset"],
            additionalProperties: false,
          },
        },
      },
      required: ["entities"],
      additionalProperties: false,
    },
    example: { entities: [{ endOffset: 55, label: "person", startOffset: 45 }] },
  },
  stories: [
    {
      title: "People, places and times",
      html: `<crowd-entity-annotation name="names" header="Mark every name and time" labels="[{label: 'person', fullDisplayName: 'Person', shortDisplayName: 'PER'}, {label: 'place', fullDisplayName: 'Place', shortDisplayName: 'LOC'}, {label: 'time', fullDisplayName: 'Time', shortDisplayName: 'TIME'}]" text="${TEXT}">
  <short-instructions>Select the words of a name, then press the key of its label.</short-instructions>
  <full-instructions header="Names">
    <p>Take whole names. You can select past a passage that is labeled already, but not a part of it.</p>
  </full-instructions>
</crowd-entity-annotation>`,
    },
    {
      title: "With passages to check",
      html: `<crowd-entity-annotation name="checked" header="Correct the names" labels="['person', 'place']" initial-value="[{label: 'place', startOffset: 4, endOffset: 13}, {label: 'place', startOffset: 45, endOffset: 55}]" text="${TEXT}"></crowd-entity-annotation>`,
    },
    {
      title: "Several languages and pictograms",
      html: `<crowd-entity-annotation name="mixed" header="Mark the cities" labels="['city']" text="Wir fahren am Montag von Köln nach Lyon 🚆.\nوصلنا إلى القاهرة مساء الأحد.\n私たちは京都に三日間滞在しました 🍵。"></crowd-entity-annotation>`,
    },
  ],
};
