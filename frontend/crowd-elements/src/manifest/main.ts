/** Run by the build, in a DOM made for it: gives the text of `custom-elements.json`. */
import { catalogue } from "../catalogue.ts";
import { elements } from "../elements.ts";
import { makeManifest } from "./manifest.ts";

for (const [tag, element] of Object.entries(elements)) customElements.define(tag, element);

export const manifestText = `${JSON.stringify(makeManifest(catalogue, elements), null, 2)}\n`;
