import { isTyping } from "../../../common/src/typing.js";
import { findForm } from "../core/form.js";
import type { Gestures } from "./gestures.js";
import { type Command, chord, MODIFIERS } from "./keys.js";
import { clearNativeSelection, type Labeling } from "./labeling.js";
import type { Paper } from "./paper.js";
import type { Span } from "./spans.js";
import type { Strings } from "./strings.js";
import { wordFrom } from "./word-cursor.js";

/** What keys do beside the labeling itself. */
export interface KeyActions {
  readonly host: HTMLElement;
  readonly locked: boolean;
  readonly strings: Strings;
  submit(): void;
  open(dialog: "instructions" | "shortcuts"): void;
}

const ARROW = /^(Shift\+)?(Arrow(?:Left|Right|Up|Down)|Home|End)$/;
const PAGE = 10;
const SUBMIT = "Mod+Enter";

/** Of several annotators on a page, the one that the worker used last gets the keys pressed outside of them. */
let current: HTMLElement | undefined;

/** The keys: everywhere on the page, in the text, in the list of spans. */
export class Keyboard {
  /** After Escape, Tab leaves the text. */
  #leaving = false;

  constructor(
    private readonly work: Labeling,
    private readonly paper: Paper,
    private readonly gestures: Gestures,
    private readonly actions: KeyActions,
  ) {
    for (const type of ["pointerdown", "focusin"])
      actions.host.addEventListener(type, () => {
        current = actions.host;
      });
  }

  commands(): Command[] {
    const { work, actions } = this;
    const s = actions.strings;
    const run = (shown: string, help: string, keys: string[], act: () => unknown): Command => ({
      ...{ keys, shown, help, run: act },
    });
    const onSpan = (act: (span: Span) => void) => (): boolean => {
      const span = work.selected;
      if (span) act(span);
      return span !== null;
    };
    const edge = (key: string, side: "start" | "end", by: -1 | 1, fine: boolean): Command =>
      run(
        "",
        "",
        [key],
        onSpan(() => work.moveEdge(side, by, fine)),
      );
    const review = [
      run("A  Shift+A", s.keyAccept, ["a"], () => work.accept()),
      run("", "", ["Shift+a"], () => work.acceptAll()),
    ];
    const nothing = (): boolean => false;
    const inList = (): boolean =>
      (this.paper.root.activeElement as HTMLElement | null)?.dataset.testid === "span-list";
    return [
      run(
        "Delete",
        s.keyDelete,
        ["Delete", "Backspace"],
        onSpan((span) => work.remove(span, inList())),
      ),
      run("[  ]", s.keyEnd, [], nothing),
      edge("[", "end", -1, false),
      edge("]", "end", 1, false),
      edge("Alt+[", "end", -1, true),
      edge("Alt+]", "end", 1, true),
      run("Shift+[  Shift+]", s.keyStart, [], nothing),
      edge("Shift+[", "start", -1, false),
      edge("Shift+]", "start", 1, false),
      edge("Alt+Shift+[", "start", -1, true),
      edge("Alt+Shift+]", "start", 1, true),
      run(
        "O",
        s.keyOthers,
        ["o"],
        onSpan(() => work.markOthers()),
      ),
      ...(work.isReview ? review : []),
      run("Ctrl+Z", s.keyUndo, ["Mod+z"], () => work.undo()),
      run("Ctrl+Y  Ctrl+Shift+Z", s.keyRedo, ["Mod+Shift+z", "Mod+y"], () => work.redo()),
      run("Escape", s.keyEscape, ["Escape"], () => this.#cancel()),
      run("Ctrl+Enter", s.keySubmit, [SUBMIT], () => actions.submit()),
      run("I", s.keyInstructions, ["i"], () => actions.open("instructions")),
      run("?", s.keyHelp, ["?"], () => actions.open("shortcuts")),
    ];
  }

  /** Keys pressed anywhere on the page; while typing only those that submit the form. */
  onPage = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || MODIFIERS.test(event.key)) return;
    const pressed = chord(event);
    if (isTyping(event) && (pressed !== SUBMIT || !this.#isInForm(event))) return;
    if (!this.#isMeant(event)) return;
    const dialog = this.paper.root.querySelector<HTMLDialogElement>("dialog[open]");
    if (dialog) {
      if (pressed === "?" || pressed === "i") dialog.close();
      return;
    }
    if (document.querySelector("dialog[open]:modal") || this.actions.locked) return;
    if (pressed !== "Tab" && pressed !== "Shift+Tab" && pressed !== "Escape") this.#leaving = false;
    const command = this.commands().find(({ keys }) => keys.includes(pressed));
    const label = this.work.labels.all.find(({ key }) => key !== "" && key === pressed);
    if (command) {
      if (command.run() === false) return;
    } else if (label) this.work.use(label.label);
    else return;
    event.preventDefault();
  };

  /** Keys inside an annotator are its own; others go to the one used last, or to the first of the page. */
  #isMeant(event: KeyboardEvent): boolean {
    const { host } = this.actions;
    const path = event.composedPath();
    const inside = path.find((node) => (node as Partial<Element>).localName === host.localName);
    if (inside) return inside === host;
    return !current?.isConnected || current === host;
  }

  #isInForm(event: KeyboardEvent): boolean {
    const form = findForm(this.actions.host);
    return form !== null && event.composedPath().includes(form);
  }

  #cancel(): boolean {
    this.#leaving = true;
    if (!this.gestures.cancel()) return this.work.cancel();
    this.work.anchor = null;
    clearNativeSelection();
    return true;
  }

  /** The text has got the focus: from another element by keys, not by a press, a script or the window's return. */
  entered = (event: FocusEvent): void => {
    const text = event.currentTarget as HTMLElement;
    if (!event.relatedTarget || this.paper.focusing || !text.matches(":focus-visible")) return;
    this.work.enter();
    // Only after this event does the browser itself scroll to what has the focus, under what sticks.
    requestAnimationFrame(() => this.work.showPlace());
  };

  inText = (event: KeyboardEvent): void => {
    const { work } = this;
    const pressed = chord(event);
    if (pressed === "Tab" || pressed === "Shift+Tab") {
      if (!this.#leaving && work.walk(pressed === "Tab" ? 1 : -1)) event.preventDefault();
      this.#leaving = false;
      return;
    }
    const arrow = ARROW.exec(pressed);
    if (arrow) this.#moveCursor(arrow[2] as string, arrow[1] !== undefined);
    else if (pressed !== "Enter") return;
    else if (work.pending && work.armed) work.add(work.pending, work.armed);
    else if (work.cursor) {
      const { cursor } = work;
      const chosen = work.nextInStack(cursor[0]);
      if (chosen) {
        work.select(chosen.id, true);
        work.cursor = cursor;
      }
    }
    event.preventDefault();
  };

  #moveCursor(key: string, extend: boolean): void {
    const { work } = this;
    const { words, selected } = work;
    const from = work.cursor ?? (selected ? words.extentAt(selected.start) : work.anchor);
    const to = wordFrom(from, key, words, this.paper);
    if (to) work.moveCursor(from, to, extend);
  }

  inList = (event: KeyboardEvent): void => {
    const { spans, selectedId } = this.work;
    const at = spans.findIndex(({ id }) => id === selectedId);
    if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      this.paper.focus();
      return;
    }
    const last = spans.length - 1;
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? last : at - 1,
      Home: 0,
      End: last,
      PageDown: at + PAGE,
      PageUp: at - PAGE,
    };
    const next = to[event.key];
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const span = spans[Math.max(0, Math.min(last, next))];
    if (span) this.work.select(span.id, true);
  };
}
