import { describe, expect, it } from "vitest";
import { base64, encodePng } from "./png.ts";

/** Decodes what `encodePng` makes, by the runtime's own zlib: colors in reading order. */
async function decode(png: Uint8Array<ArrayBuffer>): Promise<{ size: number[]; colors: number[] }> {
  const view = new DataView(png.buffer);
  const text = (at: number) => String.fromCharCode(...png.subarray(at, at + 4));
  let data = new Uint8Array();
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    if (text(at + 4) === "IDAT") data = png.slice(at + 8, at + 8 + view.getUint32(at));
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const stride = 1 + 3 * width;
  expect(bytes.length).toBe(height * stride);
  const colors: number[] = [];
  for (let y = 0; y < height; y++) {
    expect(bytes[y * stride]).toBe(2);
    for (let at = y * stride + 1; at < (y + 1) * stride; at++) {
      if (y > 0) bytes[at] = (bytes[at] as number) + (bytes[at - stride] as number);
    }
    for (let at = y * stride + 1; at < (y + 1) * stride; at += 3) {
      colors.push(
        ((bytes[at] as number) << 16) |
          ((bytes[at + 1] as number) << 8) |
          (bytes[at + 2] as number),
      );
    }
  }
  return { size: [width, height], colors };
}

const COLORS = Uint32Array.from([0xffffff, 0x2ca02c, 0x1f77b4, 0x000000, 0x808080, 0xd62728]);

async function check(width: number, height: number, at: (x: number, y: number) => number) {
  const cells = Uint16Array.from({ length: width * height }, (_, index) =>
    at(index % width, Math.floor(index / width)),
  );
  const png = encodePng(cells, width, height, COLORS);
  const { size, colors } = await decode(png);
  expect(size).toEqual([width, height]);
  expect(colors.every((color, at) => color === COLORS[cells[at] as number])).toBe(true);
  return png.length;
}

describe("encodePng", () => {
  it("gives every width back, also those that leave one or two bytes after a longest match", async () => {
    for (let width = 1; width <= 180; width++) await check(width, 2, (x) => (x % 90 < 45 ? 0 : 1));
  });

  it("gives shapes back", async () => {
    await check(300, 200, (x, y) => (Math.hypot(x - 150, y - 100) < 80 ? 1 + ((y >> 5) % 5) : 0));
  });

  it("gives noise back, over many blocks", async () => {
    let state = 1;
    await check(400, 300, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 16) % 6;
    });
  });

  it("gives gray back, where a pixel's bytes are the same", async () => {
    await check(500, 20, (x, y) => ((x * y) % 7 < 3 ? 4 : 3));
  });

  it("takes little for what is empty", async () => {
    expect(await check(1000, 1000, () => 0)).toBeLessThan(5000);
  });
});

describe("base64", () => {
  it("takes any number of bytes", () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => index % 251);
    const back = Uint8Array.from(atob(base64(bytes)), (letter) => letter.charCodeAt(0));
    expect(back.length).toBe(bytes.length);
    expect(back.every((byte, at) => byte === bytes[at])).toBe(true);
  });
});
