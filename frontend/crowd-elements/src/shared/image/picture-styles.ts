import { css } from "lit";

/** The stage of a `PictureView` and its zoom buttons; for elements that have the widget's styles too. */
export const pictureStyles = css`
  .stage {
    position: relative;
    min-block-size: 160px;
    overflow: hidden;
    border: 1px solid var(--tk-hairline);
    border-radius: var(--tk-radius);
    background: var(--tk-quiet);
    /* Pictures do not turn around with the language. */
    direction: ltr;
    touch-action: none;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .stage.quiet {
    touch-action: pan-x pan-y;
  }
  .stage canvas {
    position: absolute;
    display: block;
  }
  .stage .active-canvas {
    pointer-events: none;
  }
  .stage:not([data-state="ready"]) canvas {
    visibility: hidden;
  }
  .stage-note {
    display: grid;
    gap: 12px;
    justify-items: start;
    max-inline-size: 60ch;
    margin: 0;
    padding: 24px;
    overflow-wrap: anywhere;
  }
  .stage-note p {
    margin: 0;
  }
  .zoom {
    display: inline-flex;
    gap: 4px;
  }
  .zoom [data-testid="zoom-fit"] {
    min-inline-size: 4.6em;
    font-variant-numeric: tabular-nums;
  }
`;
