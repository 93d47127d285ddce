/** Every state since the task was opened; states are immutable and share what did not change. */
export class History<T> {
  #past: { state: T; what: string }[] = [];
  #future: { state: T; what: string }[] = [];

  constructor(public present: T) {}

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Makes `state` the present; `what` names the change for the announcements of undo and redo. */
  commit(state: T, what: string): void {
    this.#past.push({ state: this.present, what });
    this.#future = [];
    this.present = state;
  }

  /** Goes one change back and names it; undefined at the beginning. */
  undo(): string | undefined {
    const last = this.#past.pop();
    if (!last) return undefined;
    this.#future.push({ state: this.present, what: last.what });
    this.present = last.state;
    return last.what;
  }

  /** Goes one change forward again and names it; undefined at the end. */
  redo(): string | undefined {
    const next = this.#future.pop();
    if (!next) return undefined;
    this.#past.push({ state: this.present, what: next.what });
    this.present = next.state;
    return next.what;
  }
}
