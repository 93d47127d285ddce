/** The form around an annotator: a `crowd-form` (ours or Amazon's) or a plain `<form>`. Only its light DOM is read. */

interface CrowdForm extends HTMLElement {
  submit(): void;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What native controls hold: one entry a control, by name, kind and place. */
export type FieldState = Readonly<Record<string, string>>;

export interface Missing {
  /** The question, as the worker reads it. */
  name: string;
  focus(): void;
  /** The element that frames the question. */
  frame: HTMLElement;
}

const NOT_WORK = /^(hidden|file|password|submit|button|image|reset)$/;

export function findForm(element: HTMLElement): HTMLElement | null {
  return element.closest("crowd-form") ?? element.closest("form");
}

/** Asks the form to send itself; false when the page's form script has not arrived. */
export function submitForm(form: HTMLElement | null): boolean {
  if (form instanceof HTMLFormElement) {
    form.requestSubmit();
    return true;
  }
  if (typeof (form as CrowdForm | null)?.submit !== "function") return false;
  (form as CrowdForm).submit();
  return true;
}

export function controls(form: HTMLElement | null): Control[] {
  const all = form?.querySelectorAll<Control>("input, textarea, select") ?? [];
  return [...all].filter((control) => control.name && !NOT_WORK.test(control.type));
}

export const isChoice = (control: Element): boolean =>
  control instanceof HTMLSelectElement ||
  (control instanceof HTMLInputElement && /^(radio|checkbox)$/.test(control.type));

function* keyed(fields: Iterable<Control>): Generator<[string, Control]> {
  const seen = new Map<string, number>();
  for (const control of fields) {
    const tick = control instanceof HTMLInputElement && isChoice(control);
    const key = `${control.name}\n${tick ? control.value : ""}`;
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    yield [`${key}\n${nth}`, control];
  }
}

function read(control: Control): string {
  if (control instanceof HTMLSelectElement)
    return JSON.stringify([...control.options].map((option) => option.selected));
  if (isChoice(control)) return (control as HTMLInputElement).checked ? "on" : "";
  return control.value;
}

function write(control: Control, state: string): void {
  if (read(control) === state) return;
  if (control instanceof HTMLSelectElement) {
    const chosen: unknown = JSON.parse(state);
    [...control.options].forEach((option, i) => {
      option.selected = Array.isArray(chosen) && chosen[i] === true;
    });
  } else if (isChoice(control)) {
    (control as HTMLInputElement).checked = state === "on";
  } else {
    control.value = state;
  }
  for (const type of ["input", "change"])
    control.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
}

export function readFields(fields: Iterable<Control>): FieldState {
  return Object.fromEntries([...keyed(fields)].map(([key, control]) => [key, read(control)]));
}

/** Puts the controls back; those that `state` does not know stay as they are. */
export function writeFields(fields: Iterable<Control>, state: FieldState): void {
  for (const [key, control] of keyed(fields)) {
    const value = state[key];
    if (value !== undefined) write(control, value);
  }
}

/** The questions that the browser calls invalid, a radio group once, in document order. */
export function missingFields(form: HTMLElement | null): Missing[] {
  const groups = new Set<string>();
  const found: Missing[] = [];
  for (const control of controls(form)) {
    if (control.validity.valid || !control.willValidate) continue;
    if (control.type === "radio") {
      if (groups.has(control.name)) continue;
      groups.add(control.name);
    }
    const group = isChoice(control) && control.closest("fieldset, [role=radiogroup], [role=group]");
    const frame = (group || control.closest("label") || control) as HTMLElement;
    found.push({ name: nameOf(control, group || null), focus: () => control.focus(), frame });
  }
  return found;
}

function nameOf(control: Control, group: Element | null): string {
  const own = control.labels?.[0];
  const words = [
    group?.querySelector("legend")?.textContent,
    group?.getAttribute("aria-label"),
    control.getAttribute("aria-label"),
    own && [...own.childNodes].find((node) => node.textContent?.trim())?.textContent,
    control.getAttribute("placeholder"),
    control.name,
  ];
  return (
    words
      .find((text) => text?.trim())
      ?.trim()
      .replace(/\s+/g, " ") ?? control.name
  );
}
