/**
 * In the page of a story, before the crowd script: settings first, then word to the gallery of all that happens. Only
 * the gallery can be around this page (its policy says so), and only the gallery is listened to.
 */
import { keyLabel, type Shortcut } from "../../../crowd-elements/src/shared/hot-keys.ts";
import { answerText, applyScheme, onChanges } from "../shared/framed.ts";
import {
  type GalleryMessage,
  readSettings,
  type StoryMessage,
  type StorySettings,
} from "./protocol.ts";

const send = (message: StoryMessage) => window.parent.postMessage(message, "*");

export function startStory(): void {
  const settings = readSettings(location.hash);
  if (!settings) return;
  applyLook(settings);
  const element = document.querySelector(settings.tag);
  for (const [name, value] of Object.entries(settings.attributes))
    setAttribute(element, name, value);
  window.addEventListener("message", ({ source, data }: MessageEvent<GalleryMessage>) => {
    if (source !== window.parent || source === window) return;
    if (data.type === "reload") location.reload();
    else setAttribute(element, data.name, data.value);
  });

  let sent = "";
  const sendState = () => {
    const state = stateOf(element);
    const text = JSON.stringify(state);
    if (text === sent) return;
    sent = text;
    send(state);
  };
  for (const name of settings.events) window.addEventListener(name, tell, true);
  document.addEventListener("all-crowd-elements-ready", tell);
  onChanges(sendState);
}

function applyLook({ language, direction, scheme }: StorySettings): void {
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  applyScheme(scheme);
}

function setAttribute(element: Element | null, name: string, value: string | null): void {
  if (value === null) element?.removeAttribute(name);
  else element?.setAttribute(name, value);
}

function stateOf(element: Element | null): StoryMessage {
  const { shortcuts = [] } = (element ?? {}) as { shortcuts?: readonly Shortcut[] };
  return {
    type: "state",
    answer: answerText(element ? [element] : []),
    attributes: Object.fromEntries(
      Array.from(element?.attributes ?? [], ({ name, value }) => [name, value]),
    ),
    keys: shortcuts
      .filter(({ hidden }) => !hidden)
      .map(({ keys, label }) => ({ keys: keys.map(keyLabel), label })),
  };
}

function tell(event: Event): void {
  const [origin] = event.composedPath();
  const target = origin instanceof Element ? origin : document.documentElement;
  const name = target.getAttribute("name");
  send({
    type: "event",
    name: event.type,
    target: event.target === document ? "document" : target.localName + (name ? ` ${name}` : ""),
  });
}
