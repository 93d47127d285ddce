import { css } from "lit";

export const galleryStyles = css`
  :host {
    display: grid;
    grid-template: auto minmax(0, 1fr) / 15rem minmax(0, 1fr) 22rem;
    block-size: 100vh;
    color: var(--tk-text);
    font: 15px/1.5 system-ui, sans-serif;
    background: var(--tk-surface);
  }
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

  main {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
  }
  .about {
    padding: 10px 16px 0;
  }
  .about h1 {
    font-size: 1.15rem;
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

  aside {
    overflow: auto;
    padding: 4px 16px 24px;
    border-inline-start: 1px solid var(--tk-hairline);
    background: var(--tk-raised);
  }
  aside summary {
    padding-block: 8px;
    font-weight: 600;
    cursor: pointer;
  }
  aside details {
    border-block-end: 1px solid var(--tk-hairline);
  }
  aside details[open] {
    padding-block-end: 12px;
  }
  .attribute {
    display: grid;
    gap: 2px;
    padding-block: 6px;
  }
  .attribute label {
    display: flex;
    gap: 8px;
    align-items: center;
    font: 600 13px/1.4 ui-monospace, "SFMono-Regular", Consolas, monospace;
  }
  .attribute input[type="checkbox"] {
    inline-size: 24px;
    block-size: 24px;
    margin: 0;
    accent-color: var(--tk-accent);
  }
  .attribute :is(input:not([type="checkbox"]), select, textarea) {
    inline-size: 100%;
  }
  .attribute textarea {
    resize: vertical;
  }
  .attribute .dim,
  .error {
    font-size: 13px;
  }
  .error {
    color: var(--tk-danger);
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
  dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 4px 12px;
    margin: 0;
    font-size: 14px;
  }
  dt {
    overflow-wrap: anywhere;
  }
  dd {
    margin: 0;
  }
  kbd {
    display: inline-block;
    padding: 0 5px;
    border: 1px solid var(--tk-line);
    border-radius: 4px;
    background: var(--tk-quiet);
  }
  ol {
    margin: 0;
    padding-inline-start: 1.5em;
    font-size: 13px;
    overflow-wrap: anywhere;
  }

  @media (max-width: 64rem) {
    :host {
      display: block;
      block-size: auto;
    }
    .list {
      border-inline-end: 0;
      border-block-end: 1px solid var(--tk-hairline);
      padding-block: 4px;
    }
    .list summary {
      display: list-item;
      padding: 8px;
      font-weight: 600;
      cursor: pointer;
    }
    iframe {
      block-size: 75vh;
    }
    aside {
      border-inline-start: 0;
      border-block-start: 1px solid var(--tk-hairline);
    }
  }
`;
