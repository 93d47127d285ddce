import { expect, it } from "vitest";
import { neutralizeOrientation, withoutOrientation } from "./exif.ts";

/** A TIFF block with one entry: the orientation. */
const tiff = (orientation: number, little: boolean): number[] =>
  little
    ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
    : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];

function jpeg(orientation: number, little: boolean): Uint8Array<ArrayBuffer> {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff(orientation, little)];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...[0xff, 0xe0, 0, 4, 1, 2],
    ...[0xff, 0xe1, 0, exif.length + 2, ...exif],
    ...[0xff, 0xda, 0, 2, 0, 0],
  ]);
}

it.each([true, false])("makes a JPEG upright, little-endian: %s", (little) => {
  const bytes = jpeg(6, little);
  expect(neutralizeOrientation(bytes)).toBe(true);
  expect(bytes).toEqual(jpeg(1, little));
  expect(neutralizeOrientation(bytes)).toBe(false);
});

it("gives the file itself where there is nothing to do", async () => {
  const file = new Blob([jpeg(1, true)], { type: "image/jpeg" });
  expect(await withoutOrientation(file)).toBe(file);
  const turned = await withoutOrientation(new Blob([jpeg(8, true)], { type: "image/jpeg" }));
  expect(turned.type).toBe("image/jpeg");
  expect(new Uint8Array(await turned.arrayBuffer())).toEqual(jpeg(1, true));
});

it("bears files that end early and files of another kind", () => {
  const whole = jpeg(6, false);
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => neutralizeOrientation(whole.slice(0, length))).not.toThrow();
  }
  expect(neutralizeOrientation(new TextEncoder().encode("<svg></svg>"))).toBe(false);
});
