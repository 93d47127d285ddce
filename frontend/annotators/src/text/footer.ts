import { html, nothing, type TemplateResult } from "lit";
import type { DraftKeeper } from "./draft-keeper.js";
import type { Labeling } from "./labeling.js";
import type { Strings } from "./strings.js";
import type { Submission } from "./submission.js";

export interface FooterActions {
  restore(): void;
  discard(): void;
}

/** The bar at the lower edge: a found draft, what is wrong, undo and redo, what is left, Submit. */
export function footer(
  work: Labeling,
  drafts: DraftKeeper,
  submission: Submission,
  s: Strings,
  actions: FooterActions,
): TemplateResult {
  const { state } = submission;
  const missing = submission.locked ? [] : submission.missing();
  const [first] = missing;
  const draft = drafts.lasts === false ? s.draftMemory : drafts.saved ? s.draftSaved : "";
  const tool = (
    id: "undo" | "redo",
    sign: string,
    shortcut: string,
    able: boolean,
    act: () => void,
  ): TemplateResult =>
    html`<button type="button" data-testid=${id} aria-keyshortcuts="Control+${shortcut}" aria-label=${s[id]} title="${s[id]} (Ctrl+${shortcut})" ?disabled=${!able} @click=${act}>${sign}</button>`;
  return html`<footer>
    ${
      drafts.found
        ? html`<div class="notice" data-testid="draft">
            <span>${s.draftFound(timeOf(drafts.found.time))}</span>
            <button type="button" data-testid="draft-restore" @click=${actions.restore}>${s.draftRestore}</button>
            <button type="button" class="quiet" data-testid="draft-discard" @click=${actions.discard}>${s.draftDiscard}</button>
          </div>`
        : nothing
    }
    ${
      state === "failed" || state === "noform"
        ? html`<p class="notice bad" role="alert">${state === "failed" ? s.submitFailed : s.noForm}</p>`
        : submission.tried && first
          ? html`<p class="notice bad" role="alert" data-testid="missing">${submission.names(missing)}</p>`
          : nothing
    }
    <div class="bar-row">
      <div class="row">
        ${tool("undo", "↶", "Z", work.canUndo, () => work.undo())}
        ${tool("redo", "↷", "Y", work.canRedo, () => work.redo())}
      </div>
      <p class="progress" data-testid="progress">
        <span>${s.count(work.spans.length)}</span>
        ${
          first
            ? html`<button type="button" class="left" data-testid="left" @click=${() => submission.goTo(first)}>${s.left(missing.length)}: ${first.name}</button>`
            : html`<span class="ok">${state === "submitted" ? s.submitted : s.nothingLeft}</span>`
        }
        <span class="draft" data-testid="draft-state" data-state=${drafts.pending ? "pending" : "written"}>${draft}</span>
      </p>
      <button type="button" class="primary" data-testid="submit" aria-keyshortcuts="Control+Enter" ?disabled=${submission.locked} @click=${() => submission.submit()}>
        ${s.submit} <kbd>Ctrl ↵</kbd>
      </button>
    </div>
  </footer>`;
}

export const timeOf = (time: number): string =>
  new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
