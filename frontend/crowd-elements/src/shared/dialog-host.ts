import { css, html, type TemplateResult } from "lit";
import { REVEAL, type Revealing } from "./answer.ts";
import { CrowdElement } from "./element.ts";
import { linkButton, pushButton, tokens } from "./styles.ts";

/** An element that opens a modal: the browser's own dialog keeps the focus in and gives it back. */
export abstract class DialogHost extends CrowdElement implements Revealing {
  open(): void {
    this.ensureRendered();
    const dialog = this.#dialog;
    if (dialog && !dialog.open) dialog.showModal();
  }

  close(): void {
    this.#dialog?.close();
  }

  [REVEAL](_descendant: Element): void {
    this.open();
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  protected renderOpener(text: string, type: string | undefined, hook = "") {
    return html`<button
      type="button"
      class="${type === "button" ? "button" : "link"} ${hook}"
      aria-haspopup="dialog"
      @click=${() => this.open()}
    >
      ${text}
    </button>`;
  }

  protected renderDialog(title: string, content: TemplateResult) {
    return html`<dialog aria-label=${title} @click=${this.#onBackdrop}>
      <div class="awsui-modal-dialog">
        <header>
          <h2>${title}</h2>
          <button type="button" class="close" aria-label="Close" @click=${() => this.close()}>
            <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6 6 18"></path></svg>
          </button>
        </header>
        <div class="body" tabindex="0" role="group" aria-label=${title}>${content}</div>
      </div>
    </dialog>`;
  }

  /** A press beside the dialog closes it: there the dialog itself is what was hit. */
  #onBackdrop(event: Event): void {
    if (event.composedPath()[0] === this.#dialog) this.close();
  }

  static override styles = [
    tokens,
    linkButton,
    pushButton,
    css`
      :host {
        display: inline-block;
      }
      dialog {
        inline-size: min(760px, calc(100% - 24px));
        max-inline-size: none;
        max-block-size: calc(100% - 24px);
        padding: 0;
        overflow: hidden;
        border: 1px solid var(--tk-hairline);
        border-radius: 14px;
        background: var(--tk-raised);
        color: var(--tk-text);
        box-shadow: 0 12px 48px rgb(0 0 0 / 35%);
      }
      dialog[open] {
        display: flex;
      }
      dialog::backdrop {
        background: rgb(8 14 22 / 55%);
      }
      .awsui-modal-dialog {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-inline-size: 0;
        min-block-size: 0;
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        padding: 12px 12px 12px 24px;
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
    `,
  ];
}
