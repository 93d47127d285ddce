"""The service's Liquid: what it renders, and how it says what is wrong."""

from __future__ import annotations

import html
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.liquid import Rendered, Template

RESERVED = (
    "required with for as and or contains in offset limit reversed cols continue true false nil null empty blank if"
    " else not"
)

INPUT: dict[str, Any] = {
    "text": "a < b & 'c' \"d\" > e",
    "labels": ["cat", "it's"],
    "source-ref": "s3://bucket/a key&b.png",
    "meta": {"year": 2020, "tags": ["x"], "none": None, "ok": True},
    "rows": [{"name": "one"}, {"name": "two"}],
    "null": None,
    "yes": True,
    "no": False,
    "zero": 0,
    "half": 0.5,
    "lines": "l1\nl2\nl3",
    "bucket": "b",
    "key": "dir/k&1.json",
    "empty list": [],
}


def sign(uri: str) -> str:
    return f"http://objects/{uri.removeprefix('s3://')}?token=1&expires=2"


def render(source: str, task_input: dict[str, Any] | None = None, *, strict: bool = True) -> Rendered:
    return Template.parse(source, "t.html").render(
        INPUT if task_input is None else task_input, sign=sign, strict=strict
    )


def faults(source: str, task_input: dict[str, Any] | None = None) -> tuple[Finding, ...]:
    with pytest.raises(TruthkitError) as caught:
        render(source, task_input)
    return caught.value.findings


@dataclass(frozen=True)
class Case:
    id: str
    template: str
    expect: str


def table(cases: Sequence[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case.id for case in cases])


@table(
    [
        Case("auto-escape", "{{ task.input.text }}", "a &lt; b &amp; &#39;c&#39; &quot;d&quot; &gt; e"),
        Case("escape", "{{ task.input.text | escape }}", "a &lt; b &amp; &#39;c&#39; &quot;d&quot; &gt; e"),
        Case("escape-twice", "{{ task.input.key | escape | escape }}", "dir/k&amp;1.json"),
        Case(
            "escape-once", "{{ '&lt; & &copy; &#39; &#x27; <' | escape_once }}", "&lt; &amp; &copy; &#39; &#x27; &lt;"
        ),
        Case("escape-once-twice", "{{ 'a & b' | escape_once | escape_once | escape }}", "a &amp; b"),
        Case("skip", "{{ task.input.text | skip_autoescape }}", "a < b & 'c' \"d\" > e"),
        Case("skip-then-join", "{{ '<b>' | skip_autoescape | append: task.input.key }}", "<b>dir/k&amp;1.json"),
        Case("literal", "{{ '<b>' }}{{ \"'\" }}", "&lt;b&gt;&#39;"),
        Case("literal-default", "{{ task.input.gone | default: '<i>' }}", "&lt;i&gt;"),
        Case("outside", "<b>{% if true %}&{% endif %}</b>", "<b>&</b>"),
        Case(
            "captured", "{% capture c %}<i>{{ task.input.key }}</i>{% endcapture %}{{ c }}", "<i>dir/k&amp;1.json</i>"
        ),
        Case(
            "captured-escape", "{% capture c %}{{ task.input.key }}{% endcapture %}{{ c | escape }}", "dir/k&amp;1.json"
        ),
        Case("captured-filtered", "{% capture c %}<i>\n&amp;</i>{% endcapture %}{{ c | upcase }}", "<I>\n&AMP;</I>"),
        Case(
            "captured-stripped",
            "{% capture c %}<i>{{ task.input.key }}</i>{% endcapture %}{{ c | strip_html }}{{ c | size }}",
            "dir/k&amp;1.json23",
        ),
        Case("br", "{{ 'a<\nb' | newline_to_br }}", "a&lt;<br />\nb"),
        Case("cycle", "{% for i in (1..3) %}{% cycle '<', task.input.key %}{% endfor %}", "&lt;dir/k&amp;1.json&lt;"),
        Case("echo", "{% echo task.input.key | upcase %}", "DIR/K&amp;1.JSON"),
        Case("liquid-tag", "{% liquid\nassign a = task.input.key\necho a\n%}", "dir/k&amp;1.json"),
    ]
)
def test_escaping(case: Case) -> None:
    assert render(case.template).html == case.expect


@table(
    [
        Case("object", "{{ task.input.meta }}", '{"year":2020,"tags":["x"],"none":null,"ok":true}'),
        Case("object-escape", "{{ task.input.meta | escape }}", '{"year":2020,"tags":["x"],"none":null,"ok":true}'),
        Case("list", "{{ task.input.labels }}", '["cat","it\'s"]'),
        Case("to_json", "{{ task.input.labels | to_json }}", '["cat","it\'s"]'),
        Case("to_json-escape", "{{ task.input.labels | to_json | escape }}", '["cat","it\'s"]'),
        Case("to_json-string", "{{ task.input.lines | to_json }}", r'"l1\nl2\nl3"'),
        Case("to_json-null", "{{ task.input.null | to_json }} {{ task.input.yes | to_json }}", "null true"),
        Case("to_json-not-ascii", "{{ 'é😀' | to_json }}", '"é😀"'),
        Case("scalars", "{{ task.input.yes }}|{{ task.input.no }}|{{ task.input.null }}|{{ nil }}", "true|false||"),
        Case(
            "numbers",
            "{{ task.input.zero }} {{ task.input.half }} {{ 3 | plus: 0.5 }} {{ 7 | divided_by: 2 }}",
            "0 0.5 3.5 3",
        ),
        Case("in-text", "{{ task.input.meta.tags | append: task.input.yes }}", '["x"]true'),
        Case("range", "{{ (1..3) }} {{ (1..3) | to_json }}", "1..3 [1,2,3]"),
        Case(
            "pairs",
            "{% for p in task.input.meta %}{{ p[0] }}={{ p[1] }};{% endfor %}",
            'year=2020;tags=["x"];none=;ok=true;',
        ),
        Case("join", "{{ task.input.labels | join: ', ' }}", "cat, it's"),
        Case("map", "{{ task.input.rows | map: 'name' | join }}", "one two"),
        Case("map-nothing", "{{ task.input.rows | map: 'gone' | to_json }}", "[null,null]"),
        Case("split", "{% assign p = 'a,b' | split: ',' %}{{ p[1] }}{{ p.size }}", "b2"),
    ]
)
def test_printing(case: Case) -> None:
    assert html.unescape(render(case.template).html) == case.expect


def test_task_prints_as_escaped_json() -> None:
    assert render("{{ task }}", {"a": 1}).html == "{&quot;input&quot;:{&quot;a&quot;:1}}"


def test_to_json_unescaped_on_demand() -> None:
    assert render("{{ task.input.labels | to_json | skip_autoescape }}").html == '["cat","it\'s"]'


@table(
    [
        Case("hyphen", "{{ task.input.source-ref }}", "s3://bucket/a key&b.png"),
        Case("bracket", "{{ task.input['source-ref'] }}{{ task['input'].key }}", "s3://bucket/a key&b.pngdir/k&1.json"),
        Case("index", "{{ task.input.labels[0] }}{{ task.input.rows[-1].name }}", "cattwo"),
        Case("first-last-size", "{{ task.input.labels.first }} {{ task.input.labels.size }}", "cat 2"),
        Case("variable-index", "{% assign k = 'key' %}{{ task.input[k] }}", "dir/k&1.json"),
        Case("assign-limit", "{% assign limit = 2 %}{{ limit }}{% assign x = limit %}{{ x }}", "22"),
    ]
)
def test_names(case: Case) -> None:
    assert html.unescape(render(case.template).html) == case.expect


@pytest.mark.parametrize("word", RESERVED.split())
def test_reserved_words_are_properties(word: str) -> None:
    task_input = {word: [1, 2], "n": {word: {"a": "<"}}, "words": [word]}
    w = f"task.input.{word}"
    assert render(f"{{{{ {w}[1] }}}}{{{{ task.input.n.{word}.a }}}}", task_input).html == "2&lt;"
    assert render(f"{{% if {w} %}}Y{{% endif %}}{{% unless {w} == 1 %}}N{{% endunless %}}", task_input).html == "YN"
    assert render(f"{{% for x in {w} reversed %}}{{{{ x }}}}{{% endfor %}}", task_input).html == "21"
    assert render(f"{{% for x in {w} limit:1 offset:1 %}}{{{{ x }}}}{{% endfor %}}", task_input).html == "2"
    assert render(f"{{% case {w}[0] %}}{{% when 1 %}}one{{% endcase %}}", task_input).html == "one"
    assert render(f"{{% assign x = {w} | first %}}{{{{ x }}}}", task_input).html == "1"
    assert render(f"{{% if {w} contains 2 and {w}.size == 2 %}}Y{{% endif %}}", task_input).html == "Y"
    assert render(f"{{% liquid\necho {w}.size\n%}}", task_input).html == "2"


@pytest.mark.parametrize("word", RESERVED.split())
def test_reserved_words_elsewhere_stay(word: str) -> None:
    path = f"{{{{ task.input.{word} }}}}"
    assert render(f"{{% raw %}}{path}{{% endraw %}}", {}).html == path
    assert render(f"{{% comment %}}{path}{{% endcomment %}}", {}).html == ""
    assert render(f"{{{{ 'task.input.{word}' }}}}", {}).html == f"task.input.{word}"


def test_reserved_words_do_not_shift_places() -> None:
    (fault,) = faults(
        "<p>{{ task.input.required }} {{ task.input.for }} {{ task.input.nope }}</p>", {"required": 1, "for": 2}
    )
    assert (fault.line, fault.column) == (1, 54)
    assert fault.excerpt.splitlines()[1].index("^") - fault.excerpt.splitlines()[0].index("<p>") == 53


@table(
    [
        Case(
            "s3",
            "{{ task.input.source-ref | grant_read_access }}",
            "http://objects/bucket/a key&b.png?token=1&expires=2",
        ),
        Case(
            "presign", "{{ task.input.source-ref | s3_presign }}", "http://objects/bucket/a key&b.png?token=1&expires=2"
        ),
        Case("literal", "{{ 's3://b/k.json' | grant_read_access }}", "http://objects/b/k.json?token=1&expires=2"),
        Case(
            "captured-http",
            "{% capture u %}http://s3.amazonaws.com/{{ task.input.bucket }}/{{ task.input.key }}{% endcapture %}"
            "{{ u | grant_read_access }}",
            "http://objects/b/dir/k&1.json?token=1&expires=2",
        ),
        Case(
            "region",
            "{{ 'https://s3.eu-west-1.amazonaws.com/b/a%20b.json' | s3_presign }}",
            "http://objects/b/a b.json?token=1&expires=2",
        ),
        Case(
            "host",
            "{{ 'https://b.c.s3.amazonaws.com/k.json' | grant_read_access }}",
            "http://objects/b.c/k.json?token=1&expires=2",
        ),
        Case(
            "host-region",
            "{{ 'https://b.s3-us-west-2.amazonaws.com/dir/k.json' | grant_read_access }}",
            "http://objects/b/dir/k.json?token=1&expires=2",
        ),
        Case(
            "captured-s3",
            "{% capture u %}s3://{{ task.input.bucket }}/{{ task.input.key }}{% endcapture %}{{ u | s3_presign }}",
            "http://objects/b/dir/k&1.json?token=1&expires=2",
        ),
        Case(
            "appended",
            "{{ 's3://b/' | append: task.input.key | grant_read_access }}",
            "http://objects/b/dir/k&1.json?token=1&expires=2",
        ),
    ]
)
def test_signing(case: Case) -> None:
    rendered = render(case.template).html
    assert html.unescape(rendered) == case.expect
    assert "&amp;expires" in rendered


@pytest.mark.parametrize("value", ["", " ", "b/k", "s3://b", "s3://b/", "https://example.com/k", " s3://b/k"])
@pytest.mark.parametrize("name", ["grant_read_access", "s3_presign"])
def test_signing_refuses_what_is_no_s3_uri(name: str, value: str) -> None:
    (fault,) = faults(f"<p>\n{{{{ task.input.v | {name} }}}}", {"v": value})
    assert fault.message == f'"{name}" input is not a valid S3 URI: "{value}".'
    assert (fault.file, fault.line, fault.column, fault.code) == ("t.html", 2, 19, "liquid-bad-value")
    assert "s3://bucket/key" in fault.cure


def test_the_signers_refusal_gets_the_templates_place() -> None:
    def refuse(uri: str) -> str:
        raise TruthkitError(Finding("objects-unknown", f"no folder for {uri}", "map it"))

    with pytest.raises(TruthkitError) as caught:
        Template.parse("\n{{ 's3://b/k' | s3_presign }}", "t.html").render({}, sign=refuse)
    (fault,) = caught.value.findings
    assert (fault.code, fault.message, fault.cure) == ("objects-unknown", "no folder for s3://b/k", "map it")
    assert fault.place() == "t.html:2:17"


@table(
    [
        Case("if", "{% if task.input.gone %}a{% else %}b{% endif %}", "b"),
        Case("if-deep", "{% if task.input.gone.size > 0 %}a{% else %}b{% endif %}", "b"),
        Case("if-equal", "{% if task.input.gone == 'x' or task.input.gone != 'x' %}ok{% endif %}", "ok"),
        Case("if-contains", "{% if task.input.gone contains 'x' %}a{% endif %}", ""),
        Case("elsif", "{% if false %}{% elsif task.input.gone %}a{% else %}b{% endif %}", "b"),
        Case("unless", "{% unless task.input.gone %}a{% endunless %}", "a"),
        Case("case", "{% case task.input.gone %}{% when 'x' %}a{% else %}b{% endcase %}", "b"),
        Case("default", "{{ task.input.gone | default: 'd' }}", "d"),
        Case("default-deep", "{{ task.input.gone.deeper.still | default: 'd' | upcase }}", "D"),
        Case("assigned", "{% assign a = task.input.gone %}{% if a %}a{% else %}b{% endif %}{{ a | default: 1 }}", "b1"),
        Case(
            "for-default",
            "{% assign l = task.input.gone | default: task.input.labels %}{% for x in l %}{{ x }}{% endfor %}",
            "catit&#39;s",
        ),
        Case("null-is-there", "{{ task.input.null }}{% for x in task.input.null %}{% endfor %}", ""),
    ]
)
def test_missing_where_it_may_be(case: Case) -> None:
    assert render(case.template).html == case.expect


@table(
    [
        Case("output", "{{ task.input.gone }}", ""),
        Case("for", "{% for x in task.input.gone %}a{% endfor %}", ""),
        Case("for-else", "{% for x in task.input.gone %}a{% else %}b{% endfor %}", "b"),
        Case("filter", "{{ task.input.gone | upcase }}", ""),
        Case("math", "{{ task.input.gone | plus: 1 }}", "1"),
        Case("argument", "{{ 'a' | append: task.input.gone }}", "a"),
        Case("size", "{{ task.input.gone | size }}", "0"),
        Case("json", "{{ task.input.gone | to_json }}", "null"),
        Case("assigned", "{% assign a = task.input.gone %}{{ a }}", ""),
        Case("echo", "{% echo task.input.gone %}", ""),
        Case("cycle", "{% cycle task.input.gone %}", ""),
        Case("limit", "{% for x in task.input.labels limit: task.input.gone %}a{% endfor %}", ""),
        Case("tablerow", "{% tablerow x in task.input.gone %}a{% endtablerow %}", ""),
        Case("range", "{% for x in (1..task.input.gone) %}a{% endfor %}", ""),
        Case("root", "{{ gone }}", ""),
        Case("in-string", "{{ task.input.text.gone }}", ""),
        Case("index", "{{ task.input.labels[7] }}", ""),
    ]
)
def test_missing_strict_and_lenient(case: Case) -> None:
    (fault,) = faults(case.template)
    assert fault.code == "liquid-missing-variable"
    assert fault.line == 1
    path = "task.input" if "task" in case.template else "gone"
    assert fault.column == case.template.rindex(path) + 1
    if case.id != "limit":
        assert render(case.template, strict=False).html == case.expect


@dataclass(frozen=True)
class Fault:
    id: str
    template: str
    code: str
    place: tuple[int, int]
    message: str
    cure: str = ""


def fault_table(cases: Sequence[Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case.id for case in cases])


@fault_table(
    [
        Fault(
            "near",
            "\n {{ task.input.lables }}",
            "liquid-missing-variable",
            (2, 5),
            "task.input.lables is missing: task.input has text, labels, source-ref",
            "did you mean task.input.labels?",
        ),
        Fault(
            "near-hyphen",
            "{{ task.input.source_ref }}",
            "liquid-missing-variable",
            (1, 4),
            "source_ref is missing",
            "did you mean task.input.source-ref?",
        ),
        Fault(
            "near-case",
            "{{ task.input.LABELS }}",
            "liquid-missing-variable",
            (1, 4),
            "LABELS is missing",
            "did you mean task.input.labels?",
        ),
        Fault(
            "root",
            "{{ labels }}",
            "liquid-missing-variable",
            (1, 4),
            "labels is not defined: only task is in scope",
            "did you mean task.input.labels?",
        ),
        Fault(
            "task",
            "{{ task.labels }}",
            "liquid-missing-variable",
            (1, 4),
            "task.labels is missing: task has input",
            "did you mean task.input.labels?",
        ),
        Fault("no-now", "{{ now }}", "liquid-missing-variable", (1, 4), "now is not defined"),
        Fault("no-partial", "{{ partial }}", "liquid-missing-variable", (1, 4), "partial is not defined"),
        Fault(
            "item",
            "{% for r in task.input.rows %}\n {{ r.nam }}{% endfor %}",
            "liquid-missing-variable",
            (2, 5),
            "r.nam is missing: r has name",
            "did you mean r.name?",
        ),
        Fault("string", "{{ task.input.text.foo }}", "liquid-missing-variable", (1, 4), "task.input.text is a string"),
        Fault(
            "list",
            "{{ task.input.labels[9] }}",
            "liquid-missing-variable",
            (1, 4),
            "task.input.labels[9] is missing: task.input.labels is a list of 2",
        ),
        Fault("null", "{{ task.input.null.x }}", "liquid-missing-variable", (1, 4), "task.input.null is null"),
        Fault("concat", "{{ task.input.labels | concat: 5 }}", "liquid-bad-value", (1, 24), "concat expects a list"),
        Fault(
            "sort", "{{ task.input.meta.tags | concat: task.input.rows | sort }}", "liquid-bad-value", (1, 53), "sort"
        ),
        Fault(
            "replacing",
            "{% capture c %}{% for i in (1..9000) %}a{% endfor %}{% endcapture %}{{ c | replace: 'a', c }}",
            "liquid-limit",
            (1, 76),
            "replace makes a text that is too long",
        ),
        Fault("zero", "{{ 1 | divided_by: 0 }}", "liquid-bad-value", (1, 8), "can't divide by 0"),
        Fault("argument", "{{ 'a' | truncate: 'x' }}", "liquid-bad-value", (1, 10), "truncate expected an integer"),
        Fault("too-many", "{{ 'a' | upcase: 1 }}", "liquid-bad-value", (1, 10), "upcase"),
        Fault("too-few", "{{ 'a' | append }}", "liquid-bad-value", (1, 10), "append"),
        Fault("base64", "\n{{ 'x' | base64_decode }}", "liquid-bad-value", (2, 10), "base64"),
        Fault("compare", "{% if task.input.text > 1 %}{% endif %}", "liquid-bad-value", (1, 23), "not supported"),
        Fault("assign", "\n {% assign a = 'x' | base64_decode %}", "liquid-bad-value", (2, 22), "base64"),
        Fault("loops", "\n{% for i in (1..500001) %}{% endfor %}", "liquid-limit", (2, 4), "500,000 times"),
        Fault(
            "loops-nested",
            "{% for i in (1..2000) %}\n{% for j in (1..2000) %}{% endfor %}{% endfor %}",
            "liquid-limit",
            (2, 4),
            "500,000 times",
        ),
        Fault(
            "loops-in-turn",
            "{% for i in (1..9) %}\n{% for j in (1..200000) %}{% endfor %}{% endfor %}",
            "liquid-limit",
            (2, 4),
            "500,000 times",
        ),
        Fault(
            "loops-reversed",
            "{% for i in (1..99999999999999999999) reversed %}{% endfor %}",
            "liquid-limit",
            (1, 4),
            "500,000 times",
        ),
        Fault("rows", "{% tablerow i in (1..500001) %}{% endtablerow %}", "liquid-limit", (1, 4), "500,000 times"),
        Fault("range", "{{ (1..99999999) | join }}", "liquid-limit", (1, 20), "range given to join"),
        Fault(
            "doubling",
            "{% assign s = 'ab' %}{% for i in (1..60) %}\n{% assign s = s | append: s %}{% endfor %}",
            "liquid-limit",
            (2, 19),
            "append makes a text that is too long",
        ),
        Fault(
            "squaring",
            "{% assign n = 9 %}{% for i in (1..60) %}{% assign n = n | times: n %}{% endfor %}",
            "liquid-limit",
            (1, 59),
            "4096 bits",
        ),
        Fault(
            "long-page",
            "{% assign s = 'ab' %}{% for i in (1..20) %}{% assign s = s | append: s %}{% endfor %}"
            "\n{% for i in (1..99) %}{{ s }}{% endfor %}",
            "liquid-limit",
            (2, 23),
            "page grows too long",
        ),
    ]
)
def test_render_faults(case: Fault) -> None:
    (fault,) = faults(case.template)
    check_fault(fault, case)


@fault_table(
    [
        Fault(
            "open-for",
            "a\n {% for x in y %}\n b",
            "liquid-unclosed",
            (2, 2),
            "{% for %} is never closed",
            "{% endfor %}",
        ),
        Fault("open-if", "{% if x %}\n{% if y %}{% endif %}", "liquid-unclosed", (1, 1), "{% if %} is never closed"),
        Fault(
            "open-in",
            "{% for x in y %}\n{% if x %}\n{% endfor %}",
            "liquid-unclosed",
            (2, 1),
            "{% if %} is never closed",
        ),
        Fault("open-capture", "{% capture c %}", "liquid-unclosed", (1, 1), "{% capture %} is never closed"),
        Fault("open-raw", "\n{% raw %} {{ x }}", "liquid-unclosed", (2, 1), "{% raw %} is never closed"),
        Fault(
            "open-comment",
            "{% comment %} {% comment %}{% endcomment %}",
            "liquid-unclosed",
            (1, 1),
            "{% comment %} is never closed",
        ),
        Fault("open-output", "abc\n {{ x \n<p>", "liquid-unclosed", (2, 2), "{{ is not closed", "}}"),
        Fault(
            "open-output-next",
            "{{ x </p>\n\n{{ y }}",
            "liquid-unclosed",
            (1, 1),
            "{{ is not closed before the next one on line 3",
        ),
        Fault(
            "one-brace",
            "{{ x }</p>\n{% if y %}{% endif %}",
            "liquid-unclosed",
            (1, 1),
            "{{ is not closed before the next one on line 2",
        ),
        Fault("open-tag", "{% if x }}\n<p>", "liquid-unclosed", (1, 1), "{% is not closed", "%}"),
        Fault("at-the-end", "<p>{{", "liquid-unclosed", (1, 4), "{{ is not closed"),
        Fault("close-nothing", "<p>\n{% endif %}", "liquid-syntax", (2, 1), "{% endif %} closes nothing"),
        Fault("else-alone", "{% else %}", "liquid-syntax", (1, 1), "{% else %} stands outside of any block"),
        Fault(
            "elsif-in-for",
            "{% if a %}{% for x in y %}{% elsif b %}{% endfor %}{% endif %}",
            "liquid-syntax",
            (1, 27),
            "stands inside {% for %}",
        ),
        Fault("break", "{% if a %}{% break %}{% endif %}", "liquid-syntax", (1, 11), "outside of any loop"),
        Fault("no-filter-name", "{{ x | }}", "liquid-syntax", (1, 7), "found the end of the expression", "complete"),
        Fault("no-operand", "\n{% if a == %}{% endif %}", "liquid-syntax", (2, 11), "expected a value, found the end"),
        Fault("no-condition", "{% if %}{% endif %}", "liquid-syntax", (1, 4), "missing expression"),
        Fault("no-condition-elsif", "{% if a %}{% elsif %}{% endif %}", "liquid-syntax", (1, 14), "missing expression"),
        Fault("no-value", "{{ }}", "liquid-syntax", (1, 3), "expected a value"),
        Fault("two-values", "{{ a b }}", "liquid-syntax", (1, 6), "found a name"),
        Fault("for-of", "{% for x of y %}{% endfor %}", "liquid-syntax", (1, 10), "expected in"),
        Fault("operator", "{% if a =! b %}{% endif %}", "liquid-syntax", (1, 9), "'=!'"),
        Fault("character", "{{ a ^ b }}", "liquid-syntax", (1, 6), "unexpected '^'"),
        Fault(
            "filter-in-if",
            "{% if a | size > 1 %}{% endif %}",
            "liquid-syntax",
            (1, 9),
            "'|'",
            "assign the filtered value",
        ),
        Fault("when", "{% case a %}\n{% when %}{% endcase %}", "liquid-syntax", (2, 4), "missing expression"),
        Fault("multi-line", "{{ a\n  | upcase\n  | }}", "liquid-syntax", (3, 4), "found the end"),
        Fault("liquid-inner", "{% liquid\nassign a = 1\necho a | \n%}", "liquid-syntax", (3, 9), "found the end"),
        Fault(
            "filter",
            "<p>\n {{ x | uppcase }}",
            "liquid-unknown-filter",
            (2, 9),
            "there is no filter uppcase",
            "did you mean upcase?",
        ),
        Fault("filter-json", "{{ x | json }}", "liquid-unknown-filter", (1, 8), "json", "did you mean to_json?"),
        Fault(
            "filter-safe", "{{ x | safe }}", "liquid-unknown-filter", (1, 8), "safe", "did you mean skip_autoescape?"
        ),
        Fault("filter-escapejs", "{{ x | escapejs }}", "liquid-unknown-filter", (1, 8), "escapejs", "did you mean"),
        Fault(
            "filter-assign",
            "{% if false %}{% assign a = x | nope %}{% endif %}",
            "liquid-unknown-filter",
            (1, 33),
            "nope",
            "the filters are",
        ),
        Fault("filter-liquid", "{% liquid\n echo x | nope\n%}", "liquid-unknown-filter", (2, 11), "nope"),
        Fault(
            "tag",
            "{% fro x in y %}",
            "liquid-unknown-tag",
            (1, 1),
            "there is no tag {% fro %}",
            "did you mean {% for %}?",
        ),
        Fault(
            "tag-elseif",
            "{% if a %}\n{% elseif b %}{% endif %}",
            "liquid-unknown-tag",
            (2, 1),
            "elseif",
            "did you mean {% elsif %}?",
        ),
        Fault("tag-far", "{% zzz %}", "liquid-unknown-tag", (1, 1), "zzz", "the tags are assign"),
        Fault(
            "include",
            "<p>\n{% include 'a' %}",
            "liquid-unsupported-tag",
            (2, 1),
            "{% include %} is not supported",
            "in its place",
        ),
        Fault("render", "{% render 'a' %}", "liquid-unsupported-tag", (1, 1), "{% render %} is not supported"),
        Fault("layout", "{%- layout 'a' -%}", "liquid-unsupported-tag", (1, 1), "{% layout %} is not supported"),
        Fault("crlf", "a\r\nb\r\n  {{ x | }}\r\n", "liquid-syntax", (3, 9), "found the end"),
        Fault("line-separator", "a\u2028b\n{{ x | }}", "liquid-syntax", (2, 7), "found the end"),
    ]
)
def test_parse_faults(case: Fault) -> None:
    with pytest.raises(TruthkitError) as caught:
        Template.parse(case.template, "t.html")
    (fault,) = caught.value.findings
    check_fault(fault, case)


def check_fault(fault: Finding, case: Fault) -> None:
    assert (fault.file, fault.code, (fault.line, fault.column)) == ("t.html", case.code, case.place)
    assert case.message in fault.message
    assert case.cure in fault.cure
    assert fault.cure
    shown, caret = fault.excerpt.split("\n")
    assert shown == "  | " + case.template.split("\n")[case.place[0] - 1].rstrip("\r")
    assert caret == "  | " + " " * (case.place[1] - 1) + "^"


def test_all_parse_faults_come_at_once_in_order() -> None:
    found = faults(
        "{{ x | json }}\n{% fro x %}\n{% if a == %}{% endif %}\n{% include 'x' %}{{ y | }}\n{% for z in y %}"
    )
    assert [(fault.line, fault.code) for fault in found] == [
        (1, "liquid-unknown-filter"),
        (2, "liquid-unknown-tag"),
        (3, "liquid-syntax"),
        (4, "liquid-unsupported-tag"),
        (4, "liquid-syntax"),
        (5, "liquid-unclosed"),
    ]


def test_faults_are_bounded() -> None:
    found = faults("{{ x | nope }}\n" * 150)
    assert [fault.line for fault in found[:-1]] == list(range(1, 101))
    assert (found[-1].code, found[-1].message) == ("liquid-more", "the template has 50 more faults")


def test_deep_nesting_is_named() -> None:
    (fault, *_) = faults("\n" + "{% if true %}" * 150 + "{% endif %}" * 150)
    assert (fault.code, fault.line) == ("liquid-limit", 2)
    assert render("{% if true %}" * 60 + "x" + "{% endif %}" * 60).html == "x"
    (fault,) = faults("{{ a" + "[a" * 5000 + "]" * 5000 + " }}")
    assert fault.code == "liquid-limit"


def test_accepted_as_the_service_accepts_it() -> None:
    assert render("{{ 'a' | upcase: }}").html == "A"
    assert render('{{ "{{" }}').html == "{{"
    assert render("{% comment %}{{ x | }}{% if %}{% endcomment %}{{ 1 }}").html == "1"
    assert render("function(){ return {a: {b: 1}} }").html == "function(){ return {a: {b: 1}} }"
    assert render("{%- if true -%} a {%- endif -%} b").html == "ab"


@dataclass(frozen=True)
class Mapped:
    id: str
    template: str
    lines: tuple[int, ...]


MAPPED = [
    Mapped("plain", "a\nb\nc", (1, 2, 3)),
    Mapped("last-break", "a\nb\n", (1, 2, 3)),
    Mapped("empty", "", (1,)),
    Mapped("crlf", "a\r\nb\r\n", (1, 2, 3)),
    Mapped("value", "a\n<p>{{ task.input.lines }}</p>\nb", (1, 2, 2, 2, 3)),
    Mapped("value-on-own-line", "a\n  {{ task.input.lines }}\nb", (1, 2, 2, 2, 3)),
    Mapped("tag-of-lines", "a\n{{ task.input.lines\n| upcase }}\nb", (1, 2, 2, 2, 4)),
    Mapped("if", "a\n{% if true %}\nb\n{% else %}\nc\n{% endif %}\nd", (1, 2, 3, 6, 7)),
    Mapped("if-else", "a\n{% if false %}\nb\n{% else %}\nc\n{% endif %}\nd", (1, 4, 5, 6, 7)),
    Mapped("for", "{% for x in task.input.labels %}\n<i>{{ x }}</i>\n{% endfor %}\nz", (1, 2, 1, 2, 3, 4)),
    Mapped("for-one-line", "<p>\n{% for x in task.input.labels %}<i>{{ x }}</i>{% endfor %}\nz", (1, 2, 3)),
    Mapped("capture", "{% capture c %}x\ny\n{% endcapture %}\n<p>\n{{ c }}z", (3, 4, 1, 2, 5)),
    Mapped("capture-inside", "{% capture c %}\nx\n{% endcapture %}\n<p>{{ c }}z", (3, 4, 2, 4)),
    Mapped("trimmed", "a\n\n{%- if true -%}\n\n\nb\n{% endif %}\nc", (1, 7, 8)),
    Mapped("raw", "a\n{% raw %}{{\nb}}{% endraw %}\nc", (1, 2, 3, 4)),
    Mapped("comment", "a\n{% comment %}\n\n{% endcomment %}\nb", (1, 4, 5)),
    Mapped("blank-block", "a\n{% if true %}\n{% assign x = 1 %}\n{% endif %}\nb", (1, 4, 5)),
    Mapped("tablerow", "a\n{% tablerow x in task.input.labels %}{{ x }}{% endtablerow %}\nb", (1, 2, 2, 2, 3)),
    Mapped("ifchanged", "a\n{% ifchanged %}x\ny\n{% endifchanged %}z", (1, 2, 3, 4)),
]


@pytest.mark.parametrize("case", MAPPED, ids=[case.id for case in MAPPED])
def test_lines_map_to_the_template(case: Mapped) -> None:
    rendered = render(case.template)
    assert len(rendered.lines) == len(rendered.html.split("\n")), rendered.html
    assert rendered.lines == case.lines, rendered.html


def test_a_carriage_return_in_a_value_counts_as_browsers_count() -> None:
    assert render("{{ task.input.v }}\nb", {"v": "1\r2\r\n3"}).lines == (1, 1, 1, 2)


def test_load_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.liquid.html"
    file.write_bytes("\ufeff<p>é{{ task.input.x }}\n".encode())
    template = Template.load(file)
    assert template.name == str(file)
    assert template.render({"x": 1}, sign=sign).html == "<p>é1\n"
    with pytest.raises(TruthkitError) as caught:
        template.render({}, sign=sign)
    assert caught.value.findings[0].place() == f"{file}:1:8"


def test_load_refuses_what_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(b"<p>\n caf\xe9")
    with pytest.raises(TruthkitError, match=r"a\.html:2: the template is not UTF-8: byte 0xe9 at offset 8"):
        Template.load(file)
    with pytest.raises(UsageError, match="cannot be read"):
        Template.load(tmp_path / "gone.html")


def test_one_template_renders_in_many_threads() -> None:
    template = Template.parse("{% for x in task.input.xs %}{% cycle 'a', 'b' %}{{ x }}{% increment n %}\n{% endfor %}")
    expected = {n: template.render({"xs": [n] * 40}, sign=sign) for n in range(8)}
    wrong: list[int] = []

    def work(n: int) -> None:
        for _ in range(20):
            if template.render({"xs": [n] * 40}, sign=sign) != expected[n]:
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_renderings_do_not_see_each_other() -> None:
    template = Template.parse("{% if task.input.first %}{% assign a = 1 %}{% endif %}{{ a | default: 'none' }}")
    assert template.render({"first": True}, sign=sign).html == "1"
    assert template.render({"first": False}, sign=sign).html == "none"
