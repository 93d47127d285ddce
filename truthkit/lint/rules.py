# ruff: noqa: E501 — examples stand as they would in a file
"""Every rule of ``truthkit check``: what ``--explain`` and the documentation tell, and how its findings are made.

An example is a set of small files in which the rule, and only what it says, is broken; the tests check each of them. What
an example leaves out is taken from a workflow without faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from truthkit.findings import Finding, Severity, excerpt
from truthkit.liquid.place import Source

TEMPLATE: Final = "template.liquid.html"
GROUPS: Final = {
    "contract": "Template, pre-annotation handler and manifest",
    "template": "The template",
    "manifest": "The manifest",
    "handler": "The handlers",
    "workflow": "The workflow",
    "sample": "The sample's right answers and workers",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``example`` maps a file's name to the part of it that breaks the rule."""

    code: str
    group: str
    severity: Severity
    what: str
    why: str
    cure: str
    example: Mapping[str, str] = field(default_factory=dict)


RULES: Final[dict[str, Rule]] = {}
"""The rules by code, in the order of the documentation."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is, as far as it is known; lines and columns count from 1."""

    file: str
    line: int | None = None
    column: int | None = None
    excerpt: str = ""

    @classmethod
    def of(cls, source: Source, index: int) -> Place:
        """The place of a character of a text."""
        return cls(source.name, *source.place(index))

    @classmethod
    def of_line(cls, source: Source, line: int, needle: str = "") -> Place:
        """A line of a text, at ``needle`` where the line has it once."""
        text = source.line(line)
        found = text.find(needle) if needle and len(text) < 10_000 else -1
        column = found + 1 if found >= 0 and text.find(needle, found + 1) < 0 else None
        return cls(source.name, line, column, excerpt(text, column))


def flaw(
    code: str,
    message: str,
    place: Place,
    cure: str = "",
    *,
    severity: Severity | None = None,
    object_id: str | None = None,
) -> Finding:
    """A finding of a rule, with the rule's severity and cure where none are given."""
    rule = RULES[code]
    return Finding(
        code,
        message,
        cure or rule.cure,
        severity or rule.severity,
        place.file,
        place.line,
        place.column,
        place.excerpt,
        object_id,
    )


def explain(code: str) -> str:
    """A rule for people: the code, what it finds, why, an example, the cure. Raises KeyError."""
    rule = RULES[code]
    parts = [f"{rule.code} ({rule.severity})", f"{_sentence(rule.what)}", f"Why: {_sentence(rule.why)}"]
    for name, text in rule.example.items():
        shown = text if len(text) <= 600 else f"{text[:600]}…"
        parts.append(f"Example, {name}:\n" + "\n".join(f"  {line}" for line in shown.rstrip("\n").split("\n")))
    parts.append(f"Cure: {_sentence(rule.cure)}")
    return "\n\n".join(parts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _rule(
    code: str,
    severity: Severity,
    what: str,
    why: str,
    cure: str,
    /,
    **example: str,
) -> None:
    group = {
        "pre": "handler",
        "post": "handler",
        "liquid": "template",
        "object": "contract",
        "worker": "sample",
    }.get(code.partition("-")[0], code.partition("-")[0])
    names = {
        "template": TEMPLATE,
        "pre": "pre_annotation.py",
        "post": "post_annotation.py",
        "manifest": "manifest.jsonl",
        "toml": "workflow.toml",
        "sam": "template.yaml",
        "request": "request.json",
        "expected": "expected.jsonl",
        "worker": "worker.py",
    }
    RULES[code] = Rule(code, group, severity, what, why, cure, {names[key]: text for key, text in example.items()})


# ---- contract --------------------------------------------------------------------------------------------------------

_rule(
    "contract-missing-name",
    "error",
    "the template reads a name that the task input lacks, on the manifest lines that are told",
    "the service prints nothing there, or a loop is empty: the worker sees a broken page, and nobody is told",
    "put the name into taskInput, mend the spelling, or write | default: '' or an {% if %} where it may be absent",
    template='<p>{{ task.input.txt }}</p> <crowd-input name="said"></crowd-input>',
)
_rule(
    "contract-unknown-variable",
    "error",
    "the template uses a variable that is neither below task.input nor its own",
    "only task.input is in scope: task.labels, worker or job variables do not exist, and print nothing",
    "write task.input.NAME, and give NAME in taskInput",
    template='<p>{{ text }}</p> <crowd-input name="said"></crowd-input>',
)
_rule(
    "contract-unused-name",
    "warning",
    "the pre-annotation handler gives a name that the template does not read",
    "it is a misspelt name on one of the two sides, or weight that every task carries (a task input of more than 128,000 "
    "characters may be refused)",
    "read it in the template, or leave it out of taskInput",
    pre='def lambda_handler(event, context):\n    text = event["dataObject"]["source"]\n'
    '    return {"taskInput": {"text": text, "hint": "read slowly"}}\n',
)
_rule(
    "contract-unused-attribute",
    "info",
    "no page depends on an attribute of the manifest",
    "attributes are carried into the output, so it may be meant; a misspelt one looks the same",
    "nothing, if it is for the output only",
    manifest='{"source": "a text", "lables": ["a", "b"]}\n',
)
_rule(
    "contract-missing-attribute",
    "error",
    "the pre-annotation handler reads an attribute that manifest lines lack",
    "the function fails for these objects, and the labeling job may fail as a whole with a message about permissions",
    "add the attribute to the lines, or read it with .get()",
    pre='def lambda_handler(event, context):\n    item = event["dataObject"]\n'
    '    return {"taskInput": {"text": item["txt"]}}\n',
)
_rule(
    "contract-printed-list",
    "warning",
    "a list or an object is printed in a sentence",
    'the service prints it as JSON: workers read ["a","b"] or {"title": …}',
    "loop over it, or use | join: ', ', or print one of its members",
    template='<p>One of {{ task.input.labels }}.</p> <p>{{ task.input.text }}</p> <crowd-input name="said"></crowd-input>',
    pre='def lambda_handler(event, context):\n    text = event["dataObject"]["source"]\n'
    '    return {"taskInput": {"text": text, "labels": ["a", "b"]}}\n',
)
_rule(
    "contract-object-in-attribute",
    "error",
    "a list or an object is printed into an attribute that takes a text, such as a class or a name",
    "JSON is no class, id or field name: styles and scripts do not find the element, answers get a key of JSON",
    "print the member that is meant",
    template='<p class="{{ task.input.meta }}">{{ task.input.text }}</p> <crowd-input name="said"></crowd-input>',
    pre='def lambda_handler(event, context):\n    text = event["dataObject"]["source"]\n'
    '    return {"taskInput": {"text": text, "meta": {"kind": "news"}}}\n',
)
_rule(
    "contract-loop",
    "error",
    "a loop goes over something that is no list",
    "Liquid takes a text as a list of one item, and a number or null as an empty one",
    "give a list in taskInput, or split the text: | split: ','",
    template='{% for each in task.input.text %}<p>{{ each }}</p>{% endfor %}<crowd-input name="said"></crowd-input>',
)
_rule(
    "contract-not-s3-uri",
    "error",
    "grant_read_access or s3_presign gets a value that is no S3 URI",
    "only s3://bucket/key can be signed; the page has no picture, or does not come up at all",
    "give s3://bucket/key, and leave the filter out for web addresses",
    template='<img src="{{ task.input.text | grant_read_access }}"> <crowd-input name="said"></crowd-input>',
)
_rule(
    "contract-unsigned-uri",
    "error",
    "an S3 URI is printed where the browser fetches",
    "browsers cannot fetch s3:// addresses",
    "add | grant_read_access",
    template='<img src="{{ task.input.picture }}"> <p>{{ task.input.text }}</p> <crowd-input name="said"></crowd-input>',
    pre='def lambda_handler(event, context):\n    text = event["dataObject"]["source"]\n'
    '    return {"taskInput": {"text": text, "picture": "s3://my-bucket/cat.png"}}\n',
)
_rule(
    "contract-compared",
    "warning",
    "a condition compares a number, a boolean or a list with a text",
    "they are never equal in Liquid, so the branch is never (or always) taken",
    "compare with the value itself: == 3, == true, contains 'word'",
    template='{% if task.input.level == "3" %}<b>hard</b>{% endif %}<p>{{ task.input.text }}</p>'
    '<crowd-input name="said"></crowd-input>',
    pre='def lambda_handler(event, context):\n    text = event["dataObject"]["source"]\n'
    '    return {"taskInput": {"text": text, "level": 3}}\n',
)
_rule(
    "contract-field",
    "error",
    "field of [consolidation] names no field of the template",
    "the post-annotation handler then finds no answer, and no object gets a label",
    "write the name attribute of the element that gives the answer",
    toml='labels = ["a", "b"]\n[consolidation]\nkind = "class"\nfield = "categorie"\n',
    template='<crowd-classifier name="category" categories="[\'a\', \'b\']" header="?">'
    "<classification-target>{{ task.input.text }}</classification-target></crowd-classifier>",
)
_rule(
    "contract-field-kind",
    "error",
    "kind of [consolidation] does not fit the answer of the element that field names",
    "answers of another shape cannot be consolidated: every object comes back without a label",
    "write the kind of the element's answer, such as boxes for crowd-bounding-box",
    toml='labels = ["a", "b"]\n[consolidation]\nkind = "boxes"\nfield = "category"\n',
    template='<crowd-classifier name="category" categories="[\'a\', \'b\']" header="?">'
    "<classification-target>{{ task.input.text }}</classification-target></crowd-classifier>",
)

# ---- template --------------------------------------------------------------------------------------------------------

_rule(
    "template-unknown-element",
    "error",
    "a crowd element that does not exist",
    "the browser shows what is inside of it and nothing else: there is no field, and no answer",
    "write the name of an element (truthkit gallery shows all of them)",
    template='<crowd-inptu name="said"></crowd-inptu> <p>{{ task.input.text }}</p> <input name="b">',
)
_rule(
    "template-unknown-region",
    "error",
    "a region that is misspelt, or that the element around it does not have",
    "its content is shown at the wrong place, or not at all",
    "regions are short-instructions, full-instructions and those of the element's own documentation",
    template='<crowd-classifier name="tone" header="?" categories="[\'a\', \'b\']"><clasification-target>'
    "{{ task.input.text }}</clasification-target></crowd-classifier>",
)
_rule(
    "template-unknown-attribute",
    "warning",
    "an attribute that the crowd element does not have",
    "it has no effect; mostly it is misspelt, and the one that was meant is missing",
    "write the attribute's name as the element has it (truthkit gallery)",
    template='<p>{{ task.input.text }}</p> <crowd-input name="said" place-holder="words"></crowd-input>',
)
_rule(
    "template-ignored-attribute",
    "info",
    "an attribute that templates write on this element and that does nothing",
    "it was for Mechanical Turk, or belongs to another element",
    "leave it out",
    template='<crowd-form answer-format="flatten-objects"><p>{{ task.input.text }}</p>'
    '<crowd-input name="said"></crowd-input></crowd-form>',
)
_rule(
    "template-attribute-value",
    "warning",
    "a value that the attribute does not take",
    "unknown words are treated as if the attribute were absent",
    "write one of the words that the element knows",
    template='<crowd-button form-action="sumbit">Send</crowd-button> <p>{{ task.input.text }}</p> <input name="b">',
)
_rule(
    "template-required-attribute",
    "error",
    "an attribute that the crowd element needs is missing",
    "without labels, categories, a text or a picture the element has nothing to work on; without a name it adds nothing to "
    "the answer",
    "add the attribute",
    template='<p>{{ task.input.text }}</p> <crowd-classifier name="tone" header="?"></crowd-classifier>',
)
_rule(
    "template-outside-form",
    "error",
    "a field outside of crowd-form",
    "crowd-form collects only what is inside of it: this field is in no answer",
    "move it into <crowd-form>",
    template='<p>{{ task.input.text }}</p><crowd-input name="note"></crowd-input>\n'
    '<crowd-form><crowd-input name="said"></crowd-input></crowd-form>',
)
_rule(
    "template-no-form",
    "error",
    "the page has no crowd-form",
    "nothing is submitted without one (crowd-entity-annotation alone brings its own)",
    "put all fields into one <crowd-form>",
    template='<p>{{ task.input.text }}</p> <form><input name="said"></form>',
)
_rule(
    "template-two-forms",
    "error",
    "more than one crowd-form",
    "each submits only its own fields, and the first submission ends the task",
    "put all fields into one <crowd-form>",
    template='<crowd-form><p>{{ task.input.text }}</p><input name="a"></crowd-form>\n'
    '<crowd-form><input name="b"></crowd-form>',
)
_rule(
    "template-own-form",
    "warning",
    "crowd-entity-annotation inside of crowd-form",
    "it has a form and a Submit of its own, and the documentation does not allow it",
    "leave <crowd-form> out",
    template='<crowd-form>\n<crowd-entity-annotation name="names" header="?" labels="[\'a\']" '
    'text="{{ task.input.text }}"></crowd-entity-annotation></crowd-form>',
)
_rule(
    "template-duplicate-name",
    "error",
    "two fields with one name",
    "the later one replaces the other's answer (only radio buttons and boxes with different values share a name)",
    "give each field a name of its own; in a loop use {{ forloop.index }}",
    template='<p>{{ task.input.text }}</p> <crowd-input name="said"></crowd-input>\n<crowd-text-area name="said"></crowd-text-area>',
)
_rule(
    "template-self-closed",
    "error",
    "a custom element that is closed by />",
    "HTML has no self-closing custom elements: all that follows becomes its content",
    "write </NAME> behind it",
    template='<p>{{ task.input.text }}</p> <crowd-input name="said" />',
)
_rule(
    "template-unclosed",
    "warning",
    "a crowd element or region without its closing tag",
    "all that follows becomes its content, until the element around it ends",
    "write </NAME> where it ends",
    template='<p>{{ task.input.text }}</p> <crowd-input name="said"> <input name="more">',
)
_rule(
    "template-required",
    "warning",
    "required on an element where it does nothing",
    "workers can submit without an answer",
    "use native radio buttons with required, or check it in a submit handler",
    template='<p>{{ task.input.text }}</p><crowd-radio-group required>\n<crowd-radio-button name="yes">Yes'
    "</crowd-radio-button></crowd-radio-group>",
)
_rule(
    "template-boolean-false",
    "warning",
    'a boolean attribute with the value "false"',
    "a boolean attribute is on when it is there, whatever its value",
    "leave the attribute out",
    template='<p>{{ task.input.text }}</p> <crowd-checkbox name="sure" checked="false">Sure</crowd-checkbox>',
)
_rule(
    "template-json-attribute",
    "error",
    "an attribute of JSON that cannot be read, or is no list or object as the element needs",
    "the element shows an error in its place",
    "print the value with | to_json | escape, and look at the quotes",
    template='<p>{{ task.input.text }}</p> <crowd-classifier name="tone" header="?" categories="[\'a\', \'b">'
    "</crowd-classifier>",
)
_rule(
    "template-json-quotes",
    "warning",
    "to_json in a quoted attribute without escape",
    "quotes inside of the JSON end the attribute, unless auto-escaping happens to help; whether it does for to_json is not "
    "documented",
    "write | to_json | escape",
    template='<p>{{ task.input.text }}</p> <crowd-input name="said" value="{{ task.input.text | to_json }}"></crowd-input>',
)
_rule(
    "template-quoted-by-hand",
    "warning",
    "an attribute of JSON in which quotes stand around an output",
    "an apostrophe in the value (O'Brien) ends the text, and the attribute cannot be read",
    "print the whole list: {{ task.input.labels | to_json | escape }}",
    template='<crowd-classifier name="tone" header="?" categories="[\'{{ task.input.text }}\', \'other\']">'
    "</crowd-classifier>",
)
_rule(
    "template-unquoted-output",
    "error",
    "an attribute without quotes has a Liquid output",
    "the first blank in the value ends the attribute, and the rest becomes other attributes",
    "put quotes around it",
    template='<p>{{ task.input.text }}</p> <crowd-input name="said" value={{ task.input.text }}></crowd-input>',
)
_rule(
    "template-escaped-in-script",
    "error",
    "an output inside of a script, where its quotes and ampersands are written as &quot; and &amp;",
    "scripts do not decode entities: a signed URL with &amp; is refused, JSON with &quot; is a syntax error",
    'put it into an attribute (data-…="{{ … | to_json | escape }}") and read it from there',
    template='<p>{{ task.input.text }}</p><crowd-input name="said"></crowd-input>\n'
    "<script>const text = {{ task.input.text | to_json }};</script>",
)
_rule(
    "template-skip-autoescape",
    "warning",
    "skip_autoescape on data",
    "what stands in the data becomes part of the page: a < breaks it, and whoever writes the data can run scripts in it",
    "leave it out; where the data is HTML, clean it in the pre-annotation handler",
    template='<p>{{ task.input.text | skip_autoescape }}</p> <crowd-input name="said"></crowd-input>',
)
_rule(
    "template-no-field",
    "error",
    "the form has no field at all",
    "every answer is {}",
    "add an element with a name",
    template="<crowd-form><p>{{ task.input.text }}</p></crowd-form>",
)
_rule(
    "template-no-crowd-script",
    "error",
    "the page does not load the crowd script",
    "no crowd element works without it, and nothing is submitted",
    'add <script src="https://assets.crowd.aws/crowd-html-elements.js"></script>',
    template='<!doctype html><crowd-form><p>{{ task.input.text }}</p> <crowd-input name="said"></crowd-input></crowd-form>',
)
_rule(
    "template-size",
    "error",
    "the template has 128,000 characters or more, or comes near it (warning)",
    "the console and RenderUiTemplate take fewer than 128,000 characters",
    "load big scripts from S3 by their address",
    template='<p>{{ task.input.text }}</p> <input name="a"> <!-- 128,000 characters and more -->',
)
_rule(
    "template-unpinned-script",
    "warning",
    "a script or style of another host, without integrity or without a version",
    "whoever changes that file changes the page in the middle of a job; without integrity nobody notices",
    "name a version in the address and add integrity and crossorigin, or bring the file into your own bucket",
    template='<script src="https://cdn.example.com/jquery/latest/jquery.min.js"></script>'
    '<p>{{ task.input.text }}</p> <input name="a">',
)
_rule(
    "template-insecure",
    "error",
    "a script, style or frame by http:",
    "the worker portal is https: browsers refuse such files there",
    "load it by https:",
    template='<script src="http://cdn.example.com/d3@7.9.0/d3.min.js" integrity="sha384-x"></script>'
    '<p>{{ task.input.text }}</p> <input name="a">',
)
_rule(
    "template-relative-address",
    "warning",
    "a relative address of a script, style or picture",
    "the portal serves the template alone: nothing lies beside it",
    "give an absolute address, or a data: URL; bundles of the kit (/truthkit/NAME.js) come in by truthkit build --inline",
    template='<script src="helper.js"></script><p>{{ task.input.text }}</p> <input name="a">',
)
_rule(
    "template-unknown-bundle",
    "error",
    "a bundle of the kit that does not exist",
    "truthkit build cannot inline it, and the page has no annotator",
    "mend the name, or make build",
    template='<script src="/truthkit/text-anotator.js"></script><p>{{ task.input.text }}</p> <input name="a">',
)
_rule(
    "template-bundle-liquid",
    "error",
    "{{ or {% in a script that is no Liquid",
    "the template is Liquid from end to end, scripts too: the braces of a minified bundle are evaluated, and vanish",
    "build the page with truthkit build --inline, which rewrites them, or put a space between the braces",
    template='<p>{{ task.input.text }}</p> <input name="a">\n<script>const style = {{a: 1}, b};</script>',
)
_rule(
    "template-module-script",
    "warning",
    "a module script",
    "it runs after the page is parsed, is fetched with CORS, and truthkit build cannot inline it",
    "load a classic script: leave out type=module",
    template='<script type="module">document.title = "x";</script><p>{{ task.input.text }}</p> <input name="a">',
)
_rule(
    "template-file-input",
    "error",
    "an input for files",
    "what it adds to an answer is not documented, and the file itself is not submitted",
    "ask for a text or a choice",
    template='<p>{{ task.input.text }}</p> <input type="file" name="proof">',
)
_rule(
    "template-stray-end",
    "info",
    "a closing tag of a crowd element that closes nothing",
    "its opening tag is missing or misspelt",
    "remove it, or mend the opening tag",
    template='<p>{{ task.input.text }}</p> <crowd-input name="said"></crowd-input></crowd-card>',
)
_rule(
    "liquid-encoding",
    "error",
    "the template is not UTF-8",
    "the service reads UTF-8 only",
    "save the file as UTF-8",
)
_rule(
    "liquid-unclosed",
    "error",
    "{{, {% or a block is not closed",
    "the page cannot be rendered",
    "write }}, %} or {% end… %} where it ends",
    template='<p>{{ task.input.text </p> <input name="a">',
)
_rule(
    "liquid-syntax",
    "error",
    "an expression or tag that is no Liquid",
    "the page cannot be rendered",
    "mend it at the caret",
    template='<p>{{ task.input.text | | upcase }}</p> <input name="a">',
)
_rule(
    "liquid-unknown-tag",
    "error",
    "a Liquid tag that does not exist",
    "the page cannot be rendered",
    "write the tag's name",
    template='<p>{{ task.input.text }}</p> {% fro x in task.input.text %}{% endfor %} <input name="a">',
)
_rule(
    "liquid-unknown-filter",
    "error",
    "a Liquid filter that does not exist",
    "the page cannot be rendered, or the value comes unfiltered",
    "write the filter's name; Shopify's shop filters do not exist here",
    template='<p>{{ task.input.text | to_jsn }}</p> <input name="a">',
)
_rule(
    "liquid-unsupported-tag",
    "error",
    "include, render or layout",
    "a worker template is one file",
    "put the text of the other file in its place",
    template="<p>{{ task.input.text }}</p> {% include 'part' %} <input name=\"a\">",
)
_rule(
    "liquid-limit",
    "error",
    "the template is nested too deep, loops too often, or makes too much text",
    "a page that takes so much does not come up at a worker's",
    "prepare the data in the pre-annotation handler",
)
_rule(
    "liquid-missing-variable",
    "error",
    "a variable is missing where its value counts",
    "it prints nothing there",
    "put it into the task input, or write | default: '' where it may be absent",
)
_rule(
    "liquid-bad-value",
    "error",
    "a filter or tag gets a value that it cannot take",
    "the page cannot be rendered for this object",
    "check what the value is, and what the filter or tag can take",
    template='<p>{{ task.input.text | divided_by: 0 }}</p> <input name="a">',
)
_rule(
    "liquid-more",
    "error",
    "more faults of the template than are shown",
    "100 are shown",
    "mend the shown ones first",
)

# ---- manifest --------------------------------------------------------------------------------------------------------

_rule(
    "manifest-json-array",
    "error",
    "the file is one JSON array",
    "a manifest is JSON Lines: one object a line",
    "jq -c '.[]' makes such lines",
    manifest='[\n  {"source": "a text"}\n]\n',
)
_rule(
    "manifest-csv",
    "error",
    "the file looks like CSV",
    "a manifest is JSON Lines: one object a line",
    "write one JSON object a line",
    manifest="source,kind\na text,news\n",
)
_rule(
    "manifest-python-dict",
    "error",
    "a line is a Python dict",
    "single quotes, None and True are no JSON",
    "write lines with json.dumps",
    manifest="{'source': 'a text'}\n",
)
_rule(
    "manifest-not-json",
    "error",
    "a line is not JSON",
    "the job fails when it reads the manifest",
    "mend the line at the caret",
    manifest='{"source": "a text"\n',
)
_rule(
    "manifest-not-object",
    "error",
    "a line is JSON but no object",
    "each line is one data object",
    'write {"source": …} or {"source-ref": …}',
    manifest='"a text"\n',
)
_rule(
    "manifest-blank-line",
    "error",
    "a line is blank",
    "each line is one data object",
    "remove it",
    manifest='{"source": "a text"}\n\n{"source": "another"}\n',
)
_rule(
    "manifest-bom",
    "error",
    "the file begins with a byte-order mark",
    "the first line is then no JSON",
    "save it as UTF-8 without BOM",
    manifest='\ufeff{"source": "a text"}\n',
)
_rule(
    "manifest-encoding",
    "error",
    "the file is not UTF-8, or has half a character",
    "the service reads UTF-8 only",
    "save it as UTF-8",
    manifest='{"source": "\\ud800"}\n',
)
_rule(
    "manifest-line-size",
    "error",
    "a line over 100,000 bytes",
    "the service takes at most 100 kB an object",
    "keep big values in S3 and give their URI",
)
_rule(
    "manifest-too-many-lines",
    "error",
    "more than 100,000 lines",
    "one job takes at most 100,000 objects",
    "split it into several jobs",
)
_rule(
    "manifest-empty",
    "error",
    "the manifest has no lines",
    "a job needs objects",
    "write one JSON object a line",
    manifest="\n",
)
RULES["manifest-empty"] = Rule(
    "manifest-empty",
    "manifest",
    "error",
    "the manifest has no lines",
    "a job needs objects",
    "write one JSON object a line",
)
_rule(
    "manifest-duplicate-key",
    "error",
    "a key stands twice in a line",
    "which of the values counts is not defined",
    "keep one of them",
    manifest='{"source": "a text", "source": "another"}\n',
)
_rule(
    "manifest-not-finite",
    "error",
    "NaN or Infinity",
    "JSON has no such numbers",
    "write null or a string",
    manifest='{"source": "a text", "score": NaN}\n',
)
_rule(
    "manifest-name",
    "error",
    "an attribute's name begins with $",
    "the service keeps such names for itself",
    "rename it",
    manifest='{"source": "a text", "$id": 4}\n',
)
_rule(
    "manifest-attribute-size",
    "error",
    "an attribute over 20,000 characters",
    "the service takes 20,000",
    "keep it in S3 and give its URI",
)
_rule(
    "manifest-no-source",
    "error",
    "a line has neither source nor source-ref",
    "one of them must be there",
    'add "source": "the text" or "source-ref": "s3://bucket/key"',
    manifest='{"source_ref": "s3://my-bucket/cat.png"}\n',
)
_rule(
    "manifest-two-sources",
    "warning",
    "a line has both source and source-ref",
    "which of them counts is not documented",
    "keep one",
    manifest='{"source": "a", "source-ref": "s3://my-bucket/a.txt"}\n',
)
_rule(
    "manifest-source",
    "error",
    "source is no text, or empty",
    "source is the text to label",
    "give the text; other data goes under another name",
    manifest='{"source": ["a", "text"]}\n',
)
_rule(
    "manifest-source-ref",
    "error",
    "source-ref is no S3 URI",
    "the service takes s3://bucket/key",
    'write "s3://bucket/key"',
    manifest='{"source-ref": "cat.png"}\n',
)
_rule(
    "manifest-no-object",
    "error",
    "source-ref names an object that does not exist",
    "the job fails, or workers see no picture",
    "put the object there, mend the key (capitals count), or map its folder with --objects",
    manifest='{"source-ref": "s3://lint/nothing.png"}\n',
)
_rule(
    "manifest-object-type",
    "error",
    "an object is not what the template shows, or not what its name says",
    "an image tool with a text file, or a .png that is none, stays empty",
    "give an object of that kind, named after what it is",
    manifest='{"source-ref": "s3://lint/notes.png"}\n',
)
_rule(
    "manifest-image-size",
    "warning",
    "an image over 40 MB or 100 million pixels",
    "built-in image tasks take no larger ones, and browsers are slow with them",
    "make it smaller",
)
_rule(
    "manifest-exif-rotated",
    "warning",
    "an image that is turned by its EXIF orientation",
    "crowd elements show it as stored, browsers and viewers turn it: boxes lie elsewhere than the worker meant",
    "turn the pixels and remove the tag before labeling (exiftran, or ImageOps.exif_transpose)",
    manifest='{"source-ref": "s3://lint/turned.jpg"}\n',
)
_rule(
    "manifest-duplicate-source",
    "warning",
    "two lines have the same source",
    "workers are paid twice for one object, and its labels may differ",
    "keep one of the lines",
    manifest='{"source": "a text"}\n{"source": "another"}\n{"source": "a text"}\n',
)
_rule(
    "manifest-label-present",
    "warning",
    "a line already has the label attribute",
    "a chained job skips such lines, another one overwrites what stands there",
    "choose another label attribute, or remove it from the lines",
    manifest='{"source": "a text", "check": {"said": "yes"}}\n',
    toml='label_attribute = "check"\n',
)
_rule(
    "manifest-mixed-sources",
    "warning",
    "some lines have source and others source-ref",
    "handlers and templates rarely serve both",
    "split the manifest into two jobs",
    manifest='{"source": "a text"}\n{"source-ref": "s3://lint/cat.png"}\n',
)
_rule(
    "manifest-mixed-types",
    "warning",
    "an attribute has another type than on the lines before",
    "what works for the first lines fails for this one",
    "write the same type on all lines",
    manifest='{"source": "a text", "tags": ["x"]}\n{"source": "another", "tags": "y"}\n',
)

# ---- handlers --------------------------------------------------------------------------------------------------------

_rule(
    "handler-name",
    "warning",
    "a function whose name the job's role may not invoke",
    "the managed policies allow functions with GtRecipe, LabelingFunction, SageMaker, Sagemaker or sagemaker in their "
    "name; any other needs a policy of its own",
    "put LabelingFunction into its name",
    sam="Resources:\n  PreTone:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: tone-pre\n"
    "      Handler: pre_annotation.lambda_handler\n",
)
_rule(
    "handler-artefact",
    "error",
    "an import that what is deployed does not have",
    "Lambda's Python has boto3 and the standard library; all else must lie in the code root or come by a layer or "
    "requirements.txt",
    "put the package into the code root, add a layer that brings it, or do without",
    pre="def lambda_handler(event, context):\n    import requests\n\n"
    '    return {"taskInput": {"text": event["dataObject"]["source"]}}\n',
)
_rule(
    "handler-syntax",
    "error",
    "the handler's file is no Python that can be read",
    "the function cannot be imported",
    "mend it at the line",
    pre="def lambda_handler(event, context)\n    return {}\n",
)
_rule(
    "handler-s3uri",
    "error",
    "the spelling s3uri",
    "the key is s3Uri; the other one stands in an old sample, and finds nothing",
    "write s3Uri",
    post='def lambda_handler(event, context):\n    where = event["payload"].get("s3uri")\n    return []\n',
)
_rule(
    "handler-key",
    "error",
    "a key of the service's messages that is misspelt",
    "the key does not exist, so the function fails, or finds nothing where it uses .get()",
    "write the key as the service does",
    post='def lambda_handler(event, context):\n    name = event["label_attribute_name"]\n    return []\n',
)
_rule(
    "handler-categories",
    "warning",
    'event["labelCategories"], which not every event has',
    "a job without a category file sends none, or null",
    'use event.get("labelCategories") or []',
    post='def lambda_handler(event, context):\n    labels = event["labelCategories"]\n    return []\n',
)
_rule(
    "handler-content",
    "error",
    "annotationData.content is used as if it were an object",
    "it is JSON text",
    "json.loads it first",
    post='def lambda_handler(event, context):\n    one = event["annotations"][0]\n'
    '    tone = one["annotationData"]["content"]["tone"]\n    return []\n',
)
_rule(
    "handler-data-object",
    "error",
    "the post-annotation handler reads an attribute of the manifest from dataObject",
    "in a consolidation request dataObject has content or s3Uri, and nothing else of the line",
    "read content or s3Uri; hand other data through a hidden field of the form",
    post='def lambda_handler(event, context):\n    item = event["items"][0]\n    text = item["dataObject"]["source"]\n'
    "    return []\n",
)
_rule(
    "handler-metadata",
    "warning",
    "the post-annotation handler returns LABEL-metadata of its own",
    "the service replaces it by its own",
    "put what you need under the label attribute",
    post='def lambda_handler(event, context):\n    name = event["labelAttributeName"]\n'
    '    return [{"datasetObjectId": "0", "consolidatedAnnotation": {"content": {name: 1, name + "-metadata": {}}}}]\n',
)
_rule(
    "handler-arguments",
    "error",
    "lambda_handler does not take two arguments",
    "Lambda calls it with an event and a context",
    "def lambda_handler(event, context)",
    pre='def lambda_handler(event):\n    return {"taskInput": {"text": event["dataObject"]["source"]}}\n',
)
_rule(
    "handler-async",
    "error",
    "lambda_handler is async",
    "Lambda's Python runtime awaits nothing: the response is a coroutine, which is no JSON",
    "make it a plain function; asyncio.run(...) inside of it works",
    pre='async def lambda_handler(event, context):\n    return {"taskInput": {"text": event["dataObject"]["source"]}}\n',
)
_rule(
    "handler-credentials",
    "error",
    "credentials, a profile or an endpoint in code",
    "Lambda gives the function's role in its environment and has no profiles; keys in code leak",
    "use boto3.client('s3') as it is",
    pre='import boto3\n\n\ndef lambda_handler(event, context):\n    boto3.Session(profile_name="me")\n'
    '    return {"taskInput": {"text": event["dataObject"]["source"]}}\n',
)
_rule(
    "handler-slow",
    "warning",
    "a call takes more than half of the function's time on the samples",
    "the first call at the service is slower than here, and a batch has more objects",
    "do less in one call, or raise pre_timeout_seconds or post_timeout_seconds",
)
_rule(
    "handler-response-size",
    "warning",
    "a response that passes 6 MB when a batch is full",
    "Lambda takes no larger response; a batch may have 1,000 objects",
    "write large labels to S3 and return their URI",
)
_rule(
    "handler-import",
    "error",
    "the handler cannot be imported",
    "the function fails at its first call",
    "mend what the message says",
    pre="raise RuntimeError('no')\n\n\ndef lambda_handler(event, context):\n    return {}\n",
)
_rule(
    "handler-missing",
    "error",
    "the file has no such function",
    "the function fails at its first call",
    "write def lambda_handler(event, context)",
)
_rule(
    "handler-error",
    "error",
    "the handler fails on a sample",
    "the object gets no page, or no label",
    "mend it at the line",
    pre='def lambda_handler(event, context):\n    return {"taskInput": 1 / 0}\n',
)
_rule(
    "handler-made-up",
    "info",
    "the post-annotation handler fails on answers that were made up from the template's elements",
    "what scripts of the page write into answers is not known here, so this may be no fault",
    "look at the line; truthkit run with a worker script tells for sure",
)
_rule(
    "handler-timeout",
    "error",
    "the handler does not end in time",
    "Lambda ends it, and the batch has no labels",
    "do less in one call, or give it more time",
)
_rule(
    "handler-result",
    "error",
    "the handler returns what is no JSON",
    "Lambda cannot hand it on",
    "return what JSON has",
    pre='def lambda_handler(event, context):\n    return {"taskInput": {"text": {"a", "b"}}}\n',
)
_rule(
    "handler-size",
    "error",
    "an event or a response over 6 MB",
    "Lambda takes no more",
    "write what is large to S3 and hand on its URI",
)
_rule(
    "handler-exit",
    "error",
    "the handler ends its process",
    "Lambda reports Runtime.ExitError",
    "return a value or raise an error",
    pre="import os\n\n\ndef lambda_handler(event, context):\n    os._exit(3)\n",
)
_rule(
    "handler-event",
    "error",
    "an event that is no JSON",
    "Lambda cannot hand it on",
    "write finite numbers",
)
_rule(
    "pre-annotation-contract",
    "error",
    "the response of the pre-annotation handler breaks the contract",
    "the service takes an object with the object taskInput, and a boolean isHumanAnnotationRequired",
    'return {"taskInput": {…}, "isHumanAnnotationRequired": True}',
    pre='def lambda_handler(event, context):\n    return {"task_input": {"text": event["dataObject"]["source"]}}\n',
)
_rule(
    "pre-annotation-remark",
    "info",
    "a response of the pre-annotation handler that is legal but worth mending",
    "older names and strings for booleans work, but the documentation has others",
    "do as the message says",
    pre='def lambda_handler(event, context):\n    text = event["dataObject"]["source"]\n'
    '    return {"taskInput": {"text": text}, "humanAnnotationRequired": "true"}\n',
)
_rule(
    "post-annotation-contract",
    "error",
    "the response of the post-annotation handler breaks the contract",
    "the service takes a list with one entry an object, and the label under the label attribute",
    'return [{"datasetObjectId": …, "consolidatedAnnotation": {"content": {label attribute: …}}}]',
    post='def lambda_handler(event, context):\n    return {"annotations": []}\n',
)

# ---- workflow --------------------------------------------------------------------------------------------------------

_rule(
    "workflow-toml",
    "error",
    "workflow.toml is missing or is no TOML",
    "the handlers read it, and a job is made from it",
    "mend it at the line",
    toml="title = Tone\n",
)
_rule(
    "workflow-key",
    "error",
    "a key that workflow.toml does not have",
    "it has no effect; mostly it is misspelt",
    "write the key's name",
    toml='titel = "Tone"\n',
)
_rule(
    "workflow-missing",
    "error",
    "a key that must be there is missing",
    "a labeling job cannot be created without it",
    "add it",
    toml='description = "Choose the tone"\n',
)
_rule(
    "workflow-title",
    "error",
    "a title of another length than 1 to 128 characters, or with emoji or control characters",
    "CreateLabelingJob refuses it",
    "shorten it, leave out emoji",
    toml='title = "Tone 🎵"\n',
)
_rule(
    "workflow-description",
    "error",
    "a description of another length than 1 to 255 characters, or with line breaks",
    "CreateLabelingJob refuses it",
    "write it on one line",
    toml='description = ""\n',
)
_rule(
    "workflow-keywords",
    "error",
    "more than 5 keywords, or one over 30 characters or with other signs than letters, digits and single blanks",
    "CreateLabelingJob refuses them",
    "use letters and digits, words with one blank between",
    toml='keywords = ["sound-check"]\n',
)
_rule(
    "workflow-label-attribute",
    "error",
    "a label attribute that the service refuses",
    "it has letters, digits and hyphens between them, is not source, and does not end in -ref or -metadata",
    "choose another name",
    toml='label_attribute = "tone-ref"\n',
)
_rule(
    "workflow-labels",
    "error",
    "labels that are empty, twice there or over 256 characters",
    "the category file takes no such names",
    "name each label once",
    toml='labels = ["angry", "angry"]\n',
)
_rule(
    "workflow-workers",
    "error",
    "another number of workers than 1 to 9",
    "CreateLabelingJob refuses it",
    "give 1 to 9",
    toml="workers = 12\n",
)
_rule(
    "workflow-time",
    "error",
    "a time that the service refuses",
    "a task of a custom job has 30 to 28,800 seconds, is available for 60 to 2,592,000 seconds, and a function has 1 to 900",
    "mind the unit in its name",
    toml="task_time_limit_seconds = 86400\n",
)
_rule(
    "workflow-lifetime",
    "warning",
    "tasks are available for a shorter time than one of them may take",
    "tasks expire while somebody works on them, and the objects have no label",
    "raise task_availability_lifetime_seconds",
    toml="task_availability_lifetime_seconds = 600\n",
)
_rule(
    "workflow-consolidation",
    "error",
    "[consolidation] has a kind, method or option that does not exist",
    "the post-annotation handler fails when it is imported",
    "write what the message names",
    toml='labels = ["a", "b"]\n[consolidation]\nkind = "clas"\nfield = "said"\n',
)
_rule(
    "workflow-price",
    "error",
    "a price for a task",
    "prices were for the public workforce, which is gone since 30 September 2026 (and only sixteen amounts from 0.012 to "
    "1.200 dollars were allowed)",
    "leave it out: private and vendor teams have no price here",
    toml="task_price = 0.05\n",
)
_rule(
    "workflow-public-crowd",
    "error",
    "the team public-crowd",
    "Mechanical Turk closed on 30 September 2026, and with it the public workforce",
    "use a private or vendor team: …:workteam/private-crowd/NAME",
    request='{"LabelingJobName": "tone", "LabelAttributeName": "tone", "HumanTaskConfig": {\n'
    '  "WorkteamArn": "arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default",\n'
    '  "TaskTitle": "Tone", "TaskDescription": "Choose the tone"}}\n',
)
_rule(
    "workflow-name",
    "error",
    "a name that cannot be a job's or a function's",
    "a labeling job has 1 to 63 letters, digits and hyphens between them; a function's name has at most 64 characters",
    "rename the workflow",
)
_rule(
    "workflow-incomplete",
    "warning",
    "a workflow that lacks one of its files",
    "it cannot run, or cannot be tried",
    "add the files: docs/write-a-workflow.md tells what each is for",
)
_rule(
    "workflow-request",
    "error",
    "a field of a CreateLabelingJob request that the service refuses",
    "the request fails, or the job does at its start",
    "do as the message says",
    request='{"LabelingJobName": "tone_1", "LabelAttributeName": "tone", "HumanTaskConfig": {\n'
    '  "TaskTitle": "Tone", "TaskDescription": "Choose the tone"}}\n',
)
_rule(
    "check-file",
    "error",
    "a file that cannot be read, or is of no kind that is checked",
    "templates, manifests, handlers, workflow.toml and CreateLabelingJob requests are checked",
    "give one of these",
)
RULES["check-file"] = Rule(
    **{**{name: getattr(RULES["check-file"], name) for name in Rule.__slots__}, "group": "workflow"}
)

# ---- the sample ------------------------------------------------------------------------------------------------------

_rule(
    "sample-not-json",
    "error",
    "a line of expected.jsonl or gold.jsonl that is not JSON",
    "no job of the workflow runs, and simulated workers have no right answers",
    "write one right answer a line, null where nobody knows it",
    expected='{"said": "words"\n',
)
_rule(
    "sample-lines",
    "warning",
    "expected.jsonl or gold.jsonl has more lines than the manifest, or fewer",
    "a line belongs to the manifest's line with the same number: behind one that is left out, all belong to others",
    "write one right answer a manifest line, in its order",
    expected='{"said": "words"}\n{"said": "more words"}\n',
)
_rule(
    "sample-object",
    "error",
    "a line of expected.jsonl or gold.jsonl names another object than the manifest's line with the same number",
    "labels are compared with the right answers of other objects",
    "write the lines in the manifest's order",
    expected='{"source": "another text", "said": "words"}\n',
)
_rule(
    "sample-field",
    "warning",
    "expected.jsonl has a name that no field of the template and no label has",
    "the label has nothing to compare with it: the object counts as wrong, however well it is labeled",
    "write the name as the label has it, or leave it out",
    expected='{"siad": "words"}\n',
)
_rule(
    "worker-syntax",
    "error",
    "worker.py is not Python",
    "the job ends before the first page is opened",
    "mend it at the line",
    worker="async def work(page, task, worker)\n    pass\n",
)
_rule(
    "worker-import",
    "error",
    "worker.py cannot be imported",
    "the job ends before the first page is opened",
    "mend it at the line",
    worker="from truthkit.workforce.gestures import chose\n\n\nasync def work(page, task, worker):\n    await chose(page, 'said', 'words')\n",
)
_rule(
    "worker-work",
    "error",
    "worker.py lacks the function that does a task",
    "nothing of the script is called, and no task is done",
    "write async def work(page, task, worker): docs/write-a-workflow.md",
    worker="def work(page):\n    pass\n",
)
