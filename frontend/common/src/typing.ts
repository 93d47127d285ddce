/** Controls among the inputs into which nobody types. */
const TEXT_FREE = /^(radio|checkbox|button|submit|reset|image|range|color|file|hidden)$/;

/** Whether a key pressed there is typing: no shortcut may fire then. */
export function isTyping(event: Event): boolean {
  return event
    .composedPath()
    .some(
      (node) =>
        node instanceof HTMLElement &&
        (node.isContentEditable ||
          node instanceof HTMLTextAreaElement ||
          node instanceof HTMLSelectElement ||
          (node instanceof HTMLInputElement && !TEXT_FREE.test(node.type)) ||
          /^(crowd-input|crowd-text-area)$/.test(node.localName)),
    );
}
