/**
 * Keys without a field: they go to one widget of the page, the one that has the focus or was touched last, else the
 * first. None works while someone types, or while a dialog is open.
 */
import { isTyping } from "../../../common/src/typing.ts";

/** What keys do. Notation: `"1"`, `"Delete"`, `"Shift+ArrowLeft"`, `"Mod+z"` (Ctrl, or Command on a Mac). */
export interface Shortcut {
  readonly keys: readonly string[];
  /** What it does, for the list of shortcuts. */
  readonly label: string;
  /** `false`: not taken, the key goes on to the browser. */
  run(event: KeyboardEvent): unknown;
  /** Runs again while the key is held. */
  readonly repeat?: boolean;
  /** Not in the list: a second way that nobody needs to be told of. */
  readonly hidden?: boolean;
}

export interface KeyTarget extends HTMLElement {
  readonly shortcuts: readonly Shortcut[];
}

const targets = new Set<KeyTarget>();
let current: KeyTarget | undefined;
let listening = false;

/** From now on `target` takes part; call the result when it leaves the page. */
export function joinHotKeys(target: KeyTarget): () => void {
  targets.add(target);
  const touch = () => {
    current = target;
  };
  target.addEventListener("pointerdown", touch, true);
  target.addEventListener("focusin", touch, true);
  if (!listening) {
    listening = true;
    document.addEventListener("keydown", onKey);
  }
  return () => {
    targets.delete(target);
    if (current === target) current = undefined;
    target.removeEventListener("pointerdown", touch, true);
    target.removeEventListener("focusin", touch, true);
  };
}

/** The key of an event in the notation of `Shortcut.keys`. Shift is named only with keys that have a name. */
export function keyOf(event: KeyboardEvent): string {
  const named = event.key.length > 1 || event.key === " ";
  const key = event.key === " " ? "Space" : named ? event.key : event.key.toLowerCase();
  const held = [
    (event.ctrlKey || event.metaKey) && "Mod",
    event.altKey && "Alt",
    event.shiftKey && (named || event.ctrlKey || event.metaKey || /\p{L}/u.test(key)) && "Shift",
  ];
  return [...held.filter(Boolean), key].join("+");
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const target = chosen();
  if (!target || dialogIsOpen(event) || isSent()) return;
  const pressed = keyOf(event);
  const submits = pressed === "Mod+Enter";
  if (isTyping(event) && !(submits && event.composedPath().includes(target))) return;
  if (movesControl(event, pressed)) return;
  for (const shortcut of target.shortcuts) {
    if (!shortcut.keys.includes(pressed)) continue;
    if (event.repeat && !shortcut.repeat) {
      event.preventDefault();
      return;
    }
    if (shortcut.run(event) === false) continue;
    event.preventDefault();
    return;
  }
}

/** Whether the key is one that a slider or a radio button has for itself. */
function movesControl(event: KeyboardEvent, pressed: string): boolean {
  const [control] = event.composedPath();
  return (
    control instanceof HTMLInputElement &&
    /^(range|radio)$/.test(control.type) &&
    /^(Shift\+)?(Arrow.*|Home|End|PageUp|PageDown)$/.test(pressed)
  );
}

function chosen(): KeyTarget | undefined {
  if (current?.isConnected && isShown(current)) return current;
  const shown = [...targets].filter((one) => one.isConnected && isShown(one));
  return shown.sort((a, b) =>
    a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
  )[0];
}

const isShown = (element: Element) => element.checkVisibility?.() ?? true;

/** Whether the answer is on its way or has arrived: nothing changes the work any more. */
const isSent = () =>
  /^(sending|submitted)$/.test(document.documentElement.dataset.crowdState ?? "");

/** Whether a modal dialog has the page: the focus is then inside of it. */
const dialogIsOpen = (event: Event) =>
  event.composedPath().some((node) => node instanceof HTMLDialogElement && node.open);

/** The key as people write it; on a Mac with the Mac's signs. */
export function keyLabel(key: string): string {
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  const names: Record<string, string> = {
    Mod: mac ? "⌘" : "Ctrl",
    Alt: mac ? "⌥" : "Alt",
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Escape: "Esc",
  };
  // A plus sign is itself a key.
  return key
    .split(/\+(?=.)/)
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(mac ? "" : "+");
}
