"""Worker-visible texts in the page's language, and pages that run from right to left."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from truthkit.elements import load_catalogue

# What an element says by itself: the texts and labels in its shadow root, not those of its slots or of keys.
SAID = """() => {
  const said = new Set();
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      if (root === document || element.closest('kbd, code, style, svg')) continue;
      const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent);
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-roledescription'])
        texts.push(element.getAttribute(name) ?? '');
      for (const text of texts) said.add(text.replace(/\\s+/g, ' ').trim());
    }
  };
  visit(document);
  return [...said];
}"""


def stories(lang: str) -> str:
    """All stories of all elements on one page."""
    parts = []
    for element in load_catalogue().values():
        for story in element.stories:
            whole = element.alone or element.tag == "crowd-form"
            parts.append(story.html if whole else f"<crowd-form>{story.html}</crowd-form>")
    script = '<script src="/bundles/crowd-html-elements.js"></script>'
    return f'<!doctype html><html lang="{lang}"><head><title>All</title>{script}</head><body>{"".join(parts)}</body>'


def said(page: Page, visit: Any, lang: str) -> set[str]:
    visit(stories(lang), answer_meta=False)
    texts = set(page.evaluate(SAID))
    page.evaluate("for (const form of document.querySelectorAll('crowd-form')) form.submit()")
    page.wait_for_function("document.documentElement.dataset.crowdState !== undefined")
    return texts | set(page.evaluate(SAID))


def is_given(text: str, given: str) -> bool:
    """Whether it comes from the stories: as it stands, or with a size or a place."""
    words = re.findall("[A-Za-z]{2,}", text.replace("px", ""))
    return text in given or (bool(re.search("[:·]|px", text)) and all(word in given for word in words))


@pytest.mark.parametrize("lang", ["ja", "ar"])
def test_no_element_says_anything_in_english(page: Page, visit: Any, lang: str) -> None:
    said_in_english = said(page, visit, "en")
    given = " ".join((unescape(stories("en")) + page.evaluate("document.body.textContent")).split())
    english = {text for text in said_in_english if re.search("[A-Za-z]{2}", text) and not is_given(text, given)}
    assert len(english) > 50
    assert sorted(english & said(page, visit, lang)) == []


CONTROLS = """<!doctype html><html lang="{lang}" {more}><head><title>Controls</title>
<script src="/bundles/crowd-html-elements.js"></script></head><body><main><h1>Controls</h1><crowd-form>
  <short-instructions>Short</short-instructions><full-instructions>Full</full-instructions>
  <crowd-instructions><short-summary>S</short-summary><detailed-instructions>D</detailed-instructions>
    <positive-example>P</positive-example><negative-example>N</negative-example></crowd-instructions>
  <crowd-modal>Inside</crowd-modal>
  <crowd-alert dismissible>Alert</crowd-alert>
  <crowd-tabs><crowd-tab>One</crowd-tab><crowd-tab>Two</crowd-tab></crowd-tabs>
  <crowd-input name="i" label="I" required></crowd-input>
  <crowd-input name="e" label="E" type="email" value="no"></crowd-input>
  <crowd-text-area name="t" label="T" min-length="5" value="abc"></crowd-text-area>
  <crowd-checkbox name="c" required>C</crowd-checkbox>
  <label>N <input name="n" type="number" max="3" value="7"></label>
  <label>S <select name="s" required><option value=""></option><option>x</option></select></label>
</crowd-form></main></body></html>"""

TEXTS: dict[str, dict[str, Any]] = {
    "en": {
        "buttons": ["Submit", "Dismiss", "More instructions", "Click for instructions", "Click to open modal"],
        "tabs": ["Tab 1", "Tab 2"],
        "count": "6 answers need your attention",
        "problems": [
            "Fill this in.",
            "This is not an e-mail address.",
            "Write at least 5 characters.",
            "This must be on.",
            "This must be 3 or less.",
            "Choose one of these.",
        ],
        "parts": ["Summary", "Detailed Instructions", "Examples"],
        "close": "Close",
        "failed": "Your answer was not sent: the server replied 503.",
    },
    "de": {
        "buttons": ["Absenden", "Ausblenden", "Ausführliche Anleitung", "Anleitung öffnen", "Dialog öffnen"],
        "tabs": ["Reiter 1", "Reiter 2"],
        "count": "6 Antworten brauchen Ihre Aufmerksamkeit",
        "problems": [
            "Bitte ausfüllen.",
            "Das ist keine E-Mail-Adresse.",
            "Bitte mindestens 5 Zeichen schreiben.",
            "Das muss eingeschaltet sein.",
            "Der Wert darf höchstens 3 sein.",
            "Bitte etwas davon auswählen.",
        ],
        "parts": ["Zusammenfassung", "Ausführliche Anleitung", "Beispiele"],
        "close": "Schließen",
        "failed": "Ihre Antwort wurde nicht gesendet: Der Server antwortete mit 503.",
    },
    "ja": {
        "buttons": ["送信", "閉じる", "詳しい手順", "作業手順を表示", "クリックして開く"],
        "tabs": ["タブ1", "タブ2"],
        "count": "6件の回答を確認してください",
        "problems": [
            "入力してください。",
            "メールアドレスではありません。",
            "5文字以上で入力してください。",
            "オンにする必要があります。",
            "3以下にしてください。",
            "いずれかを選んでください。",
        ],
        "parts": ["概要", "詳しい手順", "例"],
        "close": "閉じる",
        "failed": "回答は送信されませんでした：サーバーの応答は503でした。",
    },
    "ar": {
        "buttons": ["إرسال", "إخفاء", "مزيد من التعليمات", "انقر لعرض التعليمات", "انقر لفتح النافذة"],
        "tabs": ["علامة التبويب 1", "علامة التبويب 2"],
        "count": "6 إجابات تحتاج إلى انتباهك",
        "problems": [
            "يرجى ملء هذا الحقل.",
            "هذا ليس عنوان بريد إلكتروني.",
            "اكتب 5 أحرف على الأقل.",
            "يجب تفعيل هذا الخيار.",
            "يجب ألا تزيد القيمة على 3.",
            "يرجى اختيار أحد الخيارات.",
        ],
        "parts": ["الملخص", "التعليمات المفصلة", "الأمثلة"],
        "close": "إغلاق",
        "failed": "لم تُرسل إجابتك: أجاب الخادم بالرمز 503.",
    },
}


@pytest.mark.parametrize("lang", TEXTS)
def test_form_and_controls(page: Page, visit: Any, lang: str) -> None:
    texts = TEXTS[lang]
    site = visit(CONTROLS.format(lang=f"{lang}-XX", more=""))
    for name in texts["buttons"]:
        expect(page.get_by_role("button", name=name, exact=True).first).to_be_visible()
    expect(page.get_by_role("tab")).to_have_text(texts["tabs"])
    submit = page.get_by_test_id("crowd-submit").get_by_role("button")
    submit.click()
    summary = page.get_by_role("alert").filter(has_text=texts["count"])
    for problem in texts["problems"]:
        expect(summary).to_contain_text(problem)
    page.get_by_role("button", name=texts["buttons"][3], exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("tab")).to_have_text(texts["parts"])
    page.get_by_role("dialog").get_by_role("button", name=texts["close"], exact=True).click()
    page.evaluate("""() => {
      const values = { i: 'x', e: 'a@b.c', t: 'abcdef', n: '1', s: 'x' };
      for (const name in values) document.querySelector(`[name=${name}]`).value = values[name];
      document.querySelector('[name=c]').checked = true; }""")
    site.replies.append(503)
    submit.click()
    expect(page.get_by_text(texts["failed"])).to_be_visible()
    submit.click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'submitted'")
    assert len(site.answers) == 1


def test_an_unknown_language_gets_english(page: Page, visit: Any) -> None:
    visit('<!doctype html><html lang="cy"><body><crowd-form></crowd-form>')
    expect(page.get_by_role("button", name="Submit")).to_be_visible()


def test_a_part_of_the_page_has_its_own_language(page: Page, visit: Any) -> None:
    visit('<!doctype html><html lang="en"><body><div lang="de"><crowd-form></crowd-form></div>')
    expect(page.get_by_role("button", name="Absenden")).to_be_visible()


def test_the_templates_own_message_counts(page: Page, visit: Any) -> None:
    visit("""<!doctype html><html lang="de"><body><crowd-form><input id="one" aria-label="One">
      <crowd-input label="Two" required error-message="Name it"></crowd-input></crowd-form>""")
    page.evaluate("one.setCustomValidity('Own words')")
    page.get_by_role("button", name="Absenden").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Own words")
    expect(summary).to_contain_text("Name it")


FAULTS = {
    "ranking": (
        """<crowd-text-ranking responses="['a'" ordinal-ranking-dimensions="[{}]"></crowd-text-ranking>""",
        [
            "Das Attribut responses=\"['a'\" ist kein JSON",
            "ordinal-ranking-dimensions='[{}]' hat Eintrag 1 keinen Namen",
        ],
    ),
    "reference": (
        """<crowd-text-ranking text="s3://b/k" responses="['a']" ordinal-ranking-dimensions="[{name: 'N'}]">
      </crowd-text-ranking>""",
        ['Das Attribut text="s3://b/k" nennt ein Objekt'],
    ),
    "review": (
        """<crowd-textract-analyze-document src="/picture.svg" initial-value="[1, 2, 3, 4, 5]">
      </crowd-textract-analyze-document>""",
        ["Das Attribut initial-value='[1,2,3,4,5]': Eintrag 1 ist kein Block", "Noch 2 Fehler."],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults_of_a_template(page: Page, visit: Any, case: str) -> None:
    body, says = FAULTS[case]
    visit(f'<!doctype html><html lang="de"><body><crowd-form>{body}</crowd-form>')
    for text in says:
        expect(page.locator(".faults")).to_contain_text(text)


# ---- right to left

RTL = """<!doctype html><html lang="ar" dir="rtl"><body><crowd-form>
  <crowd-tabs><crowd-tab header="1">A</crowd-tab><crowd-tab header="2">B</crowd-tab><crowd-tab header="3">C</crowd-tab>
  </crowd-tabs>
  <crowd-slider id="slider" max="10" value="5" aria-label="S" pin></crowd-slider>
  <input id="range" type="range" max="10" value="5">
  <crowd-radio-group><crowd-radio-button name="a" aria-label="a">A</crowd-radio-button>
    <crowd-radio-button name="b">B</crowd-radio-button><crowd-radio-button name="c">C</crowd-radio-button>
  </crowd-radio-group>
  <input type="radio" name="r" value="a"><input type="radio" name="r" value="b"><input type="radio" name="r" value="c">
</crowd-form>"""


def test_tabs_go_with_the_line(page: Page, visit: Any) -> None:
    visit(RTL)
    page.get_by_role("tab", name="1").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="2")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="3")).to_be_focused()


@pytest.mark.parametrize("key", ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"])
def test_slider_and_radio_group_move_as_native_ones(page: Page, visit: Any, key: str) -> None:
    visit(RTL)
    page.locator("#range").press(key)
    page.get_by_role("slider", name="S").press(key)
    assert page.evaluate("slider.value === Number(range.value) && slider.value !== 5")
    page.locator("[type=radio][value=b]").check()
    page.locator("[type=radio][value=b]").press(key)
    page.locator("crowd-radio-button[name=b]").click()
    page.get_by_role("radio", name="B").press(key)
    native = page.evaluate("document.querySelector('[name=r]:checked').value")
    own = page.evaluate("[...document.querySelectorAll('crowd-radio-button')].find((one) => one.checked).name")
    assert native == own != "b"


def test_the_slider_fills_from_the_right(page: Page, visit: Any) -> None:
    visit(RTL)
    box = page.get_by_role("slider", name="S").bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.1 * box["width"], box["y"] + box["height"] / 2)
    assert page.evaluate("slider.value") == 9
    pin = page.locator("crowd-slider .pin").bounding_box()
    assert pin
    assert pin["x"] < box["x"] + 0.25 * box["width"]
    bar = page.get_by_role("slider", name="S").evaluate("(one) => getComputedStyle(one).backgroundPosition")
    assert bar.split(",")[0] == "100% 50%"


@pytest.mark.parametrize("width", [1280, 390])
def test_arabic_page(page: Page, visit: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    visit(CONTROLS.format(lang="ar", more='dir="rtl"'))
    page.get_by_test_id("crowd-submit").get_by_role("button").click()
    page.wait_for_function("document.documentElement.dataset.crowdState === 'invalid'")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []


def test_a_widget_runs_from_right_to_left_by_its_language(page: Page, visit: Any) -> None:
    visit("""<!doctype html><html lang="ar"><body><crowd-form><crowd-text-ranking header="رتّب" responses="['a','b']"
      ordinal-ranking-dimensions="[{name: 'وضوح'}]"><short-instructions>اقرأ</short-instructions></crowd-text-ranking>
      </crowd-form>""")
    pane = page.locator(".awsui-app-layout__navigation").bounding_box()
    board = page.locator(".board").bounding_box()
    assert pane
    assert board
    assert pane["x"] > board["x"]
    expect(page.get_by_label("وضوح: مرتبة الإجابة A")).to_be_visible()
