import { defineStrings } from "../shared/strings.ts";

export const tabStrings = defineStrings({
  en: { tab: "Tab {number}" },
  de: { tab: "Reiter {number}" },
  ja: { tab: "タブ{number}" },
  ar: { tab: "علامة التبويب {number}" },
});
