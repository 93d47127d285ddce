/** What can be done with the selected layer. */
import { css, html, type TemplateResult } from "lit";
import type { MaskObject } from "./painting.ts";
import type { Protection } from "./protection.ts";
import type { maskStrings } from "./strings.ts";

export interface LayerPanelState {
  readonly layer: MaskObject;
  readonly protection: Protection;
  readonly t: ReturnType<typeof maskStrings>;
  /** The subclass's own controls. */
  readonly more: unknown;
  readonly removeText: string;
  readonly toggle: (set: Set<number>, layer: MaskObject) => void;
  readonly remove: (layer: MaskObject) => void;
}

export function renderLayerPanel({
  layer,
  protection,
  t,
  more,
  removeText,
  toggle,
  remove,
}: LayerPanelState): TemplateResult {
  const switchOf = (text: string, hook: string, set: Set<number>) => html`<button
    type="button"
    class="tool"
    data-testid=${hook}
    aria-pressed=${String(set.has(layer.value))}
    @click=${() => toggle(set, layer)}
  >
    ${text}
  </button>`;
  return html`<div
    class="selected-layer"
    role="group"
    aria-label=${t("selected", { label: layer.label })}
  >
    ${more} ${switchOf(t("hide"), "hide", protection.hidden)}
    ${switchOf(t("lock"), "lock", protection.locked)}
    <button
      type="button"
      class="tool"
      data-testid="remove"
      ?disabled=${protection.has(layer.value)}
      @click=${() => remove(layer)}
    >
      ${removeText}
    </button>
  </div>`;
}

/** The words beside a layer's name in the list. */
export function withProtection(
  detail: string,
  { value }: MaskObject,
  { hidden, locked }: Protection,
  t: ReturnType<typeof maskStrings>,
): string {
  const seen = hidden.has(value) ? t("hidden", { detail }) : detail;
  return locked.has(value) ? t("locked", { detail: seen }) : seen;
}

export const layerPanelStyles = css`
  .selected-layer {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-block-start: 10px;
  }
  .selected-layer select {
    max-inline-size: 100%;
  }
`;
