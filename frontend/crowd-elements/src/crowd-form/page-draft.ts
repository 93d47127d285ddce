/** The draft of a page: what the worker has done survives a reload, and is gone once it is submitted. */
import { DraftWriter, openStore, type Stamped } from "../../../common/src/drafts.ts";
import type { Json } from "../shared/answer.ts";
import { DRAFT, type DraftPart, isDrafting } from "../shared/draft.ts";
import { isHandled } from "../shared/handled.ts";
import { linkedWidgets } from "../shared/linked-form.ts";
import { whenReady } from "../shared/page.ts";
import { isNativeControl, nativeDraft } from "./native-draft.ts";
import { participants, scopeOf } from "./participants.ts";
import { taskKey } from "./task-key.ts";

/** Grows when drafts of older versions cannot be read any more. */
const VERSION = 2;

/** Milliseconds from a change to its draft. */
const PAUSE = 300;

/** An element inside a form that keeps a draft of the whole page by itself. */
const KEEPS_ITS_OWN = "[data-truthkit-draft]";

/** What was done with a part of the form, by what identifies it. */
type States = ReadonlyMap<string, Json>;

interface Draft extends Stamped {
  readonly states: Readonly<Record<string, Json>>;
}

interface ResettableForm extends HTMLElement {
  reset(): void;
}

/** Whether earlier work is on the page again; `undone`: it was, and the worker took it away. */
export type Restored = "no" | "yes" | "undone";

export class PageDraft {
  #begun = false;
  #writer: DraftWriter | undefined;
  /** How each part was before the worker came. */
  #initial: States = new Map();
  /** Found in the draft, for parts that are not on the page yet. */
  readonly #waiting = new Map<string, Json>();
  /** What `bringBack` puts back. */
  #kept: States = new Map();
  #listening: AbortController | undefined;
  readonly #growth = new MutationObserver(() => this.#restoreWaiting());

  constructor(
    private readonly form: ResettableForm,
    private readonly told: (restored: Restored) => void,
  ) {}

  /** Restores what was left behind, once all elements of the page stand, and keeps what comes. */
  async begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    await whenReady();
    if (!this.form.isConnected || this.form.querySelector(KEEPS_ITS_OWN)) return;
    this.#initial = this.#read((element) => !isHandled(element));
    const key = `crowd-form/${VERSION}/${taskKey(this.form)}`;
    this.listen();
    const store = await openStore();
    const found = (await store.get(key).catch(() => undefined)) as Draft | undefined;
    this.#writer = new DraftWriter(store, key, () => undefined, PAUSE);
    // What was worked on before the store answered is newer than what it holds.
    const worked = this.#changed();
    const left = Object.entries(found?.states ?? {}).filter(([id]) => !worked.has(id));
    this.#restore(new Map(left));
    if (worked.size > 0) this.save();
  }

  /** Hears of changes; again after the form was taken from the page and put back. */
  listen(): void {
    if (!this.#begun || this.#listening) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    for (const type of ["input", "change"]) {
      // Not all changes inside of a shadow root leave it.
      for (const element of new Set([this.form, scopeOf(this.form), ...linkedWidgets(this.form)])) {
        element.addEventListener(type, () => this.save(), { signal });
      }
    }
    window.addEventListener("pagehide", () => void this.#writer?.flush(), { signal });
    this.#growth.observe(this.form, { childList: true, subtree: true });
  }

  /** The form leaves the page. */
  pause(): void {
    this.#listening?.abort();
    this.#listening = undefined;
    this.#growth.disconnect();
    void this.#writer?.flush();
  }

  /** Takes the restored work away. */
  startOver(): void {
    this.#kept = new Map([...this.#waiting, ...this.#changed()]);
    this.#waiting.clear();
    this.form.reset();
    this.told("undone");
  }

  /** Undoes `startOver`. */
  bringBack(): void {
    this.#restore(this.#kept);
    this.save();
  }

  /** Plans to keep what is there a moment later. */
  save(): void {
    this.#writer?.plan(
      (): Draft => ({
        time: Date.now(),
        states: Object.fromEntries([...this.#waiting, ...this.#changed()]),
      }),
    );
  }

  /** The answer has arrived: no draft any more. */
  end(): void {
    void this.#writer?.clear(true);
  }

  #restore(states: States): void {
    let restored = false;
    const parts = new Map(this.#parts());
    for (const [id, state] of states) {
      const part = parts.get(id);
      if (!part) this.#waiting.set(id, state);
      else restored = restoreOne(part, state) || restored;
    }
    if (restored) this.told("yes");
  }

  #restoreWaiting(): void {
    if (this.#waiting.size === 0) return;
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    this.#restore(waiting);
  }

  /** What differs from how the page was. */
  #changed(): States {
    const now = this.#read();
    return new Map(
      [...now].filter(
        ([id, state]) => JSON.stringify(state) !== JSON.stringify(this.#initial.get(id)),
      ),
    );
  }

  #read(of: (element: HTMLElement) => boolean = () => true): States {
    return new Map(
      this.#parts().flatMap(([id, { element, draft }]): [string, Json][] => {
        const state = of(element) ? draft.read() : undefined;
        return state === undefined ? [] : [[id, state]];
      }),
    );
  }

  /** Who keeps drafts, by tag, name, option, and place among those that share them. */
  #parts(): [string, Part][] {
    const seen = new Map<string, number>();
    return participants(this.form).flatMap((element): [string, Part][] => {
      const draft = draftOf(element);
      if (!draft) return [];
      const kind = [element.localName, nameOf(element), optionOf(element)];
      const shared = kind.join("\n");
      const place = seen.get(shared) ?? 0;
      seen.set(shared, place + 1);
      return [[`${shared}\n${place}`, { element, draft }]];
    });
  }
}

interface Part {
  readonly element: HTMLElement;
  readonly draft: DraftPart;
}

function restoreOne({ element, draft }: Part, state: Json): boolean {
  try {
    draft.restore(state);
  } catch (error) {
    console.warn(`A draft of <${element.localName}> could not be restored: ${error}`);
    return false;
  }
  for (const type of ["input", "change"]) {
    element.dispatchEvent(new Event(type, { bubbles: true }));
  }
  return true;
}

function draftOf(element: HTMLElement): DraftPart | undefined {
  if (isDrafting(element)) return element[DRAFT];
  return isNativeControl(element) ? nativeDraft(element) : undefined;
}

/** The property: an attribute may come later. */
const nameOf = (element: HTMLElement): string => String((element as { name?: string }).name ?? "");

/** The option that a box or radio button stands for. */
const optionOf = (element: HTMLElement): string =>
  /radio|checkbox|toggle/.test(`${element.localName} ${element.getAttribute("type")}`)
    ? (element.getAttribute("value") ?? "on")
    : "";
