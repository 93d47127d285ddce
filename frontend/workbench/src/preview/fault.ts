import { html, nothing } from "lit";
import type { Fault, Finding } from "./api.ts";
import { placeOf } from "./findings.ts";

/** What stands in place of a page that cannot be shown, or above the part of it that can. */
export function renderFault({ finding, source, names, rendered }: Fault, partly: boolean) {
  return html`<section class="fault" aria-label="Why there is no page">
    <p class="what" role="alert"><strong>${finding.message}</strong> <code class="dim">${finding.code}</code></p>
    ${placeOf(finding) ? html`<p><code class="at">${placeOf(finding)}</code></p>` : nothing}
    ${source.length > 0 ? renderSource(source, finding) : finding.excerpt ? html`<pre tabindex="0">${finding.excerpt}</pre>` : nothing}
    ${finding.cure ? html`<p>${finding.cure}</p>` : nothing}
    ${
      names
        ? html`<details open>
            <summary>${names.length > 0 ? "task.input has" : "task.input is empty"}</summary>
            <dl id="names" tabindex="0">
              ${names.map(
                ({
                  name,
                  kind,
                  sample,
                }) => html`<dt><code>${name}</code> <span class="dim">${kind}</span></dt>
                  <dd dir="auto">${sample}</dd>`,
              )}
            </dl>
          </details>`
        : nothing
    }
    ${
      rendered
        ? html`<details>
            <summary>Rendered up to there</summary>
            <pre id="rendered" tabindex="0">${rendered}</pre>
          </details>`
        : nothing
    }
    ${partly ? html`<p class="dim">Below, the page up to there.</p>` : nothing}
  </section>`;
}

/** Scrolls the lines of a fault sideways until its caret is in sight. */
export function showCaret(root: ParentNode): void {
  const caret = root.querySelector<HTMLElement>("#source .caret");
  const source = caret?.closest("pre");
  if (!caret || !source) return;
  const [at, seen] = [caret.getBoundingClientRect(), source.getBoundingClientRect()];
  if (at.left < seen.left || at.right > seen.right)
    source.scrollLeft += at.left - (seen.left + seen.right) / 2;
}

function renderSource(source: Fault["source"], finding: Finding) {
  const wide = String(source.at(-1)?.number ?? "").length;
  const lines = source.map(({ number, text }) => {
    const here = number === finding.line;
    const line = `${String(number).padStart(wide)} ${here ? ">" : "|"} ${text.replaceAll("\t", " ")}\n`;
    const { column } = finding;
    if (!here) return line;
    if (column === undefined) return html`<mark>${line}</mark>`;
    return html`<mark>${line}</mark>${" ".repeat(wide + 2 + column)}<span class="caret">^</span>${"\n"}`;
  });
  return html`<pre class="source" id="source" tabindex="0">${lines}</pre>`;
}
