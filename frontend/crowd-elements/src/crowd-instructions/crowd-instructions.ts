import { css, html, nothing, type PropertyDeclarations } from "lit";
import { DialogHost } from "../shared/dialog-host.ts";
import { renderTabList, tabListStyles } from "../shared/tab-list.ts";
import { instructionStrings } from "./strings.ts";

const REGIONS = ["short-summary", "detailed-instructions", "positive-example", "negative-example"];

const TABS = [
  { title: "summary", regions: ["short-summary"] },
  { title: "detailed", regions: ["detailed-instructions"] },
  { title: "examples", regions: ["positive-example", "negative-example"] },
] as const;

const HEADINGS: Readonly<Record<string, "good" | "bad">> = {
  "positive-example": "good",
  "negative-example": "bad",
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
  /** The tab to be seen, by its title in `TABS`. */
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
    const t = instructionStrings(this);
    const titles = tabs.map(({ title }) => t(title));
    const content = html`
      ${renderTabList(
        titles,
        at,
        (index) => {
          this.chosen = tabs[index]?.title ?? "";
        },
        () => "panel",
      )}
      <div role="tabpanel" id="panel" aria-labelledby="tab-${at}">
        ${tabs[at]?.regions.map((region) => this.#renderRegion(region))}
      </div>
    `;
    return html`
      ${this.renderOpener(this.linkText || t("open"), this.linkType)}
      ${this.renderDialog(t("title"), content)}
      <slot></slot>
    `;
  }

  #renderRegion(region: string) {
    const heading = HEADINGS[region];
    if (!heading) return html`<slot name=${region}></slot>`;
    if (!this.#has(region)) return nothing;
    return html`<h3>${instructionStrings(this)(heading)}</h3>
      <div class="examples ${region}"><slot name=${region}></slot></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-instructions": CrowdInstructions;
  }
}
