/**
 * Pictures for stories, drawn by code: SVG as data URLs, which stand in any attribute as they are. Where things lie is
 * told, so that a story's initial values fit. Masks are drawn without smoothing, so that each pixel has one color.
 */

const svg = (width: number, height: number, content: string): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`,
  ).replaceAll("'", "%27")}`;

const rect = (x: number, y: number, width: number, height: number, fill: string, more = "") =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" ${more}/>`;

const circle = (x: number, y: number, radius: number, fill: string, more = "") =>
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}" ${more}/>`;

const path = (d: string, fill: string, more = "") => `<path d="${d}" fill="${fill}" ${more}/>`;

const stroke = (color: string, width: number) =>
  `stroke="${color}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"`;

const car = (x: number, y: number, scale: number, color: string) =>
  `<g transform="translate(${x} ${y}) scale(${scale})">${path(
    "M0 34 Q0 24 12 22 L30 20 L44 4 Q47 0 54 0 L86 0 Q92 0 96 5 L108 20 L124 23 Q132 25 132 34 L132 44 L0 44 Z",
    color,
  )}${path("M38 20 L49 6 L66 6 L66 20 Z M72 20 L72 6 L86 6 L97 20 Z", "#cfe3f2")}${circle(
    30,
    44,
    12,
    "#1d2228",
  )}${circle(30, 44, 5, "#aab4bf")}${circle(103, 44, 12, "#1d2228")}${circle(103, 44, 5, "#aab4bf")}</g>`;

const tree = (x: number, y: number, scale: number) =>
  `<g transform="translate(${x} ${y}) scale(${scale})">${rect(26, 60, 8, 40, "#6b4a2f")}${circle(
    30,
    40,
    30,
    "#2f7a3d",
  )}${circle(16, 50, 16, "#3a8c49")}${circle(44, 52, 16, "#276833")}</g>`;

const person = (x: number, y: number, color: string) =>
  `<g transform="translate(${x} ${y})">${circle(14, 9, 9, "#d9a066")}${path(
    "M3 20 Q14 14 25 20 L23 52 L5 52 Z",
    color,
  )}${path("M7 52 L13 52 L12 86 L6 86 Z M15 52 L21 52 L22 86 L16 86 Z", "#273142")}</g>`;

/** A street, 640 by 400. Cars at (60, 262, 132 × 56) and (398, 236, 92 × 39), a person at (296, 212, 28 × 86). */
const scene = svg(
  640,
  400,
  `<defs><linearGradient id="a" x2="0" y2="1"><stop stop-color="#8fc3ec"/><stop offset="1" stop-color="#e6f1f8"/></linearGradient></defs>${rect(
    0,
    0,
    640,
    400,
    "url(#a)",
  )}${circle(540, 64, 30, "#ffe39a")}${path(
    "M0 190 Q120 110 250 170 T520 150 T640 180 L640 230 L0 230 Z",
    "#9dbf8f",
  )}${rect(0, 216, 640, 40, "#86ad72")}${rect(36, 120, 96, 110, "#c9785a")}${path(
    "M28 122 L84 82 L140 122 Z",
    "#7d3f35",
  )}${rect(52, 144, 22, 24, "#dff0fa")}${rect(94, 144, 22, 24, "#dff0fa")}${rect(
    73,
    186,
    22,
    44,
    "#5b3a2c",
  )}${rect(0, 256, 640, 144, "#6d747c")}${rect(0, 252, 640, 6, "#b8bec4")}${[0, 1, 2, 3, 4, 5]
    .map((at) => rect(24 + 108 * at, 352, 60, 7, "#f3f0dc"))
    .join("")}${tree(176, 134, 1.15)}${tree(512, 150, 1)}${tree(574, 138, 1.2)}${car(
    398,
    236,
    0.7,
    "#e0a83a",
  )}${person(296, 212, "#b8433f")}${car(60, 262, 1, "#2f6fae")}`,
);

/** Cell centers and radii of `cells`: x, y, r, and whether the cell divides. */
export const CELLS: readonly (readonly [number, number, number, boolean])[] = [
  [110, 100, 46, false],
  [250, 84, 38, false],
  [408, 118, 52, true],
  [556, 92, 40, false],
  [176, 236, 54, true],
  [330, 262, 44, false],
  [492, 252, 48, false],
  [92, 344, 36, false],
  [408, 356, 30, false],
  [580, 344, 34, true],
];

/** Cells under a microscope, 640 by 400: the circles of `CELLS`. */
const cells = svg(
  640,
  400,
  `<defs><radialGradient id="a"><stop stop-color="#f5dcea"/><stop offset="0.8" stop-color="#dda3c4"/><stop offset="1" stop-color="#b56f9b"/></radialGradient></defs>${rect(
    0,
    0,
    640,
    400,
    "#f6eff3",
  )}${CELLS.map(
    ([x, y, r, divides]) =>
      circle(x, y, r, "url(#a)") +
      (divides
        ? circle(x - r / 3, y, r / 4, "#5c2a66") + circle(x + r / 3, y, r / 4, "#5c2a66")
        : circle(x + r / 6, y - r / 8, r / 3, "#6d3878")),
  ).join("")}`,
);

const WATER = "M0 400 L0 250 Q120 210 210 262 T420 300 Q520 318 640 270 L640 400 Z";
const FIELD = "M0 0 L250 0 L220 150 L0 190 Z";
const ROOF = "M386 76 L506 60 L520 150 L400 168 Z";

/**
 * A piece of land from above, 640 by 400: a field in the upper left, a lake at the lower edge, a roof with the corners
 * (386, 76) (506, 60) (520, 150) (400, 168), a road from (300, 0) through (330, 120) and (300, 200) to (640, 216).
 */
const land = svg(
  640,
  400,
  `${rect(0, 0, 640, 400, "#7d9b5b")}${path(FIELD, "#c9b46a")}${[0, 1, 2, 3, 4, 5, 6]
    .map((at) => path(`M${14 + 34 * at} 0 L${2 + 32 * at} 186`, "none", stroke("#b39d52", 3)))
    .join("")}${path(WATER, "#3f7fae")}${path(
    "M300 0 Q344 70 330 120 Q318 170 300 200 M300 200 Q380 150 640 216",
    "none",
    stroke("#cfcac0", 18),
  )}${path(ROOF, "#a9523f")}${path("M393 122 L513 105", "none", stroke("#7f3a2c", 4))}${[
    [560, 60],
    [592, 96],
    [548, 112],
    [268, 64],
    [250, 220],
    [600, 160],
  ]
    .map(([x = 0, y = 0]) => circle(x, y, 15, "#3c6e34"))
    .join("")}`,
);

const mask = (content: string) => svg(640, 400, `<g shape-rendering="crispEdges">${content}</g>`);

/** The mask of `land`: field #2ca02c, water #1f77b4, the rest unlabeled. */
const landMask = mask(path(FIELD, "#2ca02c") + path(WATER, "#1f77b4"));

/** The mask of the first two of `CELLS`: #2ca02c and #1f77b4. */
const cellsMask = mask(
  CELLS.slice(0, 2)
    .map(([x, y, r], index) => circle(x, y, r, ["#2ca02c", "#1f77b4"][index] ?? ""))
    .join(""),
);

/** Joints of `figure` in pixels. */
export const JOINTS: Readonly<Record<string, readonly [number, number]>> = {
  head: [320, 74],
  "left hand": [190, 150],
  "right hand": [452, 96],
  "left foot": [262, 352],
  "right foot": [398, 344],
};

/** A dancer, 640 by 400: the points of `JOINTS`. */
const figure = svg(
  640,
  400,
  `${rect(0, 0, 640, 400, "#f2e3c9")}${rect(0, 330, 640, 70, "#c79a62")}${path(
    "M320 130 L316 232",
    "none",
    stroke("#9b3d52", 46),
  )}${path("M312 132 L250 176 L190 150 M328 132 L398 150 L452 96", "none", stroke("#9b3d52", 18))}${path(
    "M310 240 L270 296 L262 352 M326 240 L376 282 L398 344",
    "none",
    stroke("#2f3e5c", 22),
  )}${circle(320, 74, 34, "#b97f55")}${path("M288 66 Q292 34 322 36 Q356 38 352 72 Q330 50 288 66 Z", "#3a2418")}`,
);

const FIELDS = [
  ["Surname", "Okafor"],
  ["Given name", "Adaeze"],
  ["Date of birth", "1991-04-17"],
  ["Membership no.", "20-4471"],
] as const;

/** A filled-in form, 640 by 400: row n (from 0) has its key at (60, 128 + 58 n) and its value at (280, 128 + 58 n). */
const paper = svg(
  640,
  400,
  `${rect(0, 0, 640, 400, "#dfe3e8")}${rect(24, 20, 592, 360, "#fffdf7", 'stroke="#b9b3a4"')}<g font-family="Georgia, serif" fill="#222b36"><text x="60" y="76" font-size="26" font-weight="bold">Rowing club: new member</text>${FIELDS.map(
    ([key, value], row) =>
      `<text x="60" y="${144 + 58 * row}" font-size="18" fill="#4b5665">${key}</text><text x="280" y="${
        144 + 58 * row
      }" font-size="21">${value}</text>${rect(276, 152 + 58 * row, 300, 1.5, "#9aa3ad")}`,
  ).join("")}</g>`,
);

/** A bowl of fruit, 640 by 400. */
const fruit = svg(
  640,
  400,
  `${rect(0, 0, 640, 400, "#e9dfd3")}${rect(0, 270, 640, 130, "#a9805a")}${circle(
    262,
    196,
    62,
    "#c63c33",
  )}${circle(386, 200, 58, "#e8902f")}${circle(322, 168, 56, "#8cae3c")}${path(
    "M318 116 Q322 92 340 82",
    "none",
    stroke("#5a3a22", 6),
  )}${path("M150 220 L490 220 Q472 330 320 334 Q168 330 150 220 Z", "#3d6a86")}${path(
    "M150 220 L490 220 L486 238 L154 238 Z",
    "#5588a6",
  )}`,
);

export const picture = { scene, cells, cellsMask, land, landMask, figure, paper, fruit };
