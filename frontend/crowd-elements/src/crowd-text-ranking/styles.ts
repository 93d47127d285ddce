import { css } from "lit";

export const rankingStyles = css`
  .body-grid.with-panel {
    grid-template-columns: minmax(0, 1fr) minmax(280px, 34%);
  }
  .panel {
    position: sticky;
    inset-block-start: 8px;
    display: grid;
    gap: 14px;
  }
  h3 {
    margin: 0;
    font-size: 1em;
    line-height: 1.4;
    overflow-wrap: anywhere;
  }
  .text {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .prompt {
    margin-block-end: 14px;
    padding: 10px 14px;
    border-inline-start: 5px solid var(--tk-accent);
    border-radius: var(--tk-radius);
    background: var(--tk-quiet);
  }
  .responses {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 230px), 1fr));
    gap: 12px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .response {
    display: flex;
    flex-direction: column;
    gap: 8px;
    block-size: 100%;
    padding: 10px 14px;
    border: 1px solid var(--tk-hairline);
    border-radius: var(--tk-radius);
    background: var(--tk-raised);
  }
  .marks {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-block-start: auto;
    color: var(--tk-muted);
    font-size: 0.85em;
  }
  .mark {
    padding: 1px 8px;
    border: 1px solid var(--tk-hairline);
    border-radius: 10px;
    overflow-wrap: anywhere;
  }
  .mark[data-current] {
    border-color: var(--tk-accent);
    color: var(--tk-text);
  }
  .board {
    min-inline-size: 0;
    padding: 10px 12px 12px;
    border: 1px solid var(--tk-hairline);
    border-inline-start-width: 5px;
    border-radius: var(--tk-radius);
    background: var(--tk-raised);
  }
  .board[aria-current] {
    border-inline-start-color: var(--tk-accent);
  }
  .board.lacking {
    border-color: var(--tk-danger);
  }
  .board-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 0 12px;
  }
  .progress,
  .hint,
  .zone {
    color: var(--tk-muted);
    font-size: 0.85em;
  }
  .hint {
    margin: 0 0 8px;
  }
  .rows {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 6px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .zone {
    margin-block-start: 4px;
  }
  .start {
    display: grid;
    place-items: center;
    min-block-size: 44px;
    padding: 4px 10px;
    border: 1px dashed var(--tk-line);
    border-radius: 6px;
    color: var(--tk-muted);
    font-size: 0.9em;
    text-align: center;
  }
  .row {
    position: relative;
    display: flex;
    align-items: center;
    gap: 8px;
    padding-block: 4px;
    padding-inline: 8px 6px;
    border: 1px solid var(--tk-hairline);
    border-radius: 6px;
    background: var(--tk-surface);
    cursor: grab;
  }
  /* Those of one rank touch each other. */
  .row.tied {
    margin-block-start: -7px;
    border-start-start-radius: 0;
    border-start-end-radius: 0;
  }
  .row.shared {
    border-inline-start: 4px double var(--tk-accent);
  }
  .row.dragged {
    z-index: 1;
    translate: 0 var(--dragged);
    box-shadow: var(--tk-shadow);
    cursor: grabbing;
  }
  .row.onto {
    outline: 3px solid var(--tk-accent);
    outline-offset: -1px;
  }
  .row.before::before,
  .row.after::before,
  .start.before::before {
    content: "";
    position: absolute;
    inset-inline: 0;
    inset-block-start: -6px;
    block-size: 4px;
    border-radius: 2px;
    background: var(--tk-accent);
  }
  .row.after::before {
    inset-block: auto -6px;
  }
  .start.onto {
    border: 2px solid var(--tk-accent);
  }
  .grip {
    flex: none;
    align-self: stretch;
    display: grid;
    place-items: center;
    inline-size: 20px;
    color: var(--tk-muted);
    touch-action: none;
  }
  .grip svg,
  .move svg {
    display: block;
    inline-size: 16px;
    block-size: 16px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  select {
    flex: none;
    min-inline-size: 52px;
    min-block-size: 34px;
    padding: 2px 4px;
    border: 1px solid var(--tk-line);
    border-radius: 6px;
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    font-weight: 600;
    /* What gets the focus is not hidden by the footer. */
    scroll-margin-block: 8px 120px;
  }
  .what {
    flex: 1;
    min-inline-size: 0;
    user-select: none;
  }
  .what strong,
  .what span {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .what strong {
    font-weight: 600;
  }
  .what span {
    color: var(--tk-muted);
    font-size: 0.85em;
  }
  .moves {
    flex: none;
    display: flex;
  }
  .move {
    display: grid;
    place-items: center;
    inline-size: 30px;
    block-size: 34px;
    padding: 0;
    border: 0;
    border-radius: 6px;
    background: none;
    color: inherit;
    cursor: pointer;
  }
  .move:hover {
    background: var(--tk-quiet);
  }
  .move[aria-disabled="true"] {
    color: var(--tk-muted);
    opacity: 0.5;
    cursor: default;
  }
  @media (pointer: coarse) {
    .move,
    .grip {
      inline-size: 44px;
      block-size: 44px;
    }
    .what span {
      display: none;
    }
    select {
      min-inline-size: 56px;
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .board[aria-current] {
      border-inline-start-color: Highlight;
    }
    .row.onto,
    .start.onto {
      outline-color: Highlight;
      border-color: Highlight;
    }
    .row.before::before,
    .row.after::before {
      background: Highlight;
    }
  }
  @container (max-width: 860px) {
    .body-grid.with-panel {
      grid-template-columns: minmax(0, 1fr);
    }
    .panel {
      position: static;
    }
  }
`;
