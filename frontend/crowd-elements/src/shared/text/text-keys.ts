/** The keys that every pane of text has, for a widget's list of shortcuts. */
import type { Shortcut } from "../hot-keys.ts";
import type { Translate } from "../strings.ts";
import type { Side } from "./spans.ts";

interface Moving {
  moveEdge(side: Side, by: -1 | 1, fine: boolean): boolean;
  cancel(): boolean;
}

type Key = "keyCursor" | "keyExtend" | "keyWalk" | "keyEnd" | "keyStart" | "keyEscape";

const nothing = () => false;

/** In the text itself: the pane takes these keys before they come here. */
const inText = (keys: readonly string[], label: string): Shortcut => ({
  keys,
  label,
  run: nothing,
});

export function textShortcuts(pane: Moving, t: Translate<Key>, cancel: () => boolean): Shortcut[] {
  const edge = (keys: readonly string[], side: Side, by: -1 | 1, fine = false): Shortcut => ({
    keys,
    label: t(side === "end" ? "keyEnd" : "keyStart"),
    run: () => pane.moveEdge(side, by, fine),
    repeat: true,
    hidden: true,
  });
  return [
    inText(["ArrowRight", "ArrowDown", "Home", "End"], t("keyCursor")),
    inText(["Shift+ArrowRight", "Shift+ArrowDown"], t("keyExtend")),
    inText(["Tab", "Shift+Tab"], t("keyWalk")),
    // With Shift the brackets are braces; with Alt a Mac gives quotation marks.
    { keys: ["[", "]"], label: t("keyEnd"), run: nothing },
    edge(["["], "end", -1),
    edge(["]"], "end", 1),
    edge(["Alt+[", "Alt+“"], "end", -1, true),
    edge(["Alt+]", "Alt+‘"], "end", 1, true),
    { keys: ["{", "}"], label: t("keyStart"), run: nothing },
    edge(["{"], "start", -1),
    edge(["}"], "start", 1),
    edge(["Alt+{", "Alt+”"], "start", -1, true),
    edge(["Alt+}", "Alt+’"], "start", 1, true),
    {
      keys: ["Escape"],
      label: t("keyEscape"),
      // A pane that has nothing to call off still lets Tab leave the text.
      run: () => pane.cancel() || cancel(),
    },
  ];
}
