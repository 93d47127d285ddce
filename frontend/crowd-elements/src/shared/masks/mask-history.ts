import { type Mask, type Patch, patchSize } from "./mask.ts";

/** One change: what its tiles and its objects were before, and what to call it. */
interface Change<T> {
  readonly what: string;
  readonly patch: Patch;
  readonly objects: T;
  readonly size: number;
}

/** Bytes of packed tiles that undo and redo may keep: thousands of strokes. */
const MOST_BYTES = 48 * 1024 * 1024;

/** Undo and redo of a mask by tiles, together with the (immutable) list of the objects that its values stand for. */
export class MaskHistory<T> {
  readonly #past: Change<T>[] = [];
  #future: Change<T>[] = [];
  #size = 0;

  constructor(
    readonly mask: Mask,
    public objects: T,
    readonly mostBytes = MOST_BYTES,
  ) {}

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** After a change: what the tiles were before, the objects now, and a name for announcements. */
  commit(patch: Patch, objects: T, what: string): void {
    for (const { size } of this.#future) this.#size -= size;
    this.#future = [];
    this.#past.push(this.#change(patch, this.objects, what));
    this.objects = objects;
    // The oldest go first; the last change can always be undone.
    while (this.#size > this.mostBytes && this.#past.length > 1) {
      this.#size -= this.#past.shift()?.size ?? 0;
    }
  }

  /** Goes one change back and names it; undefined at the beginning. */
  undo(): string | undefined {
    return this.#move(this.#past, this.#future);
  }

  /** Goes one change forward again and names it; undefined at the end. */
  redo(): string | undefined {
    return this.#move(this.#future, this.#past);
  }

  /** Forgets all changes. */
  clear(): void {
    this.#past.length = 0;
    this.#future = [];
    this.#size = 0;
  }

  #change(patch: Patch, objects: T, what: string): Change<T> {
    const size = patchSize(patch);
    this.#size += size;
    return { what, patch, objects, size };
  }

  #move(from: Change<T>[], to: Change<T>[]): string | undefined {
    const change = from.pop();
    if (!change) return undefined;
    this.#size -= change.size;
    to.push(this.#change(this.mask.swap(change.patch), this.objects, change.what));
    this.objects = change.objects;
    return change.what;
  }
}
