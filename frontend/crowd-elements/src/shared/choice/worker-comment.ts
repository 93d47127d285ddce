/** The worker's own words on a choice: a link below the categories, a dialog with advice and a field. */
import { css, html, type ReactiveControllerHost } from "lit";
import { live } from "lit/directives/live.js";
import { renderDialog } from "../dialog.ts";
import { widgetStrings } from "../widget-strings.ts";
import { imageChoiceStrings } from "./image-choice-strings.ts";

/** The child that asks for a comment; what stands in it is advice on what to write. */
export const COMMENT_REGION = "worker-comment";

export class WorkerComment {
  #written = "";

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    /** The worker has written something. */
    private readonly changed: () => void,
  ) {}

  /** What the worker wrote; empty for white space, and where no comment is asked for. */
  get text(): string {
    return this.#region && this.#written.trim() ? this.#written : "";
  }

  set text(text: string) {
    this.#written = text;
    this.host.requestUpdate();
  }

  get isAsked(): boolean {
    return this.#region !== undefined;
  }

  open(): void {
    const dialog = this.#dialog;
    if (dialog && !dialog.open) dialog.showModal();
  }

  render() {
    const region = this.#region;
    if (!region) return undefined;
    const t = imageChoiceStrings(this.host);
    const title = region.getAttribute("header") || t("addComment");
    return html`<div class="comment">
      <button type="button" class="link" aria-haspopup="dialog" @click=${() => this.open()}>
        ${region.getAttribute("link-text") || t("addComment")}
      </button>
      ${this.text && html`<p class="written"><b>${t("yourComment")}</b> <span dir="auto">${this.text}</span></p>`}
      ${renderDialog({
        id: COMMENT_REGION,
        title,
        closeLabel: widgetStrings(this.host)("close"),
        content: html`<slot name=${COMMENT_REGION}></slot>
          <textarea
            rows="5"
            dir="auto"
            autofocus
            aria-label=${title}
            placeholder=${region.getAttribute("placeholder") ?? ""}
            .value=${live(this.#written)}
            @input=${this.#onInput}
            @change=${(event: Event) => event.stopPropagation()}
          ></textarea>
          <button type="button" class="button primary" @click=${() => this.#dialog?.close()}>
            ${t("done")}
          </button>`,
      })}
    </div>`;
  }

  get #region(): Element | undefined {
    return Array.from(this.host.children).find((child) => child.localName === COMMENT_REGION);
  }

  get #dialog(): HTMLDialogElement | undefined {
    return (
      this.host.shadowRoot?.querySelector<HTMLDialogElement>(`#${COMMENT_REGION}`) ?? undefined
    );
  }

  readonly #onInput = (event: Event): void => {
    this.#written = (event.target as HTMLTextAreaElement).value;
    this.changed();
  };
}

export const workerCommentStyles = css`
  .comment {
    margin-block-start: 12px;
  }
  .written {
    margin: 4px 0 0;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  #worker-comment textarea {
    display: block;
    inline-size: 100%;
    margin-block: 12px;
    padding: 9px 12px;
    border: 1px solid var(--tk-line);
    border-radius: var(--tk-radius);
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    line-height: 1.5;
  }
  #worker-comment ::placeholder {
    color: var(--tk-muted);
    opacity: 1;
  }
`;
