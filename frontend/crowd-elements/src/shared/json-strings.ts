import { defineStrings } from "./strings.ts";

export const jsonStrings = defineStrings({
  en: { notJson: 'The attribute {name}="{text}" is not JSON: {reason}' },
  de: { notJson: 'Das Attribut {name}="{text}" ist kein JSON: {reason}' },
  ja: { notJson: '属性 {name}="{text}" は JSON ではありません：{reason}' },
  ar: { notJson: 'السمة {name}="{text}" ليست JSON: {reason}' },
});
