/**
 * A widget beside the form that it belongs to, named by `crowd-form-element-id`: undocumented, but an official template
 * for the V2 elements is written so, with a form that is never shown.
 */
const ATTRIBUTE = "crowd-form-element-id";

/** The form that the widget names, wherever it stands. */
export const linkedForm = (widget: Element): Element | null =>
  document.getElementById(widget.getAttribute(ATTRIBUTE) ?? "");

/** The widgets outside of a form that name it. */
export const linkedWidgets = (form: HTMLElement): HTMLElement[] =>
  form.id === ""
    ? []
    : Array.from(
        document.querySelectorAll<HTMLElement>(`[${ATTRIBUTE}="${CSS.escape(form.id)}"]`),
      ).filter((widget) => !form.contains(widget));

/** The key of a widget without a name that stands so: that template gives none, and its answer must not be lost. */
export const linkedName = (widget: Element): string =>
  widget.hasAttribute(ATTRIBUTE) ? widget.localName : "";
