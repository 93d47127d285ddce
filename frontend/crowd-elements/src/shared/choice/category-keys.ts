/** The hot key of each category: 1 to 9, 0, then letters. */

const KEYS = Array.from("1234567890abcdefghijklmnopqrstuvwxyz");

/** The frame's own: instructions. */
const OF_THE_FRAME = "i";

/** Keys for the first categories, in order; `taken` are those that do something else in this widget. */
export const categoryKeys = (taken: readonly string[] = []): readonly string[] =>
  KEYS.filter((key) => key !== OF_THE_FRAME && !taken.includes(key));
