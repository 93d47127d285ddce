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
