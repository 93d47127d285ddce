/** The row of tools above the picture. */
import { css, html, nothing, type TemplateResult } from "lit";
import type { MaskPen, Tool } from "./mask-pen.ts";
import { SIZES, TOOLS } from "./mask-pen.ts";
import type { maskStrings } from "./strings.ts";

/** The key that chooses each tool. */
export const TOOL_KEYS: Readonly<Record<Tool, string>> = {
  brush: "b",
  eraser: "e",
  polygon: "p",
  rectangle: "r",
  fill: "f",
};

export interface ToolsState {
  readonly pen: MaskPen;
  readonly t: ReturnType<typeof maskStrings>;
  /** 0 to 100. */
  readonly opacity: number;
  readonly onlyEmpty: boolean;
  readonly changeOpacity: (percent: number) => void;
  readonly changeOnlyEmpty: (on: boolean) => void;
  /** An option of the pen is another. */
  readonly changed: () => void;
}

export function renderTools({ pen, t, ...state }: ToolsState): TemplateResult {
  const change = (act: () => void) => () => {
    act();
    state.changed();
  };
  return html`<div class="tool-group" role="group" aria-label=${t("tools")}>
      ${TOOLS.map(
        (tool) => html`<button
          type="button"
          class="tool"
          data-testid="tool-${tool}"
          aria-pressed=${String(pen.tool === tool)}
          aria-keyshortcuts=${TOOL_KEYS[tool]}
          title="${t(tool)} (${TOOL_KEYS[tool].toUpperCase()})"
          @click=${change(() => {
            pen.tool = tool;
          })}
        >
          ${t(tool)}
        </button>`,
      )}
    </div>
    ${
      pen.tool === "brush" || pen.tool === "eraser"
        ? renderRange({
            name: "size",
            text: t("size"),
            value: pen.sizeIndex,
            max: SIZES.length - 1,
            shown: t("px", { count: pen.size }),
            input: (value) => change(() => pen.resize(value - pen.sizeIndex))(),
          })
        : nothing
    }
    ${pen.tool === "fill" ? renderFillOptions(pen, t, change) : nothing}
    ${
      pen.hasShape
        ? html`<span class="tool-group">
            <button
              type="button"
              class="tool"
              data-testid="finish-shape"
              ?disabled=${!pen.canFinish}
              ?hidden=${pen.tool !== "polygon"}
              @click=${change(() => pen.finish())}
            >
              ${t("finish")}
            </button>
            <button
              type="button"
              class="tool"
              data-testid="drop-shape"
              @click=${change(() => pen.escape())}
            >
              ${t("drop")}
            </button>
          </span>`
        : nothing
    }
    <label class="option">
      <input
        type="checkbox"
        data-testid="only-empty"
        .checked=${state.onlyEmpty}
        @change=${(event: Event) => state.changeOnlyEmpty((event.target as HTMLInputElement).checked)}
      />
      ${t("onlyEmpty")}
    </label>
    ${renderRange({
      name: "opacity",
      text: t("opacity"),
      value: state.opacity,
      max: 100,
      shown: `${state.opacity} %`,
      input: state.changeOpacity,
    })}`;
}

function renderFillOptions(
  pen: MaskPen,
  t: ToolsState["t"],
  change: (act: () => void) => () => void,
): TemplateResult {
  return html`<label class="option">
      <input
        type="checkbox"
        data-testid="similar"
        .checked=${pen.similar}
        @change=${change(() => {
          pen.similar = !pen.similar;
        })}
      />
      ${t("similar")}
    </label>
    ${
      pen.similar
        ? renderRange({
            name: "tolerance",
            text: t("tolerance"),
            value: pen.tolerance,
            max: 255,
            shown: String(pen.tolerance),
            input: (value) =>
              change(() => {
                pen.tolerance = value;
              })(),
          })
        : nothing
    }`;
}

interface Range {
  readonly name: string;
  readonly text: string;
  readonly value: number;
  readonly max: number;
  readonly shown: string;
  readonly input: (value: number) => void;
}

const renderRange = ({ name, text, value, max, shown, input }: Range): TemplateResult => html`<label
  class="option"
>
  ${text}
  <input
    type="range"
    data-testid=${name}
    min="0"
    max=${max}
    step="1"
    .value=${String(value)}
    aria-valuetext=${shown}
    @input=${(event: Event) => input((event.target as HTMLInputElement).valueAsNumber)}
    @keydown=${keepOwnKeys}
  />
  <output>${shown}</output>
</label>`;

/** What moves a slider must not reach the hot keys, which would take it away. */
function keepOwnKeys(event: KeyboardEvent): void {
  if (/^(Arrow|Page|Home$|End$)/.test(event.key)) event.stopPropagation();
}

export const toolStyles = css`
  .tool-group {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .option {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-block-size: 34px;
    margin-inline: 4px;
    font-size: 0.9em;
    cursor: pointer;
  }
  .option input {
    margin: 0;
    accent-color: var(--tk-accent);
  }
  .option [type="range"] {
    inline-size: 110px;
    block-size: 24px;
  }
  .option [type="checkbox"] {
    inline-size: 24px;
    block-size: 24px;
  }
  .option output {
    min-inline-size: 3.2em;
    color: var(--tk-muted);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  @media (pointer: coarse) {
    .option {
      min-block-size: 44px;
    }
    .option [type="range"] {
      block-size: 44px;
    }
  }
`;
