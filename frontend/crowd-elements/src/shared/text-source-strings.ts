import { defineStrings } from "./strings.ts";

export const textSourceStrings = defineStrings({
  en: {
    unsigned:
      'The attribute text="{address}" names an object that a page cannot read: pass it through grant_read_access.',
    unreachable:
      "The text at {address} could not be read: it is not there, or its bucket allows no CORS.",
    refused: "The text at {address} could not be read: the server answered {status}.",
  },
  de: {
    unsigned:
      'Das Attribut text="{address}" nennt ein Objekt, das eine Seite nicht lesen kann: Es muss durch grant_read_access gehen.',
    unreachable:
      "Der Text unter {address} konnte nicht gelesen werden: Er ist nicht da, oder sein Bucket erlaubt kein CORS.",
    refused:
      "Der Text unter {address} konnte nicht gelesen werden: Der Server antwortete mit {status}.",
  },
  ja: {
    unsigned:
      '属性 text="{address}" のオブジェクトはページから読み取れません。grant_read_access を通してください。',
    unreachable:
      "{address} のテキストを読み取れませんでした。存在しないか、バケットが CORS を許可していません。",
    refused: "{address} のテキストを読み取れませんでした。サーバーの応答は {status} です。",
  },
  ar: {
    unsigned:
      'السمة text="{address}" تشير إلى كائن لا تستطيع الصفحة قراءته: مرّره عبر grant_read_access.',
    unreachable: "تعذّرت قراءة النص في {address}: إما أنه غير موجود أو أن حاويته لا تسمح بـ CORS.",
    refused: "تعذّرت قراءة النص في {address}: أجاب الخادم بالرمز {status}.",
  },
});
