import { css, html, nothing } from "lit";

/** A row of tabs with one Tab stop; arrow keys, Home and End move. Ids are `tab-0`, `tab-1`, … */
export function renderTabList(
  titles: readonly string[],
  selected: number,
  select: (index: number) => void,
  panelId: (index: number) => string | undefined = () => undefined,
) {
  const onKey = (event: KeyboardEvent) => {
    const list = event.currentTarget as HTMLElement;
    const step = getComputedStyle(list).direction === "rtl" ? -1 : 1;
    const next = {
      ArrowRight: (selected + step + titles.length) % titles.length,
      ArrowLeft: (selected - step + titles.length) % titles.length,
      Home: 0,
      End: titles.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(next);
    list.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return html`<div role="tablist" @keydown=${onKey}>
    ${titles.map(
      (title, index) => html`<button
        type="button"
        role="tab"
        id="tab-${index}"
        aria-selected=${index === selected}
        aria-controls=${panelId(index) ?? nothing}
        tabindex=${index === selected ? 0 : -1}
        @click=${() => select(index)}
      >
        ${title}
      </button>`,
    )}
  </div>`;
}

export const tabListStyles = css`
  [role="tablist"] {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-block-end: 16px;
    border-block-end: 1px solid var(--tk-hairline);
  }
  [role="tab"] {
    min-block-size: 40px;
    margin-block-end: -1px;
    padding: 8px 14px;
    border: 0;
    border-block-end: 3px solid transparent;
    border-radius: var(--tk-radius) var(--tk-radius) 0 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  [role="tab"]:hover {
    background: color-mix(in srgb, currentColor 9%, transparent);
  }
  [role="tab"]:focus-visible {
    outline-offset: -3px;
  }
  [role="tab"][aria-selected="true"] {
    border-block-end-color: var(--tk-accent);
    color: var(--tk-accent);
    font-weight: 600;
  }
  @media (forced-colors: active) {
    [role="tab"] {
      border-block-end-color: Canvas;
    }
    [role="tab"][aria-selected="true"] {
      border-block-end-color: Highlight;
    }
  }
`;
