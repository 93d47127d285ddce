import { css } from "lit";

/** What is to be judged on the left, the categories on the right; one above the other where it is narrow. */
export const choiceStyles = css`
  .annotation-area {
    container-type: inline-size;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
    align-items: start;
  }
  .target {
    min-inline-size: 0;
    overflow-wrap: break-word;
  }
  ::slotted(classification-target) {
    display: block;
    padding: 16px;
    border: 1px solid var(--tk-hairline);
    border-radius: var(--tk-radius);
    background: var(--tk-raised);
    /* What is wider than its column must not lie over the categories. */
    overflow-x: auto;
  }
  .side {
    min-inline-size: 0;
    max-inline-size: 640px;
  }
  .category-picker-wrapper h3 {
    margin: 0 0 8px;
    font-size: 1em;
    line-height: 1.4;
  }
  .categories {
    display: grid;
    gap: 6px;
    /* Room for the focus ring of what stands at an edge. */
    padding: 6px;
    margin: -6px;
    max-block-size: max(20rem, 100vh - 18rem);
    overflow-y: auto;
  }
  .category-button,
  .exclusion-button {
    display: flex;
    align-items: center;
    gap: 10px;
    inline-size: 100%;
    min-block-size: 44px;
    padding: 7px 12px;
    border: 1px solid var(--tk-line);
    border-radius: var(--tk-radius);
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    line-height: 1.35;
    text-align: start;
    cursor: pointer;
    transition:
      background-color 120ms,
      border-color 120ms;
  }
  .exclusion-button {
    border-style: dashed;
  }
  .categories > * + .exclusion-button {
    margin-block-start: 6px;
  }
  :is(.category-button, .exclusion-button):hover:not(:disabled) {
    background: var(--tk-quiet);
  }
  :is(.category-button, .exclusion-button)[aria-checked="true"] {
    border-color: var(--tk-accent);
    background: color-mix(in srgb, var(--tk-accent) 13%, var(--tk-surface));
    box-shadow: inset 0 0 0 1px var(--tk-accent);
    font-weight: 600;
  }
  .category-button:disabled {
    border-color: var(--tk-hairline);
    color: var(--tk-muted);
    cursor: not-allowed;
  }
  .mark {
    flex: none;
    display: grid;
    place-items: center;
    inline-size: 18px;
    block-size: 18px;
    border: 2px solid var(--tk-line);
    border-radius: 4px;
    background: var(--tk-surface);
  }
  [role="radio"] .mark {
    border-radius: 50%;
  }
  [aria-checked="true"] .mark {
    border-color: var(--tk-accent);
    background: var(--tk-accent);
  }
  [aria-checked="true"] .mark::after {
    inline-size: 5px;
    block-size: 9px;
    margin-block-end: 3px;
    border: solid var(--tk-on-accent);
    border-width: 0 2px 2px 0;
    rotate: 45deg;
    content: "";
  }
  [role="radio"][aria-checked="true"] .mark::after {
    inline-size: 8px;
    block-size: 8px;
    margin: 0;
    border: 0;
    border-radius: 50%;
    background: var(--tk-on-accent);
  }
  .category-button .text,
  .exclusion-button .text {
    flex: 1;
    min-inline-size: 0;
    overflow-wrap: anywhere;
    /* A text of the other direction stands where the others stand. */
    text-align: match-parent;
  }
  .category-hotkey {
    flex: none;
    min-inline-size: 1.7em;
    padding: 0 0.35em;
    border: 1px solid var(--tk-hairline);
    border-block-end-width: 2px;
    border-radius: 4px;
    background: var(--tk-quiet);
    color: var(--tk-muted);
    font: 600 0.75em / 1.6 ui-monospace, "SFMono-Regular", Consolas, monospace;
    text-align: center;
    text-transform: uppercase;
    vertical-align: baseline;
  }
  [aria-checked="true"] .category-hotkey {
    background: var(--tk-surface);
    color: var(--tk-text);
  }
  .search {
    display: block;
    inline-size: 100%;
    min-block-size: 44px;
    padding: 7px 12px;
    border: 1px solid var(--tk-line);
    border-radius: var(--tk-radius);
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
  }
  .search::placeholder {
    color: var(--tk-muted);
    opacity: 1;
  }
  .found {
    min-block-size: 1.5em;
    margin: 2px 0 4px;
    color: var(--tk-muted);
    font-size: 0.875em;
  }
  .family {
    display: grid;
    gap: 6px;
    margin-block: 4px;
    padding-inline-start: 10px;
    border-inline-start: 3px solid var(--tk-hairline);
  }
  .family-name {
    margin: 0;
    color: var(--tk-muted);
    font-size: 0.875em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .empty {
    margin: 0;
    color: var(--tk-muted);
  }
  .category-picker-wrapper > .link {
    margin-block-start: 8px;
  }
  @container (min-width: 560px) {
    .columns:has(> .target) {
      grid-template-columns: minmax(0, 1fr) clamp(220px, 36%, 360px);
    }
    .side {
      position: sticky;
      inset-block-start: 8px;
    }
  }
  @media (forced-colors: active) {
    :is(.category-button, .exclusion-button)[aria-checked="true"] {
      border-color: Highlight;
      outline: 2px solid Highlight;
      outline-offset: -3px;
    }
    :is(.category-button, .exclusion-button):focus-visible {
      outline: 3px solid CanvasText;
      outline-offset: 2px;
    }
    [aria-checked="true"] .mark,
    [role="radio"][aria-checked="true"] .mark::after {
      forced-color-adjust: none;
      border-color: Highlight;
      background: Highlight;
    }
    [aria-checked="true"] .mark::after {
      forced-color-adjust: none;
      border-color: HighlightText;
    }
    [role="radio"][aria-checked="true"] .mark::after {
      background: HighlightText;
    }
    .category-button:disabled {
      border-color: GrayText;
      color: GrayText;
    }
  }
`;
