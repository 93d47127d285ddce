import { html, nothing } from "lit";
import type { Finding, Printed } from "./api.ts";

const ORDER = ["error", "warning", "info"] as const;

export const placeOf = ({ file, line, column }: Finding): string =>
  [file, line, column].filter((part) => part !== undefined).join(":");

/** What is to be said of a line, the worst first, and what the handlers printed. */
export function renderFindings(findings: readonly Finding[], printed: readonly Printed[]) {
  const sorted = [...findings].sort(
    (one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity),
  );
  if (sorted.length + printed.length === 0) return html`<p class="dim">Nothing to mend.</p>`;
  return html`<ul class="findings">
      ${sorted.map(
        (finding) => html`<li class=${finding.severity}>
          <p>
            <b class="severity">${finding.severity}</b> <span dir="auto">${finding.message}</span>
            <code class="dim">${finding.code}</code>
          </p>
          ${placeOf(finding) ? html`<p><code class="at">${placeOf(finding)}</code></p>` : nothing}
          ${finding.excerpt ? html`<pre>${finding.excerpt}</pre>` : nothing}
          ${finding.cure ? html`<p class="dim">${finding.cure}</p>` : nothing}
        </li>`,
      )}
    </ul>
    ${printed.map(
      ({ by, text }) => html`<h3>Printed by the ${by}</h3>
        <pre class="printed">${text}</pre>`,
    )}`;
}
