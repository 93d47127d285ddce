import { LitElement } from "lit";

/** What all crowd elements share: an open shadow root, rendered at once where it must be. */
export abstract class CrowdElement extends LitElement {
  /** Renders now if it has not yet, so that methods work on an element made a moment ago. */
  protected ensureRendered(): void {
    if (!this.hasUpdated && this.isConnected) this.performUpdate();
  }
}

/** What stands around an element on the page: a slot where it is slotted, a host around its shadow root. */
export const flatParent = (element: Element): Element | undefined =>
  element.assignedSlot ??
  element.parentElement ??
  (element.getRootNode() as Partial<ShadowRoot>).host;

/** The nearest element around `start` that matches, out through shadow roots. */
export function closestComposed(start: Element, selector: string): Element | null {
  for (let element: Element | undefined = start; element; ) {
    const found: Element | null = element.closest(selector);
    if (found) return found;
    element = (element.getRootNode() as Partial<ShadowRoot>).host;
  }
  return null;
}

/** A name for people: what labels the element, else its own text, else its `name`. */
export function labelOf(element: Element): string {
  const root = element.getRootNode() as Document | ShadowRoot;
  const referenced = (element.getAttribute("aria-labelledby") ?? "")
    .split(/\s+/)
    .filter(Boolean)
    .map((id) => root.getElementById?.(id)?.textContent ?? "")
    .join(" ");
  const candidates = [
    referenced,
    element.getAttribute("aria-label"),
    element.getAttribute("label"),
    element.getAttribute("header"),
    element.id && root.querySelector?.(`label[for="${CSS.escape(element.id)}"]`)?.textContent,
    element.closest("label")?.textContent,
    element.getAttribute("title"),
    element.getAttribute("placeholder"),
    element instanceof CrowdElement ? element.textContent : "",
    element.getAttribute("name"),
  ];
  const text = candidates.map((one) => (one ?? "").replace(/\s+/g, " ").trim()).find(Boolean) ?? "";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
