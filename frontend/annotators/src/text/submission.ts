import { findForm, type Missing, missingFields, submitForm } from "../core/form.js";
import type { Labeling } from "./labeling.js";
import type { Paper } from "./paper.js";
import type { Strings } from "./strings.js";

type State = "open" | "sending" | "submitted" | "failed" | "noform";

/** What the form's script tells of a submission; others (Amazon's) tell nothing. */
const TOLD = new Set(["sending", "submitted", "failed"]);

/** From what is still missing to the answer's arrival. */
export class Submission {
  state: State = "open";
  /** The last try failed for what is missing. */
  tried = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly work: Labeling,
    private readonly paper: Paper,
    private readonly page: {
      readonly strings: Strings;
      writeAnswer(): void;
      say(text: string): void;
      redraw(): void;
    },
  ) {}

  get locked(): boolean {
    return this.state === "sending" || this.state === "submitted";
  }

  /** What is still to be done, in the order in which the worker meets it. */
  missing(): Missing[] {
    return [...this.#undecided(), ...missingFields(findForm(this.host))];
  }

  #undecided(): Missing[] {
    const { open } = this.work;
    const [first] = open;
    const text = this.paper.element;
    if (!first || !text) return [];
    const focus = (): void => {
      this.paper.focus();
      this.work.select(first.id, true);
    };
    return [{ name: this.page.strings.undecided(open.length), frame: text, focus }];
  }

  names(missing: readonly Missing[]): string {
    return this.page.strings.missing(missing.map(({ name }) => name).join("; "));
  }

  submit(): void {
    if (this.locked) return;
    this.state = "open";
    if (!this.#stop(this.missing())) {
      this.page.writeAnswer();
      if (!submitForm(findForm(this.host))) this.state = "noform";
    }
    this.page.redraw();
  }

  /** Says and shows what is missing; false when nothing is. */
  #stop(missing: readonly Missing[]): boolean {
    this.tried = missing.length > 0;
    if (!missing[0]) return false;
    this.page.say(this.names(missing));
    this.goTo(missing[0]);
    return true;
  }

  /** However the form is submitted (Enter in a field, a script): nothing undecided goes out, and the answer is new. */
  onSubmit = (event: Event): void => {
    if (!(event.target instanceof Node && event.target.contains(this.host)) || this.locked) return;
    this.page.writeAnswer();
    if (this.#stop(this.#undecided())) event.preventDefault();
    this.page.redraw();
  };

  goTo(missing: Missing): void {
    this.paper.clear(missing.frame, 24);
    missing.focus();
    missing.frame.scrollIntoView({ block: "nearest" });
  }

  /** The form's script has told how far the submission is. */
  follow(state: string | undefined): void {
    if (TOLD.has(state ?? "")) this.state = state as State;
    else if (this.state === "sending") this.state = "open";
  }
}
