/** The look of a modal: the browser's own dialog keeps the focus in and gives it back. */
import { css, html, type TemplateResult } from "lit";

interface DialogParts {
  /** Its id in the shadow root. */
  readonly id?: string;
  readonly title: string;
  readonly closeLabel: string;
  readonly content: TemplateResult;
}

/** A closed dialog; `showModal()` opens it. */
export function renderDialog({ id = "dialog", title, closeLabel, content }: DialogParts) {
  const close = (event: Event) => dialogAround(event)?.close();
  // A press beside the dialog closes it: there the dialog itself is what was hit.
  const onBackdrop = (event: Event) => {
    if (event.composedPath()[0] === event.currentTarget) close(event);
  };
  return html`<dialog id=${id} aria-label=${title} @click=${onBackdrop}>
    <div class="awsui-modal-dialog">
      <header>
        <h2>${title}</h2>
        <button type="button" class="close" aria-label=${closeLabel} @click=${close}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6 6 18"></path></svg>
        </button>
      </header>
      <div class="body" tabindex="0" role="group" aria-label=${title}>${content}</div>
    </div>
  </dialog>`;
}

const dialogAround = (event: Event) => (event.currentTarget as Element).closest("dialog");

export const dialogStyles = css`
  /* As large as the window and without a look of its own: templates set the width of the box inside. */
  dialog {
    inline-size: 100%;
    block-size: 100%;
    max-inline-size: none;
    max-block-size: none;
    padding: 12px;
    border: 0;
    background: none;
  }
  dialog[open] {
    display: flex;
    align-items: center;
    justify-content: center;
  }
  dialog::backdrop {
    background: rgb(8 14 22 / 55%);
  }
  .awsui-modal-dialog {
    display: flex;
    flex-direction: column;
    inline-size: 760px;
    max-inline-size: 100%;
    max-block-size: 100%;
    overflow: hidden;
    border: 1px solid var(--tk-hairline);
    border-radius: 14px;
    background: var(--tk-raised);
    color: var(--tk-text);
    box-shadow: 0 12px 48px rgb(0 0 0 / 35%);
  }
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    padding-block: 12px;
    padding-inline: 24px 12px;
    border-block-end: 1px solid var(--tk-hairline);
  }
  h2 {
    margin: 0;
    font-size: 1.2em;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .close {
    flex: none;
    inline-size: 40px;
    block-size: 40px;
    padding: 10px;
    border: 0;
    border-radius: 50%;
    background: none;
    color: inherit;
    cursor: pointer;
  }
  .close:hover {
    background: var(--tk-quiet);
  }
  .close svg {
    display: block;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
  }
  .body {
    flex: 1;
    padding: 16px 24px 24px;
    overflow: auto;
    overflow-wrap: anywhere;
  }
  .body:focus-visible {
    outline-offset: -4px;
  }
`;
