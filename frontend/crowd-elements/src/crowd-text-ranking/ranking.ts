/**
 * Ranks of responses along one dimension. A rank is a place from 1 (best) to the number of responses, `null` is not
 * ranked yet. Without ties a place holds one response; whoever comes to it pushes the others towards the nearest free
 * place, so that nobody loses their rank and the others keep their order.
 */

export type Ranks = readonly (number | null)[];

export const unranked = (count: number): Ranks => Array<null>(count).fill(null);

export const isComplete = (ranks: Ranks): ranks is readonly number[] =>
  ranks.every((rank) => rank !== null);

export const rankedCount = (ranks: Ranks): number => ranks.filter((rank) => rank !== null).length;

/** Gives `item` exactly this place; with ties, beside whoever holds it. */
export function setRank(ranks: Ranks, item: number, rank: number, allowTie: boolean): Ranks {
  if (!(rank >= 1 && rank <= ranks.length) || ranks[item] === rank) return ranks;
  if (allowTie) return settle(put(ranks, item, rank), allowTie);
  const others = put(ranks, item, null);
  // The place that the item leaves is the one to push towards; a new one pushes down, if there is room.
  const from = ranks[item] ?? null;
  const down = freeFrom(others, rank, 1);
  const pushDown = from === null ? down !== null : from > rank;
  const free = pushDown ? down : freeFrom(others, rank, -1);
  const moved = free === null ? others : shift(others, rank, free);
  return settle(put(moved, item, rank), allowTie);
}

/** Puts `item` alone between what stands above `rank` and what stands at it or below. */
export function insertBefore(ranks: Ranks, item: number, rank: number, allowTie: boolean): Ranks {
  const others = put(ranks, item, null);
  const below = rank <= ranks.length ? freeFrom(others, rank, 1) : null;
  if (below !== null) return settle(put(shift(others, rank, below), item, rank), allowTie);
  const above = freeFrom(others, rank - 1, -1);
  if (above === null) return ranks;
  return settle(put(shift(others, rank - 1, above), item, rank - 1), allowTie);
}

/**
 * One step up (-1) or down (1). With ties a step joins the neighbors, the next one goes past them; a response without
 * a rank takes the first or the last free place.
 */
export function step(ranks: Ranks, item: number, direction: -1 | 1, allowTie: boolean): Ranks {
  const rank = ranks[item] ?? null;
  if (rank === null) {
    const free = freeFrom(ranks, direction < 0 ? 1 : ranks.length, direction < 0 ? 1 : -1);
    return free === null ? ranks : settle(put(ranks, item, free), allowTie);
  }
  if (!allowTie) return setRank(ranks, item, rank + direction, allowTie);
  if (ranks.some((other, index) => other === rank && index !== item)) {
    return insertBefore(ranks, item, direction < 0 ? rank : rank + 1, allowTie);
  }
  const ahead = ranks.filter(
    (other): other is number => other !== null && (other - rank) * direction > 0,
  );
  if (ahead.length > 0) {
    const next = direction < 0 ? Math.max(...ahead) : Math.min(...ahead);
    return setRank(ranks, item, next, allowTie);
  }
  return setRank(ranks, item, direction < 0 ? 1 : ranks.length, allowTie);
}

/** Takes the rank away again. */
export const clearRank = (ranks: Ranks, item: number): Ranks =>
  ranks[item] === null ? ranks : put(ranks, item, null);

/** The responses as they are to be listed: by rank, those of one rank and those without in the given order. */
export const listed = (ranks: Ranks): number[] =>
  Array.from(ranks.keys()).sort(
    (a, b) =>
      (ranks[a] ?? Number.POSITIVE_INFINITY) - (ranks[b] ?? Number.POSITIVE_INFINITY) || a - b,
  );

/** Ranks from elsewhere (a draft), if they can be ranks of `count` responses. */
export function readRanks(value: unknown, count: number, allowTie: boolean): Ranks | undefined {
  if (!Array.isArray(value) || value.length !== count) return undefined;
  const places = value.filter((rank) => rank !== null);
  const inside = places.every((rank) => Number.isInteger(rank) && rank >= 1 && rank <= count);
  if (!inside || (!allowTie && new Set(places).size !== places.length)) return undefined;
  const ranks: Ranks = value;
  return allowTie && isComplete(ranks) ? closeGaps(ranks) : ranks;
}

const put = (ranks: Ranks, item: number, rank: number | null): Ranks =>
  ranks.map((other, index) => (index === item ? rank : other));

/** The nearest place from `rank` on in this direction that nobody holds. */
function freeFrom(ranks: Ranks, rank: number, direction: 1 | -1): number | null {
  for (let place = rank; place >= 1 && place <= ranks.length; place += direction) {
    if (!ranks.includes(place)) return place;
  }
  return null;
}

/** Moves what stands from `from` to before `free` one place towards `free`. */
function shift(ranks: Ranks, from: number, free: number): Ranks {
  const direction = Math.sign(free - from);
  const [low, high] = direction > 0 ? [from, free - 1] : [free + 1, from];
  return ranks.map((rank) =>
    rank !== null && direction !== 0 && rank >= low && rank <= high ? rank + direction : rank,
  );
}

/** What follows from a new rank: the one place left without ties is taken, and ties leave no gaps. */
function settle(ranks: Ranks, allowTie: boolean): Ranks {
  if (allowTie) return isComplete(ranks) ? closeGaps(ranks) : ranks;
  if (rankedCount(ranks) !== ranks.length - 1) return ranks;
  const free = freeFrom(ranks, 1, 1);
  return ranks.map((rank) => rank ?? free);
}

function closeGaps(ranks: readonly number[]): Ranks {
  const places = [...new Set(ranks)].sort((a, b) => a - b);
  return ranks.map((rank) => places.indexOf(rank) + 1);
}
