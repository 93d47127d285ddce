import { css } from "lit";

/** What the pages of the workbench have in common: text, controls, the header, the list, the frame. */
export const benchStyles = css`
  a {
    color: var(--tk-accent);
  }
  h1,
  h2 {
    margin: 0;
    font-size: 1rem;
  }
  p {
    margin: 0;
  }
  code,
  pre,
  kbd,
  textarea {
    font: 13px/1.45 ui-monospace, "SFMono-Regular", Consolas, monospace;
  }
  .dim {
    color: var(--tk-muted);
  }
  input:not([type="checkbox"]),
  select,
  textarea,
  .tool {
    min-block-size: 32px;
    padding: 3px 8px;
    border: 1px solid var(--tk-line);
    border-radius: 6px;
    background: var(--tk-surface);
    color: inherit;
    font-size: 14px;
  }
  .tool {
    display: inline-flex;
    align-items: center;
    text-decoration: none;
    font-family: inherit;
    cursor: pointer;
  }
  .tool:hover {
    background: var(--tk-quiet);
  }
  .failed {
    grid-column: 1 / -1;
    padding: 1rem;
    color: var(--tk-danger);
  }

  header {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 2px 1rem;
    align-items: baseline;
    padding: 10px 16px;
    border-block-end: 1px solid var(--tk-hairline);
  }
  header .dim {
    font-size: 13px;
  }

  .skip:not(:focus) {
    position: absolute;
    clip-path: inset(50%);
  }

  .list {
    overflow: auto;
    padding: 12px 8px 24px;
    border-inline-end: 1px solid var(--tk-hairline);
  }
  .list input {
    inline-size: 100%;
  }
  .list summary {
    display: none;
  }
  .list h2 {
    margin: 14px 8px 2px;
    color: var(--tk-muted);
    font-size: 12px;
    font-weight: 600;
    letter-spacing: 0.04em;
    text-transform: uppercase;
  }
  .list ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .list a {
    display: block;
    padding: 3px 8px;
    padding-inline-start: 11px;
    border-radius: 0 6px 6px 0;
    color: inherit;
    font-size: 14px;
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  .list a:hover {
    background: var(--tk-quiet);
  }
  .list a[aria-current] {
    padding-inline-start: 8px;
    border-inline-start: 3px solid var(--tk-accent);
    background: var(--tk-quiet);
    font-weight: 600;
  }

  .switches {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 10px;
    align-items: end;
    padding: 8px 16px 12px;
    border-block-end: 1px solid var(--tk-hairline);
  }
  .switch {
    display: grid;
  }
  .switch label {
    color: var(--tk-muted);
    font-size: 12px;
  }
  .switch select {
    max-inline-size: 18rem;
  }
  .stage {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    background: var(--tk-quiet);
  }
  iframe {
    display: block;
    inline-size: var(--width, 100%);
    block-size: 100%;
    min-block-size: 24rem;
    margin-inline: auto;
    border: 0;
    background: Canvas;
  }

  pre {
    margin: 0;
    padding: 10px;
    max-block-size: 20rem;
    overflow: auto;
    border: 1px solid var(--tk-hairline);
    border-radius: 6px;
    background: var(--tk-surface);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  kbd {
    display: inline-block;
    padding: 0 5px;
    border: 1px solid var(--tk-line);
    border-radius: 4px;
    background: var(--tk-quiet);
  }
`;
