/** What the gallery and the page of a story say to each other: pages of two origins. */

/** Given to the story's page in its address, for they count before the elements stand. */
export interface StorySettings {
  readonly tag: string;
  readonly language: string;
  readonly direction: string;
  /** `light`, `dark`, or empty for what the system prefers. */
  readonly scheme: string;
  /** What was changed by hand: attribute name to its value, null for none. */
  readonly attributes: Readonly<Record<string, string | null>>;
  /** Events to tell of. */
  readonly events: readonly string[];
}

/** From the gallery: set an attribute of the element, or take it away. */
export interface SetAttribute {
  readonly type: "set";
  readonly name: string;
  readonly value: string | null;
}

/** From the gallery: load the page again, as a worker does. */
export interface Reload {
  readonly type: "reload";
}

export type GalleryMessage = SetAttribute | Reload;

/** From the story, whenever something may have changed. */
export interface StoryState {
  readonly type: "state";
  /** The answer as it would be submitted now, as JSON. */
  readonly answer: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly keys: readonly { readonly keys: readonly string[]; readonly label: string }[];
}

export interface StoryEvent {
  readonly type: "event";
  readonly name: string;
  /** What it came from: its tag, with its name. */
  readonly target: string;
}

export type StoryMessage = StoryState | StoryEvent;

export const settingsText = (settings: StorySettings): string =>
  `#${encodeURIComponent(JSON.stringify(settings))}`;

/** The settings in an address; a page that was opened without any has none. */
export function readSettings(hash: string): StorySettings | undefined {
  return hash.length > 1 ? JSON.parse(decodeURIComponent(hash.slice(1))) : undefined;
}
