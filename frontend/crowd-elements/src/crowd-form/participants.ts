import { Widget } from "../shared/widget.ts";

/**
 * Who takes part in a form's answer, validation, reset and draft, in document order: all that stands in its light DOM.
 * A widget that brings its form along in its own shadow root takes part itself, first.
 */
export function participants(form: HTMLElement): HTMLElement[] {
  const { host } = form.getRootNode() as Partial<ShadowRoot>;
  const inside = Array.from(form.querySelectorAll<HTMLElement>("*"));
  return host instanceof Widget ? [host, ...inside] : inside;
}
