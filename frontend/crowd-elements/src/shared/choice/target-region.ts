import { html, type TemplateResult } from "lit";

/** The child that holds what is to be judged; it stays in the light DOM. */
export const TARGET_REGION = "classification-target";

export const renderTargetRegion = (host: Element): TemplateResult | undefined =>
  Array.from(host.children).some((child) => child.localName === TARGET_REGION)
    ? html`<slot name=${TARGET_REGION}></slot>`
    : undefined;
