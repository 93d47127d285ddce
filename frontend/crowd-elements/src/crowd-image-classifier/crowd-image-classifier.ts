import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { singleChoiceValue } from "../defaults.ts";
import type { Json } from "../shared/answer.ts";
import { excerpt, joinFaults } from "../shared/choice/fault-text.ts";
import { imageChoiceStrings } from "../shared/choice/image-choice-strings.ts";
import { ImageChoiceWidget } from "../shared/choice/image-choice-widget.ts";
import { type OverlayFault, readOverlay } from "../shared/choice/overlay.ts";
import { OverlayLayer, overlayStyles } from "../shared/choice/overlay-layer.ts";
import { COMMENT_REGION } from "../shared/choice/worker-comment.ts";
import type { Shortcut } from "../shared/hot-keys.ts";
import type { Viewport } from "../shared/image/viewport.ts";
import { jsonProperty } from "../shared/json-attribute.ts";

/** What a `crowd-image-classifier` adds under its name. */
export type ImageClassifierAnswer = { label: string; workerComment?: string };

const OVERLAY_KEY = "o";

const FAULTS = {
  notOneKind: "faultKind",
  noLabels: "faultLabels",
  badBox: "faultBox",
  badColor: "faultColor",
  noSource: "faultSource",
} as const;

/** One category for a picture, on which read-only annotations may lie. */
export class CrowdImageClassifier extends ImageChoiceWidget {
  static override regions = [...ImageChoiceWidget.regions, COMMENT_REGION];
  static override jsonAttributes = new Map([
    ...ImageChoiceWidget.jsonAttributes,
    ["overlay", (value: Json | undefined) => value] as const,
  ]);
  static override properties: PropertyDeclarations = { overlay: jsonProperty("overlay") };
  /** An object with one of `boundingBox`, `semanticSegmentation`, `instanceSegmentation`. */
  declare overlay: Json | undefined;

  readonly #layer = new OverlayLayer(this, this.view, (message) =>
    this.fault("overlay-mask", message),
  );

  protected override readonly multiple = false;

  protected override get submittable(): ImageClassifierAnswer | undefined {
    const [chosen] = this.chosen;
    const { text } = this.comment;
    return chosen && { label: chosen.text, ...(text && { workerComment: text }) };
  }

  override get value(): Json | undefined {
    return singleChoiceValue(this.chosen[0]?.text);
  }

  protected override get takenKeys(): readonly string[] {
    return [...super.takenKeys, OVERLAY_KEY];
  }

  protected override get workShortcuts(): readonly Shortcut[] {
    if (!this.#layer.isThere) return super.workShortcuts;
    const label = imageChoiceStrings(this)("showAll");
    const toggle = { keys: [OVERLAY_KEY], label, run: () => this.#layer.toggleAll() };
    return [...super.workShortcuts, toggle];
  }

  protected override get pictureName(): string {
    const { summary } = this.#layer;
    if (!summary) return super.pictureName;
    return `${super.pictureName}. ${imageChoiceStrings(this)("shownOnPicture")}: ${summary}`;
  }

  protected override paint(context: CanvasRenderingContext2D, viewport: Viewport): void {
    this.#layer.paint(context, viewport);
  }

  protected override pictureSettled(): void {
    this.#layer.checkSize();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (!changed.has("overlay")) return;
    const { overlay, faults } = readOverlay(this.overlay);
    this.#layer.show(overlay);
    const messages = faults.map((fault) => this.#faultText(fault));
    this.fault("overlay", joinFaults(messages, this.choiceText));
  }

  #faultText({ kind, item }: OverlayFault): string {
    return imageChoiceStrings(this)(FAULTS[kind], { item: excerpt(item) });
  }

  static override styles = [...ImageChoiceWidget.styles, overlayStyles];

  protected override renderTarget(): TemplateResult {
    return html`${super.renderTarget()}${this.#layer.render()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-image-classifier": CrowdImageClassifier;
  }
}
