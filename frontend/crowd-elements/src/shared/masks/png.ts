import { Deflater } from "./deflate.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const EIGHT_BIT_RGB = [8, 2, 0, 0, 0];
/** The filter of a row that holds its difference from the row above: most of a mask's rows become zeros. */
const UP = 2;

/**
 * A PNG with one color a value, exact: 8 bits a channel, opaque, without a profile. It depends on nothing but what is
 * given. `colors` holds 0xRRGGBB by value.
 */
export function encodePng(
  cells: Uint16Array,
  width: number,
  height: number,
  colors: Uint32Array,
): Uint8Array<ArrayBuffer> {
  const body = new Deflater();
  for (let y = 0; y < height; y++) {
    body.byte(UP);
    const row = y * width;
    for (let x = 0; x < width; ) {
      const own = cells[row + x] as number;
      const above = y > 0 ? (cells[row + x - width] as number) : -1;
      let end = x + 1;
      while (
        end < width &&
        cells[row + end] === own &&
        (above < 0 || cells[row + end - width] === above)
      ) {
        end++;
      }
      const color = colors[own] as number;
      const before = above < 0 ? 0 : (colors[above] as number);
      body.pixels(
        ((color >> 16) - (before >> 16)) & 0xff,
        ((color >> 8) - (before >> 8)) & 0xff,
        (color - before) & 0xff,
        end - x,
      );
      x = end;
    }
  }
  const header = [...bigEndian(width), ...bigEndian(height), ...EIGHT_BIT_RGB];
  return joined([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", Uint8Array.from(header)),
    chunk("IDAT", body.finish()),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** As text for JSON; without a `data:` prefix. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  }
  return btoa(text);
}

const bigEndian = (value: number): number[] => [
  value >>> 24,
  (value >>> 16) & 0xff,
  (value >>> 8) & 0xff,
  value & 0xff,
];

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = joined([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), data]);
  return joined([
    Uint8Array.from(bigEndian(data.length)),
    named,
    Uint8Array.from(bigEndian(crc32(named))),
  ]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 0xff] as number) ^ (value >>> 8);
  return ~value >>> 0;
}
