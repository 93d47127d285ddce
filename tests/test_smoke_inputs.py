"""What a template reads of its task input, and the input that is made up from it."""

from __future__ import annotations

from typing import Any

import pytest

from truthkit.liquid import Template
from truthkit.smoke.inputs import completed, invented_input


def invented(template: str) -> dict[str, Any]:
    return invented_input(Template.parse(template).reads(), lambda uri: uri.replace("s3://", "http://here/"))


def paths(template: str) -> list[tuple[Any, ...]]:
    return [read.path for read in Template.parse(template).reads()]


@pytest.mark.parametrize(
    ("template", "read"),
    [
        ("{{ task.input.a }}", [("a",)]),
        ("{{ task.input['a b'].c }}", [("a b", "c")]),
        ("{{ task.input.a[0].b }}", [("a", 0, "b")]),
        ("{% assign x = task.input.a %}{{ x.b }}", [("a",), ("a", "b")]),
        ("{% assign x = task.input.a | split: ',' %}{{ x.b }}", [("a",)]),
        ("{% capture x %}{{ task.input.a }}{% endcapture %}{{ x }}", [("a",), ("a",)]),
        ("{% for x in task.input.a %}{{ x.b }}{% endfor %}{{ x.c }}", [("a",), ("a", None, "b")]),
        ("{% for x in task.input.a %}{% for y in x.b %}{{ y }}{% endfor %}{% endfor %}",
         [("a",), ("a", None, "b"), ("a", None, "b", None)]),
        ("{% if task.input.a == 'x' and task.input.b %}{{ task.input.c }}{% endif %}", [("a",), ("b",), ("c",)]),
        ("{% if false %}{{ task.input.a }}{% else %}{{ task.input.b }}{% endif %}", [("a",), ("b",)]),
        ("{% for i in (1..task.input.n) %}{{ i }}{% endfor %}", [("n",)]),
        ("{{ task.input.a | default: task.input.b }}", [("a",), ("b",)]),
        ("{{ other.a }}{{ task.other }}", []),
    ],
)  # fmt: skip
def test_what_a_template_reads(template: str, read: list[tuple[Any, ...]]) -> None:
    assert paths(template) == read


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("{{ task.input.photo | grant_read_access }}", {"photo": "s3://truthkit-smoke/photo-1.png"}),
        ('<audio src="{{ task.input.x | grant_read_access }}">', {"x": "s3://truthkit-smoke/x-1.wav"}),
        ("{{ task.input.videoUri | grant_read_access }}", {"videoUri": "s3://truthkit-smoke/videoUri-1.webm"}),
        ('<img alt="" src="{{ task.input.url }}">', {"url": "http://here/truthkit-smoke/url-1.png"}),
        ('<crowd-line labels="{{ task.input.kinds | to_json | escape }}">', {"kinds": ["alpha", "beta", "gamma"]}),
        ("<crowd-classifier categories='{{ task.input.x }}'>", {"x": ["alpha", "beta", "gamma"]}),
        ("{{ task.input.labels | to_json }}", {"labels": ["alpha", "beta", "gamma"]}),
        ('<crowd-polygon initial-value="{{ task.input.shapes | to_json }}">', {"shapes": None}),
        ("{% for a in task.input.pairs %}{{ a.first_side }}{% endfor %}",
         {"pairs": [{"first_side": f"Sample first_side {number}"} for number in (1, 2, 3)]}),
        ("{% if task.input.kind == 'photo' %}{% endif %}", {"kind": "photo"}),
        ("{% case task.input.kind %}{% when 'one' %}1{% endcase %}", {"kind": "one"}),
        ("{% assign x = task.input.names | split: ';' %}", {"names": "alpha;beta;gamma"}),
        ("s3://{{ task.input.o.bucket }}/{{ task.input.o.name }}",
         {"o": {"bucket": "truthkit-smoke", "name": "name-1.png"}}),
        ("{% for c in task.input.map %}{{ c[0] }}{{ c[1].of }}{% endfor %}",
         {"map": {str(number): {"of": f"Sample of {number}"} for number in (0, 1, 2)}}),
        ("{{ task.input.width | times: 2 }}", {"width": 1}),
        ("{{ task.input.day | date: '%Y' }}", {"day": "2024-05-17"}),
        ("{{ task.input.items.size }}", {"items": ["Sample item 1", "Sample item 2", "Sample item 3"]}),
    ],
)  # fmt: skip
def test_an_input_is_made_up(template: str, made: dict[str, Any]) -> None:
    assert invented(template) == made
    Template.parse(template).render(made, sign=lambda uri: uri)


def test_a_text_has_words_to_mark() -> None:
    made = invented('<crowd-entity-annotation text="{{ task.input.text }}">')
    assert len(made["text"].split()) > 5


def test_given_values_stay_and_lacking_ones_come() -> None:
    given = {"a": {"b": 1}, "list": [{"x": 1}, {"x": 2, "y": 3}], "empty": []}
    more = {"a": {"b": 9, "c": 2}, "list": [{"x": 9, "y": 9}] * 3, "empty": [1], "d": 4}
    assert completed(given, more) == {
        "a": {"b": 1, "c": 2},
        "list": [{"x": 1, "y": 9}, {"x": 2, "y": 3}],
        "empty": [],
        "d": 4,
    }
