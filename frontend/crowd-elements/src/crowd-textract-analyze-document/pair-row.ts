/** One pair in the list: its key, its value in a field, and what may be said of it. */
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { type Pair, valueText } from "./pairs.ts";
import { type Choice, choicesFor, lacks, type Verdict } from "./review.ts";
import type { reviewStrings } from "./strings.ts";

export interface PairRow {
  readonly index: number;
  readonly pair: Pair;
  readonly verdict: Verdict;
  readonly isCurrent: boolean;
  /** A submission was refused: what lacks is marked. */
  readonly isChecked: boolean;
  readonly keyIsEditable: boolean;
}

/** What a row needs of the element that it stands in. */
export interface PairRowHost {
  readonly t: ReturnType<typeof reviewStrings>;
  keyName(index: number): string;
  select(index: number): void;
  choose(index: number, choice: Choice): void;
  /** Text is being typed, and is done. */
  type(index: number, field: "key" | "value", event: Event): void;
  typed(event: Event): void;
  key(event: KeyboardEvent, index: number): void;
}

export function renderPair(row: PairRow, host: PairRowHost) {
  const { index, pair, verdict } = row;
  const { t } = host;
  const isLacking = row.isChecked && lacks(verdict) !== undefined;
  return html`<li
    class="pair ${isLacking ? "lacking" : ""}"
    aria-current=${row.isCurrent ? "true" : nothing}
    data-choice=${verdict.choice}
    @focusin=${() => host.select(index)}
    @click=${() => host.select(index)}
    @keydown=${(event: KeyboardEvent) => host.key(event, index)}
  >
    ${renderKey(row, host)}
    <textarea
      id="value-${index}"
      class=${verdict.choice === "yes" ? "" : "off"}
      rows="1"
      dir="auto"
      aria-label=${t("valueOf", { key: host.keyName(index) })}
      aria-invalid=${isLacking ? "true" : nothing}
      .value=${live(verdict.value)}
      @input=${(event: Event) => host.type(index, "value", event)}
      @change=${(event: Event) => host.typed(event)}
    ></textarea>
    ${renderOriginal(row, host)}
    <fieldset class="choices">
      <legend>${t("isPair")}</legend>
      ${choicesFor(pair).map(
        (choice) => html`<label
          ><input
            type="radio"
            name="choice-${index}"
            value=${choice}
            .checked=${live(verdict.choice === choice)}
            @change=${(event: Event) => {
              event.stopPropagation();
              host.choose(index, choice);
            }}
          />${t(choice)}</label
        >`,
      )}
    </fieldset>
  </li>`;
}

function renderKey({ index, pair, verdict, keyIsEditable }: PairRow, host: PairRowHost) {
  const { t } = host;
  if (keyIsEditable) {
    return html`<input
      type="text"
      class="key"
      id="key-${index}"
      dir="auto"
      aria-label=${t("keyOf", { number: index + 1 })}
      .value=${live(verdict.key)}
      @input=${(event: Event) => host.type(index, "key", event)}
      @change=${(event: Event) => host.typed(event)}
    />`;
  }
  const aliases = pair.found ? [] : (pair.aliases ?? []);
  return html`<div class="key">
      <bdi>${host.keyName(index)}</bdi>
      ${pair.found ? nothing : html`<span class="tag">${t("lookFor")}</span>`}
    </div>
    ${
      aliases.length > 0
        ? html`<p class="note">${t("aliases", { aliases: aliases.join(", ") })}</p>`
        : nothing
    }`;
}

/** What the analysis had read, where the worker says something else. */
function renderOriginal({ pair, verdict }: PairRow, { t }: PairRowHost) {
  const text = valueText(pair);
  const isOut = verdict.choice === "no" || verdict.choice === "notFound";
  if (!pair.found || isOut || verdict.value === text) return nothing;
  return html`<p class="note" dir="auto">
    ${text === "" ? t("originalBlank") : t("original", { text })}
  </p>`;
}
