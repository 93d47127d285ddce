/** Loads a picture so that it can be drawn and measured as its pixels are stored. */
import { withoutOrientation } from "./exif.ts";
import type { Size } from "./viewport.ts";

export type PictureFault = "missing" | "unreachable" | "refused" | "unreadable";

/** Why there is no picture. */
export class PictureError extends Error {
  constructor(
    readonly fault: PictureFault,
    /** The address for people: without the query, which may hold a signature. */
    readonly path: string,
    /** The server's answer, when it refused. */
    readonly status = 0,
  ) {
    super(`${fault} ${path} ${status || ""}`.trim());
  }
}

/** A picture in memory. Large ones come with halved copies: drawn small they are fast, and smooth without effort. */
export class Picture implements Size {
  readonly width: number;
  readonly height: number;
  readonly #levels: (HTMLImageElement | ImageBitmap | HTMLCanvasElement)[];

  constructor(
    source: HTMLImageElement | ImageBitmap,
    size: Size,
    /** Where it comes from, if the browser may have turned it as EXIF says; else empty. */
    readonly mayBeTurned = "",
  ) {
    this.width = size.width;
    this.height = size.height;
    this.#levels = [source];
    for (let level = 1; (this.width * this.height) / 4 ** (level - 1) > LARGE; level += 1) {
      this.#levels.push(this.#halved(level));
    }
  }

  /** The stored pixels. */
  get source(): CanvasImageSource {
    return this.#levels[0] as CanvasImageSource;
  }

  /** What to draw when a pixel of the picture becomes `scale` device pixels: no coarser than that. */
  at(scale: number): CanvasImageSource {
    const level = Math.floor(Math.log2(1 / Math.min(scale, 1)));
    return this.#levels[Math.min(level, this.#levels.length - 1)] as CanvasImageSource;
  }

  close(): void {
    const [source] = this.#levels;
    if (source && "close" in source) source.close();
  }

  #halved(level: number): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(this.width / 2 ** level);
    canvas.height = Math.ceil(this.height / 2 ** level);
    const before = this.#levels[level - 1] as CanvasImageSource;
    canvas.getContext("2d")?.drawImage(before, 0, 0, canvas.width, canvas.height);
    return canvas;
  }
}

/** Pixels from which on a picture gets a halved copy. */
const LARGE = 500_000;

/** Throws PictureError, or the signal's reason. */
export async function loadPicture(address: string, signal: AbortSignal): Promise<Picture> {
  const { source, size, mayBeTurned } = await load(address, signal);
  return new Picture(source, size, mayBeTurned ? pathOf(address) : "");
}

/** As `loadPicture`, for reading the values of its pixels: no color profile is applied. */
export async function loadPixels(address: string, signal: AbortSignal): Promise<LoadedPicture> {
  return load(address, signal, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}

export interface LoadedPicture {
  readonly source: HTMLImageElement | ImageBitmap;
  readonly size: Size;
  /** Its file could not be read: the browser has turned it if EXIF says so. */
  readonly mayBeTurned: boolean;
}

async function load(
  address: string,
  signal: AbortSignal,
  decoding: ImageBitmapOptions = {},
): Promise<LoadedPicture> {
  const path = pathOf(address);
  if (address.trim() === "") throw new PictureError("missing", path);
  const file = await fetchFile(address, path, signal);
  const loaded = (file && (await fromFile(file, decoding))) ?? (await fromAddress(address));
  if (!loaded) throw new PictureError(file ? "unreadable" : "unreachable", path);
  const { width, height } = loaded.size;
  if (!width || !height) throw new PictureError("unreadable", path);
  signal.throwIfAborted();
  return loaded;
}

async function fromFile(
  file: Blob,
  decoding: ImageBitmapOptions,
): Promise<LoadedPicture | undefined> {
  const url = URL.createObjectURL(file);
  try {
    const image = await decoded(url);
    // A policy may refuse an image element this address: the file itself can still be decoded.
    const source = image
      ? await inMemory(image, file, decoding)
      : await createImageBitmap(file, decoding).catch(() => undefined);
    return source && { source, size: sizeOf(source), mayBeTurned: false };
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function fromAddress(address: string): Promise<LoadedPicture | undefined> {
  const source = await decoded(address);
  return source && { source, size: sizeOf(source), mayBeTurned: TURNABLE.test(address) };
}

/** Files of these kinds may say how they are to be turned. */
const TURNABLE = /^data:image\/jpe?g|^(?!data:)[^?#]*\.jpe?g(?:[?#]|$)/i;

/** `undefined` where it cannot be shown. */
async function decoded(url: string): Promise<HTMLImageElement | undefined> {
  const image = new Image();
  image.crossOrigin = "anonymous";
  image.src = url;
  return image.decode().then(
    () => image,
    () => undefined,
  );
}

const sizeOf = (source: HTMLImageElement | ImageBitmap): Size =>
  source instanceof HTMLImageElement
    ? { width: source.naturalWidth, height: source.naturalHeight }
    : { width: source.width, height: source.height };

/** The upright file; `undefined` where only an image element may load it (a policy against `fetch`). */
async function fetchFile(
  address: string,
  path: string,
  signal: AbortSignal,
): Promise<Blob | undefined> {
  let response: Response;
  try {
    response = await fetch(address, { signal, headers: { Accept: "image/*" } });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  if (!response.ok) throw new PictureError("refused", path, response.status);
  try {
    return await withoutOrientation(await response.blob());
  } catch {
    signal.throwIfAborted();
    throw new PictureError("unreachable", path);
  }
}

/** Decoded for good, unlike an image element; SVG stays what it is and so is sharp at every zoom. */
async function inMemory(image: HTMLImageElement, file: Blob, decoding: ImageBitmapOptions) {
  if (file.type.startsWith("image/svg")) return image;
  return await createImageBitmap(image, decoding).catch(() => image);
}

function pathOf(address: string): string {
  if (/^data:/i.test(address)) return `${address.slice(0, 32)}…`;
  try {
    const { host, pathname, protocol } = new URL(address, document.baseURI);
    return protocol === "blob:" ? address : `${host}${decodeURI(pathname)}`;
  } catch {
    return address;
  }
}
