/** Inline styles for Lit that a page's content security policy lets through, unlike a `style` attribute. */
import { nothing } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

class Styled extends Directive {
  #css = "";

  override update(part: ElementPart, [css]: [string]): typeof nothing {
    if (css !== this.#css) (part.element as HTMLElement).style.cssText = css;
    this.#css = css;
    return nothing;
  }

  override render(_css: string): typeof nothing {
    return nothing;
  }
}

/** `<i ${styled("left:4px")}>` */
export const styled = directive(Styled);
