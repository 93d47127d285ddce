/** What is told of each element, one line a folder. */
import { about as alert } from "./crowd-alert/about.ts";
import { about as badge } from "./crowd-badge/about.ts";
import { about as boundingBox } from "./crowd-bounding-box/about.ts";
import { about as button } from "./crowd-button/about.ts";
import { about as card } from "./crowd-card/about.ts";
import { about as checkbox } from "./crowd-checkbox/about.ts";
import { about as classifier } from "./crowd-classifier/about.ts";
import { about as classifierMultiSelect } from "./crowd-classifier-multi-select/about.ts";
import { about as entityAnnotation } from "./crowd-entity-annotation/about.ts";
import { about as fab } from "./crowd-fab/about.ts";
import { about as form } from "./crowd-form/about.ts";
import { about as iconButton } from "./crowd-icon-button/about.ts";
import { about as imageClassifier } from "./crowd-image-classifier/about.ts";
import { about as imageClassifierMultiSelect } from "./crowd-image-classifier-multi-select/about.ts";
import { about as input } from "./crowd-input/about.ts";
import { about as instanceSegmentation } from "./crowd-instance-segmentation/about.ts";
import { about as instructions } from "./crowd-instructions/about.ts";
import { about as keypoint } from "./crowd-keypoint/about.ts";
import { about as line } from "./crowd-line/about.ts";
import { about as modal } from "./crowd-modal/about.ts";
import { about as polygon } from "./crowd-polygon/about.ts";
import { about as polyline } from "./crowd-polyline/about.ts";
import { about as questionAnswer } from "./crowd-question-answer-generation/about.ts";
import { radioButtonAbout, about as radioGroup } from "./crowd-radio-group/about.ts";
import { about as moderationLabels } from "./crowd-rekognition-detect-moderation-labels/about.ts";
import { about as semanticSegmentation } from "./crowd-semantic-segmentation/about.ts";
import { about as slider } from "./crowd-slider/about.ts";
import { tabAbout, about as tabs } from "./crowd-tabs/about.ts";
import { about as textArea } from "./crowd-text-area/about.ts";
import { about as textRanking } from "./crowd-text-ranking/about.ts";
import { about as textract } from "./crowd-textract-analyze-document/about.ts";
import { about as toast } from "./crowd-toast/about.ts";
import { about as toggleButton } from "./crowd-toggle-button/about.ts";
import { fullInstructionsAbout, about as shortInstructions } from "./instruction-regions/about.ts";
import { about as icon } from "./iron-icon/about.ts";
import type { About } from "./shared/about.ts";

/** In alphabetical order of the tags; regions and icons come last. */
export const catalogue: readonly About[] = [
  alert,
  badge,
  boundingBox,
  button,
  card,
  checkbox,
  classifier,
  classifierMultiSelect,
  entityAnnotation,
  fab,
  form,
  iconButton,
  imageClassifier,
  imageClassifierMultiSelect,
  input,
  instanceSegmentation,
  instructions,
  keypoint,
  line,
  modal,
  polygon,
  polyline,
  questionAnswer,
  radioButtonAbout,
  radioGroup,
  moderationLabels,
  semanticSegmentation,
  slider,
  tabAbout,
  tabs,
  textArea,
  textRanking,
  textract,
  toast,
  toggleButton,
  fullInstructionsAbout,
  shortInstructions,
  icon,
];
