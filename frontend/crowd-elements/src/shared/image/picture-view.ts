/**
 * A picture on the page: loads it, zooms and pans it, draws on it, hands pointers on in its own pixels.
 * Renders into the shadow root of the element that owns it, so that the contract's hooks stand there.
 */
import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import { isTyping } from "../../../../common/src/typing.ts";
import type { Shortcut } from "../hot-keys.ts";
import { loadPicture, type Picture, PictureError } from "./load-picture.ts";
import { imageStrings } from "./strings.ts";
import { type Point, type Rectangle, Viewport } from "./viewport.ts";

/** A pointer on the picture. */
export interface PicturePointer extends Point {
  /** In pixels of the picture, not rounded; may be outside. */
  readonly x: number;
  readonly y: number;
  /** So far around it things are hit, in pixels of the picture: more for a finger. */
  readonly reach: number;
  readonly event: PointerEvent;
}

/** What is done with the pointer. Without a tool, dragging pans. */
export interface PictureTool {
  /** The main button or a finger goes down on the stage. */
  press(at: PicturePointer): void;
  /** It moves while down. */
  drag(at: PicturePointer): void;
  /** It goes up. */
  release(at: PicturePointer): void;
  /** The gesture is over without a result: a second finger came, or the browser took the pointer. */
  cancel(): void;
  /** It moves while up; `undefined` when it leaves. */
  hover(at: PicturePointer | undefined): void;
}

/** Draws in pixels of the stage: use `viewport.toStage` and `viewport.scale`. The canvas is clear. */
export type Paint = (context: CanvasRenderingContext2D, viewport: Viewport) => void;

export interface PictureOptions {
  /** The lasting annotations, on `canvas.upper-canvas`, which covers what is seen of the picture. */
  readonly paint?: Paint;
  /** What changes with the pointer, on a canvas above, which is a margin larger than the stage. */
  readonly paintActive?: Paint;
  readonly tool?: PictureTool;
  /** For people who do not see it. */
  readonly name?: () => string;
  /** How it is worked by keys, for them too. */
  readonly description?: () => string;
  /** The picture is there, or will not come. */
  readonly settled?: () => void;
}

export type PictureState = "loading" | "ready" | "failed";
export type Layer = "picture" | "marks" | "active";

const ZOOM_STEP = 1.4;
const PAN_STEP = 48;
const MARGIN = 12;
const LEAST_HEIGHT = 160;
const MOUSE_REACH = 7;
const FINGER_REACH = 22;

export class PictureView implements ReactiveController {
  readonly viewport = new Viewport();
  #state: PictureState = "loading";
  #picture: Picture | undefined;
  #error: PictureError | undefined;
  /** Null before the first was asked for. */
  #address: string | null = null;
  #loading: AbortController | undefined;
  #cursor = "";
  #shownScale = 0;

  readonly #dirty = new Set<Layer>();
  #frame = 0;
  readonly #pointers = new Map<number, Point>();
  #gesture: "none" | "tool" | "pan" = "none";
  #spaceHeld = false;
  #inside = false;
  readonly #resize = new ResizeObserver(() => this.#measure());
  #observed: Element | undefined;
  /** The last two widths that were seen. */
  #widths: readonly [number, number] = [0, 0];

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly options: PictureOptions = {},
  ) {
    host.addController(this);
  }

  // --- what the owner asks

  get state(): PictureState {
    return this.#state;
  }

  /** The loaded picture; its size is that of the stored pixels. */
  get picture(): Picture | undefined {
    return this.#picture;
  }

  /** Why there is no picture, for people; empty while it loads and when it is there. */
  get problem(): string {
    const t = imageStrings(this.host);
    if (this.#state !== "failed") return "";
    const { fault, path, status } = this.#error as PictureError;
    return t(fault, { path, status: String(status) });
  }

  /** The stage: focus it for the keyboard. */
  get stage(): HTMLElement | null {
    return this.host.shadowRoot?.querySelector("#annotation-area-container") ?? null;
  }

  /** Where a point of the picture is in the window, now. */
  toClient({ x, y }: Point): Point {
    const corner = this.#corner();
    const at = this.viewport.toStage({ x, y });
    return { x: corner.x + at.x, y: corner.y + at.y };
  }

  /** What point of the picture is at a place in the window, now. */
  toPicture({ x, y }: Point): Point {
    const corner = this.#corner();
    return this.viewport.toPicture({ x: x - corner.x, y: y - corner.y });
  }

  /** The tool's cursor, as in CSS. */
  set cursor(cursor: string) {
    this.#cursor = cursor;
    this.#showCursor();
  }

  // --- what the owner tells

  /** Loads the picture at that address, unless it is there or on its way already. */
  show(address = ""): void {
    if (address === this.#address) return;
    this.#address = address;
    void this.#load();
  }

  /** Draws that layer anew before the next frame. */
  repaint(...layers: readonly Layer[]): void {
    for (const layer of layers) this.#dirty.add(layer);
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  fit(): void {
    this.viewport.fit();
    this.#moved();
  }

  /** Zooms to the middle of the stage. */
  zoomBy(factor: number): void {
    const { width, height } = this.viewport.stage;
    this.viewport.zoomBy(factor, { x: width / 2, y: height / 2 });
    this.#moved();
  }

  panBy(x: number, y: number): void {
    this.viewport.panBy(x, y);
    this.#moved();
  }

  /** Brings a part of the picture to sight. */
  reveal(part: Rectangle): void {
    this.viewport.reveal(part);
    this.#moved();
  }

  // --- what the owner shows

  /** The stage; `content` stands on it while there is a picture. */
  render(content: unknown = nothing) {
    const t = imageStrings(this.host);
    const { tool, name, description } = this.options;
    return html`<div
      id="annotation-area-container"
      class=${tool ? "stage" : "stage quiet"}
      data-state=${this.#state}
      tabindex=${this.#state === "ready" ? 0 : nothing}
      role=${tool ? "application" : "img"}
      aria-label=${name?.() || t("picture")}
      aria-description=${description?.() || nothing}
      aria-busy=${String(this.#state === "loading")}
      @pointerdown=${this.#onPointerDown}
      @pointermove=${this.#onPointerMove}
      @pointerup=${this.#onPointerUp}
      @pointercancel=${this.#onPointerCancel}
      @pointerenter=${this.#onEnter}
      @pointerleave=${this.#onLeave}
      @wheel=${{ handleEvent: (event: WheelEvent) => this.#onWheel(event), passive: false }}
      @dragstart=${(event: Event) => event.preventDefault()}
      @contextmenu=${this.#onContextMenu}
    >
      <canvas class="lower-canvas" aria-hidden="true"></canvas>
      <canvas class="upper-canvas" aria-hidden="true"></canvas>
      ${tool ? html`<canvas class="active-canvas" aria-hidden="true"></canvas>` : nothing}
      ${this.#state === "ready" ? content : this.#renderState()}
    </div>`;
  }

  /** Buttons for the tools' row: out, the zoom itself (press: the whole picture), in. */
  renderZoom() {
    const t = imageStrings(this.host);
    const percent = Math.round(this.viewport.scale * 100);
    const off = this.#state !== "ready";
    const button = (text: string, name: string, hook: string, act: () => void) => html`<button
      type="button"
      class="tool"
      data-testid=${hook}
      aria-label=${name}
      title=${name}
      ?disabled=${off}
      @click=${act}
    >
      ${text}
    </button>`;
    return html`<div class="zoom" role="group" aria-label=${t("picture")}>
      ${button("−", t("zoomOut"), "zoom-out", () => this.zoomBy(1 / ZOOM_STEP))}
      ${button(`${percent} %`, t("zoom", { percent }), "zoom-fit", () => this.fit())}
      ${button("+", t("zoomIn"), "zoom-in", () => this.zoomBy(ZOOM_STEP))}
    </div>`;
  }

  get shortcuts(): readonly Shortcut[] {
    const t = imageStrings(this.host);
    const pan = (x: number, y: number) => () => {
      const idle = this.options.tool || this.viewport.isFit;
      if (idle || this.#focused !== this.stage) return false;
      this.panBy(x * PAN_STEP, y * PAN_STEP);
      return true;
    };
    const hidden = Boolean(this.options.tool);
    return [
      { keys: ["+", "="], label: t("zoomIn"), repeat: true, run: () => this.zoomBy(ZOOM_STEP) },
      { keys: ["-"], label: t("zoomOut"), repeat: true, run: () => this.zoomBy(1 / ZOOM_STEP) },
      { keys: ["0", "Home"], label: t("fit"), run: () => this.fit() },
      { keys: ["ArrowLeft"], label: t("pan"), repeat: true, hidden, run: pan(1, 0) },
      { keys: ["ArrowRight"], label: t("pan"), repeat: true, hidden, run: pan(-1, 0) },
      { keys: ["ArrowUp"], label: t("pan"), repeat: true, hidden, run: pan(0, 1) },
      { keys: ["ArrowDown"], label: t("pan"), repeat: true, hidden, run: pan(0, -1) },
    ];
  }

  #renderState() {
    const t = imageStrings(this.host);
    if (this.#state === "loading")
      return html`<p class="stage-note" dir="auto">${t("loading")}</p>`;
    return html`<div class="stage-note" dir="auto" data-testid="picture-failed">
      <p role="alert">${this.problem}</p>
      <button type="button" class="tool" @click=${() => this.#load()}>${t("retry")}</button>
    </div>`;
  }

  // --- loading

  async #load(): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.#enter("loading");
    try {
      const picture = await loadPicture(this.#address ?? "", loading.signal);
      this.#picture?.close();
      this.#picture = picture;
      this.viewport.show(picture);
      this.#measure();
      this.#enter("ready");
    } catch (error) {
      if (loading.signal.aborted) return;
      if (!(error instanceof PictureError)) throw error;
      this.#picture?.close();
      this.#picture = undefined;
      this.#error = error;
      this.#enter("failed");
      console.error(`<${this.host.localName}> ${this.problem}`);
    }
    this.options.settled?.();
  }

  #enter(state: PictureState): void {
    this.#state = state;
    this.host.requestUpdate();
  }

  // --- the host's life

  hostConnected(): void {
    document.addEventListener("keydown", this.#onKey);
    document.addEventListener("keyup", this.#onKey);
    window.addEventListener("blur", this.#onBlur);
    if (this.host.isConnected) this.host.requestUpdate();
  }

  hostDisconnected(): void {
    document.removeEventListener("keydown", this.#onKey);
    document.removeEventListener("keyup", this.#onKey);
    window.removeEventListener("blur", this.#onBlur);
    this.#resize.disconnect();
    this.#observed = undefined;
  }

  hostUpdated(): void {
    const stage = this.stage;
    if (!stage || stage === this.#observed) return;
    this.#observed = stage;
    this.#resize.disconnect();
    this.#resize.observe(stage);
    this.#measure();
  }

  // --- size and place

  /** The stage is as wide as it may be, as high as the picture then is, and never higher than most of the screen. */
  #measure(): void {
    const stage = this.stage;
    const picture = this.#picture;
    if (!stage || !picture) return;
    const width = stage.clientWidth - 2 * MARGIN;
    if (width <= 0 || this.#isScrollbarsDoing(width)) return;
    const most = Math.max(320, 0.7 * Math.min(window.innerHeight, window.screen.availHeight));
    const wanted = (width * picture.height) / picture.width;
    const height = Math.round(Math.max(LEAST_HEIGHT, Math.min(most, wanted)));
    const before = this.viewport.stage;
    if (before.width === width && before.height === height && this.#placed) return;
    stage.style.blockSize = `${height + 2 * MARGIN}px`;
    this.viewport.resize({ width, height });
    this.#moved();
  }

  /** A scroll bar that comes and goes with the stage's height must not make it change for ever. */
  #isScrollbarsDoing(width: number): boolean {
    const [before, last] = this.#widths;
    if (width === last) return false;
    this.#widths = [last, width];
    return width === before && width > last && width - last < 24;
  }

  get #placed(): boolean {
    return Boolean(this.#canvas("lower-canvas")?.style.width);
  }

  #corner(): Point {
    const stage = this.stage;
    const box = stage?.getBoundingClientRect();
    if (!stage || !box) return { x: 0, y: 0 };
    return {
      x: box.left + stage.clientLeft + MARGIN,
      y: box.top + stage.clientTop + MARGIN,
    };
  }

  #moved(): void {
    this.repaint("picture", "marks", "active");
    // Panning changes nothing but the canvases.
    if (this.#shownScale === this.viewport.scale) return;
    this.#shownScale = this.viewport.scale;
    this.host.requestUpdate();
  }

  // --- painting

  #canvas(name: string): HTMLCanvasElement | null {
    return this.host.shadowRoot?.querySelector<HTMLCanvasElement>(`canvas.${name}`) ?? null;
  }

  #paint(): void {
    this.#frame = 0;
    const dirty = new Set(this.#dirty);
    this.#dirty.clear();
    const picture = this.#picture;
    if (!picture || !this.host.isConnected) return;
    const { shown, stage } = this.viewport;
    if (dirty.has("picture")) {
      this.#draw("lower-canvas", shown, (context, { scale }) => {
        const { x, y } = this.viewport.toStage({ x: 0, y: 0 });
        const ratio = window.devicePixelRatio;
        context.imageSmoothingEnabled = scale * ratio < 3;
        const source = picture.at(scale * ratio);
        context.drawImage(source, x, y, picture.width * scale, picture.height * scale);
      });
    }
    const { paint, paintActive } = this.options;
    // A canvas that is not drawn on still has the picture's place: templates put overlays there.
    if (dirty.has("marks")) this.#draw("upper-canvas", shown, paint ?? (() => {}));
    if (dirty.has("active") && paintActive) {
      const whole = {
        x: -MARGIN,
        y: -MARGIN,
        width: stage.width + 2 * MARGIN,
        height: stage.height + 2 * MARGIN,
      };
      this.#draw("active-canvas", whole, paintActive);
    }
  }

  #draw(name: string, place: Rectangle, paint: Paint): void {
    const canvas = this.#canvas(name);
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const ratio = window.devicePixelRatio;
    const width = Math.max(1, Math.round(place.width * ratio));
    const height = Math.max(1, Math.round(place.height * ratio));
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    Object.assign(canvas.style, {
      left: `${place.x + MARGIN}px`,
      top: `${place.y + MARGIN}px`,
      width: `${place.width}px`,
      height: `${place.height}px`,
    });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const [x, y] = [width / place.width, height / place.height];
    context.setTransform(x, 0, 0, y, -place.x * x, -place.y * y);
    context.save();
    paint(context, this.viewport);
    context.restore();
  }

  // --- pointers

  #pointer(event: PointerEvent): PicturePointer {
    const reach = event.pointerType === "touch" ? FINGER_REACH : MOUSE_REACH;
    const { x, y } = this.toPicture({ x: event.clientX, y: event.clientY });
    return { x, y, reach: reach / this.viewport.scale, event };
  }

  // Never prevents the default: mouse events must follow and leave the element, templates listen to them.
  #onPointerDown = (event: PointerEvent): void => {
    if (this.#state !== "ready" || this.#isControl(event) || event.button > 1) return;
    const stage = event.currentTarget as HTMLElement;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    stage.setPointerCapture(event.pointerId);
    if (this.#pointers.size > 1) {
      if (this.#gesture === "tool") this.options.tool?.cancel();
      this.#gesture = "pan";
    } else if (event.button === 1 || this.#spaceHeld || !this.options.tool) {
      this.#gesture = "pan";
    } else {
      this.#gesture = "tool";
      this.options.tool.press(this.#pointer(event));
    }
    this.#showCursor();
  };

  #onPointerMove = (event: PointerEvent): void => {
    if (this.#state !== "ready") return;
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      if (!this.#pointers.size) this.options.tool?.hover(this.#pointer(event));
      return;
    }
    const now = { x: event.clientX, y: event.clientY };
    this.#pointers.set(event.pointerId, now);
    if (this.#gesture === "tool") this.options.tool?.drag(this.#pointer(event));
    else if (this.#gesture === "pan") this.#panOrPinch(event.pointerId, before, now);
  };

  #panOrPinch(id: number, before: Point, now: Point): void {
    const other = [...this.#pointers].find(([one]) => one !== id)?.[1];
    if (!other) {
      this.panBy(now.x - before.x, now.y - before.y);
      return;
    }
    const spread = (point: Point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
    const corner = this.#corner();
    const middle = { x: (now.x + other.x) / 2 - corner.x, y: (now.y + other.y) / 2 - corner.y };
    this.viewport.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.viewport.zoomBy(spread(now) / spread(before), middle);
    this.#moved();
  }

  #onPointerUp = (event: PointerEvent): void => {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#gesture === "tool") this.options.tool?.release(this.#pointer(event));
    // The finger that stays goes on panning: it must not begin to draw.
    if (!this.#pointers.size) this.#gesture = "none";
    this.#showCursor();
  };

  #onPointerCancel = (event: PointerEvent): void => {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#gesture === "tool") this.options.tool?.cancel();
    this.#gesture = this.#pointers.size ? "pan" : "none";
    this.#showCursor();
  };

  #onEnter = (): void => {
    this.#inside = true;
  };

  #onLeave = (event: PointerEvent): void => {
    this.#inside = false;
    if (!this.#pointers.has(event.pointerId)) this.options.tool?.hover(undefined);
  };

  /** A long press of a finger draws or drags; it must not open a menu. */
  #onContextMenu = (event: Event): void => {
    if (this.#pointers.size && (event as PointerEvent).pointerType === "touch") {
      event.preventDefault();
    }
  };

  #onWheel(event: WheelEvent): void {
    if (this.#state !== "ready") return;
    // At the end of zooming out the page scrolls on.
    if (event.deltaY >= 0 && this.viewport.isFit && !event.ctrlKey) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    const corner = this.#corner();
    const at = { x: event.clientX - corner.x, y: event.clientY - corner.y };
    // A pinch on a touchpad comes as wheel with Ctrl, in small steps.
    this.viewport.zoomBy(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0018)), at);
    this.#moved();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== " ") return;
    if (event.type === "keyup") this.#spaceHeld = false;
    else if (this.#inside && !isTyping(event) && !this.#isControl(event)) {
      this.#spaceHeld = true;
      // Or the page would scroll.
      event.preventDefault();
    }
    this.#showCursor();
  };

  /** Keys that go up in another window are not heard of. */
  readonly #onBlur = (): void => {
    this.#spaceHeld = false;
    this.#showCursor();
  };

  /** A button or field, on the stage or elsewhere, keeps its own presses and keys. */
  #isControl(event: Event): boolean {
    const [target] = event.composedPath();
    return (
      target instanceof Element && target.closest("button, input, select, textarea, a") !== null
    );
  }

  get #focused(): Element | null {
    return this.host.shadowRoot?.activeElement ?? null;
  }

  #showCursor(): void {
    const { stage } = this;
    if (!stage) return;
    const pans = this.#gesture === "pan" || this.#spaceHeld || !this.options.tool;
    const moving = this.#gesture === "pan" ? "grabbing" : "grab";
    stage.style.cursor = pans
      ? this.viewport.isFit && !this.#spaceHeld
        ? ""
        : moving
      : this.#cursor;
  }
}
