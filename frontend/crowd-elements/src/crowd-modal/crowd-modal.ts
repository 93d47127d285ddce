import { html, type PropertyDeclarations } from "lit";
import { DialogHost } from "../shared/dialog-host.ts";
import { modalStrings } from "./strings.ts";

/** A link or button that opens its content in a dialog. */
export class CrowdModal extends DialogHost {
  static override properties: PropertyDeclarations = {
    linkText: { attribute: "link-text" },
    linkType: { attribute: "link-type" },
  };
  declare linkText: string | undefined;
  declare linkType: string | undefined;

  override render() {
    const text = this.linkText || modalStrings(this)("open");
    return html`${this.renderOpener(text, this.linkType)}${this.renderDialog(text, html`<slot></slot>`)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "crowd-modal": CrowdModal;
  }
}
