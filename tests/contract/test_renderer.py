"""The worker task template as the service renders it (contract, sections c and l)."""

from __future__ import annotations

import html
import json
from html.parser import HTMLParser

import pytest

from truthkit.findings import TruthkitError
from truthkit.liquid import Template

TEMPLATE = """\
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <img src="{{ task.input.source-ref | grant_read_access }}" alt="{{ task.input.title }}">
  <crowd-classifier name="kind" categories="{{ task.input.labels | to_json | escape }}" header='{{ task.input.title }}'>
  </crowd-classifier>
  {% if task.input.note %}<p class="note">{{ task.input.note }}</p>{% endif %}
  {% for label in task.input.labels %}
  <label>{{ forloop.index }}. {{ label }}</label>
  {% endfor %}
  {% assign doc = task.input.document %}
  {% capture s3_uri %}http://s3.amazonaws.com/{{ doc.bucket }}/{{ doc.key }}{% endcapture %}
  <embed src="{{ s3_uri | grant_read_access }}">
  <input type="hidden" name="metadata" value="{{ task.input.document }}">
  <div>{{ task.input.markup | skip_autoescape }}</div>
</crowd-form>
"""

TASK_INPUT = {
    "source-ref": "s3://acme-labels/in/cat 7.jpg",
    "title": 'Tom\'s "best" <cat> & dog',
    "labels": ["cat", 'it\'s a "dog"'],
    "document": {"bucket": "acme-labels", "key": "in/a&b.pdf", "pages": [1, 2]},
    "markup": "<b>bold</b>",
}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: dict[str, dict[str, str]] = {}
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] = {name: value or "" for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.words += [data.strip()] if data.strip() else []


def signed(uri: str) -> str:
    return f"https://s3.amazonaws.com/{uri.removeprefix('s3://')}?X-Amz-Expires=60&X-Amz-Signature=abc"


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(Template.parse(TEMPLATE).render(TASK_INPUT, sign=signed).html)


def test_values_are_escaped_once(page: Page) -> None:
    assert page.elements["img"]["alt"] == TASK_INPUT["title"]
    assert page.elements["crowd-classifier"]["header"] == TASK_INPUT["title"]


def test_escape_map() -> None:
    rendered = Template.parse("{{ task.input.title }}").render(TASK_INPUT, sign=signed).html
    assert rendered == "Tom&#39;s &quot;best&quot; &lt;cat&gt; &amp; dog"


def test_json_in_an_attribute(page: Page) -> None:
    assert json.loads(page.elements["crowd-classifier"]["categories"]) == TASK_INPUT["labels"]


def test_objects_print_as_json(page: Page) -> None:
    assert json.loads(page.elements["input"]["value"]) == TASK_INPUT["document"]
    rendered = Template.parse("{{ task.input.document }}").render(TASK_INPUT, sign=signed).html
    assert rendered.startswith("{&quot;bucket&quot;:&quot;acme-labels&quot;,")


@pytest.mark.parametrize("name", ["grant_read_access", "s3_presign"])
def test_signed_urls_are_escaped_too(name: str) -> None:
    rendered = Template.parse(f"{{{{ task.input.source-ref | {name} }}}}").render(TASK_INPUT, sign=signed).html
    assert "&amp;X-Amz-Signature=" in rendered
    assert html.unescape(rendered) == signed("s3://acme-labels/in/cat 7.jpg")


def test_signed_attributes(page: Page) -> None:
    assert page.elements["img"]["src"] == signed("s3://acme-labels/in/cat 7.jpg")
    assert page.elements["embed"]["src"] == signed("s3://acme-labels/in/a&b.pdf")


def test_no_s3_uri_is_the_services_error() -> None:
    with pytest.raises(TruthkitError, match='"grant_read_access" input is not a valid S3 URI: " "'):
        Template.parse("{{ ' ' | grant_read_access }}").render({}, sign=signed)


def test_tags(page: Page) -> None:
    assert "1. cat" in page.words
    assert '2. it\'s a "dog"' in page.words
    assert "p" not in page.elements, "a missing variable is false in if"


def test_skip_autoescape(page: Page) -> None:
    assert "b" in page.elements
    assert "bold" in page.words


def test_escape_once_leaves_entities() -> None:
    template = Template.parse("{{ task.input.v | escape_once }}")
    assert template.render({"v": "1 < 2 &amp; 3"}, sign=signed).html == "1 &lt; 2 &amp; 3"


def test_only_the_task_is_in_scope() -> None:
    for name in ("now", "today", "labels", "source", "template", "shop", "page"):
        with pytest.raises(TruthkitError, match="only task is in scope"):
            Template.parse(f"{{{{ {name} }}}}").render({"labels": []}, sign=signed)
