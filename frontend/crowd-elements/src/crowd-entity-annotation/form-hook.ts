import { closestComposed } from "../shared/element.ts";

interface HasForm extends Element {
  readonly form?: HTMLFormElement;
}

/**
 * Stands where the element's own `crowd-form` would be when it takes part in one around it: templates reach for
 * `shadowRoot.querySelector("crowd-form").form` there. Outside of HTML's namespace the name is found and means nothing.
 */
export function formHook(element: Element): Element {
  const hook = document.createElementNS("about:form-hook", "crowd-form");
  const form = () => (closestComposed(element, "crowd-form") as HasForm | null)?.form;
  Object.defineProperty(hook, "form", { get: form });
  return hook;
}
