import { css, html, nothing, type PropertyDeclarations } from "lit";
import { DialogHost } from "../shared/dialog-host.ts";
import { renderTabList, tabListStyles } from "../shared/tab-list.ts";

const REGIONS = ["short-summary", "detailed-instructions", "positive-example", "negative-example"];

const TABS = [
  { title: "Summary", regions: ["short-summary"] },
  { title: "Detailed Instructions", regions: ["detailed-instructions"] },
  { title: "Examples", regions: ["positive-example", "negative-example"] },
];

const HEADINGS: Readonly<Record<string, string>> = {
  "positive-example": "Good examples",
  "negative-example": "Bad examples",
};

/** A link or button that opens instructions in tabs. */
export class CrowdInstructions extends DialogHost {
  static override properties: PropertyDeclarations = {
    linkText: { attribute: "link-text" },
    linkType: { attribute: "link-type" },
    chosen: { state: true },
  };
  declare linkText: string | undefined;
  declare linkType: string | undefined;
  /** The title of the tab to be seen. */
  declare private chosen: string;

  readonly #regionWatch = new MutationObserver(() => this.#slotRegions());

  constructor() {
    super();
    this.chosen = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#slotRegions();
    this.#regionWatch.observe(this, { childList: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#regionWatch.disconnect();
  }

  /** Each region gets its own name as slot, as at run time in the service. */
  #slotRegions(): void {
    for (const child of this.children) {
      if (REGIONS.includes(child.localName)) child.slot = child.localName;
    }
    this.requestUpdate();
  }

  #has(region: string): boolean {
    return Array.from(this.children).some((child) => child.localName === region);
  }

  static override styles = [
    ...DialogHost.styles,
    tabListStyles,
    css`
      h3 {
        margin: 20px 0 8px;
        font-size: 1em;
      }
      h3:first-of-type {
        margin-block-start: 0;
      }
      .examples {
        display: grid;
        gap: 12px;
        padding-inline-start: 14px;
        border-inline-start: 4px solid light-dark(#1c6e36, #79d794);
      }
      .negative-example {
        border-inline-start-color: var(--tk-danger);
      }
    `,
  ];

  override render() {
    const tabs = TABS.filter(({ regions }) => regions.some((region) => this.#has(region)));
    const at = Math.max(
      0,
      tabs.findIndex(({ title }) => title === this.chosen),
    );
    const titles = tabs.map(({ title }) => title);
    const content = html`
      ${renderTabList(
        titles,
        at,
        (index) => {
          this.chosen = titles[index] ?? "";
        },
        () => "panel",
      )}
      <div role="tabpanel" id="panel" aria-labelledby="tab-${at}">
        ${tabs[at]?.regions.map((region) => this.#renderRegion(region))}
      </div>
    `;
    return html`
      ${this.renderOpener(this.linkText || "Click for instructions", this.linkType)}
      ${this.renderDialog("Instructions", content)}
      <slot></slot>
    `;
  }

  #renderRegion(region: string) {
    const heading = HEADINGS[region];
    if (!heading) return html`<slot name=${region}></slot>`;
    if (!this.#has(region)) return nothing;
    return html`<h3>${heading}</h3>
      <div class="examples ${region}"><slot name=${region}></slot></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-instructions": CrowdInstructions;
  }
}
