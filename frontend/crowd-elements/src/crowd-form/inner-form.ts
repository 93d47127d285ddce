/**
 * The native form inside a crowd-form. A control's name hides the form's own member of that name
 * (`<input name="reset">`), so every member is called through its prototype.
 */
const MARK = "data-crowd-form";

/** `method="dialog"`: outside a dialog a native submission then goes nowhere; validation is ours. */
export function createInnerForm(): HTMLFormElement {
  const form = document.createElement("form");
  form.method = "dialog";
  form.noValidate = true;
  form.setAttribute(MARK, "");
  return form;
}

/** The inner form that a clone (or a page saved with its DOM) brings along. */
export function existingInnerForm(host: Element): HTMLFormElement | undefined {
  for (const child of host.children) {
    if (child instanceof HTMLFormElement && Element.prototype.hasAttribute.call(child, MARK)) {
      return child;
    }
  }
  return undefined;
}

type Movable = { moveBefore?: (node: Node, before: Node | null) => void };

/** Moves nodes to the end of the form; where the browser can, without losing focus or frames. */
export function moveInto(form: HTMLFormElement, nodes: Iterable<Node>): void {
  const moveBefore = (Element.prototype as Movable).moveBefore;
  for (const node of nodes) {
    if (moveBefore && node.isConnected && Node.prototype.contains.call(document, form)) {
      moveBefore.call(form, node, null);
    } else {
      Node.prototype.appendChild.call(form, node);
    }
  }
}

export const moveFirst = (form: HTMLFormElement, nodes: Node[]) =>
  Element.prototype.prepend.call(form, ...nodes);

export const append = (form: HTMLFormElement, node: Node) =>
  Node.prototype.appendChild.call(form, node);

export const empty = (form: HTMLFormElement) => Element.prototype.replaceChildren.call(form);

export const elementChildren = (form: HTMLFormElement, selector: string): Element[] =>
  Array.from(Element.prototype.querySelectorAll.call(form, selector)).filter(
    (element) => element.parentNode === form,
  );

export const requestSubmit = (form: HTMLFormElement) =>
  HTMLFormElement.prototype.requestSubmit.call(form);

export const requestReset = (form: HTMLFormElement) => HTMLFormElement.prototype.reset.call(form);
