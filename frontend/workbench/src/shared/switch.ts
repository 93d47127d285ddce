import { html } from "lit";

/** A choice among few words, by value. */
export function renderSwitch(
  label: string,
  words: Readonly<Record<string, string>>,
  chosen: string,
  choose: (value: string) => void,
) {
  const id = `switch-${label.toLowerCase()}`;
  return html`<div class="switch">
    <label for=${id}>${label}</label>
    <select id=${id} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${Object.entries(words).map(
        ([value, text]) =>
          html`<option value=${value} ?selected=${value === chosen}>${text}</option>`,
      )}
    </select>
  </div>`;
}
