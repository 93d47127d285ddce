"""Half a character (a lone surrogate) in the task input: a fault with a place, not a page that cannot be sent."""

from __future__ import annotations

from typing import Any

import pytest

from truthkit.findings import TruthkitError
from truthkit.liquid import Template

HALF = "cut \ud83e"


@pytest.mark.parametrize(
    ("source", "task_input", "line", "names"),
    [
        ("<p>\n{{ task.input.text }}</p>", {"text": HALF}, 2, "task.input.text"),
        ("{{ task.input.rows[1].a }}", {"rows": [{"a": "x"}, {"a": HALF}]}, 1, "task.input.rows[1].a"),
        ("\r\n\n<i>{{ task.input | to_json }}", {"a": 1, "b": [[HALF]]}, 3, "task.input.b[0][0]"),
        ("{% for w in task.input.words %}\n{{ w | upcase }}{% endfor %}", {"words": ["a", "b", HALF]}, 2, "words[2]"),
        ("{{ task.input }}", {HALF: 1}, 1, r"task.input['cut \ud83e']"),
    ],
    ids=["value", "list", "json", "loop", "key"],
)
def test_it_is_told_with_the_line_and_the_variable(
    source: str, task_input: dict[str, Any], line: int, names: str
) -> None:
    with pytest.raises(TruthkitError) as caught:
        Template.parse(source, "t.html").render(task_input, sign=str)
    (finding,) = caught.value.findings
    assert (finding.code, finding.file, finding.line) == ("liquid-bad-value", "t.html", line)
    assert finding.message.startswith("task.input")
    assert names in finding.message
    assert r"\ud83e" in finding.message
    assert "both halves" in finding.cure


def test_what_the_page_does_not_show_does_no_harm() -> None:
    page = Template.parse("{{ task.input.a }} {{ task.input.b }}").render(
        {"a": "\U0001f98a", "b": "é", "c": HALF}, sign=str
    )
    assert page.html == "\U0001f98a é"


def test_a_deep_input_is_searched_too() -> None:
    deep: Any = HALF
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(TruthkitError, match="half a character"):
        Template.parse("{{ task.input.a }}").render({"a": HALF, "deep": deep}, sign=str)
