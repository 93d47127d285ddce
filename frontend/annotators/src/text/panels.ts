import { html, nothing, type TemplateResult } from "lit";
import type { Command } from "./keys.js";
import type { Label } from "./labels.js";
import type { Strings } from "./strings.js";

/** Any JSON object as a list of names and values. */
export function metadataPanel(data: unknown, s: Strings): TemplateResult | typeof nothing {
  if (typeof data !== "object" || data === null || Object.keys(data).length === 0) return nothing;
  return html`<dl class="metadata" aria-label=${s.about}>
    ${Object.entries(data).map(
      ([key, value]) =>
        html`<div><dt>${humanized(key)}</dt><dd dir="auto">${readable(value)}</dd></div>`,
    )}
  </dl>`;
}

/** The list of shortcuts and the instructions, both closed until they are shown. */
export function dialogs(
  s: Strings,
  labels: readonly Label[],
  commands: readonly Command[],
): TemplateResult {
  const fixed: [string, string][] = [
    [labels.map(({ key }) => key.toUpperCase()).join("  "), s.keyLabels],
    [s.mouse, s.keyMouse],
    [s.click, s.keyClick],
    ["←  →  ↑  ↓", s.keyArrows],
    ["Enter", s.keyEnter],
    ["Tab  Shift+Tab", s.keyTab],
    ...commands
      .filter(({ shown }) => shown)
      .map(({ shown, help }): [string, string] => [shown, help]),
    ["+  −  0", s.keyPicture],
  ];
  const close = (event: Event): void => (event.target as Element).closest("dialog")?.close();
  const backdrop = (event: Event): void => {
    if (event.target === event.currentTarget) close(event);
  };
  return html`<dialog class="shortcuts" aria-labelledby="shortcuts-title" @click=${backdrop}>
      <div class="sheet">
        <div class="head">
          <h2 id="shortcuts-title" tabindex="-1">${s.shortcuts}</h2>
          <button type="button" data-testid="close-shortcuts" @click=${close}>${s.close}</button>
        </div>
        <table>
          ${fixed.map(
            ([keys, help]) =>
              html`<tr><th scope="row">${keys
                .split("  ")
                .filter(Boolean)
                .map((key) => html`<kbd>${key}</kbd> `)}</th><td>${help}</td></tr>`,
          )}
        </table>
      </div>
    </dialog>
    <dialog class="instructions" aria-labelledby="instructions-title" @click=${backdrop}>
      <div class="sheet">
        <div class="head">
          <h2 id="instructions-title" tabindex="-1">${s.instructions}</h2>
          <button type="button" data-testid="close-instructions" @click=${close}>${s.close}</button>
        </div>
        <slot name="full-instructions"></slot>
      </div>
    </dialog>`;
}

function humanized(key: string): string {
  const words = key.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function readable(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(readable).join(", ");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([key, inner]) => `${humanized(key)}: ${readable(inner)}`)
      .join("; ");
  return String(value);
}
