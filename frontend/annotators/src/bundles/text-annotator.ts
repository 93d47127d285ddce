import { TruthkitPicture } from "../core/picture.js";
import { TruthkitTextAnnotator } from "../text/annotator.js";

const elements = {
  "truthkit-picture": TruthkitPicture,
  "truthkit-text-annotator": TruthkitTextAnnotator,
};
for (const [name, element] of Object.entries(elements))
  if (!customElements.get(name)) customElements.define(name, element);
