/**
 * Gives the focus to what the Tab key reaches after an element that has gone, else to what it reaches before: the
 * focus would fall to the page's beginning otherwise.
 */
export function focusNear(gone: HTMLElement): void {
  const all = Array.from(withShadows(document));
  const at = all.indexOf(gone);
  for (const element of [...all.slice(at + 1), ...all.slice(0, at).reverse()]) {
    if (element.tabIndex < 0) continue;
    element.focus({ preventScroll: true });
    if ((element.getRootNode() as Document | ShadowRoot).activeElement === element) return;
  }
}

/** All elements below, those in shadow roots after their hosts. */
function* withShadows(root: Document | ShadowRoot): Generator<HTMLElement> {
  for (const element of root.querySelectorAll<HTMLElement>("*")) {
    yield element;
    if (element.shadowRoot) yield* withShadows(element.shadowRoot);
  }
}
