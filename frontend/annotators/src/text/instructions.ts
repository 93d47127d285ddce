import { fingerprint } from "../../../common/src/drafts.js";

/** Opens one of our dialogs where the worker looks. */
export function openDialog(host: HTMLElement, which: "instructions" | "shortcuts"): void {
  const dialog = host.shadowRoot?.querySelector<HTMLDialogElement>(`dialog.${which}`);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  // By hand: frames of another origin log a complaint about the attribute that does this.
  dialog.querySelector("h2")?.focus();
  // In a frame as tall as its content the middle may be out of sight.
  const seen = new IntersectionObserver(([entry]) => {
    seen.disconnect();
    if (entry) dialog.style.marginTop = `${Math.max(16, entry.intersectionRect.top + 24)}px`;
  });
  seen.observe(host);
}

/** Whether these instructions have not been seen yet; where storage is refused, each time is the first. */
export function isFirstTime(text: string): boolean {
  const key = `truthkit-instructions:${fingerprint(text)}`;
  try {
    if (localStorage.getItem(key)) return false;
    localStorage.setItem(key, "1");
  } catch {
    // Refused.
  }
  return true;
}
