import { INITIAL_VALUE_MODIFIED_ON } from "../defaults.ts";
import type { Json } from "../shared/answer.ts";
import { colorAt } from "../shared/colors.ts";
import { LabelSet } from "../shared/image/labels.ts";
import type { EntriesKey, MaskEntry } from "../shared/masks/initial-mask.ts";
import type { Aim } from "../shared/masks/mask-pen.ts";
import { MaskWidget } from "../shared/masks/mask-widget.ts";
import { EMPTY, type MaskObject, type MaskState } from "../shared/masks/painting.ts";

/** What a `crowd-semantic-segmentation` adds to the answer. */
export interface SemanticSegmentationAnswer {
  inputImageProperties: { height: number; width: number };
  /** The labels that were used, each with its color in the mask: lower-case `#rrggbb`. */
  labelMappings: { [label: string]: { color: string } };
  /** A PNG of the picture's size as base64; what has no label is white. */
  labeledImage: { pngImageData: string };
  /** Only with an `initial-value`. */
  initialValueModified?: boolean;
}

/** Gives each pixel of a picture one label at most. */
export class CrowdSemanticSegmentation extends MaskWidget {
  protected readonly entriesKey: EntriesKey = "labelMappings";
  /** A label keeps its value, also when it goes and comes back. */
  readonly #values = new Map<string, number>();
  #layersOf: LabelSet | undefined;
  #layers: readonly MaskObject[] = [];
  #colorsOf: readonly unknown[] = [];
  #colors: readonly string[] | undefined;

  protected get submittable(): Json {
    const answer: SemanticSegmentationAnswer = {
      ...this.maskAnswer,
      labelMappings: Object.fromEntries(this.used.map(({ label, color }) => [label, { color }])),
    };
    if (this.initialValue !== undefined && INITIAL_VALUE_MODIFIED_ON.has(this.localName)) {
      answer.initialValueModified = this.differsFromInitial;
    }
    return { ...answer };
  }

  /** The colors of the initial value win; the other labels get what those leave over. */
  protected override get givenColors(): readonly string[] | undefined {
    const { labels, initial } = this;
    if (labels !== this.#colorsOf[0] || initial !== this.#colorsOf[1]) {
      this.#colorsOf = [labels, initial];
      this.#colors = initial && colorsBeside(initial.entries, labels);
    }
    return this.#colors;
  }

  protected get layers(): readonly MaskObject[] {
    const { labelSet } = this;
    if (labelSet !== this.#layersOf) {
      this.#layersOf = labelSet;
      this.#layers = labelSet.names.map((label) => ({
        value: this.#valueOf(label),
        label,
        color: labelSet.colorOf(label),
      }));
    }
    return this.#layers;
  }

  protected get kept(): readonly MaskObject[] {
    const { labelSet } = this;
    return [...this.#values].map(([label, value]) => ({
      value,
      label,
      color: labelSet.colorOf(label),
    }));
  }

  protected get rows(): readonly MaskObject[] {
    return this.used;
  }

  protected get selectedLayer(): MaskObject | undefined {
    return this.layers.find(({ label }) => label === this.label);
  }

  selectLayer({ label }: MaskObject): void {
    this.pick(label);
  }

  protected aimAtLayer(state: MaskState): Aim | undefined {
    const layer = this.selectedLayer;
    return layer && { value: layer.value, label: layer.label, state };
  }

  protected adopt(entries: readonly MaskEntry[]) {
    return { state: EMPTY, values: entries.map(({ label }) => this.#known(label)) };
  }

  protected adoptDraft(objects: readonly MaskObject[]) {
    return {
      objects: [],
      values: new Map(objects.map(({ value, label }) => [value, this.#valueOf(label)])),
    };
  }

  protected layersOf(labels: ReadonlySet<string>): number[] {
    return [...labels].map((label) => this.#valueOf(label));
  }

  protected detailOf(_layer: MaskObject, pixels: string): string {
    return pixels;
  }

  protected get removeText(): string {
    return this.t("clear");
  }

  protected removeLayer({ value }: MaskObject): void {
    this.change(this.t("clear"), this.state, (painting) => painting.clear(value));
  }

  #known(label: string): number {
    return this.labelSet.has(label) ? this.#valueOf(label) : 0;
  }

  #valueOf(label: string): number {
    let value = this.#values.get(label);
    if (value === undefined) {
      value = this.#values.size + 1;
      this.#values.set(label, value);
    }
    return value;
  }
}

/** Colors by place in `labels`, as `ImageWidget` takes them. */
function colorsBeside(entries: readonly MaskEntry[], labels: unknown): readonly string[] {
  const own = new Map([...entries].reverse().map(({ label, color }) => [label, color]));
  const taken = new Set(entries.map(({ color }) => color));
  let next = 0;
  const free = () => {
    while (taken.has(colorAt(next))) next++;
    return colorAt(next++);
  };
  const colors = new Map(new LabelSet(labels).names.map((name) => [name, own.get(name) ?? free()]));
  return Array.isArray(labels) ? labels.map((label) => colors.get(label) ?? "") : [];
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-semantic-segmentation": CrowdSemanticSegmentation;
  }
}
