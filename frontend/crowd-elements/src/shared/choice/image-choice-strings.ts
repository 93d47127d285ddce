import { defineStrings } from "../strings.ts";

/** What the image classifiers say beyond the choice: of comments, and of what lies on the picture. */
export const imageChoiceStrings = defineStrings({
  en: {
    addComment: "Add a comment.",
    yourComment: "Your comment:",
    comment: "Write a comment",
    done: "Done",
    shownOnPicture: "Shown on the picture",
    showAll: "Show or hide what lies on the picture",
    more: { one: "and {count} more", other: "and {count} more" },
    faultKind:
      "The attribute overlay={item} is not an object with one of boundingBox, semanticSegmentation, instanceSegmentation",
    faultLabels: "The attribute overlay has no list of labels: labels is {item}",
    faultBox: "The attribute overlay has a box without label or with impossible numbers: {item}",
    faultColor: "The attribute overlay has a color that is not #rrggbb, or is white: {item}",
    faultSource: "The attribute overlay has no address of a mask: src is {item}",
    maskFailed: "What lies on the picture cannot be shown.",
    maskSize:
      "The attribute overlay has a mask of {width} × {height} pixels, the picture has {pictureWidth} × {pictureHeight}: the mask is stretched.",
  },
  de: {
    addComment: "Einen Kommentar hinzufügen.",
    yourComment: "Ihr Kommentar:",
    comment: "Einen Kommentar schreiben",
    done: "Fertig",
    shownOnPicture: "Auf dem Bild gezeigt",
    showAll: "Zeigen oder verbergen, was auf dem Bild liegt",
    more: { one: "und {count} weitere", other: "und {count} weitere" },
    faultKind:
      "Das Attribut overlay={item} ist kein Objekt mit einem von boundingBox, semanticSegmentation, instanceSegmentation",
    faultLabels: "Das Attribut overlay hat keine Liste von Labels: labels ist {item}",
    faultBox:
      "Das Attribut overlay enthält einen Rahmen ohne Label oder mit unmöglichen Zahlen: {item}",
    faultColor: "Das Attribut overlay enthält eine Farbe, die nicht #rrggbb oder weiß ist: {item}",
    faultSource: "Das Attribut overlay nennt keine Adresse einer Maske: src ist {item}",
    maskFailed: "Was auf dem Bild liegt, kann nicht gezeigt werden.",
    maskSize:
      "Die Maske des Attributs overlay hat {width} × {height} Pixel, das Bild {pictureWidth} × {pictureHeight}: Sie wird gestreckt.",
  },
  ja: {
    addComment: "コメントを追加。",
    yourComment: "あなたのコメント:",
    comment: "コメントを書く",
    done: "完了",
    shownOnPicture: "画像上の表示",
    showAll: "画像上の注釈を表示または非表示",
    more: { other: "ほか{count}件" },
    faultKind:
      "属性 overlay={item} は boundingBox、semanticSegmentation、instanceSegmentation のいずれか1つを持つオブジェクトではありません",
    faultLabels: "属性 overlay にラベルのリストがありません: labels は {item} です",
    faultBox: "属性 overlay にラベルがない、または数値が不正なボックスがあります: {item}",
    faultColor: "属性 overlay に #rrggbb ではない色、または白があります: {item}",
    faultSource: "属性 overlay にマスクのアドレスがありません: src は {item} です",
    maskFailed: "画像上の注釈を表示できません。",
    maskSize:
      "属性 overlay のマスクは {width} × {height} ピクセル、画像は {pictureWidth} × {pictureHeight} ピクセルです。マスクを引き伸ばして表示します。",
  },
  ar: {
    addComment: "أضف تعليقًا.",
    yourComment: "تعليقك:",
    comment: "كتابة تعليق",
    done: "تم",
    shownOnPicture: "المعروض على الصورة",
    showAll: "إظهار أو إخفاء ما على الصورة",
    more: {
      one: "وواحدة أخرى",
      two: "واثنتان أخريان",
      few: "و{count} أخرى",
      many: "و{count} أخرى",
      other: "و{count} أخرى",
    },
    faultKind:
      "السمة overlay={item} ليست كائنًا فيه واحد من boundingBox أو semanticSegmentation أو instanceSegmentation",
    faultLabels: "ليس في السمة overlay قائمة تسميات: labels هو {item}",
    faultBox: "في السمة overlay مربع بلا تسمية أو بأرقام غير ممكنة: {item}",
    faultColor: "في السمة overlay لون ليس ‎#rrggbb‎ أو لون أبيض: {item}",
    faultSource: "ليس في السمة overlay عنوان قناع: src هو {item}",
    maskFailed: "تعذر عرض ما على الصورة.",
    maskSize:
      "قناع السمة overlay حجمه {width} × {height} بكسل، والصورة {pictureWidth} × {pictureHeight}: سيُمدَّد القناع.",
  },
});
