/** "Nothing to label": the worker's word that an empty answer is meant (open question Q5). */
import { css, html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { defineStrings } from "./strings.ts";

const strings = defineStrings({
  en: {
    nothingToLabel: "Nothing to label",
    hint: "Annotate what is there, or tick “Nothing to label” below.",
  },
  de: {
    nothingToLabel: "Nichts zu annotieren",
    hint: "Annotieren Sie, was da ist, oder kreuzen Sie unten „Nichts zu annotieren“ an.",
  },
  ja: {
    nothingToLabel: "ラベル付けするものがない",
    hint: "対象にラベルを付けるか、下の「ラベル付けするものがない」にチェックを入れてください。",
  },
  ar: {
    nothingToLabel: "لا شيء يستدعي التعليم",
    hint: "علِّم ما هو موجود، أو ضع علامة على «لا شيء يستدعي التعليم» في الأسفل.",
  },
});

export interface NothingToLabelState {
  readonly checked: boolean;
  /** There is something annotated: the box cannot be ticked. */
  readonly disabled: boolean;
  readonly change: (checked: boolean) => void;
}

/** For `renderExtras()`: the check box `#nothing-to-label`. */
export function renderNothingToLabel(host: Element, state: NothingToLabelState): TemplateResult {
  return html`<label class="nothing-to-label">
    <input
      type="checkbox"
      id="nothing-to-label"
      .checked=${live(state.checked)}
      ?disabled=${state.disabled}
      @change=${(event: Event) => state.change((event.target as HTMLInputElement).checked)}
    />
    ${strings(host)("nothingToLabel")}
  </label>`;
}

/** For `findProblem()`: why an empty answer without the tick is refused. */
export const emptyHint = (host: Element): string => strings(host)("hint");

/** What the tick is called, for announcements. */
export const nothingToLabelText = (host: Element): string => strings(host)("nothingToLabel");

export const nothingToLabelStyles = css`
  .nothing-to-label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-block-size: 34px;
    cursor: pointer;
  }
  .nothing-to-label:has(:disabled) {
    color: var(--tk-muted);
    cursor: default;
  }
  #nothing-to-label {
    inline-size: 24px;
    block-size: 24px;
    margin: 0;
    accent-color: var(--tk-accent);
  }
  @media (pointer: coarse) {
    .nothing-to-label {
      min-block-size: 44px;
    }
  }
`;
