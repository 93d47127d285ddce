/** Every tag of this build. crowd-form comes first, so that it moves its children before they are upgraded. */
import { CrowdAlert } from "./crowd-alert/crowd-alert.ts";
import { CrowdBadge } from "./crowd-badge/crowd-badge.ts";
import { CrowdBoundingBox } from "./crowd-bounding-box/crowd-bounding-box.ts";
import { CrowdButton } from "./crowd-button/crowd-button.ts";
import { CrowdCard } from "./crowd-card/crowd-card.ts";
import { CrowdCheckbox } from "./crowd-checkbox/crowd-checkbox.ts";
import { CrowdClassifier } from "./crowd-classifier/crowd-classifier.ts";
import { CrowdClassifierMultiSelect } from "./crowd-classifier-multi-select/crowd-classifier-multi-select.ts";
import { CrowdEntityAnnotation } from "./crowd-entity-annotation/crowd-entity-annotation.ts";
import { CrowdFab } from "./crowd-fab/crowd-fab.ts";
import { CrowdForm } from "./crowd-form/crowd-form.ts";
import { CrowdIconButton } from "./crowd-icon-button/crowd-icon-button.ts";
import { CrowdImageClassifier } from "./crowd-image-classifier/crowd-image-classifier.ts";
import { CrowdImageClassifierMultiSelect } from "./crowd-image-classifier-multi-select/crowd-image-classifier-multi-select.ts";
import { CrowdInput } from "./crowd-input/crowd-input.ts";
import { CrowdInstanceSegmentation } from "./crowd-instance-segmentation/crowd-instance-segmentation.ts";
import { CrowdInstructions } from "./crowd-instructions/crowd-instructions.ts";
import { CrowdKeypoint } from "./crowd-keypoint/crowd-keypoint.ts";
import { CrowdLine } from "./crowd-line/crowd-line.ts";
import { CrowdModal } from "./crowd-modal/crowd-modal.ts";
import { CrowdPolygon } from "./crowd-polygon/crowd-polygon.ts";
import { CrowdPolyline } from "./crowd-polyline/crowd-polyline.ts";
import { CrowdQuestionAnswerGeneration } from "./crowd-question-answer-generation/crowd-question-answer-generation.ts";
import { CrowdRadioButton, CrowdRadioGroup } from "./crowd-radio-group/crowd-radio-group.ts";
import { CrowdRekognitionDetectModerationLabels } from "./crowd-rekognition-detect-moderation-labels/crowd-rekognition-detect-moderation-labels.ts";
import { CrowdSemanticSegmentation } from "./crowd-semantic-segmentation/crowd-semantic-segmentation.ts";
import { CrowdSlider } from "./crowd-slider/crowd-slider.ts";
import { CrowdTab, CrowdTabs } from "./crowd-tabs/crowd-tabs.ts";
import { CrowdTextArea } from "./crowd-text-area/crowd-text-area.ts";
import { CrowdTextRanking } from "./crowd-text-ranking/crowd-text-ranking.ts";
import { CrowdTextractAnalyzeDocument } from "./crowd-textract-analyze-document/crowd-textract-analyze-document.ts";
import { CrowdToast } from "./crowd-toast/crowd-toast.ts";
import { CrowdToggleButton } from "./crowd-toggle-button/crowd-toggle-button.ts";
import { FullInstructions, ShortInstructions } from "./instruction-regions/instruction-regions.ts";
import { IronIcon } from "./iron-icon/iron-icon.ts";

export const elements: Readonly<Record<string, CustomElementConstructor>> = {
  "crowd-form": CrowdForm,
  "crowd-alert": CrowdAlert,
  "crowd-badge": CrowdBadge,
  "crowd-bounding-box": CrowdBoundingBox,
  "crowd-button": CrowdButton,
  "crowd-card": CrowdCard,
  "crowd-checkbox": CrowdCheckbox,
  "crowd-classifier": CrowdClassifier,
  "crowd-classifier-multi-select": CrowdClassifierMultiSelect,
  "crowd-entity-annotation": CrowdEntityAnnotation,
  "crowd-fab": CrowdFab,
  "crowd-icon-button": CrowdIconButton,
  "crowd-image-classifier": CrowdImageClassifier,
  "crowd-image-classifier-multi-select": CrowdImageClassifierMultiSelect,
  "crowd-input": CrowdInput,
  "crowd-instance-segmentation": CrowdInstanceSegmentation,
  "crowd-instructions": CrowdInstructions,
  "crowd-keypoint": CrowdKeypoint,
  "crowd-line": CrowdLine,
  "crowd-modal": CrowdModal,
  "crowd-polygon": CrowdPolygon,
  "crowd-polyline": CrowdPolyline,
  "crowd-question-answer-generation": CrowdQuestionAnswerGeneration,
  "crowd-radio-group": CrowdRadioGroup,
  "crowd-radio-button": CrowdRadioButton,
  "crowd-rekognition-detect-moderation-labels": CrowdRekognitionDetectModerationLabels,
  "crowd-semantic-segmentation": CrowdSemanticSegmentation,
  "crowd-slider": CrowdSlider,
  "crowd-tabs": CrowdTabs,
  "crowd-tab": CrowdTab,
  "crowd-text-area": CrowdTextArea,
  "crowd-text-ranking": CrowdTextRanking,
  "crowd-textract-analyze-document": CrowdTextractAnalyzeDocument,
  "crowd-toast": CrowdToast,
  "crowd-toggle-button": CrowdToggleButton,
  "short-instructions": ShortInstructions,
  "full-instructions": FullInstructions,
  "iron-icon": IronIcon,
};
