import { css } from "lit";

export const questionStyles = css`
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(280px, 400px);
    align-items: start;
    gap: 16px;
  }
  .prompt {
    margin: 0 0 8px;
    color: var(--tk-muted);
    font-size: 0.875em;
  }
  .prompt.refused {
    color: var(--tk-danger);
    font-weight: 600;
  }
  /* Beside a long text it stays in sight. */
  @container (min-width: 861px) {
    .questions {
      position: sticky;
      inset-block-start: 0;
      max-block-size: calc(100vh - 80px);
      margin: -4px;
      padding: 4px;
      overflow: auto;
    }
  }
  .questions > h3 {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 4px 12px;
    margin: 0 0 8px;
    font-size: 1em;
  }
  .questions > h3 small {
    color: var(--tk-muted);
    font-size: 0.875em;
    font-weight: 400;
  }
  .pairs {
    display: grid;
    gap: 8px;
    margin: 0 0 10px;
    padding: 0;
    list-style: none;
  }
  .pair {
    border: 1px solid var(--tk-hairline);
    border-inline-start: 5px solid var(--color);
    border-radius: var(--tk-radius);
    background: var(--tk-raised);
  }
  .pair-head {
    display: flex;
    gap: 8px;
    inline-size: 100%;
    min-block-size: 40px;
    padding: 8px 12px;
    border: 0;
    border-radius: var(--tk-radius);
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .pair-head b {
    flex: none;
  }
  .pair-head span {
    min-inline-size: 0;
    overflow: hidden;
    color: var(--tk-muted);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .pair-body {
    display: grid;
    gap: 10px;
    padding: 0 12px 12px;
  }
  .field label {
    display: block;
    margin-block-end: 4px;
    font-weight: 600;
  }
  textarea,
  .own-tag input {
    inline-size: 100%;
    min-block-size: 38px;
    padding: 7px 10px;
    border: 1px solid var(--tk-line);
    border-radius: 6px;
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    line-height: 1.5;
    resize: vertical;
  }
  textarea[aria-invalid="true"] {
    border-color: var(--tk-danger);
    box-shadow: inset 0 0 0 1px var(--tk-danger);
  }
  .counter {
    margin: 2px 0 0;
    color: var(--tk-muted);
    font-size: 0.875em;
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .counter.off {
    color: var(--tk-danger);
    font-weight: 600;
  }
  fieldset {
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    margin-block-end: 4px;
    padding: 0;
    font-weight: 600;
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .tags .tool {
    max-inline-size: 100%;
    overflow-wrap: anywhere;
  }
  .tags .tool[aria-pressed="true"]::before {
    content: "✓";
  }
  .own-tag {
    display: flex;
    gap: 6px;
    margin-block-start: 6px;
  }
  .references {
    display: grid;
    gap: 4px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .references li {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .reference {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 34px;
    padding: 4px 8px;
    border: 1px solid var(--tk-hairline);
    border-radius: 6px;
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    font-size: 0.9em;
    text-align: start;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .reference[aria-pressed="true"] {
    border-color: var(--tk-accent);
    box-shadow: inset 0 0 0 2px var(--tk-accent);
  }
  .none {
    margin: 0;
    color: var(--tk-muted);
    font-size: 0.9em;
  }
  @container (max-width: 860px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (pointer: coarse) {
    .pair-head,
    .reference,
    .own-tag input {
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .reference[aria-pressed="true"] {
      outline: 2px solid Highlight;
    }
  }
`;
