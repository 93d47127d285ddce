import { html } from "lit";

/** A sentence of the catalogue: what stands between backticks is code. */
export const prose = (text: string) =>
  text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
