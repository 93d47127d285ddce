/** Edges of panels that are drawn with the pointer or moved with arrow keys. */
import { html } from "lit";

/** Pixels; a panel without one has its usual size. */
export interface Sizes {
  readonly below?: number;
  readonly facts?: number;
}

const LEAST = { below: 90, facts: 220 };
/** Until it is looked at. */
const USUAL = { below: 192, facts: 400 };
/** Of the window: the worker's page keeps its part. */
const MOST = { below: 0.8, facts: 0.6 };
const STEP = 32;

/** An edge of its parent element, which lies below or at the end of what is in the middle. */
export function renderSplitter(
  label: string,
  part: keyof Sizes,
  resize: (size: number) => void,
): unknown {
  const below = part === "below";
  const room = () => (below ? innerHeight : innerWidth);
  const most = () => Math.round(MOST[part] * room());
  const set = (size: number) => resize(Math.round(Math.min(Math.max(size, LEAST[part]), most())));
  const now = (edge: HTMLElement) => {
    const { width = 0, height = 0 } = edge.parentElement?.getBoundingClientRect() ?? {};
    return below ? height : width;
  };
  const tell = (edge: HTMLElement) => {
    edge.ariaValueNow = String(Math.round(now(edge)));
    edge.ariaValueMax = String(most());
  };
  const edgeOf = (event: Event) => event.currentTarget as HTMLElement;
  return html`<div
    class="splitter ${part}-edge"
    role="separator"
    tabindex="0"
    aria-label=${label}
    aria-orientation=${below ? "horizontal" : "vertical"}
    aria-valuemin=${LEAST[part]}
    aria-valuenow=${USUAL[part]}
    @focus=${(event: Event) => tell(edgeOf(event))}
    @keydown=${(event: KeyboardEvent) => {
      const more = below ? "ArrowUp" : "ArrowLeft";
      const less = below ? "ArrowDown" : "ArrowRight";
      if (event.key !== more && event.key !== less) return;
      event.preventDefault();
      const edge = edgeOf(event);
      set(now(edge) + (event.key === more ? STEP : -STEP));
      requestAnimationFrame(() => tell(edge));
    }}
    @pointerdown=${(event: PointerEvent) => {
      if (event.button === 0) edgeOf(event).setPointerCapture(event.pointerId);
    }}
    @pointermove=${(event: PointerEvent) => {
      const edge = edgeOf(event);
      if (!edge.hasPointerCapture(event.pointerId)) return;
      const { right = 0, bottom = 0 } = edge.parentElement?.getBoundingClientRect() ?? {};
      set(below ? bottom - event.clientY : right - event.clientX);
    }}
  ></div>`;
}

const KEPT = "panel-sizes";

export function keptSizes(): Sizes {
  try {
    const { below, facts } = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return {
      ...(Number.isFinite(below) && below >= LEAST.below ? { below } : {}),
      ...(Number.isFinite(facts) && facts >= LEAST.facts ? { facts } : {}),
    };
  } catch {
    return {};
  }
}

export function keepSize(sizes: Sizes): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify(sizes));
  } catch {
    // A browser that stores nothing forgets.
  }
}
