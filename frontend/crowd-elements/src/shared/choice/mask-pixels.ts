/** The pixels of a mask that have one of these colors, opaque; all others are made transparent. */
export function keepMapped(
  pixels: Uint8ClampedArray,
  colors: readonly (readonly [number, number, number])[],
): Uint8ClampedArray<ArrayBuffer> {
  const wanted = new Set(colors.map(([red, green, blue]) => (red << 16) | (green << 8) | blue));
  const kept = new Uint8ClampedArray(pixels.length);
  for (let at = 0; at < pixels.length; at += 4) {
    const red = pixels[at] ?? 0;
    const green = pixels[at + 1] ?? 0;
    const blue = pixels[at + 2] ?? 0;
    if (pixels[at + 3] === 0 || !wanted.has((red << 16) | (green << 8) | blue)) continue;
    kept[at] = red;
    kept[at + 1] = green;
    kept[at + 2] = blue;
    kept[at + 3] = 255;
  }
  return kept;
}
