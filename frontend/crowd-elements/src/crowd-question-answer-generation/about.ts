import type { About } from "../shared/about.ts";

const TEXT =
  "The lighthouse at Gull Point was built in 1871, after two ships had been lost on the reef in one winter.\n\nIts first keeper, Edda Thorne, stayed for thirty-one years. She wrote down the weather each morning and each evening; her notebooks are still used to study the climate of the coast.";

export const about: About = {
  tag: "crowd-question-answer-generation",
  kind: "text",
  summary: "Questions about a text with their answers, and the passages on which they rest.",
  attributes: {
    name: "The key of the answer.",
    header: "The question above the text.",
    text: "The text, or the readable address of an object in S3 that holds it.",
    "min-questions": "How many questions there must be; 1 if it is not given.",
    "max-questions": "How many questions there may be.",
    "question-min-words": "The fewest words of a question; 1 if it is not given.",
    "question-max-words": "The most words of a question.",
    "answer-min-words": "The fewest words of an answer; 1 if it is not given.",
    "answer-max-words": "The most words of an answer.",
    "question-tags": "A list of tags to choose from; an empty one hides the tags.",
    "allow-custom-question-tags":
      "The text `true` lets workers add tags of their own, `false` does not.",
  },
  required: ["name", "question-tags", "allow-custom-question-tags"],
  regions: {
    "short-instructions": "What to do, always in sight beside the text.",
    "full-instructions": "All rules and examples, in a dialog.",
  },
  parent: "crowd-form",
  events: {
    input: "The worker types.",
    change: "A question, an answer, a tag or a reference was changed by the worker.",
  },
  members: {
    value: "What would be submitted now.",
    _submittableValue: "The same.",
  },
  answer: {
    place: "name",
    question: "Q15",
    schema: {
      type: "object",
      properties: {
        questionsAndAnswers: {
          type: "array",
          items: {
            type: "object",
            properties: {
              question: { type: "string" },
              answer: { type: "string" },
              tags: { type: "array", items: { type: "string" } },
              references: {
                type: "array",
                description: "In the order of the text, none over another.",
                items: {
                  type: "object",
                  properties: {
                    startOffset: { type: "integer", minimum: 0 },
                    endOffset: {
                      type: "integer",
                      minimum: 1,
                      description: "The offset of the first character after the passage.",
                    },
                  },
                  required: ["startOffset", "endOffset"],
                  additionalProperties: false,
                },
              },
            },
            required: ["question", "answer", "tags", "references"],
            additionalProperties: false,
          },
        },
      },
      required: ["questionsAndAnswers"],
      additionalProperties: false,
    },
    example: {
      questionsAndAnswers: [
        {
          question: "When was the lighthouse built?",
          answer: "In 1871.",
          tags: ["When"],
          references: [{ startOffset: 0, endOffset: 46 }],
        },
      ],
    },
  },
  stories: [
    {
      title: "Two to four questions, with tags",
      html: `<crowd-question-answer-generation name="qa" header="Write questions that the text answers" min-questions="2" max-questions="4" question-min-words="4" question-max-words="20" answer-max-words="40" question-tags="['Who', 'When', 'Why']" allow-custom-question-tags="true" text="${TEXT}">
  <short-instructions>Select the passage first, then write the question and its answer.</short-instructions>
  <full-instructions header="Good questions">
    <p>A good question has one answer, and the answer stands in the text.</p>
  </full-instructions>
</crowd-question-answer-generation>`,
    },
    {
      title: "Without tags",
      html: `<crowd-question-answer-generation name="qa" header="What does the text leave open?" question-tags="[]" allow-custom-question-tags="false" text="${TEXT}"></crowd-question-answer-generation>`,
    },
  ],
};
