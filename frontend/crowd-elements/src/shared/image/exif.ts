/**
 * Takes the orientation out of a picture file, so that the browser shows its pixels as they are stored. Browsers turn
 * pictures as EXIF says, and CSS's `image-orientation: none` and the options of `createImageBitmap` do not keep all of
 * them from it.
 */

const ORIENTATION = 0x0112;
const UPRIGHT = 1;

/** A copy of the file without orientation; the file itself where it has none. */
export async function withoutOrientation(file: Blob): Promise<Blob> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return neutralizeOrientation(bytes) ? new Blob([bytes], { type: file.type }) : file;
}

/** Makes the picture upright in place; true if that changed anything. */
export function neutralizeOrientation(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return isJpeg(view) ? inJpeg(view) : isPng(view) && inPng(view);
  } catch (error) {
    // A truncated file: whether it can be shown at all is for the browser to say.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const isJpeg = (view: DataView) => view.byteLength > 4 && view.getUint16(0) === 0xffd8;
const isPng = (view: DataView) => view.byteLength > 16 && view.getUint32(0) === 0x89504e47;

function inJpeg(view: DataView): boolean {
  let changed = false;
  for (let at = 2; at + 4 <= view.byteLength; ) {
    const marker = view.getUint16(at);
    if (marker === 0xffff) {
      at += 1;
      continue;
    }
    const isSegment = marker > 0xff00 && marker !== 0xffda && marker !== 0xffd9;
    if (!isSegment) break;
    const size = view.getUint16(at + 2);
    const holdsExif =
      marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0;
    if (holdsExif) changed = inTiff(view, at + 10) || changed;
    at += 2 + size;
  }
  return changed;
}

function inPng(view: DataView): boolean {
  const EXIF = 0x65584966;
  for (let at = 8; at + 8 <= view.byteLength; ) {
    const size = view.getUint32(at);
    if (view.getUint32(at + 4) === EXIF && inTiff(view, at + 8)) {
      view.setUint32(at + 8 + size, checksum(view, at + 4, size + 4));
      return true;
    }
    at += 12 + size;
  }
  return false;
}

/** CRC-32 of `size` bytes from `start`, as PNG wants it. */
function checksum(view: DataView, start: number, size: number): number {
  let sum = 0xffffffff;
  for (let at = start; at < start + size; at += 1) {
    sum ^= view.getUint8(at);
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function inTiff(view: DataView, start: number): boolean {
  const little = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, little);
  const entries = view.getUint16(directory, little);
  for (let index = 0; index < entries; index += 1) {
    const entry = directory + 2 + index * 12;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    if (view.getUint16(entry + 8, little) === UPRIGHT) return false;
    view.setUint16(entry + 8, UPRIGHT, little);
    return true;
  }
  return false;
}
