import { css, html, type PropertyDeclarations } from "lit";
import { iconOrImage, iconStyles } from "../iron-icon/icons.ts";
import { CrowdElement } from "../shared/element.ts";
import { tokens } from "../shared/styles.ts";

/** A small mark on the upper right corner of another element. */
export class CrowdBadge extends CrowdElement {
  static override properties: PropertyDeclarations = { for: {}, icon: {}, label: {} };
  declare for: string | undefined;
  declare icon: string | undefined;
  declare label: string | undefined;

  readonly #place = () => this.#follow();
  #sizes: ResizeObserver | undefined;
  #changes: MutationObserver | undefined;
  #x = 0;
  #y = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(this.#place);
    this.#sizes.observe(document.documentElement);
    this.#changes = new MutationObserver(this.#place);
    this.#changes.observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ["class", "style", "hidden", "id"],
    });
    addEventListener("resize", this.#place);
    document.addEventListener("scroll", this.#place, true);
    document.addEventListener("load", this.#place, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    this.#changes?.disconnect();
    removeEventListener("resize", this.#place);
    document.removeEventListener("scroll", this.#place, true);
    document.removeEventListener("load", this.#place, true);
  }

  protected override updated(): void {
    this.#follow();
  }

  get #target(): Element | null {
    const root = this.getRootNode() as Document | ShadowRoot;
    if (this.for) return root.getElementById?.(this.for) ?? null;
    return this.parentElement ?? (root as Partial<ShadowRoot>).host ?? null;
  }

  /** Moves by the way that is left from here to the corner; the mark's middle comes to lie on it. */
  #follow(): void {
    const mark = this.renderRoot?.querySelector<HTMLElement>(".mark");
    const target = this.#target;
    if (!mark || !target) return;
    this.#sizes?.observe(target);
    const corner = target.getBoundingClientRect();
    mark.style.visibility = corner.width > 0 || corner.height > 0 ? "" : "hidden";
    const here = mark.getBoundingClientRect();
    const dx = corner.right - (here.left + here.width / 2);
    const dy = corner.top - (here.top + here.height / 2);
    if (Math.abs(dx) < 0.5 && Math.abs(dy) < 0.5) return;
    this.#x += dx;
    this.#y += dy;
    mark.style.translate = `${this.#x}px ${this.#y}px`;
  }

  static override styles = [
    tokens,
    iconStyles,
    css`
      :host {
        display: contents;
      }
      .mark {
        position: absolute;
        z-index: 1;
        pointer-events: none;
        display: inline-grid;
        place-items: center;
        min-inline-size: 22px;
        block-size: 22px;
        padding-inline: 5px;
        border: 1px solid var(--tk-raised);
        border-radius: 11px;
        background: light-dark(#b3261e, #ffa49c);
        color: light-dark(#ffffff, #3b0805);
        font: 600 12px / 1 system-ui, sans-serif;
        white-space: nowrap;
      }
      .icon-svg,
      img {
        inline-size: 14px;
        block-size: 14px;
      }
    `,
  ];

  override render() {
    return html`<span class="mark">${this.icon ? iconOrImage(this.icon) : this.label}</span
      ><slot></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-badge": CrowdBadge;
  }
}
