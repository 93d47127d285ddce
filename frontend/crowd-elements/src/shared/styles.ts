import { css } from "lit";

/**
 * Colors, sizes and the parts that several elements use. `light-dark()` follows the color scheme that the page
 * uses where the element stands, so a page written for white stays white, whatever the system prefers.
 */
export const tokens = css`
  :host {
    --tk-accent: light-dark(#0a5ca8, #7cbcff);
    --tk-accent-strong: light-dark(#084a88, #a3d0ff);
    --tk-on-accent: light-dark(#ffffff, #06223d);
    --tk-page: light-dark(#ffffff, #14181e);
    --tk-surface: light-dark(#ffffff, #1d232b);
    --tk-raised: light-dark(#ffffff, #262d37);
    --tk-quiet: light-dark(#eef2f6, #2c3541);
    --tk-text: light-dark(#18222d, #e8edf3);
    --tk-muted: light-dark(#55616e, #aab6c3);
    --tk-line: light-dark(#737f8c, #8794a3);
    --tk-hairline: light-dark(#d5dce4, #3c4753);
    --tk-danger: light-dark(#b3261e, #ffa49c);
    --tk-radius: 8px;
    --tk-shadow: 0 1px 2px rgb(0 0 0 / 14%), 0 4px 14px rgb(0 0 0 / 10%);
    --tk-focus: light-dark(#0a5ca8, #9fd0ff);
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 3px solid var(--tk-focus);
    outline-offset: 2px;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation-duration: 1ms !important;
      animation-iteration-count: 1 !important;
    }
  }
`;

/** A text button that looks like a link; as high as a target must be. */
export const linkButton = css`
  .link {
    min-block-size: 24px;
    padding: 2px 0;
    border: 0;
    background: none;
    color: var(--tk-accent);
    font: inherit;
    text-align: start;
    text-decoration: underline;
    text-underline-offset: 0.2em;
    cursor: pointer;
    border-radius: 3px;
  }
  .link:hover {
    color: var(--tk-accent-strong);
    text-decoration-thickness: 2px;
  }
`;

/** The push button of `crowd-button` and of what opens a modal. */
export const pushButton = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5em;
    min-block-size: 38px;
    padding: 7px 18px;
    border: 1px solid var(--tk-line);
    border-radius: var(--tk-radius);
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    font-weight: 600;
    line-height: 1.4;
    text-decoration: none;
    cursor: pointer;
    transition:
      background-color 120ms,
      border-color 120ms;
  }
  .button:hover {
    background: var(--tk-quiet);
  }
  .button.primary {
    border-color: var(--tk-accent);
    background: var(--tk-accent);
    color: var(--tk-on-accent);
  }
  .button.primary:hover {
    border-color: var(--tk-accent-strong);
    background: var(--tk-accent-strong);
  }
  .button:disabled,
  .button[aria-disabled="true"] {
    border-color: var(--tk-hairline);
    background: var(--tk-quiet);
    color: var(--tk-muted);
    cursor: not-allowed;
  }
  @media (forced-colors: active) {
    .button.primary {
      border-width: 2px;
      border-color: Highlight;
      background: ButtonFace;
      color: ButtonText;
    }
    .button:disabled,
    .button[aria-disabled="true"] {
      border-color: GrayText;
      color: GrayText;
    }
  }
`;

export const errorText = css`
  .error {
    margin: 4px 0 0;
    color: var(--tk-danger);
    font-size: 0.875em;
  }
`;
