import { html, nothing, type TemplateResult } from "lit";
import type { Labeling } from "./labeling.js";
import { keepFocus } from "./overlay.js";
import type { Strings } from "./strings.js";

/** The labels as buttons with their keys and counts, and a line that says what comes next. */
export function labelStrip(work: Labeling, s: Strings): TemplateResult {
  const counts = new Map<string, number>();
  for (const { label } of work.spans) counts.set(label, (counts.get(label) ?? 0) + 1);
  const current = work.selected?.label;
  const buttons = work.labels.all.map(({ label, full, key }, index) => {
    const count = counts.get(label);
    return html`<button
      type="button"
      class="label c${index} ${current === label ? "current" : ""}"
      data-testid="label-${label}"
      aria-pressed=${work.armed === label ? "true" : "false"}
      aria-keyshortcuts=${key || nothing}
      @mousedown=${keepFocus}
      @click=${() => work.use(label)}
    >
      <i class="swatch"></i><span>${full}</span>${count ? html`<small>${count}</small>` : nothing}
      ${key ? html`<kbd>${key.toUpperCase()}</kbd>` : nothing}
    </button>`;
  });
  return html`<div class="labels" role="group" aria-label=${s.labels}>
    ${buttons}
    <p class="hint">${hint(work, s)}</p>
  </div>`;
}

function hint(work: Labeling, s: Strings): string {
  if (work.pending) return s.pendingHint(work.wordsOf(work.pending, 40));
  if (work.armed) return s.armedHint(work.labels.full(work.armed));
  return s.idleHint;
}
