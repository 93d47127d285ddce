import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";

export interface PictureStrings {
  picture: string;
  pictureHelp: string;
  zoomIn: string;
  zoomOut: string;
  zoomFit: string;
  pictureFailed: string;
  pictureRetry: string;
}

interface Point {
  x: number;
  y: number;
}

const FURTHEST = 12;
const STEP = 1.4;

/** A picture that zooms to the pointer (wheel, pinch, buttons, + - 0) and pans (drag, arrow keys). */
export class TruthkitPicture extends LitElement {
  static override properties = {
    src: {},
    alt: {},
    strings: { attribute: false },
    failed: { state: true },
    zoom: { state: true },
  };
  declare src: string;
  declare alt: string;
  declare strings: PictureStrings | undefined;
  declare failed: boolean;
  /** 1 shows the whole picture. */
  declare zoom: number;

  #offset: Point = { x: 0, y: 0 };
  #pointers = new Map<number, Point>();
  #resize = new ResizeObserver(() => this.#place());

  static override styles = css`
    :host { display: block }
    .frame {
      position: relative; height: var(--picture-height, 30rem); overflow: hidden; border-radius: 10px;
      border: 1px solid var(--line, #8886); background: var(--well, #eef0f4); cursor: grab;
      touch-action: pan-x pan-y; outline-offset: 2px;
    }
    .frame.zoomed { touch-action: none }
    .frame:active { cursor: grabbing }
    .frame:focus-visible, button:focus-visible { outline: 3px solid var(--focus, Highlight) }
    img { position: absolute; left: 0; top: 0; max-width: none; user-select: none; -webkit-user-drag: none;
      background: #fff; box-shadow: 0 1px 6px #0003 }
    .buttons { position: absolute; right: .5rem; bottom: .5rem; display: flex; gap: .25rem }
    button {
      min-width: 2rem; height: 2rem; border: 1px solid var(--line, #8886); border-radius: 8px; font: inherit;
      font-size: .875rem; color: var(--ink, CanvasText); background: var(--card, Canvas); cursor: pointer; padding: 0 .5rem;
    }
    @media (pointer: coarse) { button { min-width: 44px; height: 44px } }
    button:hover { background: var(--hover, #8882) }
    .failed { margin: 0; padding: 1.25rem; border: 1px dashed var(--line-strong, #888); border-radius: 10px; line-height: 1.5;
      color: var(--ink, CanvasText); background: var(--well, Canvas) }
    .failed button { margin-top: .75rem; display: block }
  `;

  constructor() {
    super();
    this.src = "";
    this.alt = "";
    this.failed = false;
    this.zoom = 1;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#watch();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("src")) {
      this.failed = false;
      this.zoom = 1;
    }
  }

  protected override updated(): void {
    this.#watch();
    this.#place();
  }

  #watch(): void {
    if (this.#frame) this.#resize.observe(this.#frame);
  }

  get #frame(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".frame");
  }

  get #image(): HTMLImageElement | null {
    return this.renderRoot.querySelector("img");
  }

  #fitScale(): number {
    const frame = this.#frame;
    const image = this.#image;
    if (!frame || !image?.naturalWidth) return 1;
    return Math.min(
      (frame.clientWidth - 16) / image.naturalWidth,
      (frame.clientHeight - 16) / image.naturalHeight,
    );
  }

  #place(): void {
    const frame = this.#frame;
    const image = this.#image;
    if (!frame || !image?.naturalWidth) return;
    const scale = this.#fitScale() * this.zoom;
    const width = image.naturalWidth * scale;
    const height = image.naturalHeight * scale;
    const clamp = (at: number, size: number, room: number): number =>
      size <= room ? (room - size) / 2 : Math.min(24, Math.max(room - size - 24, at));
    this.#offset = {
      x: clamp(this.#offset.x, width, frame.clientWidth),
      y: clamp(this.#offset.y, height, frame.clientHeight),
    };
    image.style.width = `${width}px`;
    image.style.height = `${height}px`;
    image.style.transform = `translate(${this.#offset.x}px, ${this.#offset.y}px)`;
    frame.classList.toggle("zoomed", this.zoom > 1);
  }

  /** Zooms by `factor` and keeps what is at `point` (frame coordinates, default the middle) there. */
  zoomBy(factor: number, point?: Point): void {
    const frame = this.#frame;
    if (!frame) return;
    const at = point ?? { x: frame.clientWidth / 2, y: frame.clientHeight / 2 };
    const zoom = Math.min(FURTHEST, Math.max(1, this.zoom * factor));
    const ratio = zoom / this.zoom;
    this.#offset = {
      x: at.x - (at.x - this.#offset.x) * ratio,
      y: at.y - (at.y - this.#offset.y) * ratio,
    };
    this.zoom = zoom;
    this.#place();
  }

  panBy(x: number, y: number): void {
    this.#offset = { x: this.#offset.x + x, y: this.#offset.y + y };
    this.#place();
  }

  fit(): void {
    this.zoom = 1;
    this.#place();
  }

  #inFrame(event: MouseEvent): Point {
    const box = (this.#frame as HTMLElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    this.zoomBy(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0018)), this.#inFrame(event));
  };

  #onPointerDown(event: PointerEvent): void {
    if (event.button > 1 || (event.target as Element).closest("button")) return;
    this.#pointers.set(event.pointerId, this.#inFrame(event));
    this.#frame?.setPointerCapture(event.pointerId);
  }

  #onPointerMove(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#inFrame(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (!other) {
      this.panBy(now.x - before.x, now.y - before.y);
      return;
    }
    const spread = (a: Point): number => Math.hypot(a.x - other.x, a.y - other.y) || 1;
    this.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.zoomBy(spread(now) / spread(before), {
      x: (now.x + other.x) / 2,
      y: (now.y + other.y) / 2,
    });
  }

  #onPointerUp(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions: Record<string, () => void> = {
      "+": () => this.zoomBy(STEP),
      "=": () => this.zoomBy(STEP),
      "-": () => this.zoomBy(1 / STEP),
      0: () => this.fit(),
      ArrowLeft: () => this.panBy(48, 0),
      ArrowRight: () => this.panBy(-48, 0),
      ArrowUp: () => this.panBy(0, 48),
      ArrowDown: () => this.panBy(0, -48),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  protected override render(): TemplateResult | undefined {
    const strings = this.strings;
    if (!strings) return undefined;
    if (this.failed)
      return html`<div class="failed" role="alert" data-testid="picture-failed">
        ${strings.pictureFailed}
        <button type="button" @click=${this.#retry}>${strings.pictureRetry}</button>
      </div>`;
    return html`<div
      class="frame"
      data-testid="picture"
      tabindex="0"
      role="group"
      aria-label="${strings.picture}. ${strings.pictureHelp}"
      @wheel=${{ handleEvent: this.#onWheel, passive: false }}
      @pointerdown=${this.#onPointerDown}
      @pointermove=${this.#onPointerMove}
      @pointerup=${this.#onPointerUp}
      @pointercancel=${this.#onPointerUp}
      @dragstart=${(event: Event) => event.preventDefault()}
      @keydown=${this.#onKey}
    >
      <img
        src=${this.src}
        alt=${this.alt}
        @load=${() => this.#place()}
        @error=${() => {
          this.failed = true;
        }}
      />
      <div class="buttons">
        <button type="button" data-testid="zoom-out" aria-label=${strings.zoomOut} @click=${() => this.zoomBy(1 / STEP)}>−</button>
        <button type="button" data-testid="zoom-fit" aria-label=${strings.zoomFit} @click=${() => this.fit()}>
          ${Math.round(this.zoom * 100)} %
        </button>
        <button type="button" data-testid="zoom-in" aria-label=${strings.zoomIn} @click=${() => this.zoomBy(STEP)}>+</button>
      </div>
    </div>`;
  }

  async #retry(): Promise<void> {
    this.failed = false;
    await this.updateComplete;
    this.#frame?.focus();
  }
}
