/** The draft of a page: what the worker has done survives a reload, and is gone once it is submitted. */
import { DraftWriter, fingerprint, openStore, type Stamped } from "../../../common/src/drafts.ts";
import type { Json } from "../shared/answer.ts";
import { DRAFT, type DraftPart, isDrafting } from "../shared/draft.ts";
import { whenReady } from "../shared/page.ts";
import { isNativeControl, nativeDraft } from "./native-draft.ts";
import { participants, scopeOf } from "./participants.ts";

/** Grows when drafts of older versions cannot be read any more. */
const VERSION = 1;

/** Milliseconds from a change to its draft. */
const PAUSE = 300;

/** An element inside a form that keeps a draft of the whole page by itself. */
const KEEPS_ITS_OWN = "[data-truthkit-draft]";

interface Draft extends Stamped {
  /** By place among those who keep drafts; null: nothing done there. */
  readonly parts: readonly (Json | null)[];
}

interface ResettableForm extends HTMLElement {
  reset(): void;
}

/** Whether earlier work is on the page again; `undone`: it was, and the worker took it away. */
export type Restored = "no" | "yes" | "undone";

export class PageDraft {
  #writer: DraftWriter | undefined;
  /** What `bringBack` puts back. */
  #kept: Draft | undefined;

  constructor(
    private readonly form: ResettableForm,
    private readonly told: (restored: Restored) => void,
  ) {}

  /** Restores what was left behind, once all elements of the page stand, and keeps what comes. */
  async begin(): Promise<void> {
    await whenReady();
    if (!this.form.isConnected || this.form.querySelector(KEEPS_ITS_OWN)) return;
    const untouched = JSON.stringify(this.#read().parts);
    const key = `crowd-form/${VERSION}/${this.#key()}`;
    for (const type of ["input", "change"]) {
      // Not all changes inside of a shadow root leave it.
      for (const element of new Set([this.form, scopeOf(this.form)])) {
        element.addEventListener(type, () => this.#save());
      }
    }
    const store = await openStore();
    const found = (await store.get(key).catch(() => undefined)) as Draft | undefined;
    this.#writer = new DraftWriter(store, key, () => undefined, PAUSE);
    window.addEventListener("pagehide", () => void this.#writer?.flush());
    if (JSON.stringify(this.#read().parts) !== untouched) this.#save();
    else if (Array.isArray(found?.parts)) this.#restore(found);
  }

  /** Takes the restored work away. */
  startOver(): void {
    this.#kept = this.#read();
    this.form.reset();
    this.told("undone");
    this.#save();
  }

  /** Undoes `startOver`. */
  bringBack(): void {
    if (this.#kept) this.#restore(this.#kept);
    this.#save();
  }

  /** The answer has arrived: no draft any more. */
  end(): void {
    void this.#writer?.clear(true);
  }

  #restore(draft: Draft): void {
    this.#parts().forEach(([element, part], place) => {
      const state = draft.parts[place];
      if (state === undefined || state === null) return;
      try {
        part.restore(state);
      } catch (error) {
        console.warn(`A draft of <${element.localName}> could not be restored: ${error}`);
        return;
      }
      for (const type of ["input", "change"]) {
        element.dispatchEvent(new Event(type, { bubbles: true }));
      }
    });
    this.told("yes");
  }

  #save(): void {
    this.#writer?.plan(() => this.#read());
  }

  #read(): Draft {
    return { time: Date.now(), parts: this.#parts().map(([, part]) => part.read() ?? null) };
  }

  #parts(): [HTMLElement, DraftPart][] {
    return participants(this.form).flatMap((element): [HTMLElement, DraftPart][] => {
      if (isDrafting(element)) return [[element, element[DRAFT]]];
      return isNativeControl(element) ? [[element, nativeDraft(element)]] : [];
    });
  }

  /** The task: where the page is, and what stands in it. Signatures in addresses change with each view. */
  #key(): string {
    const task = this.#parts().map(([{ localName, attributes }]) => [
      localName,
      ...Array.from(attributes, ({ name, value }) =>
        /^(class|style)$/.test(name) ? name : `${name}=${value.replace(/\?\S*/, "")}`,
      ),
    ]);
    return fingerprint(location.pathname, task);
  }
}
