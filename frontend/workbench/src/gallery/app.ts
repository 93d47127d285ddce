/** The gallery: a list of the elements, one of them in a frame of its own origin, and beside it all there is to know. */
import {
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { keyed } from "lit/directives/keyed.js";
import { isTyping } from "../../../common/src/typing.ts";
import { tokens } from "../../../crowd-elements/src/shared/styles.ts";
import { states } from "../shared/states.ts";
import { benchStyles } from "../shared/styles.ts";
import { renderSwitch } from "../shared/switch.ts";
import { renderAttribute } from "./attribute-control.ts";
import {
  answerPlace,
  type Described,
  type Element,
  grouped,
  KINDS,
  loadCatalogue,
  nearest,
} from "./catalogue.ts";
import { prose } from "./prose.ts";
import {
  type GalleryMessage,
  type StoryEvent,
  type StoryMessage,
  type StoryState,
  settingsText,
} from "./protocol.ts";
import { galleryStyles } from "./styles.ts";
import {
  DIRECTIONS,
  directionOf,
  LANGUAGES,
  readView,
  SCHEMES,
  type View,
  viewText,
  WIDTHS,
} from "./view.ts";

/** Told of with every element. */
const EVENTS = ["input", "change", "submit", "reset"];
const MOST_EVENTS = 30;
/** Pictures in answers are text; this much of them is shown. */
const MOST_CHARACTERS = 120;

class Gallery extends LitElement {
  static override properties: PropertyDeclarations = {
    storyOrigin: { attribute: "story-origin" },
    ...states("catalogue failure search view frame edited story events"),
  };
  static override styles = [tokens, benchStyles, galleryStyles];

  declare private storyOrigin: string;
  declare private catalogue: readonly Element[];
  declare private failure: string;
  declare private search: string;
  declare private view: View;
  /** The address in the frame. */
  declare private frame: string;
  /** Attributes that were changed by hand. */
  declare private edited: Readonly<Record<string, string | null>>;
  declare private story: StoryState | undefined;
  /** The latest first. */
  declare private events: readonly StoryEvent[];

  constructor() {
    super();
    this.catalogue = [];
    this.failure = "";
    this.search = "";
    this.view = readView(location.hash);
    this.frame = "";
    this.edited = {};
    this.events = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("hashchange", () => this.#show(readView(location.hash)));
    window.addEventListener("message", (event) => this.#hear(event));
    window.addEventListener("keydown", (event) => this.#onKey(event));
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      this.catalogue = await loadCatalogue("/custom-elements.json");
      this.#show(this.view);
    } catch (error) {
      this.failure = `The catalogue could not be read: ${(error as Error).message}`;
    }
  }

  /** The element of the address: the first of the list where it names none, nothing where it names another. */
  get #element(): Element | undefined {
    if (!this.view.tag) return this.#listed("")[0];
    return this.catalogue.find(({ tagName }) => tagName === this.view.tag);
  }

  /** The elements that a search finds, in the order of the list. */
  #listed(search: string): Element[] {
    return grouped(this.catalogue, search).flatMap(([, members]) => members);
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has("view") && !changed.has("catalogue")) return;
    this.renderRoot.querySelector(".list [aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  /** Goes to a view; another element or story begins without what was changed by hand. */
  #show(view: View): void {
    if (view.tag !== this.view.tag || view.story !== this.view.story) this.edited = {};
    this.view = view;
    document.documentElement.style.colorScheme = view.scheme || "light dark";
    document.title = `${this.#element?.tagName ?? "Elements"} · truthkit gallery`;
    this.#begin();
  }

  /** Loads the story as one that nobody has worked on yet. */
  #begin(): void {
    const element = this.#element;
    if (!element) return;
    const { stories } = element.truthkit;
    const story = Math.min(this.view.story, stories.length - 1);
    const settings = settingsText({
      tag: element.tagName,
      language: this.view.language,
      direction: directionOf(this.view),
      scheme: this.view.scheme,
      attributes: this.edited,
      events: [...new Set([...EVENTS, ...(element.events ?? []).map(({ name }) => name)])],
    });
    this.frame = `${this.storyOrigin}/tasks/${element.tagName}.${story}.${crypto.randomUUID()}${settings}`;
    this.story = undefined;
    this.events = [];
  }

  get #frameWindow(): Window | null | undefined {
    return this.renderRoot.querySelector("iframe")?.contentWindow;
  }

  #hear({ source, origin, data }: MessageEvent<StoryMessage>): void {
    if (source !== this.#frameWindow || origin !== this.storyOrigin) return;
    if (data.type === "state") this.story = data;
    else this.events = [data, ...this.events].slice(0, MOST_EVENTS);
  }

  #say(message: GalleryMessage): void {
    this.#frameWindow?.postMessage(message, this.storyOrigin);
  }

  #edit(name: string, value: string | null): void {
    this.edited = { ...this.edited, [name]: value };
    this.#say({ type: "set", name, value });
  }

  #go(change: Partial<View>): void {
    location.hash = viewText({ ...this.view, tag: this.#element?.tagName ?? "", ...change });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (event.key === "/") {
      event.preventDefault();
      this.renderRoot.querySelector<HTMLInputElement>("input[type=search]")?.focus();
    }
    const step = { j: 1, k: -1 }[event.key];
    if (step) this.#step(step);
  }

  /** To the element before or after in the list. */
  #step(step: number): void {
    const listed = this.#listed(this.search);
    const current = this.#element;
    const next = current && listed[listed.indexOf(current) + step];
    if (next) this.#go({ tag: next.tagName, story: 0 });
  }

  #openFirstHit(): void {
    const [first] = this.#listed(this.search);
    if (first) this.#go({ tag: first.tagName, story: 0 });
  }

  override render(): TemplateResult {
    const element = this.#element;
    return html`
      <header>
        <button class="tool skip" @click=${() => this.renderRoot.querySelector<HTMLElement>("h1")?.focus()}>
          Skip the list
        </button>
        <h2>truthkit gallery</h2>
        <span class="dim"
          >Keys, while the focus is outside the frame: <kbd>/</kbd> search, <kbd>j</kbd> next, <kbd>k</kbd> previous</span
        >
      </header>
      ${this.failure ? html`<p class="failed" role="alert">${this.failure}</p>` : nothing}
      ${this.catalogue.length > 0 ? this.#renderList(element) : nothing}
      ${element ? html`${this.#renderStage(element)} ${this.#renderFacts(element)}` : this.#renderUnknown()}
    `;
  }

  #renderUnknown() {
    const guess = nearest(this.catalogue, this.view.tag);
    if (!guess) return nothing;
    return html`<main>
      <div class="about" role="alert">
        <h1 tabindex="-1">There is no such element: ${this.view.tag}</h1>
        <p>
          Nearest is <a href=${viewText({ ...this.view, tag: guess.tagName, story: 0 })}>${guess.tagName}</a>.
        </p>
      </div>
    </main>`;
  }

  #renderList(current: Element | undefined) {
    const groups = grouped(this.catalogue, this.search);
    return html`<nav class="list" aria-label="Elements">
      <details ?open=${matchMedia("(min-width: 64rem)").matches}>
        <summary>Elements</summary>
        <input
          type="search"
          aria-label="Search elements"
          placeholder="Search"
          @input=${(event: Event) => {
            this.search = (event.target as HTMLInputElement).value;
          }}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key === "Enter" && !event.isComposing) this.#openFirstHit();
          }}
        />
        ${groups.map(
          ([kind, members]) => html`<h2>${KINDS[kind]}</h2>
            <ul>
              ${members.map(
                ({ tagName }) => html`<li>
                  <a
                    href=${viewText({ ...this.view, tag: tagName, story: 0 })}
                    aria-current=${tagName === current?.tagName ? "page" : nothing}
                    >${tagName}</a
                  >
                </li>`,
              )}
            </ul>`,
        )}
        ${groups.length === 0 ? html`<p class="dim">No element is called so.</p>` : nothing}
      </details>
    </nav>`;
  }

  #renderStage({ tagName, summary, truthkit: { stories } }: Element) {
    const titles = Object.fromEntries(stories.map(({ title }, index) => [String(index), title]));
    const story = Math.min(this.view.story, stories.length - 1);
    const { width } = this.view;
    return html`<main>
      <div class="about">
        <h1 tabindex="-1">${tagName}</h1>
        <p class="dim">${prose(summary)}</p>
      </div>
      <div class="switches">
        ${renderSwitch("Story", titles, String(story), (value) => this.#go({ story: Number(value) }))}
        ${renderSwitch("Width", WIDTHS, width, (value) => this.#go({ width: value }))}
        ${renderSwitch("Colors", SCHEMES, this.view.scheme, (scheme) => this.#go({ scheme }))}
        ${renderSwitch("Language", LANGUAGES, this.view.language, (language) => this.#go({ language }))}
        ${renderSwitch("Direction", DIRECTIONS, this.view.direction, (direction) => this.#go({ direction }))}
        <button class="tool" title="As a worker reloads the page: what was done is kept" @click=${() => this.#say({ type: "reload" })}>
          Reload
        </button>
        <button class="tool" title="As nobody has worked on it yet, with the attributes as they are now" @click=${() => this.#begin()}>
          Begin anew
        </button>
        <a class="tool" href=${this.frame} target="_blank" rel="noopener">Open alone</a>
      </div>
      <div class="stage" style=${width ? `--width: ${width}px` : ""}>
        ${keyed(
          this.frame,
          html`<iframe
            title="${tagName}: ${titles[story]}"
            sandbox="allow-scripts allow-forms allow-same-origin allow-modals allow-downloads"
            src=${this.frame}
          ></iframe>`,
        )}
      </div>
    </main>`;
  }

  #renderFacts(element: Element) {
    const { regions, answer } = element.truthkit;
    const members = (element.members ?? []).filter(({ attribute }) => attribute === undefined);
    return html`<aside aria-label="About ${element.tagName}">
      ${section("Answer now", html`<pre id="answer" tabindex="0">${this.#answerText()}</pre>`)}
      ${this.#renderAttributes(element)}
      ${this.#renderKeys()}
      ${regions ? section("Regions", meanings(regions)) : nothing}
      ${
        answer
          ? section(
              "Shape of the answer",
              html`<p class="dim">
                  It stands ${answerPlace(answer)}.
                  ${answer.question ? `The shape is a choice of this build (open question ${answer.question}).` : ""}
                </p>
                <p>Example</p>
                <pre tabindex="0">${pretty(answer.example)}</pre>
                <p>JSON Schema</p>
                <pre tabindex="0">${pretty(answer.schema)}</pre>`,
              false,
            )
          : nothing
      }
      ${element.events ? section("Events", meanings(element.events), false) : nothing}
      ${
        members.length > 0
          ? section(
              "For scripts",
              meanings(
                members.map(({ name, kind, description }) => ({
                  name: kind === "method" ? `${name}()` : name,
                  description,
                })),
              ),
              false,
            )
          : nothing
      }
      ${section(
        "What happened",
        this.events.length > 0
          ? html`<ol id="events" reversed>
              ${this.events.map(({ name, target }) => html`<li><b>${name}</b> ${target}</li>`)}
            </ol>`
          : html`<p class="dim">Nothing yet.</p>`,
      )}
    </aside>`;
  }

  #renderAttributes({ tagName, attributes = [], truthkit: { required = [] } }: Element) {
    if (attributes.length === 0) return nothing;
    const given: Readonly<Record<string, string | null>> = {
      ...this.story?.attributes,
      ...this.edited,
    };
    return section(
      "Attributes",
      keyed(
        tagName,
        html`${attributes.map((attribute) =>
          renderAttribute(
            attribute,
            given[attribute.name] ?? null,
            required.includes(attribute.name),
            (changed) => this.#edit(attribute.name, changed),
          ),
        )}`,
      ),
    );
  }

  #renderKeys() {
    const keys = this.story?.keys ?? [];
    if (keys.length === 0) return nothing;
    return section(
      "Keys",
      html`<dl id="keys" lang=${this.view.language}>
        ${keys.map(
          (shortcut) => html`<dt>${shortcut.keys.map((key) => html`<kbd>${key}</kbd> `)}</dt>
            <dd dir="auto">${shortcut.label}</dd>`,
        )}
      </dl>`,
    );
  }

  #answerText(): string {
    if (!this.story) return "…";
    return pretty(
      JSON.parse(this.story.answer, (_, value) =>
        typeof value === "string" && value.length > MOST_CHARACTERS
          ? `${value.slice(0, MOST_CHARACTERS)}… (${value.length} characters)`
          : value,
      ),
    );
  }
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

const section = (title: string, content: unknown, open = true) =>
  html`<details ?open=${open}>
    <summary>${title}</summary>
    ${content}
  </details>`;

const meanings = (entries: readonly Described[]) =>
  html`<dl>
    ${entries.map(
      ({ name, description }) => html`<dt><code>${name}</code></dt>
        <dd>${prose(description)}</dd>`,
    )}
  </dl>`;

customElements.define("truthkit-gallery", Gallery);
