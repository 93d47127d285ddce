import { css, html, nothing, type PropertyDeclarations } from "lit";
import { SUBMIT_METHOD_VALIDATES, VALIDATE_BEFORE_SUBMIT_EVENT } from "../defaults.ts";
import { isAnswerControl, reveal } from "../shared/answer.ts";
import { CrowdElement } from "../shared/element.ts";
import { whileParsing } from "../shared/page.ts";
import { directionOf, languageOf } from "../shared/strings.ts";
import { linkButton, tokens } from "../shared/styles.ts";
import { Widget } from "../shared/widget.ts";
import { widgetStrings } from "../shared/widget-strings.ts";
import { type Answer, readAnswer } from "./collect.ts";
import * as inner from "./inner-form.ts";
import { PageDraft } from "./page-draft.ts";
import { participants } from "./participants.ts";
import { findProblems, type Problem } from "./problems.ts";
import { answerAddress, resultText, SendError, send } from "./send.ts";
import { formStrings } from "./strings.ts";

type State = "ready" | "invalid" | "prevented" | "sending" | "submitted" | "failed";

const OWN_SUBMIT =
  'crowd-button[form-action="submit"], input[type="submit"], button[type="submit"]';

/** Whether it is a full-page widget: upgraded or not, its class is known by now. */
const bringsSubmit = ({ localName }: Element) =>
  customElements.get(localName)?.prototype instanceof Widget;

/** Collects all answers of the page, validates, submits. Its children live in a native form below it. */
export class CrowdForm extends CrowdElement {
  static override properties: PropertyDeclarations = {
    state: { state: true },
    problems: { state: true },
    notice: { state: true },
    restored: { state: true },
  };
  declare private state: State;
  declare private problems: readonly Problem[];
  /** Why the last try failed, or the result shown on a page without a harness. */
  declare private notice: string;

  /** What of an earlier view of this task stands on the page again. */
  declare private restored: "no" | "yes" | "undone";

  readonly #draft = new PageDraft(this, (restored) => {
    this.restored = restored;
  });
  #form = inner.createInnerForm();
  #finished = false;
  /** From the trigger of a submission until its end. */
  #busy = false;
  #skipValidation = false;
  #submitEvent: Event | undefined;
  /** One of its handlers has called `submit()`. */
  #submitCalled = false;
  #resetEvent: Event | undefined;
  readonly #overwriteWatch = new MutationObserver(() => this.#mendOverwritten());

  constructor() {
    super();
    this.state = "ready";
    this.problems = [];
    this.notice = "";
    this.restored = "no";
    this.addEventListener("submit", (event) => this.#onSubmit(event), true);
    this.addEventListener("reset", (event) => this.#onReset(event), true);
  }

  /** The inner native form. */
  get form(): HTMLFormElement {
    return this.#form;
  }

  /** The object that would be submitted now; widgets have the same member. */
  get _submittableValue(): Answer {
    return readAnswer(participants(this));
  }

  /** Whether the answer is on its way or has arrived. */
  get isSent(): boolean {
    return this.state === "sending" || this.state === "submitted";
  }

  /** Same as a press on Submit: unlike a native form's, it fires the `submit` event. */
  submit(): void {
    // The phase says whether handlers still run: a second press after them is none of their calls.
    if (this.#submitEvent?.eventPhase) this.#submitCalled = true;
    if (this.#busy || this.state === "submitted") return;
    this.#skipValidation = !SUBMIT_METHOD_VALIDATES;
    inner.requestSubmit(this.#form);
    this.#skipValidation = false;
  }

  /** Brings every control back to its initial state. */
  reset(): void {
    inner.requestReset(this.#form);
    this.#applyReset();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#draft.listen();
    if (this.#finished) return;
    const brought = inner.existingInnerForm(this);
    if (brought) this.#form = brought;
    this.gather();
    if (document.readyState === "loading") whileParsing(this);
    // Later, so that a script may fill the element it has just made.
    else queueMicrotask(() => this.finish());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#draft.pause();
  }

  /** Moves what stands beside the inner form into it. */
  gather(): void {
    if (!this.#finished) this.#takeIn();
  }

  finish(): void {
    if (this.#finished) return;
    this.gather();
    this.#finished = true;
    this.#complete();
    this.#overwriteWatch.observe(this, { childList: true });
    void this.#draft.begin();
  }

  #takeIn(): void {
    const strays = Array.from(this.childNodes).filter((node) => node !== this.#form);
    if (strays.length === this.childNodes.length) this.append(this.#form);
    inner.moveInto(this.#form, strays);
  }

  /** Instructions to the top, Submit to the end unless the template brings one. */
  #complete(): void {
    const regions = ["short-instructions", "full-instructions"].flatMap((tag) =>
      inner.elementChildren(this.#form, tag),
    );
    if (regions.length > 0) inner.moveFirst(this.#form, regions);
    if (this.querySelector(OWN_SUBMIT) || participants(this).some(bringsSubmit)) return;
    const submit = document.createElement("crowd-button");
    submit.setAttribute("form-action", "submit");
    submit.setAttribute("variant", "primary");
    submit.dataset.testid = "crowd-submit";
    submit.textContent = widgetStrings(this)("submit");
    inner.append(this.#form, submit);
  }

  /** Someone wrote `innerHTML` over the inner form: put it back around the new content. */
  #mendOverwritten(): void {
    if (Array.from(this.childNodes).includes(this.#form)) return;
    inner.empty(this.#form);
    this.#takeIn();
    this.#complete();
  }

  #onSubmit(event: Event): void {
    const { target } = event;
    // A synthetic event at the crowd-form itself is the template's own affair.
    if (target === this) return;
    // A button's own method would outdo the form's and lead away from the page.
    const { submitter } = event as SubmitEvent;
    if (submitter?.hasAttribute("formmethod")) submitter.setAttribute("formmethod", "dialog");
    if (target !== this.#form) {
      // A form inside the form: its handlers run, then the page's answer goes out as a whole.
      if (target instanceof HTMLFormElement) target.method = "dialog";
      setTimeout(() => {
        if (!event.defaultPrevented) this.submit();
      });
      return;
    }
    const locked = this.#busy || this.isSent;
    const checkNow = VALIDATE_BEFORE_SUBMIT_EVENT && !this.#skipValidation;
    if (locked || (checkNow && !this.#isValid())) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    this.#busy = true;
    this.#submitEvent = event;
    this.#submitCalled = false;
    const validateLater = !VALIDATE_BEFORE_SUBMIT_EVENT && !this.#skipValidation;
    // Only after all handlers, wherever they listen, is it known whether one of them prevented it.
    setTimeout(() => {
      // A handler that prevents the event and submits by itself wants the answer sent, and not to be asked again.
      if (event.defaultPrevented && !this.#submitCalled) {
        this.#busy = false;
        this.#enter("prevented");
      } else if (validateLater && !this.#isValid()) {
        this.#busy = false;
      } else {
        void this.#send();
      }
    });
  }

  #isValid(): boolean {
    this.problems = findProblems(participants(this));
    const [first] = this.problems;
    if (!first) return true;
    this.#enter("invalid");
    this.#goTo(first.element);
    return false;
  }

  #goTo(element: HTMLElement): void {
    reveal(element);
    element.focus();
  }

  async #send(): Promise<void> {
    const focused = document.activeElement;
    try {
      const answer = this._submittableValue;
      const body = resultText(answer);
      const address = answerAddress();
      this.#enter("sending");
      if (address === undefined) this.notice = resultText(answer, 2);
      else await send(address, body);
      this.#draft.end();
      this.#enter("submitted");
    } catch (error) {
      this.notice = this.#reasonOf(error);
      console.error(`The answer was not sent: ${error}`);
      this.#enter("failed");
      await this.updateComplete;
      if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    } finally {
      this.#busy = false;
    }
    await this.updateComplete;
    this.renderRoot.querySelector("#outcome")?.scrollIntoView({ block: "nearest" });
  }

  #reasonOf(error: unknown): string {
    const t = formStrings(this);
    if (!(error instanceof SendError))
      return error instanceof Error ? error.message : String(error);
    return error.status === undefined
      ? t("unreachable")
      : t("refused", { status: String(error.status) });
  }

  #enter(state: State): void {
    this.state = state;
    document.documentElement.dataset.crowdState = state;
  }

  #onReset(event: Event): void {
    if (event.target !== this.#form) return;
    this.#resetEvent = event;
    setTimeout(() => this.#applyReset());
  }

  #applyReset(): void {
    const event = this.#resetEvent;
    this.#resetEvent = undefined;
    if (!event || event.defaultPrevented) return;
    for (const element of participants(this)) {
      if (isAnswerControl(element)) element.reset();
    }
    this.problems = [];
    this.#draft.save();
  }

  static override styles = [
    tokens,
    linkButton,
    css`
      :host {
        display: block;
      }
      .box {
        margin: 0 0 16px;
        padding: 12px 16px;
        border: 1px solid var(--tk-hairline);
        border-inline-start: 5px solid var(--tk-accent);
        border-radius: var(--tk-radius);
        background: var(--tk-raised);
        color: var(--tk-text);
        overflow-wrap: anywhere;
      }
      .box.bad {
        border-inline-start-color: var(--tk-danger);
      }
      .box p,
      .box ul {
        margin: 0;
      }
      .box ul {
        padding-inline-start: 1.2em;
      }
      /* Below the columns that templates float, and not before there is something to say. */
      #outcome:has(.box) {
        display: flow-root;
        clear: both;
      }
      #outcome .box {
        margin: 16px 0 0;
      }
      strong {
        display: block;
      }
      table {
        inline-size: 100%;
        margin-block-start: 8px;
        border-collapse: collapse;
      }
      code {
        font: 0.875em / 1.5 ui-monospace, "SFMono-Regular", Consolas, monospace;
        white-space: pre-wrap;
      }
    `,
  ];

  override render() {
    // The form's own texts run as their language does; the template's content as the template says.
    const direction = directionOf(languageOf(this)) === "rtl" ? "rtl" : nothing;
    return html`
      <div dir=${direction}>${this.#renderRestored()}</div>
      <div role="alert" dir=${direction}>${this.state === "invalid" ? this.#renderProblems() : nothing}</div>
      <div class="work" ?inert=${this.isSent}><slot></slot></div>
      <div id="outcome" dir=${direction}>${this.#renderOutcome()}</div>
    `;
  }

  #renderRestored() {
    if (this.restored === "no" || this.state === "submitted") return nothing;
    const t = formStrings(this);
    const undone = this.restored === "undone";
    const act = () => (undone ? this.#draft.bringBack() : this.#draft.startOver());
    return html`<div class="box" role="status">
      <p>
        ${t(undone ? "takenAway" : "restored")}
        <button type="button" class="link" id="draft-choice" @click=${act}>
          ${t(undone ? "bringBack" : "startOver")}
        </button>
      </p>
    </div>`;
  }

  #renderProblems() {
    const count = this.problems.length;
    return html`<div class="box bad">
      <strong>${formStrings(this)("attention", { count })}</strong>
      <ul>
        ${this.problems.map(
          ({ element, label, message }) => html`<li>
            <button type="button" class="link" @click=${() => this.#goTo(element)}>
              ${label ? html`<bdi>${label}</bdi>: ` : nothing}${message}
            </button>
          </li>`,
        )}
      </ul>
    </div>`;
  }

  #renderOutcome() {
    const t = formStrings(this);
    switch (this.state) {
      case "sending":
        return html`<div class="box" role="status"><p>${t("sending")}</p></div>`;
      case "failed":
        return html`<div class="box bad" role="alert">
          <strong>${t("notSent", { reason: this.notice })}</strong>
          <p>${t("kept", { submit: widgetStrings(this)("submit") })}</p>
        </div>`;
      case "submitted":
        return html`<div class="box" role="status">
          <strong>${t("submitted")}</strong>
          ${this.notice ? this.#renderResult() : nothing}
        </div>`;
      default:
        return nothing;
    }
  }

  #renderResult() {
    return html`<p>${formStrings(this)("opened")}</p>
      <table dir="ltr">
        <tbody>
          <tr>
            <td><code>${this.notice}</code></td>
          </tr>
        </tbody>
      </table>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-form": CrowdForm;
  }
}
