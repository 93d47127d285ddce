/** What the preview's server tells, as JSON. */

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly severity: "error" | "warning" | "info";
  readonly cure?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly excerpt?: string;
}

/** What a handler printed, its traceback included. */
export interface Printed {
  readonly by: string;
  readonly text: string;
}

export interface Entry {
  readonly number: number;
  readonly title: string;
  readonly mark: "" | "ok" | "warning" | "error";
  readonly answers: number;
}

export interface Listed {
  readonly total: number;
  readonly found: number;
  readonly from: number;
  readonly lines: readonly Entry[];
  readonly findings: readonly Finding[];
}

export interface Fault {
  readonly finding: Finding;
  readonly source: readonly { readonly number: number; readonly text: string }[];
  readonly names:
    | readonly { readonly name: string; readonly kind: string; readonly sample: string }[]
    | null;
  readonly rendered: string;
}

/** What the server had to show: all three are others after a change, numbers grow, and a new start is another run. */
export interface State {
  readonly run: string;
  readonly version: number;
  readonly answers: number;
}

export interface Line extends State {
  readonly name: string;
  readonly line: number;
  readonly total: number;
  readonly worker: number;
  readonly workers: number;
  /** Of the worker's page; null where there is none. */
  readonly address: string | null;
  readonly token: string;
  /** A short name of what stands in the page: the same name, the same page. */
  readonly page: string;
  readonly whole: boolean;
  readonly dataObject: unknown;
  readonly taskInput: unknown;
  readonly answer: unknown;
  readonly answered: readonly number[];
  readonly findings: readonly Finding[];
  readonly printed: readonly Printed[];
  readonly fault: Fault | null;
}

export interface Label {
  readonly request: unknown;
  readonly response: unknown;
  readonly responded: boolean;
  readonly outputLine: unknown;
  readonly findings: readonly Finding[];
  readonly printed: readonly Printed[];
}

async function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(address, signal ? { signal } : {});
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

export const getLines = (search: string, from: number) =>
  get<Listed>(`/api/lines?search=${encodeURIComponent(search)}&from=${from}`);

export const getLine = (line: number, worker: number, signal: AbortSignal) =>
  get<Line>(`/api/lines/${line}?worker=${worker}`, signal);

export const getLabel = (line: number, signal: AbortSignal) =>
  get<Label>(`/api/lines/${line}/label`, signal);

export async function forgetAnswers(line: number): Promise<void> {
  await fetch(`/api/lines/${line}/answers`, { method: "DELETE" });
}

/** The finding that a page's problem makes. */
export async function tellProblem(token: string, problem: unknown): Promise<Finding | null> {
  const response = await fetch(`/api/told/${token}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(problem),
  });
  return response.ok ? response.json() : null;
}
