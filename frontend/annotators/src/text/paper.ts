import type { TextView } from "./view.js";
import type { Extent } from "./words.js";

const EDGE = 36;
const STEP = 14;

/** The text's place on the page: finding it, focusing it, scrolling a stretch of it clear of what sticks. */
export class Paper {
  view: TextView | undefined;
  /** The focus comes by `focus` right now. */
  focusing = false;

  constructor(private readonly host: HTMLElement) {}

  get root(): ShadowRoot {
    return this.host.shadowRoot as ShadowRoot;
  }

  get element(): HTMLElement | null {
    return this.root.querySelector<HTMLElement>("[data-testid=text]");
  }

  focus(): void {
    this.focusing = true;
    this.element?.focus({ preventScroll: true });
    this.focusing = false;
  }

  /** Heights of what sticks to the window's top and bottom. */
  covered(): [top: number, bottom: number] {
    const height = (selector: string): number =>
      this.root.querySelector(selector)?.getBoundingClientRect().height ?? 0;
    return [height(".labels"), height("footer")];
  }

  show(extent: Extent, tries = 4): void {
    const [box] = this.view?.boxes(extent[0], Math.min(extent[1], extent[0] + 200)) ?? [];
    const probe = this.root.querySelector<HTMLElement>(".probe");
    const paper = probe?.parentElement?.getBoundingClientRect();
    if (!box || !probe || !paper) return;
    probe.style.top = `${box.top - paper.top}px`;
    probe.style.height = `${box.height}px`;
    this.clear(probe, 28);
    probe.scrollIntoView({ block: "nearest" });
    // Paragraphs that come into view take their true height only then.
    if (tries > 1 && this.element?.classList.contains("long"))
      requestAnimationFrame(() => this.show(extent, tries - 1));
  }

  /** Scrolling to `element` will leave it clear of what sticks. */
  clear(element: HTMLElement, room: number): void {
    const [top, bottom] = this.covered();
    element.style.scrollMargin = `${top + room}px 0 ${bottom + room}px`;
  }

  /** While something is dragged near the window's edge. */
  scrollAtEdge(y: number): void {
    const [top, bottom] = this.covered();
    if (y < top + EDGE) window.scrollBy(0, -STEP);
    else if (y > innerHeight - bottom - EDGE) window.scrollBy(0, STEP);
  }
}
