import { html, nothing } from "lit";
import type { Finding, Printed } from "./api.ts";

const ORDER = ["error", "warning", "info"] as const;

export const placeOf = ({ file, line, column }: Finding): string =>
  [file, line, column].filter((part) => part !== undefined).join(":");

/** What is to be said of a line, the worst first, and what the handlers printed; `shown` is told at length elsewhere. */
export function renderFindings(
  findings: readonly Finding[],
  printed: readonly Printed[],
  shown?: Finding,
) {
  const told = JSON.stringify(shown);
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
          ${JSON.stringify(finding) === told ? nothing : renderRest(finding)}
        </li>`,
      )}
    </ul>
    ${printed.map(
      ({ by, text }) => html`<h3>Printed by the ${by}</h3>
        <pre class="printed">${text}</pre>`,
    )}`;
}

const renderRest = ({ excerpt, cure }: Finding) =>
  html`${excerpt ? html`<pre>${excerpt}</pre>` : nothing}${cure ? html`<p class="dim">${cure}</p>` : nothing}`;
