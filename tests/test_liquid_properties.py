"""What holds for any data and any names in the service's Liquid."""

from __future__ import annotations

import html
import json
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from truthkit.findings import TruthkitError
from truthkit.liquid import Template

RESERVED = ["required", "with", "for", "as", "and", "or", "contains", "in", "offset", "limit", "reversed", "cols"]
RESERVED += ["continue", "true", "false", "nil", "null", "empty", "blank", "if", "else", "not"]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
NAME = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_-]{0,12}", fullmatch=True) | st.sampled_from(RESERVED)
OWN = {"size", "first", "last"}  # names that Liquid answers itself where the data has none

PRINTED = Template.parse("{{ task.input.v }}")
ESCAPED = Template.parse("{{ task.input.v | escape }}")
TWICE = Template.parse("{% capture c %}{{ task.input.v | escape | escape }}{% endcapture %}{{ c | escape }}")
ONCE = Template.parse("{{ task.input.v | escape_once }}")
ONCE_RAW = Template.parse("{{ task.input.v | escape_once | skip_autoescape }}")
RAW = Template.parse("{{ task.input.v | skip_autoescape }}")
ATTRIBUTES = Template.parse(
    "<p a=\"{{ task.input.v | to_json }}\" b='{{ task.input.v | to_json }}' "
    "c=\"{{ task.input.v | to_json | escape }}\" d='{{ task.input.v | to_json | escape }}'></p>"
)


def render(template: Template, value: Any, *, strict: bool = True) -> str:
    return template.render({"v": value}, sign=str, strict=strict).html


class Attributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= dict(attrs)


@given(TEXT)
def test_printed_text_is_the_text_escaped(value: str) -> None:
    printed = render(PRINTED, value)
    assert not set("<>\"'") & set(printed)
    for wrong, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        assert printed.count(entity) >= value.count(wrong)
    back = printed
    for right, entity in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"), ("&", "&amp;")):
        back = back.replace(entity, right)
    assert back == value


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_escaping_round_trips_as_a_browser_reads_it(value: str) -> None:
    assert html.unescape(render(PRINTED, value)) == value


@given(TEXT)
def test_escape_is_idempotent(value: str) -> None:
    assert render(ESCAPED, value) == render(TWICE, value) == render(PRINTED, value)


@given(TEXT)
def test_escape_once_is_idempotent_and_leaves_entities(value: str) -> None:
    once = render(ONCE, value)
    assert render(ONCE_RAW, once) == once
    assert html.unescape(once) == html.unescape(value)


@given(TEXT)
def test_skip_autoescape_is_raw(value: str) -> None:
    assert render(RAW, value) == value


@given(JSON)
def test_json_in_attributes_comes_back(value: Any) -> None:
    parser = Attributes()
    parser.feed(render(ATTRIBUTES, value))
    parser.close()
    assert set(parser.found) == set("abcd")
    for attribute in parser.found.values():
        assert attribute is not None
        assert json.loads(attribute) == value


@given(st.lists(JSON, max_size=4) | st.dictionaries(TEXT, JSON, max_size=4))
def test_objects_print_as_escaped_json(value: Any) -> None:
    assert render(PRINTED, value) == render(Template.parse("{{ task.input.v | to_json }}"), value)


@given(st.lists(NAME, min_size=1, max_size=4), st.integers())
def test_any_name_is_a_property(names: list[str], value: int) -> None:
    task_input: Any = value
    for name in reversed(names):
        task_input = {name: task_input}
    path = "task.input." + ".".join(names)
    brackets = "task.input" + "".join(f"['{name}']" for name in names)
    source = f"{{{{ {path} }}}}|{{{{ {brackets} }}}}|{{% if {path} == {value} %}}yes{{% endif %}}"
    assert Template.parse(source).render(task_input, sign=str).html == f"{value}|{value}|yes"


@given(st.dictionaries(NAME, TEXT, max_size=5), NAME)
def test_a_missing_name_is_an_error_or_empty(task_input: dict[str, str], name: str) -> None:
    assume(name not in task_input and name not in OWN)
    template = Template.parse(f"a\n {{{{ task.input.{name} }}}}b", "t.html")
    with pytest.raises(TruthkitError) as caught:
        template.render(task_input, sign=str)
    (fault,) = caught.value.findings
    assert fault.place() == "t.html:2:5"
    assert all(key in fault.message for key in task_input)
    assert template.render(task_input, sign=str, strict=False).html == "a\n b"
    tested = Template.parse(
        f"{{% if task.input.{name} %}}a{{% else %}}b{{% endif %}}{{{{ task.input.{name} | default: 'c' }}}}"
    )
    assert tested.render(task_input, sign=str).html == "bc"


@given(
    st.lists(st.sampled_from(["text ", "\n", "{{ task.input.v }}", "{% if task.input.v %}", "\r\n"]), max_size=12), TEXT
)
def test_every_rendered_line_has_a_template_line(parts: list[str], value: str) -> None:
    source = "".join(parts) + "{% endif %}" * parts.count("{% if task.input.v %}")
    rendered = Template.parse(source).render({"v": value}, sign=str)
    lone_returns = value.count("\r") - value.count("\r\n")
    printed = parts.count("{{ task.input.v }}")
    assert len(rendered.lines) == rendered.html.count("\n") + 1 + lone_returns * printed
    assert all(1 <= line <= source.count("\n") + 1 for line in rendered.lines)
    assert list(rendered.lines) == sorted(rendered.lines)


@given(st.text(alphabet="{}%|'\" \nabx.=[]()<>-", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_template_or_has_placed_faults(source: str) -> None:
    try:
        template = Template.parse(source, "t.html")
        template.render({"a": 1}, sign=str, strict=False)
    except TruthkitError as error:
        for fault in error.findings:
            assert fault.file == "t.html"
            assert fault.line is not None
            assert fault.column is not None
            assert 1 <= fault.line <= source.count("\n") + 1
            assert 1 <= fault.column <= len(source.split("\n")[fault.line - 1]) + 1
            assert fault.cure
