/** What of the report is to be seen, kept in the address: `#show=failed&label=cat&least=40&sort=time`. */

/** What the page knows of its objects, each list in the order of dispute. */
export interface Index {
  readonly line: readonly number[];
  readonly outcome: readonly string[];
  readonly gold: readonly (number | null)[];
  readonly dispute: readonly (number | null)[];
  readonly seconds: readonly (number | null)[];
  /** Places among the labels and the workers. */
  readonly labels: readonly (readonly number[])[];
  readonly workers: readonly (readonly number[])[];
  /** Pack and place of the drawing; null where it is part of the page. */
  readonly pack: readonly (readonly [number, number] | null)[];
  /** Packs of words for the search. */
  readonly searches: number;
}

export interface View {
  readonly q: string;
  readonly show: string;
  readonly label: string;
  readonly worker: string;
  /** The least dispute, in percent. */
  readonly least: number;
  readonly sort: string;
}

const NAMES = ["q", "show", "label", "worker", "sort"] as const;

export function readView(hash: string): View {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const [q, show, label, worker, sort] = NAMES.map((name) => given.get(name) ?? "");
  const least = Number(given.get("least"));
  return {
    q,
    show,
    label,
    worker,
    sort,
    least: Number.isFinite(least) ? Math.min(100, Math.max(0, least)) : 0,
  } as View;
}

/** Nothing is said of what is as usual. */
export function viewText(view: View): string {
  const said = new URLSearchParams();
  for (const name of NAMES) if (view[name]) said.set(name, view[name]);
  if (view.least) said.set("least", String(view.least));
  return said.toString();
}

/** Whether an object is to be seen; `label` and `worker` are places, undefined for any. */
export function keeps(
  index: Index,
  at: number,
  { show, least }: View,
  label: number | undefined,
  worker: number | undefined,
): boolean {
  if (show === "gold" ? !((index.gold[at] ?? 1) < 1) : show && index.outcome[at] !== show) {
    return false;
  }
  if (label !== undefined && !index.labels[at]?.includes(label)) return false;
  if (worker !== undefined && !index.workers[at]?.includes(worker)) return false;
  return least === 0 || Math.round(100 * (index.dispute[at] ?? 0)) >= least;
}

/** The objects in order; those of which nothing is known come last, equals stay in the order of dispute. */
export function ordered(index: Index, sort: string): number[] {
  const all = index.line.map((_, at) => at);
  const keys: Readonly<Record<string, (at: number) => number | null | undefined>> = {
    line: (at) => index.line[at],
    gold: (at) => index.gold[at],
    time: (at) => (index.seconds[at] == null ? null : -(index.seconds[at] as number)),
  };
  const key = Object.hasOwn(keys, sort) ? keys[sort] : undefined;
  return key ? all.sort((a, b) => (key(a) ?? Infinity) - (key(b) ?? Infinity) || a - b || 0) : all;
}

/** Rows of a table by their values: numbers as numbers, what is empty last whichever way. */
export function sortedRows(values: readonly string[], descending: boolean): number[] {
  const way = descending ? -1 : 1;
  return values
    .map((_, at) => at)
    .sort((a, b) => {
      const [one, other] = [values[a] ?? "", values[b] ?? ""];
      if (!one || !other) return (one ? 0 : 1) - (other ? 0 : 1) || a - b;
      const numbers = [Number(one), Number(other)] as const;
      const difference = numbers.some(Number.isNaN)
        ? one.localeCompare(other)
        : numbers[0] - numbers[1];
      return way * difference || a - b;
    });
}
