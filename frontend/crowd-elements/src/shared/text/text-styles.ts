import { css } from "lit";

/** The look of a `TextPane`, for the shadow root in which it stands. */
export const textStyles = css`
  .paper {
    position: relative;
    padding: 10px 18px 16px;
    border: 1px solid var(--tk-hairline);
    border-radius: var(--tk-radius);
    background: var(--tk-raised);
  }
  .text-body {
    min-block-size: 2.4em;
    margin-inline: -10px;
    padding-inline: 10px;
    border-radius: 4px;
    font-size: 1.06em;
    line-height: 2.3;
    cursor: text;
    touch-action: pan-y pinch-zoom;
  }
  .paragraph {
    white-space: pre-wrap;
    overflow-wrap: break-word;
    text-align: start;
  }
  .zone {
    content-visibility: auto;
    contain-intrinsic-size: auto calc(var(--lines) * 2.3em);
  }
  .overlay {
    position: absolute;
    inset: 0;
    pointer-events: none;
    user-select: none;
  }
  .overlay > * {
    position: absolute;
  }
  /* What is drawn over the text is not in the way of a drag. */
  .paper.dragging .overlay * {
    pointer-events: none;
  }
  .probe {
    inset-inline-start: 0;
    inline-size: 1px;
  }
  .badge {
    display: flex;
    border-radius: 4px;
    background: var(--color);
    color: var(--ink);
    font: 650 11px / 16px system-ui, sans-serif;
    forced-color-adjust: none;
  }
  .badge.chosen {
    z-index: 1;
    outline: 2px solid var(--tk-text);
    outline-offset: 1px;
  }
  .badge button {
    position: relative;
    min-inline-size: 0;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    pointer-events: auto;
    cursor: pointer;
  }
  .badge-name {
    flex: 1;
    overflow: hidden;
    padding-inline-start: 5px !important;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .badge-remove {
    flex: none;
    inline-size: 20px;
    border-radius: 4px;
    font-size: 14px !important;
  }
  .badge-remove:hover {
    background: rgb(0 0 0 / 25%);
  }
  /* The target is higher than what is seen of it. */
  .badge-remove::after {
    position: absolute;
    inset: -6px 0 -3px;
    content: "";
  }
  .cursor {
    margin: -2px;
    border: 2px solid var(--tk-focus);
    border-radius: 4px;
    box-sizing: content-box;
  }
  .handle {
    z-index: 2;
    pointer-events: auto;
    cursor: ew-resize;
    touch-action: none;
  }
  .handle::before {
    position: absolute;
    inset: -1px -1px 0;
    inline-size: 2px;
    background: var(--tk-text);
    content: "";
  }
  .handle::after {
    position: absolute;
    inset-block-end: -16px;
    inline-size: 16px;
    block-size: 16px;
    border: 2px solid var(--tk-raised);
    border-radius: 50%;
    background: var(--tk-text);
    content: "";
  }
  .handle.left::after {
    right: -2px;
    border-start-end-radius: 0;
  }
  .handle.right::after {
    left: -2px;
    border-start-start-radius: 0;
  }
  @media (pointer: coarse) {
    .handle::after {
      inline-size: 28px;
      block-size: 28px;
      inset-block-end: -28px;
    }
    .badge-remove::after {
      inset: -14px -8px;
    }
  }
  @media (forced-colors: active) {
    .cursor {
      border-color: Highlight;
    }
    .handle::before,
    .handle::after {
      background: CanvasText;
      forced-color-adjust: none;
    }
    .badge {
      border: 1px solid CanvasText;
    }
  }
`;
