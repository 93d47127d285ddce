/**
 * Keys without a field: they go to one widget of the page, the one that has the focus or was touched last, else the
 * first. None works while someone types, or while a dialog is open.
 */
import { isTyping } from "../../../common/src/typing.ts";
import { flatParent } from "./element.ts";

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
  /** Whether its answer is on its way or has arrived: nothing changes the work any more. */
  readonly isSent: boolean;
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
  const written = characterOf(event);
  const named = written.length > 1 || written === " ";
  const key = written === " " ? "Space" : named ? written : written.toLowerCase();
  const graph = !named && event.getModifierState("AltGraph");
  const mod = (event.ctrlKey || event.metaKey) && !graph;
  const held = [
    mod && "Mod",
    event.altKey && !graph && !isMadeByAlt(event) && "Alt",
    event.shiftKey && (named || mod || /\p{L}/u.test(key)) && "Shift",
  ];
  return [...held.filter(Boolean), key].join("+");
}

/** On a keyboard that writes other letters or digits: what a Latin one writes at that place. */
function characterOf({ key, code, shiftKey }: KeyboardEvent): string {
  if (key.length > 1 || key <= "~") return key;
  const [, letter, digit] = /^(?:Key([A-Z])|Digit(\d))$/.exec(code) ?? [];
  return letter ?? (shiftKey ? undefined : digit) ?? key;
}

/** Whether Alt was held to write a sign with a key for a letter or digit: "[" on a German Mac is Alt+5. */
const isMadeByAlt = ({ altKey, key, code }: KeyboardEvent) =>
  altKey && /^[!-/:-@[-`{-~]$/.test(key) && /^(Key|Digit)/.test(code);

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const target = chosen(event);
  if (!target) return;
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

function chosen(event: Event): KeyTarget | undefined {
  const takesKeys = (one: KeyTarget) =>
    one.isConnected && isShown(one) && !one.isSent && !dialogIsBetween(event, one);
  if (current && takesKeys(current)) return current;
  return [...targets]
    .filter(takesKeys)
    .sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))[0];
}

const isShown = (element: Element) => element.checkVisibility?.() ?? true;

/** Whether a dialog has the page, which then has the focus inside of it, and the target is not in there too. */
const dialogIsBetween = (event: Event, target: Element) =>
  event
    .composedPath()
    .some((node) => node instanceof HTMLDialogElement && node.open && !isAround(node, target));

function isAround(outer: Element, inner: Element): boolean {
  const parent = flatParent(inner);
  return parent === outer || (parent !== undefined && isAround(outer, parent));
}

/** What the list of shortcuts shows: a key that two have stands with the one that gets it. */
export function listed(shortcuts: readonly Shortcut[]): readonly Shortcut[] {
  const taken = new Set<string>();
  return shortcuts
    .filter(({ hidden }) => !hidden)
    .map((shortcut) => {
      const keys = shortcut.keys.filter((key) => !taken.has(key));
      for (const key of keys) taken.add(key);
      return { ...shortcut, keys };
    })
    .filter(({ keys }) => keys.length > 0);
}

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
