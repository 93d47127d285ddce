/** Tables whose columns sort at a click on their heads. */
import { sortedRows } from "./view.ts";

export function makeSortable(table: HTMLTableElement): void {
  const heads = [...table.querySelectorAll("thead th")];
  const body = table.tBodies[0];
  if (!body || body.rows.length < 2) return;
  for (const [column, head] of heads.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      // A column of numbers is asked for its greatest first.
      const known = head.getAttribute("aria-sort");
      const descending = known ? known === "ascending" : head.classList.contains("n");
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = [...body.rows];
      const values = rows.map(({ cells }) => cells[column]?.dataset.value ?? "");
      const sorted = sortedRows(values, descending).map((at) => rows[at]);
      body.replaceChildren(...sorted.filter((row) => row !== undefined));
    });
  }
}
