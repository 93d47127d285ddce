/** The board of one dimension: the responses in the order of their ranks, with all that gives them a rank. */
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { styleMap } from "lit/directives/style-map.js";
import type { Dimension } from "./dimensions.ts";
import { clearRank, listed, type Ranks, rankedCount, setRank, step } from "./ranking.ts";
import type { RowDrag } from "./row-drag.ts";
import type { rankingStrings } from "./strings.ts";

export interface Board extends Dimension {
  readonly dimension: number;
  readonly ranks: Ranks;
  /** Of several boards, the one that keys on a response work on. */
  readonly isCurrent: boolean;
  /** A submission was refused, and ranks are missing here. */
  readonly isLacking: boolean;
}

/** What a board needs of the element that it stands in. */
export interface BoardHost {
  readonly t: ReturnType<typeof rankingStrings>;
  readonly drag: RowDrag;
  readonly texts: readonly string[];
  nameOf(item: number): string;
  enter(dimension: number): void;
  rank(dimension: number, item: number, ranks: Ranks): void;
  /** A key in a field for a rank. */
  key(event: KeyboardEvent): void;
}

/** Characters of a response that are enough to know it again. */
const SHOWN = 120;

export function renderBoard(board: Board, host: BoardHost) {
  const { dimension, name, allowTie, ranks } = board;
  const { t, drag } = host;
  const done = rankedCount(ranks);
  const order = listed(ranks);
  const open = order.slice(done);
  const starts = done === 0 && drag.willRank(dimension);
  return html`<section
    class="board ${board.isLacking ? "lacking" : ""}"
    aria-labelledby="board-${dimension}"
    aria-current=${board.isCurrent ? "true" : nothing}
    data-dimension=${dimension}
    @focusin=${() => host.enter(dimension)}
  >
    <div class="board-head">
      <h3 id="board-${dimension}" dir="auto">${name}</h3>
      <span class="progress"
        >${done === ranks.length ? "✓ " : nothing}${t("progress", { done, count: ranks.length })}</span
      >
    </div>
    <p class="hint">${t(allowTie ? "tiesAllowed" : "noTies")}</p>
    <ol class="rows">
      ${repeat(
        [
          ...(done === 0 ? (["start"] as const) : []),
          ...order.slice(0, done),
          ...(open.length > 0 ? (["open"] as const) : []),
          ...open,
        ],
        (one) => one,
        (one) => {
          if (one === "start") {
            return html`<li class="start ${starts ? "onto" : ""}">${t("startHere")}</li>`;
          }
          return one === "open"
            ? html`<li class="zone">${t("notRankedYet")}</li>`
            : renderRow(board, one, host);
        },
      )}
    </ol>
  </section>`;
}

function renderRow(board: Board, item: number, host: BoardHost) {
  const { dimension, ranks, allowTie } = board;
  const { t, drag } = host;
  const rank = ranks[item] ?? null;
  const names = { dimension: board.name, response: host.nameOf(item) };
  const distance = drag.distance(dimension, item);
  return html`<li
    class=${classesOf(board, item, drag)}
    style=${styleMap({ "--dragged": distance === undefined ? undefined : `${distance}px` })}
    data-item=${item}
    data-rank=${rank ?? ""}
    @pointerdown=${(event: PointerEvent) => drag.start(event, item, board)}
    @pointermove=${(event: PointerEvent) => drag.move(event)}
    @pointerup=${(event: PointerEvent) => drag.end(event)}
    @pointercancel=${() => drag.cancel()}
  >
    <span class="grip" aria-hidden="true">
      <svg viewBox="0 0 16 16"><path d="M3 5h10M3 8h10M3 11h10"></path></svg>
    </span>
    <select
      aria-label=${t("rankOf", names)}
      @change=${(event: Event) => {
        // The field's own event has done its work here.
        event.stopPropagation();
        const { value } = event.target as HTMLSelectElement;
        const chosen =
          value === "" ? clearRank(ranks, item) : setRank(ranks, item, Number(value), allowTie);
        host.rank(dimension, item, chosen);
      }}
      @keydown=${(event: KeyboardEvent) => host.key(event)}
    >
      <option value="" aria-label=${t("notRanked")} .selected=${live(rank === null)}>–</option>
      ${Array.from(ranks.keys(), (index) => {
        const place = index + 1;
        return html`<option value=${place} .selected=${live(rank === place)}>${place}</option>`;
      })}
    </select>
    <span class="what">
      <strong>${names.response}</strong>
      <span dir="auto">${host.texts[item]?.slice(0, SHOWN)}</span>
    </span>
    <span class="moves">
      ${renderMove(board, item, -1, t("moveUp", names), host)}
      ${renderMove(board, item, 1, t("moveDown", names), host)}
    </span>
  </li>`;
}

function classesOf({ dimension, ranks }: Board, item: number, drag: RowDrag): string {
  const rank = ranks[item] ?? null;
  const peers = rank === null ? [] : [...ranks.keys()].filter((other) => ranks[other] === rank);
  const edge = drag.edgeAt(dimension, item);
  return [
    "row",
    peers.length > 1 && "shared",
    peers.length > 1 && peers[0] !== item && "tied",
    drag.distance(dimension, item) !== undefined && "dragged",
    edge === "tie" ? "onto" : edge,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Reached by pointers and screen readers; by keys Shift with an arrow does the same. */
function renderMove(
  { dimension, ranks, allowTie }: Board,
  item: number,
  direction: -1 | 1,
  label: string,
  host: BoardHost,
) {
  const moved = step(ranks, item, direction, allowTie);
  return html`<button
    type="button"
    class="move"
    tabindex="-1"
    aria-label=${label}
    title=${label}
    aria-disabled=${String(moved) === String(ranks)}
    @click=${() => host.rank(dimension, item, moved)}
  >
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d=${direction < 0 ? "M3 10.5 8 5.5l5 5" : "M3 5.5l5 5 5-5"}></path>
    </svg>
  </button>`;
}
