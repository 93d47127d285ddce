import { DraftWriter, openStore, type Stamped } from "../../../common/src/drafts.js";
import type { FieldState } from "../core/form.js";
import type { Span } from "./spans.js";

/** Grows when drafts of older versions cannot be read any more. */
const VERSION = "1";

export interface Draft extends Stamped {
  spans: readonly Span[];
  fields: FieldState;
}

/** Keeps the draft of the task on the page, and offers the one that was left behind. */
export class DraftKeeper {
  /** What was found, until the worker has decided. */
  found: Draft | null = null;
  /** Whether drafts survive a reload; null until that is known. */
  lasts: boolean | null = null;
  /** Whether the last draft is written. */
  saved = false;

  #writer: DraftWriter | undefined;
  #key: string | undefined;
  /** Something was done before the store answered. */
  #waiting = false;
  #over = false;

  constructor(
    private readonly read: () => Omit<Draft, keyof Stamped>,
    private readonly told: () => void,
  ) {}

  get pending(): boolean {
    return this.#waiting || (this.#writer?.pending ?? false);
  }

  /** Keeps the drafts of another task from now on: `task` is a fingerprint of all that makes it what it is. */
  async begin(task: string): Promise<void> {
    const key = `text-annotator/${VERSION}/${task}`;
    if (key === this.#key) return;
    await this.flush();
    this.#key = key;
    this.#writer = undefined;
    this.saved = false;
    this.found = null;
    const store = await openStore();
    const draft = (await store.get(key).catch(() => undefined)) as Draft | undefined;
    if (key !== this.#key || this.#over) return;
    this.lasts = store.lasting;
    this.#writer = new DraftWriter(store, key, (saved) => {
      this.saved = saved;
      this.told();
    });
    if (Array.isArray(draft?.spans)) this.found = draft;
    if (this.#waiting) this.save();
    this.told();
  }

  /** Plans to save what is there a moment later. */
  save(): void {
    this.#waiting = !this.#writer && !this.#over;
    this.#writer?.plan((): Draft => ({ time: Date.now(), ...this.read() }));
  }

  async flush(): Promise<void> {
    await this.#writer?.flush();
  }

  /** The found draft, which is no longer offered. */
  take(): Draft | null {
    const { found } = this;
    this.found = null;
    return found;
  }

  /** Forgets the found draft, and what is stored unless there is newer work. */
  discard(worked: boolean): void {
    this.found = null;
    if (worked) this.save();
    else void this.#writer?.clear(false);
  }

  /** The answer has arrived: no draft any more. */
  end(): void {
    this.#over = true;
    this.#waiting = false;
    this.found = null;
    void this.#writer?.clear(true);
  }
}
