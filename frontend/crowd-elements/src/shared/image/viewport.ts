/** Which part of a picture is seen and how large: sizes and points only, no page. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rectangle extends Point, Size {}

/** A pixel of the picture is never shown larger than this many pixels of the page. */
const LARGEST_PIXEL = 40;

/**
 * Maps pixels of the picture to pixels of the stage (the box it is shown in; CSS pixels from its corner).
 * The picture always covers the stage where it is larger, and stands in its middle where it is smaller.
 */
export class Viewport {
  #picture: Size = { width: 1, height: 1 };
  #stage: Size = { width: 1, height: 1 };
  #scale = 1;
  #left = 0;
  #top = 0;

  /** Pixels of the stage per pixel of the picture. */
  get scale(): number {
    return this.#scale;
  }

  get picture(): Size {
    return this.#picture;
  }

  get stage(): Size {
    return this.#stage;
  }

  /** The scale at which the whole picture is seen: the smallest one. */
  get fitScale(): number {
    return Math.min(
      this.#stage.width / this.#picture.width,
      this.#stage.height / this.#picture.height,
    );
  }

  /** 1 shows the whole picture. */
  get zoom(): number {
    return this.#scale / this.fitScale;
  }

  get isFit(): boolean {
    return this.zoom < 1.0001;
  }

  /** Another picture: the whole of it is shown. */
  show(picture: Size): void {
    this.#picture = picture;
    this.fit();
  }

  /** Another size of the stage; what is in its middle stays there. */
  resize(stage: Size): void {
    const wasFit = this.isFit;
    const middle = this.toPicture({ x: this.#stage.width / 2, y: this.#stage.height / 2 });
    this.#stage = stage;
    if (wasFit) this.fit();
    else this.#place(this.#scale, middle, { x: stage.width / 2, y: stage.height / 2 });
  }

  fit(): void {
    this.#place(this.fitScale, { x: 0, y: 0 }, { x: 0, y: 0 });
  }

  /** Zooms by `factor`; what is at `at` on the stage stays there. */
  zoomBy(factor: number, at: Point): void {
    this.#place(this.#scale * factor, this.toPicture(at), at);
  }

  panBy(x: number, y: number): void {
    this.#place(this.#scale, { x: 0, y: 0 }, { x: this.#left + x, y: this.#top + y });
  }

  /** Pans as little as it takes to bring a part of the picture to sight. */
  reveal(part: Rectangle): void {
    const { x, y } = this.toStage(part);
    const shift = (start: number, size: number, room: number) =>
      start < 0 || size > room ? -start : Math.min(0, room - start - size);
    this.panBy(
      shift(x, part.width * this.#scale, this.#stage.width),
      shift(y, part.height * this.#scale, this.#stage.height),
    );
  }

  toStage({ x, y }: Point): Point {
    return { x: this.#left + x * this.#scale, y: this.#top + y * this.#scale };
  }

  toPicture({ x, y }: Point): Point {
    return { x: (x - this.#left) / this.#scale, y: (y - this.#top) / this.#scale };
  }

  /** The rectangle of the stage that the picture fills. */
  get shown(): Rectangle {
    const x = Math.max(0, this.#left);
    const y = Math.max(0, this.#top);
    return {
      x,
      y,
      width: Math.min(this.#stage.width, this.#left + this.#picture.width * this.#scale) - x,
      height: Math.min(this.#stage.height, this.#top + this.#picture.height * this.#scale) - y,
    };
  }

  /** The part of the picture that is seen, in its own pixels. */
  get visible(): Rectangle {
    const { x, y, width, height } = this.shown;
    return {
      ...this.toPicture({ x, y }),
      width: width / this.#scale,
      height: height / this.#scale,
    };
  }

  #place(scale: number, anchor: Point, at: Point): void {
    const fit = this.fitScale;
    this.#scale = Math.max(fit, Math.min(scale, Math.max(LARGEST_PIXEL, fit)));
    const along = (room: number, size: number, start: number) =>
      size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, start));
    const width = this.#picture.width * this.#scale;
    const height = this.#picture.height * this.#scale;
    this.#left = along(this.#stage.width, width, at.x - anchor.x * this.#scale);
    this.#top = along(this.#stage.height, height, at.y - anchor.y * this.#scale);
  }
}
