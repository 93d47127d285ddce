/** Native controls in a page's draft. */
import type { Json } from "../shared/answer.ts";
import type { DraftPart } from "../shared/draft.ts";

type NativeControl = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What scripts write, what must not be stored, and what holds nothing. */
const NOT_WORK = /^(hidden|file|password|submit|button|image|reset)$/;

export const isNativeControl = (element: Element): element is NativeControl =>
  (element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement) &&
  !NOT_WORK.test(element.type);

export function nativeDraft(control: NativeControl): DraftPart {
  if (control instanceof HTMLSelectElement) return selectDraft(control);
  if (control instanceof HTMLInputElement && /^(radio|checkbox)$/.test(control.type)) {
    return {
      read: () => (control.checked === control.defaultChecked ? undefined : control.checked),
      restore: (state) => {
        control.checked = state === true;
      },
    };
  }
  return {
    read: () => (control.value === control.defaultValue ? undefined : control.value),
    restore: (state) => {
      if (typeof state === "string") control.value = state;
    },
  };
}

function selectDraft(control: HTMLSelectElement): DraftPart {
  const options = () => Array.from(control.options);
  return {
    read: (): Json => options().map((option) => option.selected),
    restore: (state) => {
      if (!Array.isArray(state)) return;
      options().forEach((option, place) => {
        option.selected = state[place] === true;
      });
    },
  };
}
