import { defineStrings } from "../shared/strings.ts";

export const alertStrings = defineStrings({
  en: { dismiss: "Dismiss" },
  de: { dismiss: "Ausblenden" },
  ja: { dismiss: "閉じる" },
  ar: { dismiss: "إخفاء" },
});
