"""Values for form fields that their rules allow, and placeholders that are real files."""

from __future__ import annotations

import io
import re
import wave
from datetime import date
from random import Random

import pytest
from PIL import Image
from playwright.sync_api import Browser

from truthkit.smoke.placeholders import placeholder
from truthkit.workforce.automatic.patterns import MOST, longest_to_check, matching
from truthkit.workforce.automatic.survey import Control
from truthkit.workforce.automatic.values import VARIANTS, text_for

SEEDS = range(20)


def field(**rules: object) -> Control:
    return Control(0, "text", "input", "a", False, True, True, **rules)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d{3}-\d{4}",
        r"[A-Z]{2}[0-9]+",
        r"(yes|no)",
        r"^[^@]+@[^@]+\.[a-z]{2,}$",
        r".{5,10}",
        r"[\w.\-]+",
        r"\S+(\s\S+){4,}",
        r"(?:a|b(c|d)+)?x",
        r"(?<year>\d{4})-[01]?\d",
        r"[^\d\s]*",
        r"\x41\u0042[]a-]?",
        r"a*?b+?\.",
    ],
)
def test_a_text_matches_its_pattern(pattern: str) -> None:
    python = pattern.replace("(?<year>", "(?P<year>").replace("[]a-]", r"[\]a-]")
    for seed in SEEDS:
        assert re.fullmatch(python, matching(pattern.replace("[]a-]", r"[\]a-]"), Random(seed))), seed


@pytest.mark.parametrize("pattern", ["(a{999}){999}", ".{0,9999999999}", "((a+)+)+", "a{99999}"])
def test_a_text_for_a_pattern_is_bounded(pattern: str) -> None:
    assert len(matching(pattern, Random(0), least=10**9)) <= 2 * MOST


@pytest.mark.parametrize(
    ("pattern", "safe"),
    [
        (r"([a-zA-Z]+\s?)+", False),
        ("(a|ab)*", False),
        ("((a*))*", False),
        ("(a+){2}", False),
        (r"[(+]+\(+", True),
        ("(a+)?b", True),
        ("(ab)+", True),
        (r"^(?=.*\d)(?=.*[a-z]).{8,}$", True),
    ],
)
def test_patterns_that_no_text_is_checked_against(pattern: str, safe: bool) -> None:
    assert (longest_to_check(pattern) > 20) == safe


@pytest.mark.parametrize("pattern", ["(", "[", "a{", "\\", "(?<", "[a-", "*", "a|", "(?=x)y"])
def test_a_broken_pattern_breaks_nothing(pattern: str) -> None:
    matching(pattern, Random(0))


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ({"max_length": 5}, r".{1,5}"),
        ({"min_length": 50}, r".{50,}"),
        ({"pattern": "[0-9]", "by_character": True}, r"[0-9]+"),
        ({"pattern": "[0-9]{5}"}, r"[0-9]{5}"),
        ({"type": "email"}, r"\S+@\S+"),
        ({"type": "url"}, r"https://\S+"),
        ({"type": "number", "min": "3", "max": "5"}, r"[345]"),
        ({"type": "number", "min": "-1", "max": "-1"}, r"-1"),
        ({"type": "number", "min": "0.5", "step": "0.25"}, r"\d+(\.\d+)?"),
        ({"type": "number", "max": "-2.5"}, r"-\d+"),
        ({"type": "month"}, r"\d{4}-\d\d"),
        ({"type": "week"}, r"\d{4}-W\d\d"),
        ({"type": "time"}, r"\d\d:\d\d"),
        ({"type": "time", "max": "09:15:30"}, r"09:15"),
        ({"type": "datetime-local", "max": "2020-01-01T08:00"}, r"2020-01-01T08:00"),
        ({"type": "week", "max": "2020-W03"}, r"2020-W03"),
        ({"type": "month", "max": "2020-02"}, r"2020-02"),
        ({"pattern": r"([a-zA-Z]+\s?)+"}, r"[a-zA-Z\s]+"),
        ({"pattern": ".{0,9999999999}"}, r".*"),
        ({"pattern": "(.*)(.*)(.*)(.*)(.*)(.*)x"}, r".*x"),
        ({"pattern": "[a-z]", "by_character": True, "min_length": 10**9}, r"[a-z]+"),
    ],
)
def test_a_value_is_allowed(rules: dict[str, object], allowed: str) -> None:
    for seed in SEEDS:
        for variant in range(VARIANTS):
            text = text_for(field(**rules), Random(seed), variant)
            assert re.fullmatch(allowed, text, re.DOTALL), text


def test_a_date_is_within_its_bounds() -> None:
    for least, most in (("1999-01-01", "2001-12-31"), ("2031-01-01", ""), ("", "")):
        day = date.fromisoformat(text_for(field(type="date", min=least, max=most), Random(0)))
        assert date.fromisoformat(least or "0001-01-01") <= day <= date.fromisoformat(most or "9999-12-31")


def test_variants_differ() -> None:
    texts = [text_for(field(), Random(0), variant) for variant in range(VARIANTS)]
    assert len(set(texts)) == VARIANTS
    assert any(text.isdigit() for text in texts)
    assert any(len(text.split()) > 40 for text in texts)


# --- placeholders ---


@pytest.mark.parametrize("name", ["a.png", "b/c.JPG", "a.gif", "a.bmp", "a.webp", "a.ico", "a.tiff"])
def test_a_picture_is_one(name: str) -> None:
    picture = Image.open(io.BytesIO(placeholder(name).body))
    picture.load()
    assert picture.width > 100
    assert placeholder(name).media_type.startswith("image/")


def test_a_sound_is_one() -> None:
    with wave.open(io.BytesIO(placeholder("a.mp3").body)) as sound:
        assert 0.2 < sound.getnframes() / sound.getframerate() < 1


@pytest.mark.parametrize(
    ("name", "wanted", "media_type"),
    [
        ("photos/7", "image", "image/png"),
        ("a.txt", "image", "image/png"),
        ("clip", "audio", "audio/wav"),
        ("clip", "video", "video/webm"),
        ("a.mp4", "", "video/webm"),
        ("page", "iframe", "text/html; charset=utf-8"),
        ("a.json", "empty", "application/json"),
        ("a.pdf", "", "application/pdf"),
        ("nothing", "", "text/plain; charset=utf-8"),
    ],
)
def test_the_kind_of_a_placeholder(name: str, wanted: str, media_type: str) -> None:
    assert placeholder(name, wanted).media_type == media_type


def test_films_and_sounds_play_in_the_browser(chromium: Browser) -> None:
    page = chromium.new_page()
    for name in ("a.webm", "a.mp4", "a.wav", "a.mp3"):
        stand_in = placeholder(name)
        tag = stand_in.media_type.split("/")[0]
        length = page.evaluate(
            """([tag, type, bytes]) => new Promise((resolve, reject) => {
              const media = document.createElement(tag);
              media.onended = () => resolve(media.duration);
              media.onerror = () => reject(new Error(media.error.message));
              media.muted = true;
              media.src = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
              void media.play();
            })""",
            [tag, stand_in.media_type, list(stand_in.body)],
        )
        assert length == pytest.approx(0.4, abs=0.05), name
    page.close()
