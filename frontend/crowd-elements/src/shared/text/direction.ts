/** Which way the characters of a text run on the page, as far as edges and selections need it. */
import type { Stretch } from "./segmented-text.ts";

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const LEFT_TO_RIGHT = /[\p{L}\p{N}]/u;

/** Units to each side in which a character without a direction looks for one that has it. */
const REACH = 200;

/** Whether anything in it runs from right to left. */
export const hasRightToLeft = (text: string): boolean => RIGHT_TO_LEFT.test(text);

/** `true`: from right to left; `undefined`: it takes the direction of what is around it. */
function strongDirection(character: string): boolean | undefined {
  // Digits run from left to right everywhere, Arabic ones too.
  if (/\p{N}/u.test(character)) return false;
  if (RIGHT_TO_LEFT.test(character)) return true;
  return LEFT_TO_RIGHT.test(character) ? false : undefined;
}

/** Whether a character runs from right to left, in a paragraph that does or does not. */
export function runsRightToLeft(
  text: string,
  character: Stretch,
  paragraph: Stretch,
  isParagraphRightToLeft: boolean,
): boolean {
  const own = strongDirection(text.slice(character.start, character.end));
  if (own !== undefined) return own;
  const before = nearest(
    [...text.slice(Math.max(paragraph.start, character.start - REACH), character.start)].reverse(),
  );
  const after = nearest([
    ...text.slice(character.end, Math.min(paragraph.end, character.end + REACH)),
  ]);
  return before === after && before !== undefined ? before : isParagraphRightToLeft;
}

function nearest(characters: readonly string[]): boolean | undefined {
  for (const one of characters) {
    const direction = strongDirection(one);
    if (direction !== undefined) return direction;
  }
  return undefined;
}
