/** Colors of labels and instances: first those of the contract, then generated ones. All differ, none is white. */
import { LABEL_COLORS } from "../defaults.ts";

const known = [...LABEL_COLORS];
const used = new Set(known);
let step = 0;

/** The color of the label or instance at `index`: always the same one, as `#rrggbb`. */
export function colorAt(index: number): string {
  while (known.length <= index) {
    const color = generate(step++);
    if (used.has(color)) continue;
    used.add(color);
    known.push(color);
  }
  return known[index] as string;
}

/** The first color in that order which is not among `taken` (lower-case `#rrggbb`). */
export function freeColor(taken: ReadonlySet<string>): string {
  for (let index = 0; ; index += 1) {
    const color = colorAt(index);
    if (!taken.has(color)) return color;
  }
}

/** `#rrggbb` in lower case from `#rgb` or `#rrggbb`; `undefined` for anything else. */
export function parseColor(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim().toLowerCase();
  if (/^#[0-9a-f]{6}$/.test(text)) return text;
  const [, r, g, b] = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(text) ?? [];
  return r && g && b ? `#${r}${r}${g}${g}${b}${b}` : undefined;
}

export const WHITE = "#ffffff";

/** Red, green, blue, 0 to 255, of a `#rrggbb`. */
export const channels = (color: string): readonly [number, number, number] => [
  Number.parseInt(color.slice(1, 3), 16),
  Number.parseInt(color.slice(3, 5), 16),
  Number.parseInt(color.slice(5, 7), 16),
];

/** Black or white, whichever is easier to read on `color`. */
export function textOn(color: string): "#000000" | "#ffffff" {
  const light = luminance(color);
  return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}

/** Relative luminance, 0 to 1, as WCAG defines it. */
function luminance(color: string): number {
  const [red, green, blue] = channels(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** After so many, saturation and lightness shift a little: each pair of them has only some hundred hues. */
const ROUND = 10_000;

/** Hues a golden angle apart, so that neighbors differ; saturation and lightness change from round to round. */
function generate(index: number): string {
  const hue = (index * 137.508 + 20) % 360;
  const round = Math.floor(index / ROUND);
  const saturation = 0.55 + 0.1 * (index % 4) + 0.1 * ((round * 0.618) % 1);
  const lightness = 0.32 + 0.06 * (Math.floor(index / 4) % 6) + 0.06 * ((round * 0.382) % 1);
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const place = (offset + hue / 30) % 12;
    const share = lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1));
    return Math.round(share * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
