import { css, html, type PropertyDeclarations } from "lit";
import { REVEAL, type Revealing } from "../shared/answer.ts";
import { CrowdElement } from "../shared/element.ts";
import { tokens } from "../shared/styles.ts";
import { renderTabList, tabListStyles } from "../shared/tab-list.ts";
import { tabStrings } from "./strings.ts";

/** Shows one of its `crowd-tab` children at a time. */
export class CrowdTabs extends CrowdElement implements Revealing {
  static override properties: PropertyDeclarations = { selected: { state: true } };
  declare private selected: CrowdTab | undefined;

  [REVEAL](descendant: Element): void {
    const tab = this.#tabs().find((one) => one.contains(descendant));
    if (tab) this.#select(tab);
  }

  #tabs(): CrowdTab[] {
    return Array.from(this.children).filter((child) => child instanceof CrowdTab);
  }

  #select(selected: CrowdTab): void {
    this.selected = selected;
    // At once, so that a control inside can take the focus.
    for (const tab of this.#tabs()) tab.active = tab === selected;
  }

  protected override willUpdate(): void {
    const tabs = this.#tabs();
    if (!this.selected || !tabs.includes(this.selected)) this.selected = tabs[0];
    for (const tab of tabs) tab.active = tab === this.selected;
  }

  static override styles = [
    tokens,
    tabListStyles,
    css`
      :host {
        display: block;
        margin-block: 8px;
      }
    `,
  ];

  override render() {
    const tabs = this.#tabs();
    const t = tabStrings(this);
    const titles = tabs.map((tab, index) => tab.header || t("tab", { number: index + 1 }));
    const at = this.selected ? tabs.indexOf(this.selected) : -1;
    return html`
      ${renderTabList(titles, at, (index) => tabs[index] && this.#select(tabs[index]))}
      <slot @slotchange=${() => this.requestUpdate()}></slot>
    `;
  }
}

/** One tab's content. */
export class CrowdTab extends CrowdElement {
  static override properties: PropertyDeclarations = { header: {} };
  declare header: string | undefined;

  /** Whether it is the one to be seen; a tab outside `crowd-tabs` always is. */
  set active(active: boolean) {
    this.toggleAttribute("data-inactive", !active);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!(this.parentElement instanceof CrowdTabs)) return;
    if (!this.hasAttribute("role")) this.setAttribute("role", "tabpanel");
    this.parentElement.requestUpdate();
  }

  protected override updated(): void {
    // The tab itself stands in another tree, where aria-labelledby cannot point.
    if (this.header) this.setAttribute("aria-label", this.header);
    if (this.parentElement instanceof CrowdTabs) this.parentElement.requestUpdate();
  }

  static override styles = css`
    :host {
      display: block;
    }
    :host([data-inactive]),
    :host([hidden]) {
      display: none;
    }
  `;

  override render() {
    return html`<slot></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-tab": CrowdTab;
    "crowd-tabs": CrowdTabs;
  }
}
