import { css } from "lit";

/** The frame of a widget. Heights follow the content: the service's page stands in a frame that grows with it. */
export const widgetStyles = css`
  :host {
    display: block;
    container-type: inline-size;
    color: var(--tk-text);
  }
  [hidden] {
    display: none !important;
  }
  .awsui-app-layout {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: start;
    gap: 16px;
    margin-block-end: 12px;
  }
  .awsui-app-layout__navigation {
    inline-size: 240px;
    border: 1px solid var(--tk-hairline);
    border-radius: var(--tk-radius);
    background: var(--tk-raised);
    overflow-wrap: anywhere;
  }
  .awsui-app-layout__navigation summary {
    padding: 10px 16px;
    border-radius: var(--tk-radius);
    font-weight: 600;
    cursor: pointer;
  }
  .awsui-app-layout__navigation:has(details:not([open])) {
    inline-size: auto;
  }
  .awsui-app-layout__navigation .text {
    padding: 0 16px 12px;
  }
  .main {
    grid-column: 2;
    min-inline-size: 0;
  }
  .awsui-app-layout__navigation[hidden] + .main {
    grid-column: 1 / -1;
  }
  .headerContainer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
    margin-block-end: 10px;
  }
  .headerTextContainer {
    flex: 1 1 12em;
  }
  .headerTextContainer h2 {
    margin: 0;
    font-size: 1.2em;
    line-height: 1.35;
    overflow-wrap: anywhere;
  }
  .headerButtonsContainer {
    display: flex;
    gap: 8px;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    margin-block-end: 8px;
  }
  .tools:empty {
    display: none;
  }
  .body-grid {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
    align-items: start;
  }
  .body-grid.with-panel {
    grid-template-columns: minmax(0, 1fr) 240px;
  }
  .annotation-area,
  .panel {
    min-inline-size: 0;
  }
  .faults:not(:empty) {
    margin-block-end: 10px;
    padding: 10px 14px;
    border: 1px solid var(--tk-danger);
    border-inline-start-width: 5px;
    border-radius: var(--tk-radius);
    background: var(--tk-raised);
    overflow-wrap: anywhere;
  }
  .faults p {
    margin: 0;
  }
  .faults p + p {
    margin-block-start: 6px;
  }
  #actionsContainer {
    position: sticky;
    z-index: 2;
    inset-block-end: 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    margin-block-start: 12px;
    padding-block: 10px;
    border-block-start: 1px solid var(--tk-hairline);
    background: var(--tk-page);
  }
  #actionsContainer .extras {
    flex: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }
  #actionsContainer .error {
    flex-basis: 100%;
    min-inline-size: 0;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-inline-size: 34px;
    min-block-size: 34px;
    padding: 4px 10px;
    border: 1px solid var(--tk-line);
    border-radius: 6px;
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    font-size: 0.9em;
    cursor: pointer;
  }
  .tool:hover {
    background: var(--tk-quiet);
  }
  .tool[aria-pressed="true"] {
    border-color: var(--tk-accent);
    background: var(--tk-accent);
    color: var(--tk-on-accent);
  }
  .tool:disabled,
  .tool[aria-disabled="true"] {
    border-color: var(--tk-hairline);
    color: var(--tk-muted);
    cursor: default;
  }
  @media (pointer: coarse) {
    .tool,
    .button {
      min-inline-size: 44px;
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .tool[aria-pressed="true"] {
      border-color: Highlight;
      outline: 2px solid Highlight;
      background: ButtonFace;
      color: ButtonText;
    }
  }
  kbd {
    padding: 1px 6px;
    border: 1px solid var(--tk-hairline);
    border-block-end-width: 2px;
    border-radius: 4px;
    background: var(--tk-quiet);
    font: 0.9em ui-monospace, "SFMono-Regular", Consolas, monospace;
    white-space: nowrap;
  }
  .shortcuts {
    inline-size: 100%;
    border-collapse: collapse;
  }
  .shortcuts th,
  .shortcuts td {
    padding: 6px 8px;
    border-block-end: 1px solid var(--tk-hairline);
    font-weight: 400;
    text-align: start;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @container (max-width: 860px) {
    .body-grid.with-panel {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @container (max-width: 640px) {
    .awsui-app-layout {
      grid-template-columns: minmax(0, 1fr);
      gap: 10px;
    }
    .awsui-app-layout__navigation {
      inline-size: auto;
    }
    .main {
      grid-column: 1;
    }
  }
`;
