import { defineStrings } from "../shared/strings.ts";

export const modalStrings = defineStrings({
  en: { open: "Click to open modal" },
  de: { open: "Dialog öffnen" },
  ja: { open: "クリックして開く" },
  ar: { open: "انقر لفتح النافذة" },
});
