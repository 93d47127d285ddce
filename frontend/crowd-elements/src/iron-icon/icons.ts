/**
 * A small set of line icons of our own, by the names of the open default icon set that templates use.
 * Each is one path on a 24 by 24 grid, stroked. Unknown names show nothing.
 */
import { css, html, nothing, svg } from "lit";

const CIRCLE = "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z";

const PATHS: Readonly<Record<string, string>> = {
  add: "M12 5v14M5 12h14",
  "add-circle": `${CIRCLE}M12 8v8M8 12h8`,
  "arrow-back": "M20 12H4m7-7-7 7 7 7",
  "arrow-downward": "M12 4v16m7-7-7 7-7-7",
  "arrow-forward": "M4 12h16m-7-7 7 7-7 7",
  "arrow-upward": "M12 20V4m-7 7 7-7 7 7",
  block: `${CIRCLE}M5.7 5.7l12.6 12.6`,
  bookmark: "M6 4h12v17l-6-4.5L6 21Z",
  cancel: `${CIRCLE}M9 9l6 6m0-6-6 6`,
  check: "M4 12.5 9.5 18 20 6.5",
  "check-circle": `${CIRCLE}M8 12.2l2.8 2.8L16 9.4`,
  "chevron-left": "m15 5-7 7 7 7",
  "chevron-right": "m9 5 7 7-7 7",
  clear: "M6 6l12 12M18 6 6 18",
  close: "M6 6l12 12M18 6 6 18",
  "content-copy": "M8 8h12v12H8ZM4 16V4h12",
  create: "M4 20l1-4.5L16.5 4 20 7.5 8.5 19Z",
  delete: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5m4-5v5",
  description: "M6 3h8l4 4v14H6ZM14 3v4h4M9 12h6m-6 4h6",
  done: "M4 12.5 9.5 18 20 6.5",
  error: `${CIRCLE}M12 7v6m0 3.5v.1`,
  "expand-less": "m5 15 7-7 7 7",
  "expand-more": "m5 9 7 7 7-7",
  face: `${CIRCLE}M9 10v.1m6-.1v.1M8.5 14.5a4.5 4.5 0 0 0 7 0`,
  favorite: "M12 20S3.5 14.8 3.5 9A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8.5 2c0 5.8-8.5 11-8.5 11Z",
  "file-download": "M12 3v12m5-5-5 5-5-5M4 20h16",
  "file-upload": "M12 16V4m5 5-5-5-5 5M4 20h16",
  flag: "M6 21V4h11l-2 4 2 4H6",
  fullscreen: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  help: `${CIRCLE}M9.3 9.5a2.8 2.8 0 1 1 4 2.5c-.9.5-1.3 1-1.3 2m0 2.9v.1`,
  "help-outline": `${CIRCLE}M9.3 9.5a2.8 2.8 0 1 1 4 2.5c-.9.5-1.3 1-1.3 2m0 2.9v.1`,
  home: "M3 11.5 12 4l9 7.5M6 9.5V20h12V9.5M10 20v-6h4v6",
  info: `${CIRCLE}M12 11v6m0-9.5v.1`,
  "info-outline": `${CIRCLE}M12 11v6m0-9.5v.1`,
  label: "M4 6h11l5 6-5 6H4Z",
  launch: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.5 1.5M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.5-1.5",
  list: "M8 6h12M8 12h12M8 18h12M4 6v.1M4 12v.1M4 18v.1",
  lock: "M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  mail: "M3 6h18v13H3Zm0 1 9 7 9-7",
  menu: "M4 6h16M4 12h16M4 18h16",
  "more-horiz": "M6 12v.1m6-.1v.1m6-.1v.1",
  "more-vert": "M12 6v.1m0 5.9v.1m0 5.9v.1",
  person: "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM4.5 20.5a7.5 7.5 0 0 1 15 0",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7Z",
  "question-answer": "M3 4h13v9H8l-5 4Zm16 4h2v13l-4-4H9v-1",
  redo: "M20 8H10a5.5 5.5 0 0 0 0 11h5M16 4l4 4-4 4",
  refresh: "M20 5v5h-5M19.5 10a8 8 0 1 0 .3 4.5",
  remove: "M5 12h14",
  "remove-circle": `${CIRCLE}M8 12h8`,
  "report-problem": "M12 4 2.5 20h19ZM12 10v4.5m0 2.5v.1",
  save: "M4 4h13l3 3v13H4ZM8 4v5h7V4M8 20v-6h8v6",
  schedule: `${CIRCLE}M12 7v5l3.5 2.5`,
  search: "M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Zm-1.9 4.6L21 21",
  send: "M3 20 21 12 3 4l2.5 8ZM5.5 12H13",
  settings:
    "M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM12 3v3m0 12v3M3 12h3m12 0h3M5.6 5.6l2.2 2.2m8.4 8.4 2.2 2.2m0-12.8-2.2 2.2m-8.4 8.4-2.2 2.2",
  star: "m12 3 2.7 5.9 6.3.7-4.7 4.3 1.3 6.3L12 17l-5.6 3.2 1.3-6.3L3 9.6l6.3-.7Z",
  "thumb-down":
    "M17 4h3v10h-3ZM17 13l-4 7a2 2 0 0 1-2-2.5l.7-3H6.5a2 2 0 0 1-2-2.5L6 5.5A2 2 0 0 1 8 4h9",
  "thumb-up":
    "M7 20H4V10h3ZM7 11l4-7a2 2 0 0 1 2 2.5l-.7 3h5.2a2 2 0 0 1 2 2.5L18 18.5a2 2 0 0 1-2 1.5H7",
  undo: "M4 8h10a5.5 5.5 0 0 1 0 11H9M8 4 4 8l4 4",
  visibility:
    "M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6ZM14.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z",
  "visibility-off": "M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6ZM4 4l16 16",
  warning: "M12 4 2.5 20h19ZM12 10v4.5m0 2.5v.1",
  "zoom-in": "M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Zm-1.9 4.6L21 21M10.5 8v5M8 10.5h5",
  "zoom-out": "M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Zm-1.9 4.6L21 21M8 10.5h5",
  "av:pause": "M8 5v14m8-14v14",
  "av:play-arrow": "M7 4.5v15l12-7.5Z",
  "av:replay": "M4 5v5h5M4.5 10a8 8 0 1 1-.3 4.5",
  "av:stop": "M6 6h12v12H6Z",
  "av:volume-up": "M4 9.5v5h3.5L12 19V5L7.5 9.5ZM15.5 9a4 4 0 0 1 0 6m2.5-9a8 8 0 0 1 0 12",
  "image:image": "M4 5h16v14H4ZM4 16l5-5 4 4 3-3 4 4M15.5 9v.1",
};

export const iconStyles = css`
  .icon-svg {
    flex: none;
    inline-size: 1.25em;
    block-size: 1.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
`;

/** The icon of that name, hidden from assistive technology; nothing for an unknown one. */
export function icon(name: string | null | undefined) {
  const known = (name ?? "").trim().replace(/^icons:/, "");
  const path = Object.hasOwn(PATHS, known) ? PATHS[known] : undefined;
  return path
    ? html`<svg class="icon-svg" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${path}></path>`}</svg>`
    : nothing;
}

/** An icon by name, or an image where the text is an address. */
export function iconOrImage(nameOrUrl: string | null | undefined) {
  return nameOrUrl && /[/.]|^data:/.test(nameOrUrl)
    ? html`<img src=${nameOrUrl} alt="" />`
    : icon(nameOrUrl);
}
