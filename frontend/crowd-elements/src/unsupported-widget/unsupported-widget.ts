import { css, html, type PropertyDeclarations } from "lit";
import type { Json } from "../shared/answer.ts";
import { JsonElement, jsonProperty, withTextItems } from "../shared/json-attribute.ts";
import { errorText, tokens } from "../shared/styles.ts";

const same = (value: Json | undefined) => value;

/**
 * The elements of the catalogue that this build does not have yet, each with what it reads as JSON, by attribute;
 * scripts read and assign these as properties.
 */
const TAGS: Readonly<Record<string, Readonly<Record<string, typeof same>>>> = {
  "crowd-question-answer-generation": { "question-tags": withTextItems },
};

const camelCase = (attribute: string) =>
  attribute.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Says that it is not there yet, shows what the template put into it, adds nothing to the answer. */
abstract class UnsupportedWidget extends JsonElement {
  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("data-truthkit-unsupported", "");
  }

  static override styles = [
    tokens,
    errorText,
    css`
      :host {
        display: block;
      }
      .notice {
        margin: 0 0 12px;
        padding: 10px 14px;
        border: 1px dashed var(--tk-line);
        border-radius: var(--tk-radius);
        background: var(--tk-quiet);
        color: var(--tk-text);
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    return html`
      <div class="notice" role="note">
        ${this.localName} is not part of this build of the offline crowd elements yet
        ${Array.from(
          this.jsonFaults.values(),
          (fault) => html`<p class="error" role="alert">${fault}</p>`,
        )}
      </div>
      <slot></slot>
    `;
  }
}

/** One class a tag. */
export const unsupportedWidgets: Readonly<Record<string, CustomElementConstructor>> =
  Object.fromEntries(
    Object.entries(TAGS).map(([tag, attributes]) => [
      tag,
      class extends UnsupportedWidget {
        static override jsonAttributes = new Map(Object.entries(attributes));
        static override properties: PropertyDeclarations = Object.fromEntries(
          Object.keys(attributes).map((name) => [camelCase(name), jsonProperty(name)]),
        );
      },
    ]),
  );
