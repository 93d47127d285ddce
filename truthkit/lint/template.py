"""What is wrong with a template by itself, and with the pages that it becomes."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches

from truthkit.elements import Attribute, Element, is_unknown
from truthkit.findings import Finding, Severity, TruthkitError
from truthkit.lenient_json import LenientError, loads
from truthkit.lint.page import Node, Page
from truthkit.lint.rules import Place, flaw
from truthkit.liquid import Rendered, Template
from truthkit.liquid.place import Source
from truthkit.pages import loads_crowd_script
from truthkit.project import bundles_dir
from truthkit.script_tags import bundle_name

MOST_CHARACTERS = 128_000
NEAR_CHARACTERS = 120_000
TOO_BIG = 1_000_000
"""What is so far beyond the limit is told so, and not read."""

MOST_UNKNOWN = 100
"""Elements without a name that is known; a guess of what was meant takes a while."""

_REGIONS = (
    "short-instructions",
    "full-instructions",
    "classification-target",
    "worker-comment",
    "short-summary",
    "detailed-instructions",
    "positive-example",
    "negative-example",
)
# Attributes that every HTML element has, or that crowd-form has as a form.
_GLOBAL = re.compile(
    r"(?:accesskey|autofocus|class|contenteditable|data-.+|aria-.+|dir|draggable|enterkeyhint|hidden|id|inert|inputmode|"
    r"is|item.+|lang|nonce|on[a-z]+|part|popover|role|slot|spellcheck|style|tabindex|title|translate|xmlns|@.+|:.+)\Z"
)
_LINK = "crowd-form-element-id"
"""Of a widget beside the form that it answers in, by the form's id."""
_OF_FORM = frozenset({"action", "method", "name", "novalidate", "autocomplete", "target", "enctype"})
_BOOLEANS = frozenset(
    {"autofocus", "checked", "disabled", "hidden", "multiple", "novalidate", "readonly", "required", "selected"}
)
_NO = frozenset({"false", "no", "off", "0"})
_NATIVE = frozenset({"input", "select", "textarea"})
_SILENT_TYPES = frozenset({"button", "submit", "reset", "image"})
_UNREQUIRED_TYPES = frozenset({"hidden", "range", "color", "button", "submit", "reset", "image"})
_MAPS = frozenset({"crowd-checkbox", "crowd-toggle-button", "crowd-radio-button"})
_LISTS = frozenset(
    "labels categories responses keys block-types question-tags label-colors ordinal-ranking-dimensions".split()  # noqa: SIM905
)
_CALLED = ("labels", "categories", "src", "text", "responses", "initial-value", "question-tags")
_VERSION = re.compile(r"[@/._-]v?\d+\.\d+|@\d|[/._-][0-9a-f]{8,}\b", re.IGNORECASE)
_CROWD = re.compile(r"(?:^|/)(?:crowd-html-elements(?:-v2)?\.(?:js|css))(?:[?#]|$)")
_MAKES_FIELDS = re.compile(r"createElement|innerHTML|insertAdjacentHTML|cloneNode|append|outerHTML|\$\(|customElements")
_DECODES = re.compile(r"&(?:quot|amp|#39|lt);|DOMParser|unescape\(")
_DATA_TYPES = re.compile(r"json|template|text/(?!javascript|ecmascript)", re.IGNORECASE)
_LIQUID_FAULTS = ("liquid-syntax", "liquid-unclosed", "liquid-unknown-tag", "liquid-unknown-filter")


def load(source: Source, page: Page) -> tuple[Template | None, list[Finding]]:
    """The template, or what Liquid says against it."""
    try:
        return Template.parse(source.text, source.name), []
    except TruthkitError as error:
        return None, [_of_bundle(source, page, finding) for finding in error.findings]


def _of_bundle(source: Source, page: Page, finding: Finding) -> Finding:
    """A fault of Liquid in a script is one of the script, unless it is about the task input."""
    if finding.code not in _LIQUID_FAULTS or finding.line is None:
        return finding
    index = source.index_of(finding.line, finding.column or 1)
    around = page.around(index)
    start = max(source.text.rfind("{{", 0, index + 2), source.text.rfind("{%", 0, index + 2))
    piece = source.text[start : start + 200].split("\n")[0]
    if around.where not in ("script", "style") or start < 0 or re.match(r"\{[{%]-?\s*(?:task\b|\w+\s+task\b)", piece):
        return finding
    message = f"{piece[:2]} stands in a {around.where}, and Liquid takes it for its own: {finding.message}"
    return flaw("template-bundle-liquid", message, Place.of(source, start))


def check_source(source: Source, page: Page, elements: Mapping[str, Element]) -> Iterator[Finding]:
    """The faults that show without a task: elements, attributes, scripts, the form."""
    yield from _size(source)
    scripts = "\n".join(page.content(node) for node in page.scripts())
    misspelt = _misspelt_ends(page, elements)
    unknown = 0
    for node in page.nodes:
        name = node.name
        element = elements.get(name)
        if element is not None and element.kind != "region":
            yield from _attributes(source, page, node, element, scripts)
        elif element is None and unknown < MOST_UNKNOWN:
            for finding in _unknown(source, node, elements, scripts):
                unknown += 1
                yield finding
        if name in _REGIONS:
            yield from _region(source, node, elements)
        if "-" in name:
            yield from _closing(source, page, node, elements, misspelt.values())
        yield from _booleans(source, page, node, element)
        yield from _required(source, page, node, element)
        yield from _addresses(source, page, node)
        if name == "input" and (page.value(node, "type") or "").lower() == "file":
            yield flaw("template-file-input", "an input of type file", _place(source, node))
    for name, at in page.strays:
        meant = misspelt.get(at)
        if meant is not None and not _is_known(meant.name, elements):
            continue  # told where it is opened
        if meant is not None:
            message = f"</{name}> closes nothing, and <{meant.name}> stays open"
            cure = f"did you mean </{meant.name}>?"
            yield flaw("template-stray-end", message, Place.of(source, at), cure, severity="warning")
        elif _is_known(name, elements) or name.startswith("crowd-"):
            yield flaw("template-stray-end", f"</{name}> closes nothing", Place.of(source, at))
    yield from _form(source, page, elements, scripts)
    if not loads_crowd_script(source.text):
        first = next((node for node in page.nodes if node.name in elements), None)
        place = _place(source, first) if first else Place.of(source, 0)
        yield flaw("template-no-crowd-script", "the page does not load the crowd script", place)
    yield from _outputs(source, page)


def _is_known(name: str, elements: Mapping[str, Element]) -> bool:
    return name in elements or name in _REGIONS


def _misspelt_ends(page: Page, elements: Mapping[str, Element]) -> dict[int, Node]:
    """The open elements that closing tags were for, by the tags' places, where either of the two names is misspelt."""
    ends: dict[int, Node] = {}
    still_open = [node for node in page.nodes if "-" in node.name and not node.closed]
    for name, at in page.strays[:MOST_UNKNOWN] if still_open else ():
        known = _is_known(name, elements)
        before = {node.name: node for node in still_open if node.tag.start < at}  # the last of each name
        names = [one for one in before if _is_known(one, elements) != known]
        for near in get_close_matches(name, names, 1, 0.7):
            ends[at] = before[near]
            still_open.remove(before[near])
    return ends


def _place(source: Source, node: Node, attribute: str = "") -> Place:
    found = node.tag.get(attribute) if attribute else None
    return Place.of(source, found.span.start if found else node.tag.start)


def _size(source: Source) -> Iterator[Finding]:
    size = len(source.text)
    if size >= NEAR_CHARACTERS:
        message = f"the template has {size:,} characters; it must have fewer than {MOST_CHARACTERS:,}"
        near = size < MOST_CHARACTERS
        yield flaw("template-size", message, Place(source.name, 1), severity="warning" if near else None)


def _unknown(source: Source, node: Node, elements: Mapping[str, Element], scripts: str) -> Iterator[Finding]:
    name = node.name
    if name in _REGIONS or re.search(rf"define\(\s*['\"`]{re.escape(name)}['\"`]", scripts):
        return
    if name == "crowd-slider-label":
        cure = "leave it out: it stands in a sample, and does nothing"
        yield flaw(
            "template-unknown-element", f"there is no element <{name}>", _place(source, node), cure, severity="warning"
        )
        return
    if name.startswith("crowd-") or name.startswith("crowd"):
        near = get_close_matches(name, elements, 1, 0.7)
        cure = f"did you mean <{near[0]}>?" if near else ""
        yield flaw("template-unknown-element", f"there is no element <{name}>", _place(source, node), cure)
    elif near := get_close_matches(name, _REGIONS, 1, 0.85):
        message = f"there is no region <{name}>"
        yield flaw("template-unknown-region", message, _place(source, node), f"did you mean <{near[0]}>?")


def _region(source: Source, node: Node, elements: Mapping[str, Element]) -> Iterator[Finding]:
    name = node.name
    within = node.inside & elements.keys() - {name}
    around = next((one for one in node.ancestors() if one.name in within), None) if within else None
    owners = [tag for tag, element in elements.items() if name in element.regions]
    if around is not None and elements[around.name].regions and name in elements[around.name].regions:
        return
    if any(is_unknown(one, elements) for one in node.inside):
        return  # that one is told
    # Instructions may stand anywhere in a form (crowd-elements §2.5); the others need their element.
    if name in ("short-instructions", "full-instructions"):
        return
    if not node.inside.isdisjoint(owners):
        return
    where = f"<{around.name}> has no region {name}" if around else f"{name} stands in no element that has it"
    has = elements[around.name].regions if around else {}
    cure = f"it has {', '.join(has)}" if has else f"put it into {', '.join(owners)}"
    yield flaw("template-unknown-region", where, _place(source, node), cure, severity="warning")


def _attributes(source: Source, page: Page, node: Node, element: Element, scripts: str) -> Iterator[Finding]:
    for attribute in node.tag.attributes:
        name = attribute.name
        if page.has_liquid(slice(attribute.span.start, attribute.span.start + max(len(name), 1))):
            continue
        known = element.attributes.get(name)
        if known is not None:
            yield from _value(source, page, node, known)
        elif name in element.ignored:
            what = element.ignored[name]
            message = f"{name} does nothing on <{element.tag}>: {what}"
            yield flaw("template-ignored-attribute", message, Place.of(source, attribute.span.start))
        elif (
            name in ("required", _LINK)
            or name in ("/", "x")
            or _GLOBAL.match(name)
            or (element.tag == "crowd-form" and name in _OF_FORM)
            or (element.tag in ("crowd-tab", "crowd-card", "crowd-modal") and name == "name")
        ):
            continue
        else:
            near = get_close_matches(name, element.attributes, 1, 0.7)
            flat = {each.replace("-", ""): each for each in element.attributes}
            guess = near[0] if near else flat.get(name.replace("-", "").replace("_", ""))
            has = ", ".join(element.attributes) or "none of its own"
            cure = f"did you mean {guess}?" if guess else f"its attributes: {has}"
            message = f"<{element.tag}> has no attribute {name[:60]}"
            yield flaw("template-unknown-attribute", message, Place.of(source, attribute.span.start), cure)
    for attribute_name, known in element.attributes.items():
        if known.required and node.tag.get(attribute_name) is None:
            yield from _missing(source, node, element, attribute_name, scripts)


def _missing(source: Source, node: Node, element: Element, name: str, scripts: str) -> Iterator[Finding]:
    if name == "header" or (element.tag in _MAPS and name != "name"):
        return
    if name == "name" and node.tag.get(_LINK) is not None:
        return  # it answers under its tag
    message = f"<{element.tag}> has no {name}"
    if name == "name" and element.answer is not None:
        cure = f'add name="…": without one nothing of <{element.tag}> is in the answer'
        yield flaw("template-required-attribute", message, _place(source, node), cure, severity="warning")
    elif name in _CALLED and not re.search(rf"\.{name}\s*=|setAttribute\(\s*['\"]{name}", scripts):
        severity: Severity | None = "warning" if name == "initial-value" else None
        cure = f'add {name}="{{{{ task.input.… }}}}"'
        yield flaw("template-required-attribute", message, _place(source, node), cure, severity=severity)


def _value(source: Source, page: Page, node: Node, known: Attribute) -> Iterator[Finding]:
    found = node.tag.get(known.name)
    if found is None or page.has_liquid(found.value):
        return
    text = html.unescape(page.text[found.value]).strip()
    if known.values and text not in known.values:
        near = get_close_matches(text, known.values, 1)
        guess = f"did you mean {near[0]}? " if near else ""
        message = f"{known.name} of <{node.name}> is {text[:60]!r}, which it does not know"
        cure = f"{guess}It takes {', '.join(known.values)}"
        yield flaw("template-attribute-value", message, Place.of(source, found.span.start), cure)
    elif known.type == "number" and text and not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", text):
        message = f"{known.name} of <{node.name}> is {text[:60]!r}, not a number"
        yield flaw("template-attribute-value", message, Place.of(source, found.span.start), "write a number")


def _closing(
    source: Source, page: Page, node: Node, elements: Mapping[str, Element], misspelt: Collection[Node]
) -> Iterator[Finding]:
    name = node.name
    known = _is_known(name, elements) or name.startswith("crowd-")
    if page.self_closed(node):
        message = f"<{name} /> stays open, and what follows becomes its content"
        yield flaw("template-self-closed", message, _place(source, node), f"write ></{name}> in place of />")
    elif known and not node.closed and node not in misspelt:
        yield flaw(
            "template-unclosed", f"<{name}> is never closed", _place(source, node), f"write </{name}> where it ends"
        )


def _booleans(source: Source, page: Page, node: Node, element: Element | None) -> Iterator[Finding]:
    own = element.attributes if element else {}
    for attribute in node.tag.attributes:
        name = attribute.name
        known = own[name].type == "boolean" if name in own else name in _BOOLEANS and "-" not in node.name
        if known and html.unescape(page.text[attribute.value]).strip().lower() in _NO:
            text = page.text[attribute.span]
            message = f"{text} on <{node.name}> means {name}: it counts whatever its value"
            yield flaw("template-boolean-false", message, Place.of(source, attribute.span.start), f"leave {name} out")


def _required(source: Source, page: Page, node: Node, element: Element | None) -> Iterator[Finding]:
    attribute = node.tag.get("required")
    if attribute is None or page.has_liquid(attribute.span):
        return
    name = node.name
    why = ""
    severity: Severity | None = None
    if name == "crowd-radio-button" or (element is not None and "required" not in element.attributes):
        why = f"<{name}> does not support required"
    elif name == "crowd-slider":
        why, severity = "a slider always has a value", "info"
    elif name == "input" and (kind := (page.value(node, "type") or "text").lower()) in _UNREQUIRED_TYPES:
        why = f"an input of type {kind} is never empty, or not checked"
    elif "-" not in name and name not in _NATIVE:
        why = f"<{name}> is no field"
    elif name in _NATIVE and node.tag.get("disabled") is not None:
        why, severity = "a disabled field is always valid (unless a script enables it)", "info"
    if why:
        yield flaw(
            "template-required",
            f"required does nothing here: {why}",
            Place.of(source, attribute.span.start),
            severity=severity,
        )


def _addresses(source: Source, page: Page, node: Node) -> Iterator[Finding]:
    name = node.name
    if name == "script" and (page.value(node, "type") or "").strip().lower() == "module":
        yield flaw("template-module-script", "a module script", _place(source, node))
    attribute = node.tag.get("href" if name == "link" else "src")
    loaded = name in ("script", "iframe", "img", "audio", "video", "source")
    style = name == "link" and "stylesheet" in (page.value(node, "rel") or "").lower()
    if attribute is None or not (loaded or style) or page.has_liquid(attribute.value):
        return
    address = html.unescape(page.text[attribute.value]).strip()
    bundle = bundle_name(address)
    if bundle is not None:
        yield from _bundle(source, node, bundle)
        return
    if not address or _CROWD.search(address):
        return
    place = Place.of(source, attribute.span.start)
    shown = address[:120]
    if address.lower().startswith("http://") and name in ("script", "iframe", "link"):
        yield flaw("template-insecure", f"{shown} is loaded by http:", place)
    if re.match(r"(?:https?:)?//", address, re.IGNORECASE):
        versioned, sealed = _VERSION.search(address), node.tag.get("integrity") is not None
        if name in ("script", "link") and not sealed:
            lacks = "integrity" if versioned else "integrity, and its address has no version"
            yield flaw(
                "template-unpinned-script", f"{shown} has no {lacks}", place, severity="info" if versioned else None
            )
    elif not re.match(r"(?:[a-z][a-z0-9+.-]*:|#)", address, re.IGNORECASE):
        yield flaw("template-relative-address", f"{shown} is relative", place)


def _bundle(source: Source, node: Node, name: str) -> Iterator[Finding]:
    if not (bundles_dir() / f"{name}.js").is_file():
        known = sorted(path.stem for path in bundles_dir().glob("*.js"))
        near = get_close_matches(name, known, 1)
        cure = f"did you mean {near[0]}?" if near else f"built ones: {', '.join(known)}"
        yield flaw("template-unknown-bundle", f"there is no bundle {name!r}", _place(source, node, "src"), cure)


def is_field(page: Page, node: Node, elements: Mapping[str, Element]) -> bool:
    """Whether an element adds to the answer, given a name."""
    if node.name in _NATIVE:
        return (page.value(node, "type") or "").lower() not in _SILENT_TYPES
    element = elements.get(node.name)
    return (element is not None and element.answer is not None) or node.name == "object-value-input"


def _form(source: Source, page: Page, elements: Mapping[str, Element], scripts: str) -> Iterator[Finding]:
    forms = [node for node in page.nodes if node.name == "crowd-form"]
    by_itself = {name for name, element in elements.items() if element.alone} | {"crowd-entity-annotation"}
    alone = [node for node in page.nodes if node.name in by_itself]
    fields = [node for node in page.nodes if is_field(page, node, elements)]
    unknown = [
        node for node in page.nodes if "-" in node.name and node.name not in elements and node.name not in _REGIONS
    ]
    makes = _MAKES_FIELDS.search(scripts) is not None
    if not forms and not alone:
        place = _place(source, fields[0]) if fields else Place.of(source, 0)
        if not (makes and "crowd-form" in scripts) and not any("crowd" in node.name for node in unknown):
            yield flaw("template-no-form", "the page has no crowd-form", place)
        return
    for second in forms[1:]:
        if not _in_liquid_branch(source, forms[0], second):
            yield flaw("template-two-forms", "this is a second crowd-form", _place(source, second))
    for node in alone:
        if "crowd-form" in node.inside:
            yield flaw("template-own-form", f"<{node.name}> stands inside of crowd-form", _place(source, node))
    named = [node for node in fields if page.value(node, "name") or (element_key(node, elements))]
    for node in named:
        if node.name in by_itself or node.inside & {"crowd-form", *by_itself} or node.tag.get(_LINK) is not None:
            continue
        if any(one.name == "form" for one in node.ancestors()):
            continue  # another form's own
        if node.name in _NATIVE and (node.tag.get("form") is not None or makes):
            continue
        what = f"<{node.name} name={page.value(node, 'name')!r}>"
        severity: Severity | None = "warning" if node.name in _NATIVE else None
        yield flaw(
            "template-outside-form", f"{what} stands outside of crowd-form", _place(source, node), severity=severity
        )
    if not named and not makes and not unknown:
        yield flaw("template-no-field", "nothing in the page adds to an answer", _place(source, (forms or alone)[0]))


def _in_liquid_branch(source: Source, first: Node, second: Node) -> bool:
    return re.search(r"\{%-?\s*(?:else|elsif|when)\b", source.text[first.tag.start : second.tag.start]) is not None


def element_key(node: Node, elements: Mapping[str, Element]) -> str | None:
    """The fixed key under which an element answers."""
    element = elements.get(node.name)
    if element is None or element.answer is None:
        return None
    if element.answer.place == "name" and node.tag.get(_LINK) is None:
        return None
    return element.answer.key or element.tag


def _outputs(source: Source, page: Page) -> Iterator[Finding]:
    for start, end in page.outputs:
        text = page.text[start:end]
        filters = re.findall(r"\|\s*(\w+)", text)
        around = page.around(start)
        json_, raw = "to_json" in filters, "skip_autoescape" in filters
        if around.where == "attribute" and around.attribute is not None:
            name = around.attribute.name
            if not around.quote:
                message = f"the value of {name} has no quotes around it"
                yield flaw("template-unquoted-output", message, Place.of(source, start))
            elif json_ and (raw or (not {"escape", "escape_once"} & {*filters} and around.quote == '"')):
                broken = raw and around.quote == '"'
                what = "is not escaped: its quotes end the attribute" if broken else "has no | escape"
                message = f"to_json in {name}={around.quote}…{around.quote} {what}"
                yield flaw(
                    "template-json-quotes", message, Place.of(source, start), severity="error" if broken else None
                )
            elif name in _LISTS and not json_ and text_quoted(page, start, end, around.attribute.value):
                message = f"quotes stand around {text[:60]} in {name}"
                yield flaw("template-quoted-by-hand", message, Place.of(source, start))
        if raw and "task.input" in text and not (around.where == "attribute" and json_):
            in_script = around.where == "script" and json_
            message = f"{text[:80]} goes into the page as it is"
            cure = "</script> in a value ends the script; put it into a data-… attribute" if in_script else ""
            yield flaw(
                "template-skip-autoescape",
                message,
                Place.of(source, start),
                cure,
                severity="info" if in_script else None,
            )


def text_quoted(page: Page, start: int, end: int, value: slice) -> bool:
    """Whether an output stands between quotes of its own, inside of those of the attribute ``value``."""
    if not value.start < start <= end < value.stop:
        return False
    return page.text[start - 1] in "'\"" and page.text[end] in "'\""


def escaped_in_script(source: Source, page: Page, index: int, filters: Sequence[str], certain: bool) -> Finding | None:
    """What is to be said of an output in a script, whose value is known (or sure) to change by escaping."""
    around = page.around(index)
    if around.where != "script" or around.node is None or "skip_autoescape" in filters:
        return None
    if _DATA_TYPES.search(page.value(around.node, "type") or "") or not certain:
        return None
    if page.in_script(around.node, _DECODES):
        return None
    start = source.text.rfind("{{", 0, index)
    message = "this output is escaped for HTML, and scripts do not decode that: &quot;, &#39; and &amp; stay"
    return flaw("template-escaped-in-script", message, Place.of(source, max(start, 0)))


def check_rendered(
    source: Source, rendered: Rendered, elements: Mapping[str, Element], object_id: str | None = None
) -> Iterator[Finding]:
    """The faults that only a page with its data shows: JSON in attributes, names that stand twice."""
    page = Page(rendered.html, liquid=False)
    made = Source(source.name, rendered.html)

    def place(index: int, needle: str) -> Place:
        number = made.line_of(index) - 1
        line = rendered.lines[min(number, len(rendered.lines) - 1)]
        return Place.of_line(source, line, needle)

    taken: dict[str, dict[str, Node]] = {}
    for node in page.nodes:
        element = elements.get(node.name)
        for attribute in element.attributes.values() if element else ():
            found = node.tag.get(attribute.name)
            if attribute.type == "json" and found is not None:
                text = html.unescape(rendered.html[found.value])
                if problem := json_problem(attribute, text):
                    message = f"{attribute.name} of <{node.name}> {problem}"
                    at = place(found.span.start, f"{attribute.name}=")
                    yield flaw("template-json-attribute", message, at, object_id=object_id)
        yield from _twice(page, node, elements, taken, place)


def json_problem(attribute: Attribute, text: str) -> str:
    """What is wrong with the value of an attribute of JSON; empty if nothing is."""
    if not text.strip():
        return "is empty" if attribute.required else ""
    try:
        value = loads(text)
    except LenientError as error:
        shown = text[max(0, error.at - 30) : error.at + 30].replace("\n", " ")
        return f"cannot be read as JSON: {error} (near {shown!r})"
    if attribute.name in _LISTS and not isinstance(value, list):
        return f"is no list: {text[:60]!r}"
    if attribute.name in ("exclusion-category", "overlay") and not isinstance(value, dict):
        return f"is no object: {text[:60]!r}"
    return ""


def _twice(
    page: Page,
    node: Node,
    elements: Mapping[str, Element],
    taken: dict[str, dict[str, Node]],
    place: object,
) -> Iterator[Finding]:
    name = page.value(node, "name")
    if not name or name.startswith("_") or not is_field(page, node, elements):
        return
    if node.name in _NATIVE and node.tag.get("disabled") is not None:
        return
    kind = (page.value(node, "type") or "").lower() if node.name == "input" else ""
    merges = node.name in _MAPS or kind in ("radio", "checkbox")
    value = (page.value(node, "value") or "on") if merges else ""
    same = taken.setdefault(name, {})
    # Values of check boxes and radio buttons merge with one another; everything else takes the name's place.
    other = same.get(value) or (same.get("") if merges else next(iter(same.values()), None))
    if other is not None:
        message = f"the name {name[:60]!r} is that of <{other.name}> already"
        if merges and value in same:
            message = f"the name {name[:60]!r} with the value {value[:60]!r} is there already"
        assert callable(place)
        yield flaw("template-duplicate-name", message, place(node.tag.start, f"<{node.name}"))
    same.setdefault(value, node)
