import { describe, expect, it } from "vitest";
import { flood } from "./flood.ts";
import { type Point, polygon, type Span, stroke } from "./raster.ts";

/** Draws into lines of text, `.` and `#`. */
function drawn(width: number, height: number, draw: (span: Span) => void): string[] {
  const rows = Array.from({ length: height }, () => new Array<string>(width).fill("."));
  draw((y, from, to) => rows[y]?.fill("#", Math.max(from, 0), Math.max(to, 0)));
  return rows.map((row) => row.join(""));
}

/** Whether a pixel's middle is at most `radius` from the line. */
function near(x: number, y: number, a: Point, b: Point, radius: number): boolean {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  const along = square ? ((x - a.x) * dx + (y - a.y) * dy) / square : 0;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy) <= radius + 1e-9;
}

describe("stroke", () => {
  it.each([1, 2, 3, 4, 7, 12, 31])("is exactly as wide and high as it says: %i", (diameter) => {
    const rows = drawn(40, 40, (span) =>
      stroke({ x: 20.2, y: 20.7 }, { x: 20.2, y: 20.7 }, diameter, span),
    );
    expect(rows.filter((row) => row.includes("#")).length).toBe(diameter);
    expect(Math.max(...rows.map((row) => row.split("#").length - 1))).toBe(diameter);
  });

  it("of one pixel is the pixel under the pointer", () => {
    const point = { x: 2.99, y: 1.01 };
    expect(drawn(4, 3, (span) => stroke(point, point, 1, span))).toEqual(["....", "..#.", "...."]);
  });

  it("covers every pixel whose middle the disc passes over, and no other", () => {
    const lines: [Point, Point][] = [
      [
        { x: 10, y: 10 },
        { x: 50, y: 23 },
      ],
      [
        { x: 40, y: 50 },
        { x: 38, y: 9 },
      ],
      [
        { x: 12, y: 40 },
        { x: 44, y: 40 },
      ],
      [
        { x: 30, y: 44 },
        { x: 30, y: 12 },
      ],
    ];
    for (const [a, b] of lines) {
      for (const diameter of [2, 6, 14]) {
        const expected = drawn(64, 64, (span) => {
          for (let y = 0; y < 64; y++) {
            for (let x = 0; x < 64; x++) {
              if (near(x + 0.5, y + 0.5, a, b, diameter / 2)) span(y, x, x + 1);
            }
          }
        });
        expect(drawn(64, 64, (span) => stroke(a, b, diameter, span))).toEqual(expected);
      }
    }
  });

  it("has no gaps, however thin", () => {
    const rows = drawn(30, 30, (span) => stroke({ x: 1, y: 2 }, { x: 28, y: 17 }, 1, span));
    for (let x = 1; x < 29; x++) expect(rows.some((row) => row[x] === "#")).toBe(true);
  });
});

describe("polygon", () => {
  it("fills the pixels between its corners, and only once across its parts", () => {
    const square = (left: number, right: number) => [
      { x: left, y: 1 },
      { x: right, y: 1 },
      { x: right, y: 3 },
      { x: left, y: 3 },
    ];
    const left = drawn(8, 4, (span) => polygon(square(1, 4), 4, span));
    const right = drawn(8, 4, (span) => polygon(square(4, 7), 4, span));
    expect(left).toEqual(["........", ".###....", ".###....", "........"]);
    expect(right).toEqual(["........", "....###.", "....###.", "........"]);
  });

  it("goes by the even-odd rule where it crosses itself", () => {
    const star = [0, 2, 4, 1, 3].map((step) => ({
      x: 20 + 19 * Math.sin((step * 2 * Math.PI) / 5),
      y: 20 - 19 * Math.cos((step * 2 * Math.PI) / 5),
    }));
    const rows = drawn(40, 40, (span) => polygon(star, 40, span));
    expect(rows[20]?.[20]).toBe(".");
    expect(rows[6]?.[20]).toBe("#");
  });

  it("works out rows within the image only", () => {
    const rows: number[] = [];
    const far = 1e9;
    polygon(
      [
        { x: -far, y: -far },
        { x: far, y: -far },
        { x: far, y: far },
        { x: -far, y: far },
      ],
      3,
      (y) => rows.push(y),
    );
    expect(rows).toEqual([0, 1, 2]);
  });

  it("of fewer than three corners is nothing", () => {
    expect(drawn(3, 1, (span) => polygon([{ x: 0, y: 0 }], 1, span))).toEqual(["..."]);
    expect(drawn(3, 1, (span) => polygon([], 1, span))).toEqual(["..."]);
  });
});

describe("flood", () => {
  const filled = (picture: readonly string[], x: number, y: number): string[] => {
    const rows = picture.map((row) => row.split(""));
    const seed = rows[y]?.[x];
    flood(
      x,
      y,
      picture[0]?.length ?? 0,
      picture.length,
      (atX, atY) => rows[atY]?.[atX] === seed,
      (row, from, to) => rows[row]?.fill("#", from, to),
    );
    return rows.map((row) => row.join(""));
  };

  it("goes round corners, and not over diagonals", () => {
    const picture = [
      "..o....", //
      ".oo.oo.",
      "....o..",
      "oooo..o",
      "......o",
    ];
    expect(filled(picture, 0, 0)).toEqual([
      "##o####", //
      "#oo#oo#",
      "####o##",
      "oooo##o",
      "######o",
    ]);
    expect(filled(picture, 1, 1)[3]).toBe("oooo..o");
    expect(filled(picture, 2, 1)).toEqual([
      "..#....", //
      ".##.oo.",
      "....o..",
      "oooo..o",
      "......o",
    ]);
  });

  it("does nothing outside", () => {
    expect(filled(["..", ".."], 2, 0)).toEqual(["..", ".."]);
  });
});
