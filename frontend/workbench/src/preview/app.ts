/** The preview: the manifest's lines, the worker's page of one of them in a frame of its own origin, and what comes of it. */
import {
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { keyed } from "lit/directives/keyed.js";
import { live } from "lit/directives/live.js";
import { isTyping } from "../../../common/src/typing.ts";
import { tokens } from "../../../crowd-elements/src/shared/styles.ts";
import { states } from "../shared/states.ts";
import { benchStyles } from "../shared/styles.ts";
import { renderSwitch } from "../shared/switch.ts";
import {
  type Entry,
  type Finding,
  forgetAnswers,
  getLabel,
  getLine,
  getLines,
  type Label,
  type Line,
  type Listed,
  type Printed,
  type State,
  tellProblem,
} from "./api.ts";
import { renderFault, showCaret } from "./fault.ts";
import { placeOf, renderFindings } from "./findings.ts";
import "./json-tree.ts";
import { type BenchMessage, type FrameMessage, type Problem, schemeText } from "./protocol.ts";
import { keepSize, keptSizes, renderSplitter, type Sizes } from "./splitter.ts";
import { previewStyles } from "./styles.ts";
import { MOST_WORKERS, readView, SCHEMES, type View, viewText, WIDTHS } from "./view.ts";

/** Lines that the server lists at a time. */
const LISTED = 200;
const MOST_PROBLEMS = 100;
const SEARCH_PAUSE_MS = 120;
/** After which it is told that a handler is waited for. */
const PATIENCE_MS = 600;
const COPIED_MS = 1500;

const MARKS = {
  "": ["·", "not looked at"],
  ok: ["✓", "well"],
  warning: ["!", "with a warning"],
  error: ["✕", "with a fault"],
} as const;

type Below = "findings" | "label";

class Preview extends LitElement {
  static override properties: PropertyDeclarations = {
    taskOrigin: { attribute: "task-origin" },
    ...states(
      "view listed search line label answerNow pageFindings below tall sizes closed copied",
      "failure offline waiting said frame drawn drawingHeight",
    ),
  };
  static override styles = [tokens, benchStyles, previewStyles];

  declare private taskOrigin: string;
  declare private view: View;
  declare private listed: Listed | undefined;
  declare private search: string;
  declare private line: Line | undefined;
  declare private label: Label | undefined;
  declare private answerNow: unknown;
  declare private pageFindings: readonly Finding[];
  declare private below: Below;
  declare private tall: boolean;
  declare private sizes: Sizes;
  /** The panels that were closed. */
  declare private closed: ReadonlySet<string>;
  /** The panel that was copied a moment ago. */
  declare private copied: string;
  declare private failure: string;
  /** The server's stream of events is broken. */
  declare private offline: boolean;
  /** What takes its time. */
  declare private waiting: string;
  /** For screen readers. */
  declare private said: string;
  /** What stands in the frame; another number is another frame. */
  declare private frame: { readonly address: string; readonly number: number } | undefined;
  /** Counts the drawings: another number is another drawing. */
  declare private drawn: number;
  declare private drawingHeight: number;

  /** The page in the frame, by the name of what stands in it. */
  #page = "";
  /** What was drawn. */
  #told = "";
  #loading: AbortController | undefined;
  #events: EventSource | undefined;
  /** The page in the frame listens. */
  #greeted = false;
  /** Who went on by a key of the page gets the focus into the page that comes. */
  #inside = false;
  /** The page in the frame was told to load anew, and has not begun yet. */
  #reloading = false;
  /** Meanwhile it has become another one once more: which of the two comes is not known. */
  #changedSince = false;
  #problems = new Set<string>();
  #listing = Promise.resolve();
  #from = 0;
  /** What the server has told last. */
  #known: State | undefined;
  #searching: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.view = readView(location);
    this.search = "";
    this.pageFindings = [];
    this.below = "findings";
    this.tall = false;
    this.sizes = keptSizes();
    this.closed = new Set(kept());
    this.copied = "";
    this.failure = "";
    this.offline = false;
    this.waiting = "";
    this.said = "";
    this.drawn = 0;
    this.drawingHeight = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#look();
    window.addEventListener("popstate", () => this.#show(readView(location), false));
    window.addEventListener("message", (event) => this.#hear(event));
    window.addEventListener("keydown", (event) => this.#onKey(event));
    this.#listen();
    void this.#load();
    void this.#list(this.#around(this.view.line));
  }

  // ---- what the server tells

  /** While the page is to be seen: browsers have six connections to a server, whatever the number of tabs. */
  #listen(): void {
    document.addEventListener("visibilitychange", () => this.#connect());
    window.addEventListener("pagehide", () => this.#events?.close());
    this.#connect();
  }

  #connect(): void {
    this.#events?.close();
    if (document.hidden) return;
    const events = new EventSource("/api/events");
    this.#events = events;
    const on = (name: string, told: (data: Record<string, unknown>) => void) =>
      events.addEventListener(name, (event) => told(JSON.parse((event as MessageEvent).data)));
    on("hello", (told) => {
      if (this.#known && told.run !== this.#known.run) location.reload();
      this.#know(told);
      this.offline = false;
      if (this.failure || (this.line && this.#isOld(this.line))) void this.#load();
      // Also if it is on its way: what was told before this is not told again, and marks come without a number.
      void this.#list();
    });
    on("changed", ({ kinds, files, ...told }) => {
      this.#know(told);
      const names = files as readonly string[];
      if (names.length > 0) this.said = `Saved: ${names.slice(0, 3).join(", ")}`;
      this.#changed(kinds as readonly string[]);
    });
    on("answer", ({ line, ...told }) => {
      this.#know(told);
      if (line === this.view.line) void this.#load();
      void this.#list();
    });
    on("marks", () => void this.#list());
    events.addEventListener("error", () => {
      this.offline = true;
    });
  }

  #changed(kinds: readonly string[]): void {
    void this.#load();
    if (kinds.includes("manifest")) void this.#list();
  }

  #know(told: Partial<State>): void {
    this.#known = { run: "", version: 0, answers: 0, ...this.#known, ...told };
  }

  /** The server has told of what the line does not have: it was on its way, or nobody listened yet. */
  #isOld({ run, version, answers }: State): boolean {
    const known = this.#known;
    return known?.run === run && (version < known.version || answers < known.answers);
  }

  /** The line anew, from the server; what was asked before is given up, also there. */
  async #load(): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    const { signal } = loading;
    this.#loading = loading;
    const { line: number, worker } = this.view;
    const waited = (words: string) =>
      setTimeout(() => {
        this.waiting = words;
      }, PATIENCE_MS);
    let late = waited("Waiting for the pre-annotation handler…");
    try {
      const line = await getLine(number, worker, signal);
      if (signal.aborted) return;
      this.line = line;
      this.failure = "";
      this.#mark(line);
      document.title = `${line.name}, line ${number} · truthkit preview`;
      this.#place(line);
      if (this.#isOld(line)) {
        void this.#load();
        return;
      }
      clearTimeout(late);
      this.waiting = "";
      if (line.answered.length > 0) late = waited("Waiting for the post-annotation handler…");
      const label = await getLabel(number, signal);
      if (signal.aborted) return;
      this.label = label;
      const told = JSON.stringify([number, label.request, label.response, line.taskInput]);
      if (told !== this.#told) this.drawn++;
      this.#told = told;
    } catch (error) {
      if (!signal.aborted) this.failure = `The line could not be read: ${(error as Error).message}`;
    } finally {
      clearTimeout(late);
      if (this.#loading === loading) this.waiting = "";
    }
  }

  /** The open line's mark is known before all lines have been looked at. */
  #mark({ line, findings }: Line): void {
    const { listed } = this;
    const mark = (["error", "warning"] as const).find((severity) =>
      findings.some((finding) => finding.severity === severity),
    );
    if (!listed) return;
    const lines = listed.lines.map(
      (entry): Entry => (entry.number === line ? { ...entry, mark: mark ?? "ok" } : entry),
    );
    this.listed = { ...listed, lines };
  }

  /** Brings the page of a line into the frame; the same page stays as it is. */
  #place({ address, page }: Line): void {
    if (address === null) {
      this.frame = undefined;
      this.#startOver();
    } else if (this.frame?.address !== address || !this.#greeted) {
      if (this.frame?.address !== address) this.#startOver();
      // Who works in the page goes on in the one that comes.
      this.#inside ||= this.#focused !== null && this.#focused === this.#framed;
      this.frame = { address, number: (this.frame?.number ?? 0) + 1 };
      this.#greeted = false;
      this.#reloading = false;
      this.#changedSince = false;
    } else if (page !== this.#page) {
      if (this.#reloading) this.#changedSince = true;
      else this.#reloadFrame();
    }
    this.#page = page;
  }

  #reloadFrame(): void {
    this.#reloading = true;
    this.#changedSince = false;
    this.#say({ type: "reload" });
  }

  /** Another page, of which nothing is known. */
  #startOver(): void {
    this.answerNow = undefined;
    this.#forgetProblems();
  }

  #forgetProblems(): void {
    this.pageFindings = [];
    this.#problems.clear();
  }

  #around = (line: number): number => Math.floor((line - 1) / LISTED) * LISTED;

  /**
   * Without a number the part that was asked for last, even if it has not come yet. It is over when the list that was
   * asked for last has come.
   */
  #list(from = this.#from): Promise<void> {
    this.#from = from;
    const listing: Promise<void> = getLines(this.search, from).then(
      (listed) => {
        if (this.#listing !== listing) return this.#listing;
        this.listed = listed;
      },
      () => {
        // The stream of events tells that the server is gone.
      },
    );
    this.#listing = listing;
    return listing;
  }

  // ---- what the worker's page tells

  get #framed(): HTMLIFrameElement | null {
    return this.renderRoot.querySelector("iframe.page");
  }

  get #focused(): Element | null {
    return (this.renderRoot as ShadowRoot).activeElement;
  }

  get #frameWindow(): Window | null | undefined {
    return this.#framed?.contentWindow;
  }

  #say(message: BenchMessage): void {
    this.#frameWindow?.postMessage(message, this.taskOrigin);
  }

  /** Messages may be anything: the page is a template's. */
  #hear({ source, origin, data }: MessageEvent<FrameMessage | { height: number }>): void {
    if (typeof data !== "object" || data === null) return;
    const drawing = this.renderRoot.querySelector<HTMLIFrameElement>("iframe.drawing");
    if (drawing && source === drawing.contentWindow && "height" in data) {
      this.drawingHeight = Math.min(Math.max(Number(data.height) || 0, 0), 100_000);
      return;
    }
    if (source !== this.#frameWindow || origin !== this.taskOrigin || !("type" in data)) return;
    switch (data.type) {
      case "hello":
        // The answer stays in sight until the page tells of its own.
        this.#forgetProblems();
        this.#greeted = true;
        this.#enter();
        if (this.#changedSince) this.#reloadFrame();
        else this.#reloading = false;
        break;
      case "state":
        this.answerNow = parsed(data.answer);
        break;
      case "problem":
        void this.#note(data);
        break;
      case "key":
        if (data.key === "worker") this.#nextWorker(true);
        else if (data.key === "next") void this.#step(1, true);
        else if (data.key === "previous") void this.#step(-1, true);
        break;
    }
  }

  async #note(problem: Problem): Promise<void> {
    const { line } = this;
    const text = JSON.stringify(problem);
    // What breaks in half a page says nothing.
    if (!line?.whole || this.#problems.has(text) || this.#problems.size >= MOST_PROBLEMS) return;
    this.#problems.add(text);
    const finding = await tellProblem(line.token, problem);
    if (!finding || this.line?.token !== line.token || !this.#problems.has(text)) return;
    const same = JSON.stringify(finding);
    if (this.pageFindings.some((one) => JSON.stringify(one) === same)) return;
    this.pageFindings = [...this.pageFindings, finding];
  }

  // ---- what the person does

  /** `inside`: by a key that was pressed in the worker's page. */
  #go(change: Partial<View>, inside = false): void {
    this.#inside = inside;
    this.#show({ ...this.view, ...change }, true);
  }

  #show(view: View, remember: boolean): void {
    const before = this.view;
    this.view = view;
    if (remember) history.pushState(null, "", viewText(view));
    this.#look();
    if (view.scheme !== before.scheme) {
      this.#say({ type: "scheme", scheme: view.scheme });
      this.drawn++;
    }
    if (view.line === before.line && view.worker === before.worker) return;
    if (view.line !== before.line) this.label = undefined;
    void this.#load();
    const { listed } = this;
    const there = listed?.lines.some(({ number }) => number === view.line);
    if (!there && !this.search) void this.#list(this.#around(view.line));
  }

  /** Brings the focus into the page that has come, unless it was put elsewhere in the meantime. */
  #enter(): void {
    const [page, focused] = [this.#framed, this.#focused];
    // Else it is the page before, which loads once more.
    if (focused === page) return;
    if (this.#inside && focused === null) page?.focus();
    this.#inside = false;
  }

  #look(): void {
    document.documentElement.style.colorScheme = this.view.scheme || "light dark";
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || isTyping(event)) return;
    if (event.altKey) {
      const step = ({ KeyJ: 1, KeyK: -1 } as const)[event.code];
      // Also between two pages, or where there is none, the focus is still meant for the page.
      if (step) void this.#step(step, this.#inside);
      if (event.code === "KeyW") this.#nextWorker(this.#inside);
      return;
    }
    const act = {
      j: () => void this.#step(1),
      k: () => void this.#step(-1),
      w: () => this.#nextWorker(),
      r: () => this.#reloadPage(),
      "/": () => this.#focus("input[type=search]"),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #skip(): void {
    (
      this.#framed ?? this.renderRoot.querySelector<HTMLElement>("main .fault pre, main button")
    )?.focus();
  }

  #focus(selector: string): void {
    const details = this.renderRoot.querySelector<HTMLDetailsElement>(".list details");
    if (details) details.open = true;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  /** To the line before or after, among those that the search has found. */
  async #step(step: 1 | -1, inside = false): Promise<void> {
    const { line } = this.view;
    const next = this.search ? await this.#foundBeside(line, step) : line + step;
    if (next !== undefined && next >= 1 && next <= (this.line?.total ?? 0))
      this.#go({ line: next }, inside);
  }

  async #foundBeside(line: number, step: 1 | -1): Promise<number | undefined> {
    const beside = () => {
      const numbers = (this.listed?.lines ?? []).map(({ number }) => number);
      const further = numbers.filter((number) => (number - line) * step > 0);
      return further.length > 0 ? (step > 0 ? Math.min : Math.max)(...further) : undefined;
    };
    const { from = 0, found = 0 } = this.listed ?? {};
    const there = from + step * LISTED;
    if (beside() === undefined && there >= 0 && there < found) await this.#list(there);
    return beside();
  }

  /** The first worker who has not answered yet, else the one after this. */
  #nextWorker(inside = false): void {
    const answered = new Set(this.line?.answered);
    const free = Array.from({ length: MOST_WORKERS }, (_, index) => index + 1).filter(
      (worker) => !answered.has(worker) && worker !== this.view.worker,
    );
    const next = free[0] ?? (this.view.worker % MOST_WORKERS) + 1;
    this.#go({ worker: next }, inside);
  }

  #reloadPage(): void {
    this.#greeted = false;
    void this.#load();
  }

  async #forget(): Promise<void> {
    await forgetAnswers(this.view.line);
    this.#go({ worker: 1 });
    this.said = "All answers to this line are gone.";
  }

  async #copy(id: string, value: unknown): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(value, null, 2));
      this.said = "Copied.";
      this.copied = id;
      setTimeout(() => {
        if (this.copied === id) this.copied = "";
      }, COPIED_MS);
    } catch {
      this.said = "The browser does not let this page copy.";
    }
  }

  #find(words: string): void {
    this.search = words;
    clearTimeout(this.#searching);
    this.#searching = setTimeout(() => {
      void this.#list(words ? 0 : this.#around(this.view.line));
    }, SEARCH_PAUSE_MS);
  }

  /** Whoever has scrolled the list stays there, until it is another line or another list. */
  override updated(changed: PropertyValues): void {
    const [view, listed] = [changed.get("view"), changed.get("listed")] as [View?, Listed?];
    const another =
      (view !== undefined && view.line !== this.view.line) ||
      (changed.has("listed") && listed?.from !== this.listed?.from);
    if (another)
      this.renderRoot.querySelector(".list [aria-current]")?.scrollIntoView({ block: "nearest" });
    if (changed.has("line")) {
      const [before, now] = [(changed.get("line") as Line | undefined)?.fault, this.line?.fault];
      if (now && (!before || placeOf(before.finding) !== placeOf(now.finding)))
        showCaret(this.renderRoot);
    }
  }

  async #openFirst(): Promise<void> {
    clearTimeout(this.#searching);
    await this.#list(0);
    const [first] = this.listed?.lines ?? [];
    if (first) this.#go({ line: first.number });
  }

  // ---- how it looks

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("sizes")) {
      const { facts } = this.sizes;
      if (facts) this.style.setProperty("--facts", `${facts}px`);
    }
  }

  override render(): TemplateResult {
    return html`
      ${this.#renderHeader()} ${this.#renderList()} ${this.#renderStage()} ${this.#renderBelow()}
      ${this.#renderFacts()}
      <div class="away" role="status">${this.said}</div>
    `;
  }

  #resize(part: keyof Sizes, size: number): void {
    this.tall &&= part !== "below";
    this.sizes = { ...this.sizes, [part]: size };
    keepSize(this.sizes);
  }

  #renderHeader() {
    const { line } = this.view;
    const { total = 0, name = "" } = this.line ?? {};
    const failure = this.offline
      ? "The preview’s server does not answer: start it again, or wait."
      : this.failure;
    return html`<header>
      <button class="tool skip" @click=${() => this.#skip()}>To the worker’s page</button>
      <h1>${name}</h1>
      <span class="dim" id="place">${this.line && total === 0 ? "no lines" : `line ${line} of ${total}`}</span>
      <span class="steps">
        <button class="tool" id="previous" ?disabled=${line <= 1} @click=${() => void this.#step(-1)}>Previous</button>
        <button class="tool" id="next" ?disabled=${line >= total} @click=${() => void this.#step(1)}>Next</button>
      </span>
      <span class="dim keys"
        ><kbd>j</kbd> next, <kbd>k</kbd> previous, <kbd>w</kbd> next worker (in the page with <kbd>Alt</kbd>),
        <kbd>r</kbd> reload, <kbd>/</kbd> search</span
      >
      ${this.waiting ? html`<span class="waiting" role="status">${this.waiting}</span>` : nothing}
      ${failure ? html`<p class="failed" role="alert">${failure}</p>` : nothing}
    </header>`;
  }

  #renderList() {
    const { listed } = this;
    const { lines = [], from = 0, found = 0, total = 0 } = listed ?? {};
    return html`<nav class="list" aria-label="Manifest lines">
      <details ?open=${matchMedia("(min-width: 64rem)").matches}>
        <summary>Lines</summary>
        <input
          type="search"
          aria-label="Search lines"
          placeholder="Search"
          .value=${live(this.search)}
          @input=${(event: Event) => this.#find((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key === "Enter" && !event.isComposing) void this.#openFirst();
          }}
        />
        <p class="dim count" role="status">
          ${this.search ? `${found} of ${total} lines` : `${total} ${total === 1 ? "line" : "lines"}`}
        </p>
        ${from > 0 ? this.#pageButton("Earlier lines", from - LISTED) : nothing}
        <ul>
          ${lines.map(({ number, title, mark, answers }) => {
            const [sign, word] = MARKS[mark];
            const at = viewText({ ...this.view, line: number });
            return html`<li>
              <a
                href=${at}
                aria-current=${number === this.view.line ? "page" : nothing}
                title=${title}
                @click=${(event: MouseEvent) => this.#onLink(event, number)}
                ><span class="mark ${mark}" aria-hidden="true">${sign}</span
                ><span class="number">${number}</span> <span class="title" dir="auto">${title}</span
                ><span class="away">, ${word}</span
                >${
                  answers > 0
                    ? html`<span class="answers" aria-hidden="true">${answers}</span
                        ><span class="away">, ${answers} ${answers === 1 ? "answer" : "answers"}</span>`
                    : nothing
                }</a
              >
            </li>`;
          })}
        </ul>
        ${from + LISTED < found ? this.#pageButton("Later lines", from + LISTED) : nothing}
        ${this.search && listed && found === 0 ? html`<p class="dim">No line has these words.</p>` : nothing}
      </details>
    </nav>`;
  }

  #pageButton = (text: string, from: number) =>
    html`<button class="tool" @click=${() => void this.#list(Math.max(0, from))}>${text}</button>`;

  #onLink(event: MouseEvent, line: number): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.#go({ line });
  }

  #renderStage() {
    const { line, frame } = this;
    const { width, scheme } = this.view;
    return html`<main>
      <div class="switches">
        ${this.#renderWorkers()} ${renderSwitch("Width", WIDTHS, width, (chosen) => this.#go({ width: chosen }))}
        ${renderSwitch("Colors", SCHEMES, scheme, (chosen) => this.#go({ scheme: chosen }))}
        <button class="tool" id="reload" title="As a worker reloads the page: what was done is kept" @click=${() => this.#reloadPage()}>
          Reload
        </button>
      </div>
      ${line?.fault ? renderFault(line.fault, line.address !== null) : nothing}
      ${
        frame
          ? html`<div class="stage" style=${width ? `--width: ${width}px` : ""}>
              ${keyed(
                frame.number,
                html`<iframe
                  class="page"
                  title="The worker's page"
                  sandbox="allow-scripts allow-forms allow-same-origin allow-modals allow-downloads"
                  src="${frame.address}${schemeText(scheme)}"
                ></iframe>`,
              )}
            </div>`
          : nothing
      }
    </main>`;
  }

  #renderWorkers() {
    const answered = this.line?.answered ?? [];
    const most = Math.min(
      MOST_WORKERS,
      Math.max(this.line?.workers ?? 1, this.view.worker, ...answered.map((worker) => worker + 1)),
    );
    return html`<div class="workers" role="group" aria-label="Answer as worker">
      <span class="dim" aria-hidden="true">Worker</span>
      ${Array.from({ length: most }, (_, index) => index + 1).map((worker) => {
        const done = answered.includes(worker);
        return html`<button
          class="tool"
          aria-pressed=${worker === this.view.worker ? "true" : "false"}
          aria-label="Worker ${worker}${done ? ", has answered" : ""}"
          @click=${() => this.#go({ worker })}
        >
          ${worker}${done ? " ✓" : ""}
        </button>`;
      })}
    </div>`;
  }

  #renderBelow() {
    const findings = [
      ...(this.line?.findings ?? []),
      ...this.pageFindings,
      ...(this.label?.findings ?? []),
    ];
    const printed: readonly Printed[] = [
      ...(this.line?.printed ?? []),
      ...(this.label?.printed ?? []),
    ];
    const tab = (name: Below, text: string) =>
      html`<button
        class="tool"
        id="show-${name}"
        aria-pressed=${this.below === name ? "true" : "false"}
        @click=${() => {
          this.below = name;
        }}
      >
        ${text}
      </button>`;
    return html`<section
      class="below ${this.tall ? "tall" : ""}"
      aria-label="Findings and label"
      style=${this.sizes.below && !this.tall ? `block-size: ${this.sizes.below}px` : ""}
    >
      ${renderSplitter("Resize the findings", "below", (size) => this.#resize("below", size))}
      <div class="tabs">
        ${tab("findings", findings.length > 0 ? `Findings (${findings.length})` : "Findings")}
        ${tab("label", "Answers and label")}
        <button
          class="tool end"
          id="forget"
          title="All workers' answers to this line"
          ?disabled=${!this.line?.answered.length}
          @click=${() => void this.#forget()}
        >
          Forget answers
        </button>
        <button
          class="tool"
          aria-pressed=${this.tall ? "true" : "false"}
          @click=${() => {
            this.tall = !this.tall;
          }}
        >
          Taller
        </button>
      </div>
      <div class="scroll" tabindex="0" role="region" aria-label=${this.below === "findings" ? "Findings" : "Answers and label"}>
        ${this.below === "findings" ? renderFindings(findings, printed, this.line?.fault?.finding) : this.#renderDrawing()}
      </div>
    </section>`;
  }

  #renderDrawing() {
    if (!this.line?.answered.length) {
      return html`<p class="dim">Submit on the page: the answers and the label that they become are drawn here.</p>`;
    }
    const { line, scheme } = this.view;
    return html`<iframe
      class="drawing"
      title="Answers and label, drawn"
      sandbox="allow-scripts"
      style="block-size: ${this.drawingHeight || 240}px"
      src="/api/lines/${line}/drawing?scheme=${scheme}&drawn=${this.drawn}"
    ></iframe>`;
  }

  #renderFacts() {
    const { line, label } = this;
    const answers = line?.answered.length ?? 0;
    const none = "Nothing yet: submit on the page.";
    const responded = label?.responded
      ? label.response
      : answers > 0
        ? "The handler returned nothing, or there is none."
        : none;
    return html`<aside aria-label="Data">
      ${renderSplitter("Resize the data", "facts", (size) => this.#resize("facts", size))}
<div class="panels">      ${this.#panel("data-object", "Data object", line?.dataObject ?? undefined, "This line is no data object.")}
      ${this.#panel("task-input", "Task input", line?.taskInput ?? undefined, "There is none: see the findings.")}
      ${this.#panel("answer-now", "Answer so far", this.answerNow, "…")}
      ${this.#panel("answer", `Answer of worker ${this.view.worker}`, line?.answer ?? undefined, none)}
      ${this.#panel("request", "Consolidation request", label?.request ?? undefined, none)}
      ${this.#panel("response", "Post-annotation returns", label?.responded ? label.response : undefined, String(responded))}
      ${this.#panel("output-line", "Output manifest line", label?.outputLine ?? undefined, none)}</div>
    </aside>`;
  }

  /** A value that can be closed and copied; `otherwise` where there is none. */
  #panel(id: string, title: string, value: unknown, otherwise: string) {
    const open = !this.closed.has(id);
    return html`<section class="panel" aria-label=${title}>
      <div class="head">
        <h2>
          <button
            aria-expanded=${open ? "true" : "false"}
            aria-controls=${id}
            @click=${() => {
              const closed = new Set(this.closed);
              if (!closed.delete(id)) closed.add(id);
              this.closed = closed;
              keep(closed);
            }}
          >
            <span class="arrow" aria-hidden="true">${open ? "▾" : "▸"}</span>${title}
          </button>
        </h2>
        ${
          value === undefined
            ? nothing
            : html`<button class="copy" aria-label="Copy: ${title}" @click=${() => void this.#copy(id, value)}>${this.copied === id ? "Copied" : "Copy"}</button>`
        }
      </div>
      <div id=${id} ?hidden=${!open}>
        ${
          value === undefined
            ? html`<p class="dim">${otherwise}</p>`
            : open
              ? html`<truthkit-json .value=${value}></truthkit-json>`
              : nothing
        }
      </div>
    </section>`;
  }
}

/** Which panels are closed, from one visit to the next. The port is another each time: so is the memory. */
const KEPT = "closed-panels";

function kept(): string[] {
  try {
    return (localStorage.getItem(KEPT) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}

function keep(closed: ReadonlySet<string>): void {
  try {
    localStorage.setItem(KEPT, [...closed].join(" "));
  } catch {
    // A browser that stores nothing forgets.
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

customElements.define("truthkit-preview", Preview);
