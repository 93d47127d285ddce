import { defineStrings } from "../strings.ts";

export const imageStrings = defineStrings({
  en: {
    picture: "Picture",
    loading: "The picture is loading…",
    stillLoading: "The picture is still loading.",
    missing: "There is no picture: the attribute src is empty.",
    unreachable:
      "The picture {path} could not be loaded. Either it is not there, or its server does not allow this page to read it (CORS).",
    refused: "The picture {path} could not be loaded: the server answered {status}.",
    unreadable: "The picture {path} is damaged, empty or of a kind that this browser cannot show.",
    retry: "Try again",
    notLoaded: "The picture could not be loaded, so nothing can be drawn.",
    notLoadedTick:
      "The picture could not be loaded, so nothing can be drawn. If it does not come, tick “Nothing to label” below.",
    mayBeTurned:
      "The picture {path} could only be shown, not read: if its EXIF data turn it, the coordinates are those of the turned picture. Cure: allow this page to fetch it (connect-src in its Content-Security-Policy).",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Show the whole picture",
    zoom: "Zoom {percent} %: show the whole picture",
    pan: "Move the picture",
    chooseLabel: "Choose label {label}",
    noLabel: "There is no label to choose yet.",
  },
  de: {
    picture: "Bild",
    loading: "Das Bild wird geladen …",
    stillLoading: "Das Bild wird noch geladen.",
    missing: "Es gibt kein Bild: Das Attribut src ist leer.",
    unreachable:
      "Das Bild {path} konnte nicht geladen werden. Entweder ist es nicht da, oder sein Server erlaubt dieser Seite nicht, es zu lesen (CORS).",
    refused: "Das Bild {path} konnte nicht geladen werden: Der Server antwortete mit {status}.",
    unreadable:
      "Das Bild {path} ist beschädigt, leer oder von einer Art, die dieser Browser nicht zeigen kann.",
    retry: "Noch einmal versuchen",
    notLoaded: "Das Bild konnte nicht geladen werden, deshalb kann nichts gezeichnet werden.",
    notLoadedTick:
      "Das Bild konnte nicht geladen werden, deshalb kann nichts gezeichnet werden. Wenn es nicht kommt, unten „Nichts zu annotieren“ ankreuzen.",
    mayBeTurned:
      "Das Bild {path} konnte nur gezeigt, nicht gelesen werden: Wenn seine EXIF-Daten es drehen, gelten die Koordinaten für das gedrehte Bild. Abhilfe: dieser Seite erlauben, es abzurufen (connect-src in ihrer Content-Security-Policy).",
    zoomIn: "Vergrößern",
    zoomOut: "Verkleinern",
    fit: "Das ganze Bild zeigen",
    zoom: "Vergrößerung {percent} %: das ganze Bild zeigen",
    pan: "Das Bild verschieben",
    chooseLabel: "Label {label} wählen",
    noLabel: "Es gibt noch kein Label zur Auswahl.",
  },
  ja: {
    picture: "画像",
    loading: "画像を読み込んでいます…",
    stillLoading: "画像はまだ読み込み中です。",
    missing: "画像がありません。属性 src が空です。",
    unreachable:
      "画像 {path} を読み込めませんでした。画像が存在しないか、サーバーがこのページからの読み取りを許可していません（CORS）。",
    refused: "画像 {path} を読み込めませんでした。サーバーの応答は {status} です。",
    unreadable: "画像 {path} は壊れているか、空か、このブラウザーでは表示できない形式です。",
    retry: "もう一度試す",
    notLoaded: "画像を読み込めなかったため、描画できません。",
    notLoadedTick:
      "画像を読み込めなかったため、描画できません。表示されないままの場合は、下の「ラベル付けするものがない」にチェックを入れてください。",
    mayBeTurned:
      "画像 {path} は表示できましたが、読み取れませんでした。EXIF データが画像を回転させている場合、座標は回転後の画像のものになります。対処: このページに取得を許可してください（Content-Security-Policy の connect-src）。",
    zoomIn: "拡大",
    zoomOut: "縮小",
    fit: "画像全体を表示",
    zoom: "倍率 {percent} %: 画像全体を表示",
    pan: "画像を動かす",
    chooseLabel: "ラベル {label} を選ぶ",
    noLabel: "選べるラベルがまだありません。",
  },
  ar: {
    picture: "الصورة",
    loading: "جارٍ تحميل الصورة…",
    stillLoading: "ما زالت الصورة قيد التحميل.",
    missing: "لا توجد صورة: السمة src فارغة.",
    unreachable:
      "تعذّر تحميل الصورة {path}. إما أنها غير موجودة، أو أن خادمها لا يسمح لهذه الصفحة بقراءتها (CORS).",
    refused: "تعذّر تحميل الصورة {path}: أجاب الخادم بالرمز {status}.",
    unreadable: "الصورة {path} تالفة أو فارغة أو من نوع لا يستطيع هذا المتصفح عرضه.",
    retry: "حاول مرة أخرى",
    notLoaded: "تعذّر تحميل الصورة، لذلك لا يمكن رسم أي شيء.",
    notLoadedTick:
      "تعذّر تحميل الصورة، لذلك لا يمكن رسم أي شيء. إن لم تظهر فضع علامة على «لا شيء يستدعي التعليم» في الأسفل.",
    mayBeTurned:
      "أمكن عرض الصورة {path} ولم تمكن قراءتها: إذا كانت بيانات EXIF تديرها فالإحداثيات إحداثيات الصورة المُدارة. الحل: السماح لهذه الصفحة بجلبها (connect-src في Content-Security-Policy).",
    zoomIn: "تكبير",
    zoomOut: "تصغير",
    fit: "عرض الصورة كاملة",
    zoom: "التكبير {percent} ٪: عرض الصورة كاملة",
    pan: "تحريك الصورة",
    chooseLabel: "اختيار التسمية {label}",
    noLabel: "لا توجد تسمية للاختيار بعد.",
  },
});
