import type { Paper } from "./paper.js";
import type { Extent, Segment, Words } from "./words.js";

/** Pixels between two tries to hit the next line, and how far it may be. */
const TRY = 8;
const FURTHEST = 400;

const extentOf = (word: Segment | undefined): Extent | undefined => word && [word.start, word.end];

/** Where an arrow key, Home or End takes the keyboard's cursor from; undefined where there is no further word. */
export function wordFrom(
  from: Extent | null,
  key: string,
  words: Words,
  paper: Paper,
): Extent | undefined {
  if (!from) return firstInView(words, paper);
  if (key === "ArrowUp" || key === "ArrowDown")
    return wordInNextLine(from, key === "ArrowUp" ? -1 : 1, words, paper);
  if (key === "Home" || key === "End") {
    const [start, end] = words.extent(words.paragraphAt(from[0]));
    return extentOf(key === "Home" ? words.next(start) : words.previous(end));
  }
  const forward = (key === "ArrowRight") !== (paper.view?.rightToLeft(from[0]) ?? false);
  return extentOf(forward ? words.next(from[1]) : words.previous(from[0]));
}

function firstInView(words: Words, paper: Paper): Extent | undefined {
  const [top] = paper.covered();
  const area = paper.element?.getBoundingClientRect();
  const from = area && area.top < top ? (paper.view?.offsetAt(area.left, top + 8) ?? 0) : 0;
  return extentOf(words.next(from) ?? words.next(0));
}

/** The word above or below the middle of `from`, by trying points. */
function wordInNextLine(
  from: Extent,
  by: -1 | 1,
  words: Words,
  { view, element }: Paper,
): Extent | undefined {
  const [box] = view?.boxes(...from) ?? [];
  const area = element?.getBoundingClientRect();
  if (!box || !area || !view) return undefined;
  const x = box.left + box.width / 2;
  for (let step = TRY; step < FURTHEST; step += TRY) {
    const y = by < 0 ? box.top - step : box.top + box.height + step;
    if (y < area.top || y > area.bottom) return undefined;
    const offset = view.offsetAt(x, y);
    const found = words.at(offset);
    const word = found.word ? found : (words.previous(offset) ?? found);
    const [line] = view.boxes(word.start, word.end);
    const away = line ? line.top - box.top : 0;
    if (word.word && Math.abs(away) > 4 && Math.sign(away) === by) return extentOf(word);
  }
  return undefined;
}
