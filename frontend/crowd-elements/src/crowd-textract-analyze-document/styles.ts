import { css } from "lit";

export const reviewStyles = css`
  .body-grid.with-panel {
    grid-template-columns: minmax(0, 1.2fr) minmax(300px, 1fr);
  }
  .annotation-area {
    position: sticky;
    inset-block-start: 8px;
  }
  .list-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 0 12px;
    margin-block-end: 8px;
  }
  .list-head h3 {
    margin: 0;
    font-size: 1em;
  }
  .list-head span,
  .note {
    color: var(--tk-muted);
    font-size: 0.85em;
  }
  .pairs {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    max-block-size: 660px;
    margin: 0;
    padding: 4px;
    overflow: auto;
    list-style: none;
  }
  .pair {
    display: grid;
    gap: 6px;
    padding: 8px 10px;
    border: 1px solid var(--tk-hairline);
    border-inline-start-width: 5px;
    border-radius: var(--tk-radius);
    background: var(--tk-raised);
    /* Documents may have hundreds of pairs. */
    content-visibility: auto;
    contain-intrinsic-size: auto 130px;
  }
  /* What gets the focus is not hidden by the footer. */
  .pair :is(input, textarea) {
    scroll-margin-block: 8px 120px;
  }
  .pair[aria-current] {
    border-color: var(--tk-accent);
  }
  .pair.lacking {
    border-color: var(--tk-danger);
  }
  .key {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .note {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .tag {
    display: inline-block;
    margin-inline-start: 6px;
    padding: 0 8px;
    border: 1px solid var(--tk-line);
    border-radius: 10px;
    color: var(--tk-muted);
    font-size: 0.8em;
    font-weight: 400;
  }
  input[type="text"],
  textarea {
    display: block;
    inline-size: 100%;
    min-block-size: 36px;
    margin: 0;
    padding: 5px 9px;
    border: 1px solid var(--tk-line);
    border-radius: 6px;
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    line-height: 1.5;
  }
  textarea {
    field-sizing: content;
    resize: none;
  }
  input.key {
    font-weight: 600;
  }
  .off {
    color: var(--tk-muted);
    text-decoration: line-through;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .choices legend {
    padding: 0;
    color: var(--tk-muted);
    font-size: 0.85em;
  }
  .choices label {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-block-size: 30px;
    cursor: pointer;
  }
  .choices input {
    flex: none;
    inline-size: 24px;
    block-size: 24px;
    margin: 0;
    accent-color: var(--tk-accent);
  }
  @media (pointer: coarse) {
    .choices label,
    input[type="text"],
    textarea {
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .pair[aria-current] {
      border-color: Highlight;
    }
  }
  @container (max-width: 860px) {
    .body-grid.with-panel {
      grid-template-columns: minmax(0, 1fr);
    }
    .annotation-area {
      position: static;
    }
    .pairs {
      max-block-size: 420px;
    }
  }
`;
