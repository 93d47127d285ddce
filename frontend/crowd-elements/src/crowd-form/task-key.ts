import { fingerprint } from "../../../common/src/drafts.ts";
import { taskName } from "../../../common/src/task-name.ts";
import { isHandled } from "../shared/handled.ts";

/** The parts of an address that change with each view of the same task: signatures and their like. */
const SIGNED = /\?[^\s"'<>\\]*(?:X-Amz-|Signature=|AWSAccessKeyId=)[^\s"'<>\\]*/gi;

/**
 * A short name for the task in a form: where the page is, and all that stands in it. Any difference makes it another
 * task, since nothing is worse than one task's work in another; only the signatures of addresses do not count. Where a
 * harness names the task, that counts alone.
 */
export function taskKey(form: HTMLElement): string {
  const forms = Array.from(document.querySelectorAll("crowd-form, crowd-entity-annotation"));
  const { host } = form.getRootNode() as Partial<ShadowRoot>;
  const place = forms.indexOf(host ?? form);
  const name = taskName();
  if (name) return fingerprint(name, place);
  const page = document.documentElement.outerHTML.replaceAll("&amp;", "&").replace(SIGNED, "");
  const held = Array.from(
    document.querySelectorAll<HTMLInputElement>("input, textarea"),
    // What the worker was quick to write is no part of the task.
    (control) => (isHandled(control) ? control.defaultValue : control.value).replace(SIGNED, ""),
  );
  const address = `${location.pathname}${location.search}`.replace(SIGNED, "");
  return fingerprint(address, place, page, held);
}
