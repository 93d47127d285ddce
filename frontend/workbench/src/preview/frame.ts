/**
 * In the worker's page, before all of its own: word to the workbench of what happens. Only the workbench can be around
 * this page (its policy says so), and only the workbench is listened to.
 */
import { answerText, applyScheme, onChanges } from "../shared/framed.ts";
import {
  type BenchMessage,
  type FrameMessage,
  type Problem,
  readScheme,
  schemeText,
} from "./protocol.ts";

const CROWD_SCRIPT = 'script[src^="/bundles/crowd-html-elements"]';

/** A picture that the policy refuses is told as that: its event may come after that of the failure. */
const PATIENCE_MS = 100;

// Kept, so that the page cannot take it away.
const post = window.parent.postMessage.bind(window.parent);
const send = (message: FrameMessage) => post(message, "*");
const tell = (problem: Omit<Problem, "type">) => send({ type: "problem", ...problem });

export function startFrame(): void {
  document.currentScript?.remove();
  if (window.parent === window) return;
  applyScheme(readScheme(location.hash));
  send({ type: "hello" });
  window.addEventListener("message", ({ source, data }: MessageEvent<BenchMessage>) => {
    if (source !== window.parent) return;
    if (data.type === "reload") reload();
    else if (data.type === "scheme") show(data.scheme);
  });
  window.addEventListener("keydown", onKey, true);
  watchScripts();
  watchNetwork();
  watchAnswer();
}

function reload(): void {
  // What was done is in the draft: nothing to ask the worker about.
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
  location.reload();
}

function show(scheme: string): void {
  applyScheme(scheme);
  history.replaceState(history.state, "", location.pathname + location.search + schemeText(scheme));
}

function onKey(event: KeyboardEvent): void {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const key = ({ KeyJ: "next", KeyK: "previous", KeyW: "worker" } as const)[event.code];
  if (!key) return;
  event.preventDefault();
  send({ type: "key", key });
}

function watchScripts(): void {
  window.addEventListener(
    "error",
    (event) => {
      if (!(event instanceof ErrorEvent)) return;
      const { message, filename: url, lineno: line } = event;
      tell({ kind: "error", message, url, line });
    },
    true,
  );
  window.addEventListener("unhandledrejection", ({ reason }) => {
    const message = String(reason?.message ?? reason);
    tell({ kind: "rejection", message, stack: String(reason?.stack ?? "") });
  });
  const { error } = console;
  console.error = (...words: unknown[]) => {
    error.apply(console, words);
    // The place of the caller: after this function's own.
    const [, url, line] = new Error().stack?.split("\n")[2]?.match(/(https?:.+?):(\d+):\d+/) ?? [];
    tell({ kind: "console", message: words.map(String).join(" "), url, line: Number(line) || 0 });
  };
  const unknown = () => {
    const names = Array.from(document.querySelectorAll("*"), ({ localName }) => localName);
    for (const name of new Set(names)) {
      if (name.startsWith("crowd-") && !customElements.get(name))
        tell({ kind: "unknown-element", message: name });
    }
  };
  document.addEventListener("all-crowd-elements-ready", unknown, { once: true });
  window.addEventListener("load", () => {
    if (!document.querySelector(CROWD_SCRIPT)) unknown();
  });
}

function watchNetwork(): void {
  const told = new Set<string>();
  const once = (kind: "refused" | "failed", url: string, line?: number) => {
    if (told.has(url)) return;
    told.add(url);
    tell({ kind, url, line });
  };
  document.addEventListener("securitypolicyviolation", ({ blockedURI, lineNumber, sourceFile }) => {
    const line = sourceFile === location.href.split("#")[0] ? lineNumber : undefined;
    if (/^(https?|wss?):/.test(blockedURI)) once("refused", blockedURI, line);
  });
  window.addEventListener(
    "error",
    ({ target }) => {
      if (!(target instanceof Element)) return;
      const { src, href, data } = target as { src?: string; href?: string; data?: string };
      const url = src || href || data;
      if (typeof url === "string") setTimeout(() => once("failed", url), PATIENCE_MS);
    },
    true,
  );
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      const asked = /^(fetch|xmlhttprequest)$/.test(entry.initiatorType);
      if (asked && entry.responseStatus >= 400 && !entry.name.endsWith("/answer"))
        once("failed", entry.name);
    }
  }).observe({ type: "resource", buffered: true });
}

function watchAnswer(): void {
  let sent = "";
  const scripted = () => document.querySelector(CROWD_SCRIPT) !== null;
  const look = () => {
    // Before the elements stand and drafts are back, a form has nothing to tell.
    if (scripted() && document.documentElement.dataset.crowdReady !== "true") return;
    const answer = answerText(document.querySelectorAll("[name]"));
    if (answer === sent) return;
    sent = answer;
    send({ type: "state", answer });
  };
  onChanges(look);
  window.addEventListener("load", look);
}
