/** What is to be told of all elements in which the worker chooses. */
import type { Meanings } from "../about.ts";
import { nameAttribute } from "../about-attributes.ts";

export const choiceAttributes: Meanings = {
  ...nameAttribute,
  header: "The question above the work.",
  categories: "What can be chosen: a list of texts. Also a live property.",
};

export const exclusionAttribute: Meanings = {
  "exclusion-category":
    "An object with `text`: one more choice that says that none applies. It clears and disables the others.",
};

export const choiceRegions: Meanings = {
  "short-instructions": "Beside the work, always in sight.",
  "full-instructions": "In a dialog; `header` is its title.",
};

export const targetRegion: Meanings = {
  "classification-target": "What is to be judged; any HTML, also with inputs of its own.",
};

export const choiceEvents: Meanings = { change: "The worker has chosen." };

export const choiceMembers: Meanings = {
  _submittableValue: "What would be submitted now.",
  "validate()": "Shows or clears the problem; whether it may be submitted.",
  "reset()": "Back to what the attributes say.",
};

export const commentRegion: Meanings = {
  "worker-comment":
    "Asks for a comment: a link below the categories (`link-text`) opens a dialog (`header`) with this advice and a field (`placeholder`). What is written there is `workerComment` in the answer.",
};

export const pictureAttribute: Meanings = { src: "The address of the picture." };

/** The schema of many chosen labels. */
export const labelsSchema = { type: "array", items: { type: "string" }, uniqueItems: true };

export const commentSchema = { type: "string", minLength: 1 };
