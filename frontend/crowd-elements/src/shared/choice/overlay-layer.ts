/** Lays an overlay on a picture and tells in a legend what is there; each label can be hidden. */
import { css, html, type ReactiveControllerHost } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { channels, colorAt, textOn } from "../colors.ts";
import { loadPicture, type Picture, PictureError } from "../image/load-picture.ts";
import type { PictureView } from "../image/picture-view.ts";
import { imageStrings } from "../image/strings.ts";
import type { Viewport } from "../image/viewport.ts";
import { imageChoiceStrings } from "./image-choice-strings.ts";
import { keepMapped } from "./mask-pixels.ts";
import type { Overlay, OverlayBox } from "./overlay.ts";

const OPACITY = 0.6;
const LEGEND_ENTRIES = 100;

/** One label of the legend. */
interface Entry {
  readonly label: string;
  readonly colors: readonly string[];
  /** Boxes or instances that have it. */
  readonly count: number;
}

export class OverlayLayer {
  #overlay: Overlay | undefined;
  #entries: readonly Entry[] = [];
  #hidden: ReadonlySet<string> = new Set();
  #mask: Picture | undefined;
  /** The mask's pixels of the labels that are shown. */
  #screen: HTMLCanvasElement | undefined;
  #loading: AbortController | undefined;

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly view: PictureView,
    /** Tells of what is wrong with the mask; `undefined`: nothing is. */
    private readonly tell: (message: string | undefined) => void,
  ) {}

  /** What is shown from now on. */
  show(overlay: Overlay | undefined): void {
    this.#overlay = overlay;
    this.#entries = overlay ? legendOf(overlay) : [];
    this.#hidden = new Set();
    this.#loading?.abort();
    this.#mask?.close();
    this.#mask = undefined;
    this.#screen = undefined;
    this.tell(undefined);
    if (overlay?.kind === "mask") void this.#load(overlay.src);
    this.view.repaint("marks");
  }

  /** What it shows, in words. */
  get summary(): string {
    return this.#entries
      .slice(0, LEGEND_ENTRIES)
      .map(({ label, count }) => (count > 1 ? `${label} (${count})` : label))
      .join(", ");
  }

  get isThere(): boolean {
    return this.#entries.length > 0;
  }

  /** Hides everything; shows everything when something was hidden. */
  toggleAll(): void {
    this.#hide(new Set(this.#hidden.size ? [] : this.#entries.map((entry) => entry.label)));
  }

  paint(context: CanvasRenderingContext2D, viewport: Viewport): void {
    const overlay = this.#overlay;
    if (overlay?.kind === "boxes") this.#paintBoxes(overlay, context, viewport);
    else if (overlay) this.#paintMask(context, viewport);
  }

  render() {
    if (!this.isThere) return undefined;
    const t = imageChoiceStrings(this.host);
    const more = this.#entries.length - LEGEND_ENTRIES;
    return html`<div class="legend" role="group" aria-label=${t("shownOnPicture")}>
      ${this.#entries.slice(0, LEGEND_ENTRIES).map((entry) => this.#renderEntry(entry))}
      ${more > 0 ? html`<span>${t("more", { count: more })}</span>` : undefined}
    </div>`;
  }

  #renderEntry({ label, colors, count }: Entry) {
    const shown = !this.#hidden.has(label);
    const others = new Set(this.#hidden);
    if (shown) others.add(label);
    else others.delete(label);
    return html`<button
      type="button"
      class="legend-entry"
      aria-pressed=${String(shown)}
      @click=${() => this.#hide(others)}
    >
      ${colors.slice(0, 4).map((color) => html`<span class="swatch" style=${styleMap({ background: color })}></span>`)}
      <span dir="auto">${label}</span>${count > 1 ? html` <small>${count}</small>` : undefined}
    </button>`;
  }

  #hide(hidden: ReadonlySet<string>): void {
    this.#hidden = hidden;
    this.#screen = undefined;
    this.view.repaint("marks");
    this.host.requestUpdate();
  }

  #paintBoxes(
    { labels, boxes }: Extract<Overlay, { kind: "boxes" }>,
    context: CanvasRenderingContext2D,
    viewport: Viewport,
  ): void {
    const colors = new Map(labels.map((label, index) => [label, colorAt(index)]));
    const shown = boxes.filter((box) => !this.#hidden.has(box.label) && isSeen(box, viewport));
    for (const box of shown) paintBox(context, viewport, box, colors.get(box.label) ?? colorAt(0));
  }

  #paintMask(context: CanvasRenderingContext2D, viewport: Viewport): void {
    const picture = this.view.picture;
    this.#screen ??= this.#makeScreen();
    if (!picture || !this.#screen) return;
    const { x, y } = viewport.toStage({ x: 0, y: 0 });
    context.globalAlpha = OPACITY;
    context.imageSmoothingEnabled = false;
    context.drawImage(
      this.#screen,
      x,
      y,
      picture.width * viewport.scale,
      picture.height * viewport.scale,
    );
  }

  #makeScreen(): HTMLCanvasElement | undefined {
    const mask = this.#mask;
    if (!mask || this.#overlay?.kind !== "mask") return undefined;
    const canvas = document.createElement("canvas");
    canvas.width = mask.width;
    canvas.height = mask.height;
    const shown = Array.from(this.#overlay.colors).filter(([, label]) => !this.#hidden.has(label));
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return undefined;
    context.drawImage(mask.source, 0, 0, mask.width, mask.height);
    const pixels = context.getImageData(0, 0, mask.width, mask.height);
    const kept = keepMapped(
      pixels.data,
      shown.map(([color]) => channels(color)),
    );
    context.putImageData(new ImageData(kept, mask.width, mask.height), 0, 0);
    return canvas;
  }

  async #load(src: string): Promise<void> {
    const loading = new AbortController();
    this.#loading = loading;
    try {
      this.#mask = await loadPicture(src, loading.signal);
      this.checkSize();
      this.view.repaint("marks");
    } catch (error) {
      if (loading.signal.aborted) return;
      if (!(error instanceof PictureError)) throw error;
      const { fault, path, status } = error;
      const why = imageStrings(this.host)(fault, { path, status: String(status) });
      this.tell(`${imageChoiceStrings(this.host)("maskFailed")} ${why}`);
    }
  }

  /** Tells if the mask has another size than the picture; to be asked when either has come. */
  checkSize(): void {
    const { picture } = this.view;
    const mask = this.#mask;
    if (!picture || !mask) return;
    const fits = mask.width === picture.width && mask.height === picture.height;
    const { width, height } = mask;
    this.tell(
      fits
        ? undefined
        : imageChoiceStrings(this.host)("maskSize", {
            width,
            height,
            pictureWidth: picture.width,
            pictureHeight: picture.height,
          }),
    );
  }
}

/** The labels that occur, in their order. */
function legendOf(overlay: Overlay): Entry[] {
  const counts = new Map<string, number>();
  const colors = new Map<string, string[]>();
  if (overlay.kind === "boxes") {
    for (const { label } of overlay.boxes) counts.set(label, (counts.get(label) ?? 0) + 1);
    overlay.labels.forEach((label, index) => {
      colors.set(label, [colorAt(index)]);
    });
  } else {
    for (const [color, label] of overlay.colors) {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      colors.set(label, [...(colors.get(label) ?? []), color]);
    }
  }
  return overlay.labels
    .filter((label) => counts.has(label))
    .map((label) => ({ label, colors: colors.get(label) ?? [], count: counts.get(label) ?? 0 }));
}

function isSeen({ left, top, width, height }: OverlayBox, { visible }: Viewport): boolean {
  return (
    left < visible.x + visible.width &&
    left + width > visible.x &&
    top < visible.y + visible.height &&
    top + height > visible.y
  );
}

const TAG_HEIGHT = 18;

function paintBox(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  { label, left, top, width, height }: OverlayBox,
  color: string,
): void {
  const { x, y } = viewport.toStage({ x: left, y: top });
  const size = [width * viewport.scale, height * viewport.scale] as const;
  // Light under color, so that it is seen on any picture.
  context.lineWidth = 4;
  context.strokeStyle = "#ffffff";
  context.strokeRect(x, y, ...size);
  context.lineWidth = 2;
  context.strokeStyle = color;
  context.strokeRect(x, y, ...size);
  context.font = "600 12px system-ui, sans-serif";
  context.textBaseline = "middle";
  const room = viewport.shown.y;
  const tagTop = y - TAG_HEIGHT < room ? y : y - TAG_HEIGHT;
  context.fillStyle = color;
  context.fillRect(x, tagTop, context.measureText(label).width + 10, TAG_HEIGHT);
  context.fillStyle = textOn(color);
  context.fillText(label, x + 5, tagTop + TAG_HEIGHT / 2 + 1);
}

export const overlayStyles = css`
  .legend {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    margin-block-start: 8px;
  }
  .legend-entry {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-block-size: 32px;
    max-inline-size: 100%;
    padding: 3px 10px;
    border: 1px solid var(--tk-line);
    border-radius: 99px;
    background: var(--tk-surface);
    color: var(--tk-text);
    font: inherit;
    font-size: 0.875em;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .legend-entry:hover {
    background: var(--tk-quiet);
  }
  .legend-entry[aria-pressed="false"] {
    border-style: dashed;
    text-decoration: line-through;
  }
  .legend-entry[aria-pressed="false"] .swatch {
    opacity: 0.35;
  }
  .swatch {
    flex: none;
    inline-size: 14px;
    block-size: 14px;
    border: 1px solid var(--tk-line);
    border-radius: 4px;
    forced-color-adjust: none;
  }
  @media (pointer: coarse) {
    .legend-entry {
      min-block-size: 44px;
    }
  }
`;
