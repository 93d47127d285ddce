/** Where a dragged response would come to stand in a list that is sorted by rank. */
import { clearRank, insertBefore, type Ranks, setRank } from "./ranking.ts";

/** A row of the list as it lies on the page, without the one that is dragged. */
export interface Row {
  readonly item: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Drop {
  readonly ranks: Ranks;
  /** The row at which the mark shows, and where; none above an empty list. */
  readonly at: number | undefined;
  readonly edge: "before" | "after" | "tie";
}

/** With ties, the middle half of a row is a place beside it. */
const TIE_SHARE = 0.5;

export function dropAt(
  rows: readonly Row[],
  y: number,
  ranks: Ranks,
  item: number,
  allowTie: boolean,
): Drop {
  const tied = allowTie && rows.find((row) => ranks[row.item] !== null && isInMiddle(row, y));
  if (tied) {
    const rank = ranks[tied.item] ?? 1;
    return { ranks: setRank(ranks, item, rank, allowTie), at: tied.item, edge: "tie" };
  }
  const index = rows.findIndex((row) => y < (row.top + row.bottom) / 2);
  const next = index < 0 ? undefined : rows[index];
  const previous = rows[(index < 0 ? rows.length : index) - 1];
  const above = previous && (ranks[previous.item] ?? null);
  const below = next && (ranks[next.item] ?? null);
  const mark =
    next && (below || !above)
      ? ({ at: next.item, edge: "before" } as const)
      : ({ at: previous?.item, edge: "after" } as const);
  if (below) return { ranks: insertBefore(ranks, item, below, allowTie), ...mark };
  // Among those without a rank it has none either.
  if (above === null) return { ranks: clearRank(ranks, item), ...mark };
  return { ranks: insertBefore(ranks, item, (above ?? 0) + 1, allowTie), ...mark };
}

function isInMiddle({ top, bottom }: Row, y: number): boolean {
  const margin = ((bottom - top) * (1 - TIE_SHARE)) / 2;
  return y >= top + margin && y <= bottom - margin;
}
