import JSON5 from "json5";
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import type { Attribute } from "./catalogue.ts";
import { prose } from "./prose.ts";

/** A control of the kind that the attribute is; `change` gets the new value, null for none. */
export function renderAttribute(
  attribute: Attribute,
  value: string | null,
  required: boolean,
  change: (value: string | null) => void,
) {
  const { name, description } = attribute;
  const { type } = attribute.truthkit;
  const id = `attribute-${name}`;
  const usual = attribute.default === undefined ? "" : ` Without it: ${attribute.default}.`;
  const fault = type === "json" && value ? jsonFault(value) : "";
  const mark = required ? html` <span class="dim">required</span>` : nothing;
  return html`<div class="attribute">
    ${
      type === "boolean"
        ? html`<label
            ><input
              id=${id}
              type="checkbox"
              .checked=${live(value !== null)}
              aria-describedby="${id}-meaning"
              @change=${(event: Event) => change((event.target as HTMLInputElement).checked ? "" : null)}
            />${name}${mark}</label
          >`
        : html`<label for=${id}>${name}${mark}</label>${renderField(attribute, id, value, change)}`
    }
    ${fault ? html`<p class="error" id="${id}-fault">${fault}</p>` : nothing}
    <p class="dim" id="${id}-meaning">${prose(description)}${type === "boolean" ? "" : usual}</p>
  </div>`;
}

function renderField(
  { truthkit: { type, values } }: Attribute,
  id: string,
  value: string | null,
  change: (value: string | null) => void,
) {
  const described = `${id}-meaning${type === "json" ? ` ${id}-fault` : ""}`;
  const take = (event: Event) => change((event.target as HTMLInputElement).value || null);
  if (values) {
    const words = value === null || values.includes(value) ? values : [...values, value];
    return html`<select id=${id} aria-describedby=${described} .value=${live(value ?? "")} @change=${take}>
      <option value="" ?selected=${value === null}></option>
      ${words.map((word) => html`<option ?selected=${word === value}>${word}</option>`)}
    </select>`;
  }
  if (type === "json") {
    return html`<textarea
      id=${id}
      rows="3"
      spellcheck="false"
      aria-describedby=${described}
      .value=${live(value ?? "")}
      @input=${take}
    ></textarea>`;
  }
  return html`<input
    id=${id}
    type=${type === "number" ? "number" : "text"}
    step="any"
    aria-describedby=${described}
    .value=${live(value ?? "")}
    @input=${take}
  />`;
}

function jsonFault(text: string): string {
  try {
    JSON5.parse(text);
    return "";
  } catch (error) {
    return `This is not JSON: ${(error as Error).message}`;
  }
}
