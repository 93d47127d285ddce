/**
 * The script's second name, under which templates with V2 elements ask for it. There is one script for all elements:
 * this loads it from beside itself, before the parser goes on where the parser waits for this one.
 */
const script = document.currentScript;

if (script instanceof HTMLScriptElement && script.src) {
  const address = new URL("crowd-html-elements.js", script.src).href;
  if (document.readyState === "loading" && !script.async && !script.defer) {
    document.write(`<script src="${address}"></script>`);
  } else {
    const next = document.createElement("script");
    next.src = address;
    next.async = false;
    script.after(next);
  }
}
