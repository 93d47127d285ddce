import { html } from "lit";
import { guard } from "lit/directives/guard.js";
import { live } from "lit/directives/live.js";
import type { Json } from "../shared/answer.ts";
import { freeColor } from "../shared/colors.ts";
import type { Shortcut } from "../shared/hot-keys.ts";
import type { EntriesKey, MaskEntry } from "../shared/masks/initial-mask.ts";
import { VALUES } from "../shared/masks/mask.ts";
import type { Aim } from "../shared/masks/mask-pen.ts";
import { MaskWidget } from "../shared/masks/mask-widget.ts";
import type { MaskObject, MaskState } from "../shared/masks/painting.ts";

/** What a `crowd-instance-segmentation` adds to the answer. */
export interface InstanceSegmentationAnswer {
  inputImageProperties: { height: number; width: number };
  /** In the order of their creation; each has a color of its own: lower-case `#rrggbb`. */
  instances: { color: string; label: string }[];
  /** A PNG of the picture's size as base64; what belongs to no object is white. */
  labeledImage: { pngImageData: string };
}

/** On the labels: the colors belong to the objects. */
const LABEL_COLOR = "#5b6672";

/** Gives each pixel of a picture to one object at most; objects have labels. */
export class CrowdInstanceSegmentation extends MaskWidget {
  protected readonly entriesKey: EntriesKey = "instances";
  #labelColorsOf: unknown;
  #labelColors: readonly string[] = [];
  #layersOf: readonly unknown[] = [];
  #layers: readonly MaskObject[] = [];
  /** The value of the object that the tools add to; 0 when the next stroke begins a new one. */
  #selected = 0;

  protected get submittable(): Json {
    const answer: InstanceSegmentationAnswer = {
      ...this.maskAnswer,
      instances: this.used.map(({ color, label }) => ({ color, label })),
    };
    return { ...answer };
  }

  protected get layers(): readonly MaskObject[] {
    const { labelSet, kept } = this;
    if (kept !== this.#layersOf[0] || labelSet !== this.#layersOf[1]) {
      this.#layersOf = [kept, labelSet];
      this.#layers = kept.filter(({ label }) => labelSet.has(label));
    }
    return this.#layers;
  }

  protected get kept(): readonly MaskObject[] {
    return this.state.objects;
  }

  protected get rows(): readonly MaskObject[] {
    return this.layers;
  }

  protected get selectedLayer(): MaskObject | undefined {
    return this.layers.find(({ value }) => value === this.#selected);
  }

  protected override get dashesSelected(): boolean {
    return true;
  }

  selectLayer({ value, label }: MaskObject): void {
    super.pick(label);
    this.#selected = value;
    this.requestUpdate();
  }

  /** A label begins a new object. */
  protected override pick(name: string): void {
    super.pick(name);
    this.#selected = 0;
    this.requestUpdate();
  }

  protected aimAtLayer(state: MaskState): Aim | undefined {
    const layer = this.selectedLayer;
    if (layer) return { value: layer.value, label: layer.label, state };
    const { label } = this;
    const value = 1 + state.objects.reduce((most, object) => Math.max(most, object.value), 0);
    if (!label || value >= VALUES) return undefined;
    const color = freeColor(new Set(state.objects.map((object) => object.color)));
    return {
      value,
      label,
      state: { ...state, objects: [...state.objects, { value, label, color }] },
    };
  }

  protected adopt(entries: readonly MaskEntry[]) {
    const values = entries.map(({ label }, index) => (this.labelSet.has(label) ? index + 1 : 0));
    const objects = entries
      .map((entry, index) => ({ value: index + 1, ...entry }))
      .filter((_, index) => values[index]);
    return { state: { objects, nothing: false }, values };
  }

  protected adoptDraft(drafted: readonly MaskObject[]) {
    const colors = new Set<string>();
    const objects = drafted.filter(({ color }) => {
      const isNew = !colors.has(color);
      colors.add(color);
      return isNew;
    });
    return { objects, values: new Map(objects.map(({ value }) => [value, value])) };
  }

  protected layersOf(labels: ReadonlySet<string>): number[] {
    return this.kept.filter(({ label }) => labels.has(label)).map(({ value }) => value);
  }

  protected override aimed({ value }: Aim): void {
    if (value) this.#selected = value;
  }

  protected override get givenColors(): readonly string[] {
    if (this.labels !== this.#labelColorsOf) {
      this.#labelColorsOf = this.labels;
      this.#labelColors = Array.isArray(this.labels) ? this.labels.map(() => LABEL_COLOR) : [];
    }
    return this.#labelColors;
  }

  protected detailOf(layer: MaskObject, pixels: string): string {
    return this.t("object", { number: this.layers.indexOf(layer) + 1, pixels });
  }

  protected get removeText(): string {
    return this.t("delete");
  }

  protected removeLayer(layer: MaskObject): void {
    const objects = this.kept.filter((one) => one !== layer);
    this.#selected = 0;
    this.change(this.t("delete"), { ...this.state, objects }, (painting) =>
      painting.clear(layer.value),
    );
  }

  #relabel(layer: MaskObject, label: string): void {
    const objects = this.kept.map((one) => (one === layer ? { ...one, label } : one));
    this.change(this.t("relabeled"), { ...this.state, objects });
    super.pick(label);
  }

  protected override get layerShortcuts(): readonly Shortcut[] {
    const { t } = this;
    const next = { keys: ["n"], label: t("newObject"), run: () => this.#beginNew() };
    return [next, ...super.layerShortcuts];
  }

  #beginNew(): void {
    this.pick(this.label);
    this.announce(this.t("newObjectHint", { label: this.label }));
  }

  protected override renderSelected(layer: MaskObject) {
    const { names } = this.labelSet;
    return html`<button
        type="button"
        class="tool"
        data-testid="new-object"
        aria-keyshortcuts="n"
        title="${this.t("newObject")} (N)"
        @click=${() => this.#beginNew()}
      >
        ${this.t("newObject")}
      </button>
      <select
        class="tool"
        data-testid="relabel"
        aria-label=${this.t("relabel")}
        .value=${live(layer.label)}
        @change=${(event: Event) => this.#relabel(layer, (event.target as HTMLSelectElement).value)}
      >
        ${guard([names, layer.label], () =>
          names.map(
            (name) =>
              html`<option .value=${name} ?selected=${name === layer.label}>${name}</option>`,
          ),
        )}
      </select>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-instance-segmentation": CrowdInstanceSegmentation;
  }
}
