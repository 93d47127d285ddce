/**
 * The types of the package: the element classes, and what `document.querySelector("crowd-slider")` gives. Types only:
 * the script defines the elements and exports nothing.
 */
export type * from "./crowd-alert/crowd-alert.ts";
export type * from "./crowd-badge/crowd-badge.ts";
export type * from "./crowd-bounding-box/crowd-bounding-box.ts";
export type * from "./crowd-button/crowd-button.ts";
export type * from "./crowd-card/crowd-card.ts";
export type * from "./crowd-checkbox/crowd-checkbox.ts";
export type * from "./crowd-classifier/crowd-classifier.ts";
export type * from "./crowd-classifier-multi-select/crowd-classifier-multi-select.ts";
export type * from "./crowd-entity-annotation/crowd-entity-annotation.ts";
export type * from "./crowd-fab/crowd-fab.ts";
export type * from "./crowd-form/crowd-form.ts";
export type * from "./crowd-icon-button/crowd-icon-button.ts";
export type * from "./crowd-image-classifier/crowd-image-classifier.ts";
export type * from "./crowd-image-classifier-multi-select/crowd-image-classifier-multi-select.ts";
export type * from "./crowd-input/crowd-input.ts";
export type * from "./crowd-instance-segmentation/crowd-instance-segmentation.ts";
export type * from "./crowd-instructions/crowd-instructions.ts";
export type * from "./crowd-keypoint/crowd-keypoint.ts";
export type * from "./crowd-line/crowd-line.ts";
export type * from "./crowd-modal/crowd-modal.ts";
export type * from "./crowd-polygon/crowd-polygon.ts";
export type * from "./crowd-polyline/crowd-polyline.ts";
export type * from "./crowd-question-answer-generation/crowd-question-answer-generation.ts";
export type * from "./crowd-radio-group/crowd-radio-group.ts";
export type * from "./crowd-rekognition-detect-moderation-labels/crowd-rekognition-detect-moderation-labels.ts";
export type * from "./crowd-semantic-segmentation/crowd-semantic-segmentation.ts";
export type * from "./crowd-slider/crowd-slider.ts";
export type * from "./crowd-tabs/crowd-tabs.ts";
export type * from "./crowd-text-area/crowd-text-area.ts";
export type * from "./crowd-text-ranking/crowd-text-ranking.ts";
export type * from "./crowd-textract-analyze-document/crowd-textract-analyze-document.ts";
export type * from "./crowd-toast/crowd-toast.ts";
export type * from "./crowd-toggle-button/crowd-toggle-button.ts";
export type * from "./instruction-regions/instruction-regions.ts";
export type * from "./iron-icon/iron-icon.ts";
export type * from "./manifest/manifest.ts";
export type { Json } from "./shared/answer.ts";
