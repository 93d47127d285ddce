export interface Command {
  /** As `chord` names them. */
  keys: readonly string[];
  shown: string;
  help: string;
  /** Returns false when there was nothing to do and the key is the browser's. */
  run(): unknown;
}

/** Keys that only change others. */
export const MODIFIERS = /^(Control|Shift|Alt|Meta|AltGraph|CapsLock)$/;

/** `Mod+Shift+z`, `Alt+[`, `?`: one name a key press, whatever the keyboard's layout. */
export function chord(event: KeyboardEvent): string {
  const graph = event.getModifierState?.("AltGraph");
  const mod = (event.ctrlKey || event.metaKey) && !graph;
  const alt = event.altKey && !graph;
  let key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (alt && /^Bracket/.test(event.code)) key = event.code === "BracketLeft" ? "[" : "]";
  let shift = event.shiftKey;
  if (key === "{" || key === "}") {
    key = key === "{" ? "[" : "]";
    shift = true;
  }
  if (key === "?" || /^[0-9]$/.test(key)) shift = false;
  // Keyboards that want Shift for digits: the key's place counts.
  const digit = /^Digit([0-9])$/.exec(event.code);
  if (digit && !mod && !alt && !shift && !graph && !/^[[\]]$/.test(key)) key = digit[1] as string;
  return `${mod ? "Mod+" : ""}${alt ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}
