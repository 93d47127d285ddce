/**
 * What the worker has had in hand since the script runs: a page may be worked on before all of it stands, and what is
 * there when it does is then not how the page came.
 */
const handled = new WeakSet<EventTarget>();

/** Which events tell of it: with a native control only its own change, with an element whatever was done to it. */
const CHANGES = ["input", "change"];
const HANDS = ["click", "pointerup", "keyup"];

/** A control that says so knows it of the time before the script, too. */
const KNOWS = ":user-valid, :user-invalid";

/** Keys without a field were pressed: they may have gone to any widget. */
let keyed = false;

/** Begins to watch; what scripts do is not the worker's. */
export function watchHands(): void {
  for (const type of [...CHANGES, ...HANDS]) {
    window.addEventListener(type, note, { capture: true, passive: true });
  }
}

function note(event: Event): void {
  if (!event.isTrusted) return;
  const path = event.composedPath();
  if (event.type === "keyup" && path[0] === document.body) keyed = true;
  for (const target of path) {
    const own = target instanceof HTMLElement && target.localName.includes("-");
    if (own || CHANGES.includes(event.type)) handled.add(target);
  }
}

/** Whether the worker may have changed it. */
export function isHandled(element: HTMLElement): boolean {
  if (handled.has(element)) return true;
  if (element.localName.includes("-")) return keyed && "shortcuts" in element;
  return CSS.supports("selector(:user-valid)") && element.matches(KNOWS);
}
