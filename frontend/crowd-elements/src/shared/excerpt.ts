const LONGEST = 120;

/** The beginning of a text, for messages that quote what a template wrote. */
export const excerpt = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
