/** Undo and redo as every widget offers them: two buttons, three keys. */
import { html } from "lit";
import type { Shortcut } from "./hot-keys.ts";
import type { widgetStrings } from "./widget-strings.ts";

type FrameText = ReturnType<typeof widgetStrings>;

interface Steps {
  undo(): unknown;
  redo(): unknown;
}

export const renderUndo = (
  t: FrameText,
  { canUndo, canRedo }: { readonly canUndo: boolean; readonly canRedo: boolean },
  { undo, redo }: Steps,
) => html`
  ${button("undo", t("undo"), canUndo, undo)}
  ${button("redo", t("redo"), canRedo, redo)}
`;

/** Never disabled, but marked so: the focus stays where it is after the last step. */
const button = (id: string, text: string, can: boolean, step: () => unknown) => html`<button
  type="button"
  class="tool"
  id=${id}
  aria-disabled=${String(!can)}
  @click=${() => can && step()}
>
  ${text}
</button>`;

export const undoShortcuts = (t: FrameText, { undo, redo }: Steps): readonly Shortcut[] => [
  { keys: ["Mod+z"], label: t("undo"), repeat: true, run: () => void undo() },
  { keys: ["Mod+Shift+z", "Mod+y"], label: t("redo"), repeat: true, run: () => void redo() },
];
