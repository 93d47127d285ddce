import type { ReactiveElement } from "lit";

/** After the next drawing: if what had the focus has vanished, `otherwise` gets it instead of the page. */
export async function rescueFocus(host: ReactiveElement, otherwise: () => void): Promise<void> {
  const focused = host.shadowRoot?.activeElement;
  if (!focused) return;
  await host.updateComplete;
  if (!focused.isConnected || !focused.checkVisibility()) otherwise();
}
