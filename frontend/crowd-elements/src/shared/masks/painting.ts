import { flood } from "./flood.ts";
import { type Box, Mask, VALUES } from "./mask.ts";
import { MaskHistory } from "./mask-history.ts";
import { type Point, polygon, stroke } from "./raster.ts";

/** What a value of the mask stands for. */
export interface MaskObject {
  readonly value: number;
  readonly label: string;
  readonly color: string;
}

/** What belongs to the work beside the pixels. */
export interface MaskState {
  /** In the order of their creation; stays empty where values stand for labels. */
  readonly objects: readonly MaskObject[];
  /** The worker's word that there is nothing to label. */
  readonly nothing: boolean;
}

export const EMPTY: MaskState = { objects: [], nothing: false };

const NOTHING_KEPT = new Uint8Array(VALUES);

/** The work on one picture: pixels, objects, undo. A change begins, writes, and is committed or dropped. */
export class Painting {
  readonly mask: Mask;
  readonly history: MaskHistory<MaskState>;
  #begun: { readonly state: MaskState } | undefined;

  constructor(width: number, height: number) {
    this.mask = new Mask(width, height);
    this.history = new MaskHistory(this.mask, EMPTY);
  }

  /** With what is being changed. */
  get state(): MaskState {
    return this.#begun?.state ?? this.history.objects;
  }

  get busy(): boolean {
    return this.#begun !== undefined;
  }

  /** Begins a change, after which the state is `state`. */
  begin(state: MaskState): void {
    this.drop();
    this.#begun = { state };
    this.mask.record();
  }

  /** Ends the change; false, and no change, when not a pixel is another. */
  commit(what: string): boolean {
    const state = this.#begun?.state;
    this.#begun = undefined;
    const patch = this.mask.finish();
    if (!state || !patch) return false;
    this.history.commit(patch, state, what);
    return true;
  }

  /** Takes back what the change has done so far. */
  drop(): void {
    if (!this.#begun) return;
    this.#begun = undefined;
    const patch = this.mask.finish();
    if (patch) this.mask.swap(patch);
  }

  /** A change of the state that may change pixels too. */
  change(what: string, state: MaskState, edit: () => void = () => {}): void {
    this.begin(state);
    edit();
    this.#begun = undefined;
    this.history.commit(this.mask.finish() ?? new Map(), state, what);
  }

  stroke(from: Point, to: Point, diameter: number, value: number, keep: Uint8Array): void {
    stroke(from, to, diameter, (y, left, right) => this.mask.write(y, left, right, value, keep));
  }

  polygon(points: readonly Point[], value: number, keep: Uint8Array): void {
    polygon(points, this.mask.height, (y, left, right) =>
      this.mask.write(y, left, right, value, keep),
    );
  }

  rectangle({ left, top, right, bottom }: Box, value: number, keep: Uint8Array): void {
    for (let y = Math.max(0, top); y < Math.min(bottom, this.mask.height); y++) {
      this.mask.write(y, left, right, value, keep);
    }
  }

  /** Fills what has the same value as the pixel there and hangs together with it, where `similar` holds. */
  fill(
    point: Point,
    value: number,
    keep: Uint8Array,
    similar: (x: number, y: number) => boolean = () => true,
  ): void {
    const { mask } = this;
    const { cells, width, height } = mask;
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    const seed = mask.at(x, y);
    if (seed === value || keep[seed]) return;
    const inside = (column: number, row: number) =>
      cells[row * width + column] === seed && similar(column, row);
    flood(x, y, width, height, inside, (row, from, to) =>
      mask.write(row, from, to, value, NOTHING_KEPT),
    );
  }

  /** Empties all pixels of a value. */
  clear(value: number): void {
    this.mask.replaceValues(new Map([[value, 0]]));
  }
}
