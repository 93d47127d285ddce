import { VALUES } from "./mask.ts";

/** Which values the tools must leave as they are. */
export class Protection {
  /** What is not seen is not painted over either. */
  readonly hidden = new Set<number>();
  readonly locked = new Set<number>();
  /** The tools paint where nothing is; the eraser still erases. */
  onlyEmpty = false;
  readonly #kept = new Uint8Array(VALUES);

  has(value: number): boolean {
    return this.locked.has(value) || this.hidden.has(value);
  }

  /** 1 by value for what must stay; the same table each time. */
  kept(erase: boolean): Uint8Array {
    const kept = this.#kept;
    kept.fill(this.onlyEmpty && !erase ? 1 : 0);
    kept[0] = 0;
    for (const value of this.locked) kept[value] = 1;
    for (const value of this.hidden) kept[value] = 1;
    return kept;
  }

  clear(): void {
    this.hidden.clear();
    this.locked.clear();
    this.onlyEmpty = false;
  }
}
