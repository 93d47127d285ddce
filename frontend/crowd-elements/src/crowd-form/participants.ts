import { linkedWidgets } from "../shared/linked-form.ts";
import { Widget } from "../shared/widget.ts";

/**
 * Who takes part in a form's answer, validation, reset and draft, in document order: all that stands in its light DOM,
 * then the widgets elsewhere that name it.
 * A widget that brings its form along in its own shadow root takes part with what stands in it; its frame does not.
 */
export function participants(form: HTMLElement): HTMLElement[] {
  const host = scopeOf(form);
  if (host === form) return [...below(form, "*"), ...linkedWidgets(form)];
  return [host, ...below(host, "*"), ...below(form, ":not(.widget-frame, .widget-frame *)")];
}

/** The element at which all changes are heard: the form, or the widget that has it in its shadow root. */
export function scopeOf(form: HTMLElement): HTMLElement {
  const { host } = form.getRootNode() as Partial<ShadowRoot>;
  return host instanceof Widget ? host : form;
}

const below = (element: HTMLElement, selector: string) =>
  Array.from(element.querySelectorAll<HTMLElement>(selector));
