import { css } from "lit";

export const styles = css`
  :host {
    --bg: #f5f6f8; --card: #fff; --well: #eceef2; --ink: #161a22; --soft: #555d6c; --line: #d9dde5; --line-strong: #7f8898;
    --accent: #1f55d0; --accent-ink: #fff; --focus: #1f55d0; --hover: #1f55d014; --bad: #a3162a; --bad-bg: #fdecee;
    --ok: #17683a; --note-bg: #fff7dc; --shadow: 0 1px 2px #0f172a14, 0 4px 16px #0f172a0d;
    display: block; color: var(--ink); background: var(--bg); color-scheme: light dark;
    font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif;
    container-type: inline-size; text-align: start; -webkit-text-size-adjust: 100%;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --bg: #12151c; --card: #1a1f29; --well: #0d1016; --ink: #e9ecf2; --soft: #a7b0c0; --line: #303848; --line-strong: #7c879b;
      --accent: #8db2ff; --accent-ink: #0b1430; --focus: #8db2ff; --hover: #8db2ff1f; --bad: #ff9aa8; --bad-bg: #3a1a21;
      --ok: #7fd6a2; --note-bg: #33301d; --shadow: 0 1px 2px #0006, 0 4px 16px #0004;
    }
  }
  * { box-sizing: border-box }
  [hidden] { display: none !important }
  .app { padding: 1rem 1.25rem 0; max-width: 100rem; margin: 0 auto }
  h1 { font-size: 1.25rem; line-height: 1.25; margin: 0; letter-spacing: -.01em }
  h2 { font-size: .9375rem; margin: 0 0 .5rem; display: flex; gap: .5rem; align-items: center }
  .count { font-weight: 600; font-size: .8125rem; padding: 0 .5em; border-radius: 99px; background: var(--well); color: var(--soft) }
  header { display: grid; grid-template-columns: 1fr auto; gap: .75rem 1rem; align-items: center; margin-bottom: 1rem }
  .tools, .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center }
  .metadata { grid-column: 1 / -1; margin: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; font-size: .875rem }
  .metadata div { display: flex; gap: .4rem; min-width: 0 }
  .metadata dt { color: var(--soft); flex: none } .metadata dt::after { content: ":" }
  .metadata dd { margin: 0; font-weight: 550; overflow-wrap: anywhere }

  button, select {
    font: inherit; font-size: .875rem; color: var(--ink); background: var(--card); border: 1px solid var(--line);
    border-radius: 8px; min-height: 2rem; padding: .25rem .7rem; cursor: pointer;
  }
  button:hover:not(:disabled), select:hover { border-color: var(--line-strong); background-image: linear-gradient(var(--hover), var(--hover)) }
  button:disabled { opacity: .45; cursor: default }
  .quiet { border-color: transparent; background: transparent; color: var(--soft) }
  :is(button, select, .list):focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
  kbd {
    font: 600 .6875rem/1.3 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; padding: .05rem .35rem;
    border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 5px; background: var(--well); color: var(--soft); white-space: nowrap;
  }

  .intro { background: var(--note-bg); border: 1px solid var(--line); border-radius: 12px; padding: .85rem 1rem; margin-bottom: 1rem }
  .intro .row { margin-top: .6rem }
  .problem { padding: 1rem; border-radius: 10px; background: var(--bad-bg); color: var(--bad) }

  .grid { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); align-items: start }
  .work { order: 1 } .side { order: 2 } .page { order: 3; --picture-height: 24rem }
  @container (min-width: 46rem) {
    .grid { grid-template-columns: minmax(0, 1fr) 20rem }
    .page { grid-column: 1 / -1 }
  }
  @container (min-width: 70rem) {
    .grid { grid-template-columns: minmax(16rem, 23rem) minmax(0, 1fr) 19rem }
    .grid.plain { grid-template-columns: minmax(0, 1fr) 20rem }
    .page { order: 0; grid-column: auto; position: sticky; top: .75rem; --picture-height: 33rem }
    .side { position: sticky; top: .75rem }
  }

  .work { background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow) }
  .work:has(.text:focus-visible) { outline: 3px solid var(--focus); outline-offset: 1px }
  .labels {
    position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: .4rem; padding: .75rem .9rem .55rem; background: var(--card);
    border-bottom: 1px solid var(--line); border-radius: 14px 14px 0 0; max-height: 15rem; overflow-y: auto;
  }
  .label { display: inline-flex; align-items: center; gap: .45rem; padding: .25rem .5rem .25rem .55rem; border-color: var(--line); font-weight: 550 }
  .label small { color: var(--strong); background: var(--tint); border-radius: 99px; padding: 0 .45em; font-size: .75rem; font-weight: 700 }
  .label[aria-pressed="true"] small { background: var(--card); color: var(--ink) }
  .swatch { width: .8rem; height: .8rem; border-radius: 4px; background: var(--strong); flex: none; forced-color-adjust: none }
  .label.current { border-color: var(--strong); box-shadow: inset 0 0 0 1px var(--strong) }
  .label[aria-pressed="true"] { background: var(--strong); border-color: var(--strong); color: var(--ink-on, var(--ink)) }
  .label[aria-pressed="true"] { --ink-on: var(--badge-ink) }
  .hint { flex: 1 0 100%; margin: 0; color: var(--soft); font-size: .8125rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }

  .paper { position: relative; padding: .8rem 1.3rem 1.3rem }
  .text {
    font: 1.0625rem/2.15 "Iowan Old Style", Charter, "Source Serif 4", Georgia, "Noto Serif", "DejaVu Serif", serif;
    cursor: text; outline: none; touch-action: pan-y pinch-zoom; min-height: 3em;
  }
  .paragraph {
    white-space: pre-wrap; overflow-wrap: break-word; line-height: calc(2.15em + var(--rows, 0) * 4px); text-align: start;
  }
  .block { content-visibility: auto; contain-intrinsic-size: auto calc(var(--paragraphs) * 4.3em) }
  .paragraph::selection { background: transparent; color: inherit }
  .marks, .probe { position: absolute; pointer-events: none }
  .marks { inset: 0; user-select: none; -webkit-user-select: none }
  .marks > * { position: absolute }
  .probe { left: 0; width: 1px }
  .bar { background: var(--strong); border-radius: 2px; forced-color-adjust: none }
  .bar.suggested { background: repeating-linear-gradient(90deg, var(--strong) 0 5px, transparent 5px 9px) }
  .bar.chosen { outline: 1px solid var(--strong) }
  .badge {
    pointer-events: auto; min-height: 0; height: 14px; padding: 0 5px; border: 0; border-radius: 4px; font: 650 10px/14px system-ui, sans-serif;
    background: var(--strong); color: var(--badge-ink); white-space: nowrap; letter-spacing: .01em; forced-color-adjust: none;
  }
  .badge.suggested { background: var(--card); color: var(--strong); box-shadow: inset 0 0 0 1px var(--strong); font-style: italic }
  .badge.chosen { box-shadow: 0 0 0 2px var(--card), 0 0 0 4px var(--strong); z-index: 2 }
  .cursor { border: 2px solid var(--focus); border-radius: 4px; margin: -2px }
  .handle { pointer-events: auto; cursor: ew-resize; touch-action: none; z-index: 3 }
  .handle::before { content: ""; position: absolute; left: -1px; top: -1px; bottom: 0; width: 2px; background: var(--ink) }
  .handle::after {
    content: ""; position: absolute; bottom: -15px; width: 14px; height: 14px; background: var(--ink); border: 2px solid var(--card);
    border-radius: 50%;
  }
  .handle.left::after { right: -1px; border-top-right-radius: 0 } .handle.right::after { left: -1px; border-top-left-radius: 0 }
  .busy .marks * { pointer-events: none }
  .busy { user-select: none; -webkit-user-select: none }

  .side { display: grid; gap: .75rem; min-width: 0 }
  .side h2 { margin: .25rem 0 0 }
  .chosen-span { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .75rem; display: grid; gap: .6rem; box-shadow: var(--shadow) }
  .chosen-span p { margin: 0; font-size: .875rem; font-style: italic; overflow-wrap: anywhere }
  .chosen-span label { display: flex; gap: .4rem; align-items: center; font-size: .8125rem; color: var(--soft) }
  .stepper { display: inline-flex; align-items: center; gap: .25rem; font-size: .8125rem; color: var(--soft) }
  .stepper button { padding: 0; width: 2rem }
  .accept { border-color: var(--accent); color: var(--accent) }
  .list {
    position: relative; max-height: 22rem; overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overscroll-behavior: contain;
  }
  .list > [role="presentation"] { position: relative }
  .empty { margin: 0; padding: .9rem 1rem; color: var(--soft); font-size: .875rem }
  .row-item {
    position: absolute; inset-inline: 0; display: flex; align-items: center; gap: .5rem; padding: 0 .75rem; cursor: pointer;
    border-inline-start: 4px solid var(--strong); border-bottom: 1px solid var(--line); font-size: .875rem;
  }
  .row-item bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: 1 }
  .tag { flex: none; font-size: .75rem; font-weight: 650; color: var(--strong); max-width: 45%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
  .row-item.suggested { border-inline-start-style: dashed } .row-item.suggested bdi { font-style: italic }
  .row-item:hover { background: var(--hover) }
  .row-item[aria-selected="true"] { background: var(--tint); box-shadow: inset 0 0 0 2px var(--strong) }
  .questions { display: grid; gap: .75rem }
  ::slotted(input[type="hidden"]) { display: none }

  footer {
    position: sticky; bottom: 0; z-index: 6; margin: 1rem -1.25rem 0; padding: .6rem 1.25rem; background: var(--card); border-top: 1px solid var(--line);
    box-shadow: 0 -4px 16px #0f172a0d;
  }
  .bar-row { display: flex; gap: .75rem; align-items: center }
  .bar-row .row button { font-size: 1.1rem; line-height: 1; width: 2.4rem; padding: 0 }
  .progress { flex: 1; margin: 0; display: flex; flex-wrap: wrap; gap: .15rem .9rem; align-items: center; font-size: .875rem; min-width: 0 }
  .left { border: 0; background: none; padding: 0; color: var(--bad); text-decoration: underline; text-underline-offset: 3px; text-align: start; min-height: 1.75rem }
  .ok { color: var(--ok); font-weight: 600 } .draft { color: var(--soft); font-size: .8125rem }
  .primary { background: var(--accent); color: var(--accent-ink); border-color: var(--accent); font-weight: 650; padding: .35rem 1rem; min-height: 2.4rem; font-size: .9375rem }
  .primary:hover:not(:disabled) { filter: brightness(1.08) }
  .primary kbd { background: transparent; color: inherit; border-color: currentColor }
  .notice { margin: 0 0 .5rem; padding: .5rem .75rem; border-radius: 8px; background: var(--note-bg); display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; font-size: .875rem }
  .notice.bad { background: var(--bad-bg); color: var(--bad); font-weight: 600 }
  .live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }

  dialog { border: 0; padding: 0; border-radius: 16px; color: var(--ink); background: var(--card); box-shadow: 0 12px 48px #0006; width: min(46rem, calc(100% - 2rem)); max-height: calc(100% - 3rem); overflow: auto }
  dialog::backdrop { background: #0b0e1480 }
  .sheet { padding: 0 1.5rem 1.5rem }
  .head { display: flex; justify-content: space-between; align-items: center; position: sticky; top: 0; padding: 1rem 0 .75rem; background: var(--card); z-index: 1 }
  .head h2 { font-size: 1.125rem; margin: 0; outline: none }
  table { border-collapse: collapse; width: 100%; font-size: .875rem }
  th, td { text-align: start; padding: .35rem .5rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: 400 }
  th { width: 12rem; line-height: 1.9 }

  @container (max-width: 30rem) {
    .app { padding: .75rem .75rem 0 } header { grid-template-columns: 1fr } footer { margin-inline: -.75rem; padding-inline: .75rem }
    .paper { padding: .75rem 1rem 1.4rem } .labels { padding: .5rem .6rem } .label { padding: .2rem .45rem; gap: .35rem; font-size: .8125rem }
    .primary kbd, .draft { display: none } th { width: 8rem }
  }
  @media (pointer: coarse) {
    button, select, .primary { min-height: 44px } .stepper button, .bar-row .row button { width: 44px } .left { min-height: 44px }
    .badge { min-height: 0 } .badge::after { content: ""; position: absolute; inset: -14px -8px }
    .handle::after { width: 22px; height: 22px; bottom: -23px }
    .label > kbd, .tools kbd, .primary kbd, .chosen-span kbd { display: none }
  }
  @media (prefers-reduced-motion: no-preference) {
    button, .row-item { transition: background-color .12s, border-color .12s }
    dialog[open] { animation: rise .16s ease-out } @keyframes rise { from { opacity: 0; translate: 0 8px } }
  }
  @media (forced-colors: active) {
    .bar.suggested { background: repeating-linear-gradient(90deg, CanvasText 0 5px, Canvas 5px 9px) }
    .label[aria-pressed="true"], .row-item[aria-selected="true"] { forced-color-adjust: none; background: Highlight; color: HighlightText; --strong: HighlightText }
    .handle::before, .handle::after { background: CanvasText; forced-color-adjust: none }
    .badge { border: 1px solid }
  }
`;

/** For the native fields between our tags, which live in the page's own tree; all easy to override. */
export const fieldRules = `
:where(html) { color-scheme: light dark }
:where(body) { background: light-dark(#f5f6f8, #12151c) }
:where(truthkit-text-annotator > fieldset, truthkit-text-annotator > label, truthkit-text-annotator > div:not([slot])) {
  display: grid; gap: .5rem; margin: 0; padding: .8rem .9rem; border: 1px solid light-dark(#d9dde5, #303848); border-radius: 12px;
  background: light-dark(#fff, #1a1f29); color: light-dark(#161a22, #e9ecf2); font-size: .9375rem; min-width: 0;
}
:where(truthkit-text-annotator > fieldset) { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem }
:where(truthkit-text-annotator legend) { float: left; flex: 1 0 100%; padding: 0; font-weight: 600 }
:where(truthkit-text-annotator > fieldset label) { display: flex; align-items: center; gap: .5rem; min-height: 2rem }
:where(truthkit-text-annotator input[type=radio], truthkit-text-annotator input[type=checkbox]) { width: 1.15rem; height: 1.15rem; accent-color: light-dark(#1f55d0, #8db2ff) }
:where(truthkit-text-annotator textarea) {
  font: inherit; width: 100%; min-height: 4.5rem; padding: .5rem .6rem; border: 1px solid light-dark(#7f8898, #7c879b); border-radius: 8px; resize: vertical;
  color: inherit; background: light-dark(#fff, #12151c); box-sizing: border-box;
}
:where(truthkit-text-annotator) :where(textarea, input):focus-visible { outline: 3px solid light-dark(#1f55d0, #8db2ff); outline-offset: 2px }
truthkit-text-annotator [data-missing] { border-color: light-dark(#a3162a, #ff9aa8); box-shadow: 0 0 0 2px light-dark(#a3162a, #ff9aa8) }
:where(truthkit-text-annotator [slot]) { line-height: 1.55 }
:where(truthkit-text-annotator [slot]) :where(h3) { margin: 1.1em 0 .35em; font-size: 1rem }
:where(truthkit-text-annotator [slot]) :where(p, ul, ol, dl) { margin: .4em 0 }
:where(truthkit-text-annotator [slot]) :where(mark) { color: inherit; background: light-dark(#ffe69a, #5c4a10); border-radius: 3px }
@media (pointer: coarse) { :where(truthkit-text-annotator > fieldset label) { min-height: 44px } }
`;
