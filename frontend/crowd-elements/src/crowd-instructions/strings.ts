import { defineStrings } from "../shared/strings.ts";

export const instructionStrings = defineStrings({
  en: {
    open: "Click for instructions",
    title: "Instructions",
    summary: "Summary",
    detailed: "Detailed Instructions",
    examples: "Examples",
    good: "Good examples",
    bad: "Bad examples",
  },
  de: {
    open: "Anleitung öffnen",
    title: "Anleitung",
    summary: "Zusammenfassung",
    detailed: "Ausführliche Anleitung",
    examples: "Beispiele",
    good: "Gute Beispiele",
    bad: "Schlechte Beispiele",
  },
  ja: {
    open: "作業手順を表示",
    title: "作業手順",
    summary: "概要",
    detailed: "詳しい手順",
    examples: "例",
    good: "良い例",
    bad: "悪い例",
  },
  ar: {
    open: "انقر لعرض التعليمات",
    title: "التعليمات",
    summary: "الملخص",
    detailed: "التعليمات المفصلة",
    examples: "الأمثلة",
    good: "أمثلة جيدة",
    bad: "أمثلة سيئة",
  },
});
