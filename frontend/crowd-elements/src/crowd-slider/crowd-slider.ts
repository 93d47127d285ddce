import { css, html, nothing, type PropertyDeclarations } from "lit";
import { live } from "lit/directives/live.js";
import { styleMap } from "lit/directives/style-map.js";
import { sliderAnswer } from "../defaults.ts";
import { ANSWER, type AnswerPart, type Json } from "../shared/answer.ts";
import { Control } from "../shared/control.ts";
import { tokens } from "../shared/styles.ts";
import { slideTo } from "./slider-value.ts";

/** Where a slider goes that says nothing of it. */
export const SLIDER_SCALE = { min: 0, max: 100, step: 1 };

const orElse = (value: number | null | undefined, fallback: number) =>
  value === null || value === undefined || Number.isNaN(Number(value)) ? fallback : Number(value);

/** A slider; always has a value, which is a number. */
export class CrowdSlider extends Control {
  static override properties: PropertyDeclarations = {
    min: { type: Number },
    max: { type: Number },
    step: { type: Number },
    value: { type: Number, noAccessor: true },
    pin: { type: Boolean, reflect: true },
    editable: { type: Boolean },
    secondaryProgress: { type: Number, attribute: "secondary-progress" },
  };
  declare min: number | undefined;
  declare max: number | undefined;
  declare step: number | undefined;
  declare pin: boolean;
  declare editable: boolean;
  declare secondaryProgress: number;
  /** As given; bounds may come later than the value. */
  #given = 0;

  constructor() {
    super();
    this.pin = false;
    this.editable = false;
    this.secondaryProgress = 0;
  }

  get value(): number {
    const { min, max, step } = this.#bounds();
    return slideTo(this.#given, min, max, step);
  }

  set value(value: number) {
    const before = this.#given;
    this.#given = orElse(value, 0);
    this.requestUpdate("value", before);
  }

  #bounds() {
    const min = orElse(this.min, SLIDER_SCALE.min);
    const max = Math.max(min, orElse(this.max, SLIDER_SCALE.max));
    return { min, max, step: orElse(this.step, SLIDER_SCALE.step) };
  }

  override [ANSWER](): AnswerPart {
    return { name: this.name ?? "", value: sliderAnswer(this.value) };
  }

  protected override findProblem(): string {
    return "";
  }

  override reset(): void {
    this.value = Number(this.getAttribute("value") ?? 0);
  }

  protected override readDraft(): Json | undefined {
    return this.#given === Number(this.getAttribute("value") ?? 0) ? undefined : this.#given;
  }

  protected override restoreDraft(state: Json): void {
    if (typeof state === "number") this.value = state;
  }

  #onInput(event: Event): void {
    const text = (event.target as HTMLInputElement).value;
    if (text !== "") this.value = Number(text);
  }

  static override styles = [
    tokens,
    css`
      :host {
        display: block;
        min-inline-size: 120px;
        max-inline-size: 480px;
        margin-block: 8px;
      }
      .row {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      .slide {
        position: relative;
        flex: 1;
        min-inline-size: 0;
      }
      :host([pin]) .slide {
        padding-block-start: 30px;
      }
      .pin {
        position: absolute;
        inset-block-start: 0;
        inset-inline-start: calc(12px + var(--at) * (100% - 24px));
        min-inline-size: 26px;
        padding: 1px 7px;
        translate: -50% 0;
        border-radius: 7px;
        background: var(--tk-accent);
        color: var(--tk-on-accent);
        font-size: 0.8125em;
        font-variant-numeric: tabular-nums;
        line-height: 1.5;
        text-align: center;
        pointer-events: none;
      }
      .pin:dir(rtl) {
        translate: 50% 0;
      }
      input[type="range"] {
        display: block;
        inline-size: 100%;
        block-size: 32px;
        margin: 0;
        accent-color: var(--tk-accent);
        cursor: pointer;
      }
      input[type="range"]:disabled {
        cursor: not-allowed;
        opacity: 0.55;
      }
      @media not (forced-colors: active) {
        input[type="range"] {
          --start: 0%;
          --bar: linear-gradient(var(--tk-accent) 0 0) var(--start) 50% / calc(12px + var(--at) * (100% - 24px)) 6px
              no-repeat,
            linear-gradient(
                var(--crowd-slider-secondary-color, color-mix(in srgb, var(--tk-accent) 45%, transparent)) 0 0
              )
              var(--start) 50% / calc(var(--second) * 100%) 6px no-repeat,
            linear-gradient(var(--tk-line) 0 0) 0 50% / 100% 6px no-repeat;
          appearance: none;
          border-radius: 4px;
          background: var(--bar);
        }
        input[type="range"]:dir(rtl) {
          --start: 100%;
        }
        ::-webkit-slider-thumb {
          appearance: none;
          inline-size: 24px;
          block-size: 24px;
          border: 3px solid var(--tk-accent);
          border-radius: 50%;
          background: var(--tk-raised);
          box-shadow: 0 1px 3px rgb(0 0 0 / 30%);
        }
        ::-moz-range-thumb {
          box-sizing: border-box;
          inline-size: 24px;
          block-size: 24px;
          border: 3px solid var(--tk-accent);
          border-radius: 50%;
          background: var(--tk-raised);
        }
      }
      input[type="number"] {
        inline-size: 6em;
        min-block-size: 38px;
        padding: 4px 8px;
        border: 1px solid var(--tk-line);
        border-radius: var(--tk-radius);
        background: var(--tk-surface);
        color: var(--tk-text);
        font: inherit;
      }
    `,
  ];

  override render() {
    const { min, max, step } = this.#bounds();
    const share = (value: number) =>
      max > min ? Math.max(0, Math.min(1, (value - min) / (max - min))) : 0;
    const at = { "--at": String(share(this.value)) };
    const second = { "--second": String(share(orElse(this.secondaryProgress, min))) };
    const steps = step > 0 ? String(step) : "any";
    return html`<div class="row">
        <div class="slide" style=${styleMap({ ...at, ...second })}>
          ${this.pin ? html`<span class="pin" aria-hidden="true">${this.value}</span>` : nothing}
          <input
            type="range"
            min=${min}
            max=${max}
            step=${steps}
            .value=${live(String(this.value))}
            ?disabled=${this.disabled}
            aria-label=${this.accessibleName}
            @input=${this.#onInput}
            @change=${this.announceChange}
          />
        </div>
        ${
          this.editable
            ? html`<input
                type="number"
                min=${min}
                max=${max}
                step=${steps}
                .value=${String(this.value)}
                ?disabled=${this.disabled}
                aria-label=${this.accessibleName}
                @input=${this.#onInput}
                @change=${this.#onNumberDone}
              />`
            : nothing
        }
      </div>
      <slot></slot>`;
  }

  /** A number that is out of bounds or between steps gives way to the one that counts. */
  #onNumberDone(event: Event): void {
    (event.target as HTMLInputElement).value = String(this.value);
    this.announceChange();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-slider": CrowdSlider;
  }
}
