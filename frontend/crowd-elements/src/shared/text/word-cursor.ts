/** Where keys take the word cursor, so that nobody needs a caret in a text that cannot be edited. */
import type { Stretch } from "./segmented-text.ts";
import type { TextView } from "./text-view.ts";

/** Pixels between two tries to hit the next line, and how far away it may be. */
const TRY = 8;
const FURTHEST = 400;

const KEYS: ReadonlySet<string> = new Set([
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
]);

export const isCursorKey = (key: string) => KEYS.has(key);

/** The word that a key leads to; undefined where there is none further. */
export function wordFrom(
  from: Stretch | undefined,
  key: string,
  view: TextView,
): Stretch | undefined {
  const { text } = view;
  if (!from) return text.nextWord(view.near()[0]?.start ?? 0) ?? text.nextWord(0);
  switch (key) {
    case "ArrowUp":
      return wordInLine(from, -1, view);
    case "ArrowDown":
      return wordInLine(from, 1, view);
    case "Home":
      return text.nextWord(text.paragraphOf(from.start).start);
    case "End":
      return text.previousWord(text.paragraphOf(from.start).end);
    default: {
      const isForward = (key === "ArrowRight") !== view.isParagraphRightToLeft(from.start);
      return isForward ? text.nextWord(from.end) : text.previousWord(from.start);
    }
  }
}

/** The word above or below the middle of `from`, found by trying points. */
function wordInLine(from: Stretch, by: -1 | 1, view: TextView): Stretch | undefined {
  const [box] = view.boxes(from);
  if (!box) return undefined;
  const area = view.element.getBoundingClientRect();
  const x = box.left + box.width / 2;
  for (let step = TRY; step < FURTHEST; step += TRY) {
    const y = by < 0 ? box.top - step : box.top + box.height + step;
    if (y < area.top || y > area.bottom) return undefined;
    const offset = view.offsetAt(x, y);
    const word = view.text.wordAt(offset) ?? view.text.previousWord(offset);
    const [line] = word ? view.boxes(word) : [];
    if (line && (line.top - box.top) * by > box.height / 2) return word;
  }
  return undefined;
}
