import { css } from "lit";

export const previewStyles = css`
  :host {
    display: grid;
    grid-template:
      "head head head" auto
      "list stage facts" minmax(0, 1fr)
      "list below facts" auto / 16rem minmax(0, 1fr) min(var(--facts, 25rem), 60vw);
    block-size: 100vh;
    color: var(--tk-text);
    font: 15px/1.5 system-ui, sans-serif;
    background: var(--tk-surface);
  }
  .away {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  header {
    grid-area: head;
    align-items: center;
    padding-block: 6px;
  }
  .steps {
    display: flex;
    gap: 6px;
  }
  .keys {
    margin-inline-start: auto;
  }
  .failed {
    flex-basis: 100%;
    padding: 4px 0;
  }
  .tool:disabled {
    border-color: var(--tk-hairline);
    color: var(--tk-muted);
    cursor: default;
  }
  .tool[aria-pressed="true"] {
    border-color: var(--tk-accent);
    background: var(--tk-accent);
    color: var(--tk-on-accent);
  }
  @media (forced-colors: active) {
    .tool[aria-pressed="true"] {
      border-color: Highlight;
      background: Highlight;
      color: HighlightText;
      forced-color-adjust: none;
    }
  }
  .waiting {
    color: var(--tk-accent);
    font-size: 13px;
  }

  .list {
    grid-area: list;
  }
  .list .count {
    padding: 4px 8px;
    font-size: 13px;
  }
  .list a {
    display: flex;
    gap: 6px;
    align-items: baseline;
    position: relative;
  }
  .mark {
    flex: none;
    inline-size: 1em;
    font-weight: 700;
    text-align: center;
  }
  .mark.ok {
    color: light-dark(#17693f, #6bd6a0);
  }
  .mark.warning {
    color: light-dark(#7d5200, #f0c35a);
  }
  .mark.error {
    color: var(--tk-danger);
  }
  .number {
    flex: none;
    color: var(--tk-muted);
    font-variant-numeric: tabular-nums;
  }
  .title {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .answers {
    flex: none;
    min-inline-size: 1.5em;
    padding: 0 5px;
    border: 1px solid var(--tk-line);
    border-radius: 9px;
    font-size: 12px;
    text-align: center;
  }

  main {
    grid-area: stage;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    overflow: auto;
  }
  .switches {
    gap: 6px 8px;
    padding-block: 6px;
    align-items: center;
  }
  .switch {
    display: flex;
    gap: 4px;
    align-items: center;
  }
  .switch select {
    max-inline-size: 6rem;
    padding-inline: 4px;
  }
  .workers {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    align-items: center;
    margin-inline-end: auto;
  }
  .workers .tool {
    white-space: nowrap;
  }
  .workers .dim {
    font-size: 12px;
  }
  .workers .tool {
    min-inline-size: 32px;
    justify-content: center;
  }
  .stage {
    flex: 1 0 20rem;
  }
  iframe.page {
    min-block-size: 100%;
  }

  .fault {
    padding: 12px 16px;
    border-inline-start: 5px solid var(--tk-danger);
    border-block-end: 1px solid var(--tk-hairline);
    overflow-wrap: anywhere;
  }
  .fault > * + * {
    margin-block-start: 8px;
  }
  .fault summary {
    cursor: pointer;
    font-weight: 600;
  }
  .fault pre {
    max-block-size: 16rem;
  }
  .source {
    white-space: pre;
  }
  .source mark {
    background: light-dark(#fde7e5, #5a2320);
    color: inherit;
  }
  #names {
    display: grid;
    grid-template-columns: minmax(10rem, auto) minmax(0, 1fr);
    gap: 2px 16px;
    max-block-size: 9rem;
    margin: 0;
    padding-block: 6px;
    overflow: auto;
    font-size: 14px;
  }
  #names dd {
    margin: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .below {
    grid-area: below;
    display: flex;
    flex-direction: column;
    position: relative;
    max-block-size: 12rem;
    min-block-size: 0;
    border-block-start: 1px solid var(--tk-hairline);
  }
  .below[style*="block-size"] {
    max-block-size: 80vh;
  }
  .below.tall {
    block-size: 60vh;
    max-block-size: none;
  }
  .below:has(.drawing):not(.tall, [style*="block-size"]) {
    block-size: 45vh;
    max-block-size: none;
  }
  .splitter {
    position: absolute;
    z-index: 1;
    touch-action: none;
  }
  .splitter.below-edge {
    inset: -5px 0 auto;
    block-size: 10px;
    cursor: ns-resize;
  }
  .splitter.facts-edge {
    inset: 0 auto 0 -5px;
    inline-size: 10px;
    cursor: ew-resize;
  }
  .splitter:hover,
  .splitter:focus-visible {
    background: color-mix(in srgb, var(--tk-accent) 45%, transparent);
    outline-offset: -3px;
  }
  .tabs {
    display: flex;
    gap: 6px;
    padding: 6px 16px;
  }
  .tabs .end {
    margin-inline-start: auto;
  }
  .scroll {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    padding: 4px 16px 12px;
  }
  .findings {
    margin: 0;
    padding: 0;
    list-style: none;
    overflow-wrap: anywhere;
  }
  .findings li {
    margin-block: 4px 10px;
    padding-inline-start: 10px;
    border-inline-start: 4px solid var(--tk-accent);
  }
  .findings li.error {
    border-color: var(--tk-danger);
  }
  .findings li.warning {
    border-color: light-dark(#b87a00, #f0c35a);
  }
  .findings pre {
    max-block-size: none;
    white-space: pre-wrap;
  }
  .severity {
    font-size: 13px;
  }
  h3 {
    margin: 8px 0 2px;
    font-size: 14px;
  }
  .at {
    color: var(--tk-accent);
  }
  iframe.drawing {
    inline-size: 100%;
    min-block-size: 8rem;
  }

  aside {
    grid-area: facts;
    position: relative;
    display: flex;
    min-inline-size: 0;
    border-inline-start: 1px solid var(--tk-hairline);
    background: var(--tk-raised);
  }
  .panels {
    flex: 1;
    min-inline-size: 0;
    overflow: auto;
    padding: 0 12px 24px;
  }
  .panel {
    padding-block-end: 8px;
    border-block-end: 1px solid var(--tk-hairline);
  }
  .head {
    display: flex;
    justify-content: space-between;
    align-items: center;
  }
  .panel button {
    min-block-size: 32px;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .panel h2 button {
    padding-inline: 0 8px;
    font-weight: 600;
  }
  .arrow {
    display: inline-block;
    inline-size: 1.1em;
    color: var(--tk-muted);
  }
  .panel .copy {
    padding-inline: 6px;
    color: var(--tk-accent);
    font-size: 13px;
    text-decoration: underline;
  }

  @media (max-width: 64rem) {
    :host {
      display: block;
      block-size: auto;
    }
    .keys {
      display: none;
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
    .list ul {
      max-block-size: 40vh;
      overflow: auto;
    }
    .stage {
      block-size: 75vh;
    }
    .below,
    .below.tall {
      block-size: auto !important;
      max-block-size: none !important;
    }
    .splitter {
      display: none;
    }
    aside {
      border-inline-start: 0;
      border-block-start: 1px solid var(--tk-hairline);
    }
  }
`;
