import { css, html, type TemplateResult } from "lit";
import { dialogStyles, renderDialog } from "./dialog.ts";
import { CrowdElement } from "./element.ts";
import { linkButton, pushButton, tokens } from "./styles.ts";
import { widgetStrings } from "./widget-strings.ts";

/** An element that opens a modal: the browser's own dialog keeps the focus in and gives it back. */
export abstract class DialogHost extends CrowdElement {
  open(): void {
    this.ensureRendered();
    const dialog = this.#dialog;
    if (dialog && !dialog.open) dialog.showModal();
  }

  close(): void {
    this.#dialog?.close();
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
    return renderDialog({ title, closeLabel: widgetStrings(this)("close"), content });
  }

  static override styles = [
    tokens,
    linkButton,
    pushButton,
    dialogStyles,
    css`
      :host {
        display: inline-block;
      }
    `,
  ];
}
