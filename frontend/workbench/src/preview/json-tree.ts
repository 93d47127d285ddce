/** A JSON value as a tree that opens by hand. What was opened stays open when the value changes. */
import { css, html, LitElement, nothing, type PropertyDeclarations } from "lit";
import { tokens } from "../../../crowd-elements/src/shared/styles.ts";

/** So many levels and children are open at first. */
const OPEN_LEVELS = 8;
const OPEN_CHILDREN = 24;
const SHOWN_CHILDREN = 200;
const SHOWN_CHARACTERS = 300;

type Branch = Readonly<Record<string, unknown>> | readonly unknown[];

const isBranch = (value: unknown): value is Branch => typeof value === "object" && value !== null;

const sizeOf = (value: Branch): string => {
  const count = Object.keys(value).length;
  if (Array.isArray(value)) return count === 1 ? "[1 item]" : `[${count} items]`;
  return count === 1 ? "{1 key}" : `{${count} keys}`;
};

/** The value of a JSON text, which hidden inputs and requests carry; undefined for any other text. */
function unfolded(text: string): Branch | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isBranch(value) && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

export class JsonTree extends LitElement {
  static override properties: PropertyDeclarations = { value: { attribute: false } };
  declare value: unknown;

  /** What was opened or closed by hand, by path. */
  readonly #chosen = new Map<string, boolean>();
  /** Where more than the first children, or the whole of a text, was asked for. */
  readonly #more = new Set<string>();

  static override styles = [
    tokens,
    css`
      :host {
        display: block;
        font: 13px/1.5 ui-monospace, "SFMono-Regular", Consolas, monospace;
        overflow-wrap: anywhere;
      }
      ul {
        margin: 0;
        padding-inline-start: 14px;
        border-inline-start: 1px solid var(--tk-hairline);
        list-style: none;
      }
      :host > ul {
        padding: 0;
        border: 0;
      }
      summary {
        cursor: pointer;
        border-radius: 3px;
      }
      summary:hover {
        background: var(--tk-quiet);
      }
      .key {
        font-weight: 600;
      }
      .dim {
        color: var(--tk-muted);
      }
      .leaf {
        padding-inline-start: 14px;
        white-space: pre-wrap;
      }
      .string {
        color: light-dark(#0b6b3a, #7fd6a4);
      }
      .number,
      .other {
        color: light-dark(#8a3d00, #f2b27a);
      }
      button {
        min-block-size: 24px;
        padding: 0 4px;
        border: 0;
        background: none;
        color: var(--tk-accent);
        font: inherit;
        text-decoration: underline;
        cursor: pointer;
      }
    `,
  ];

  override render() {
    return isBranch(this.value)
      ? html`<ul>
          ${this.#children(this.value, "", 0)}
        </ul>`
      : this.#leaf(undefined, this.value, "");
  }

  #children(value: Branch, path: string, depth: number): unknown {
    const entries = Object.entries(value);
    if (entries.length === 0)
      return html`<li class="leaf dim">${Array.isArray(value) ? "[]" : "{}"}</li>`;
    const all = this.#more.has(path) || entries.length <= SHOWN_CHILDREN;
    return html`${(all ? entries : entries.slice(0, SHOWN_CHILDREN)).map(
      ([key, child]) => html`<li>${this.#node(key, child, `${path}/${key}`, depth)}</li>`,
    )}${all ? nothing : html`<li>${this.#moreButton(path, `${entries.length - SHOWN_CHILDREN} more`)}</li>`}`;
  }

  #node(key: string, value: unknown, path: string, depth: number): unknown {
    const told = typeof value === "string" ? unfolded(value) : undefined;
    if (told) return this.#branch(key, told, path, depth, `JSON text ${sizeOf(told)}`);
    if (!isBranch(value) || Object.keys(value).length === 0) return this.#leaf(key, value, path);
    return this.#branch(key, value, path, depth, sizeOf(value));
  }

  #branch(key: string, value: Branch, path: string, depth: number, about: string): unknown {
    const few = Object.keys(value).length <= OPEN_CHILDREN;
    const open = this.#chosen.get(path) ?? (depth < OPEN_LEVELS && few);
    return html`<details
      ?open=${open}
      @toggle=${(event: Event) => {
        const now = (event.currentTarget as HTMLDetailsElement).open;
        event.stopPropagation();
        if (now === open) return;
        this.#chosen.set(path, now);
        this.requestUpdate();
      }}
    >
      <summary><span class="key">${key}</span> <span class="dim">${about}</span></summary>
      ${
        open
          ? html`<ul>
              ${this.#children(value, path, depth + 1)}
            </ul>`
          : nothing
      }
    </details>`;
  }

  #leaf(key: string | undefined, value: unknown, path: string): unknown {
    const name = key === undefined ? nothing : html`<span class="key">${key}</span>: `;
    if (typeof value === "string") {
      const cut = value.length > SHOWN_CHARACTERS && !this.#more.has(path);
      const shown = JSON.stringify(cut ? value.slice(0, SHOWN_CHARACTERS) : value);
      const rest = cut
        ? html`${this.#moreButton(path, `${value.length - SHOWN_CHARACTERS} more characters`)}`
        : nothing;
      return html`<div class="leaf">${name}<span class="string" dir="auto">${shown}</span>${rest}</div>`;
    }
    const kind = typeof value === "number" ? "number" : "other";
    return html`<div class="leaf">${name}<span class=${kind}>${JSON.stringify(value)}</span></div>`;
  }

  /** Without spaces around its text, which a leaf would keep. */
  #moreButton(path: string, text: string) {
    return html`<button
      type="button"
      @click=${() => {
        this.#more.add(path);
        this.requestUpdate();
      }}
    >${text}</button>`;
  }
}

customElements.define("truthkit-json", JsonTree);
