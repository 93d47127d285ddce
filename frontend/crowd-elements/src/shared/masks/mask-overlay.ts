import type { Viewport } from "../image/viewport.ts";
import { rgb } from "./mask-image.ts";
import { emptyInks, ink, MaskScreen } from "./mask-screen.ts";
import type { MaskObject, Painting } from "./painting.ts";

export interface OverlayState {
  readonly layers: readonly MaskObject[];
  readonly hidden: ReadonlySet<number>;
  /** The value whose border is dashed; 0 for none. */
  readonly selected: number;
}

/** The colors over the picture. */
export class MaskOverlay {
  /** 0 to 100. */
  opacity = 55;
  readonly #screen = new MaskScreen();
  readonly #inks = emptyInks();
  /** What the inks were mixed for. */
  #mixed: readonly unknown[] = [];

  draw(
    context: CanvasRenderingContext2D,
    viewport: Viewport,
    painting: Painting,
    state: OverlayState,
  ): void {
    this.#mix(painting, state);
    this.#screen.draw(context, viewport, painting.mask, this.#inks);
  }

  #mix(painting: Painting, { layers, hidden, selected }: OverlayState): void {
    const mixed = [painting, layers, selected, this.opacity, [...hidden].join()];
    if (mixed.every((one, index) => one === this.#mixed[index])) return;
    this.#mixed = mixed;
    const { fill, edge } = this.#inks;
    fill.fill(0);
    edge.fill(0);
    for (const { value, color } of layers) {
      if (hidden.has(value) || this.opacity === 0) continue;
      fill[value] = ink(rgb(color), this.opacity / 100);
      edge[value] = ink(rgb(color), 1);
    }
    this.#inks.selected = selected;
    this.#screen.forget();
  }
}
