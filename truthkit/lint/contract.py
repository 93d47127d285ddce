"""What the template reads, what the pre-annotation handler gives, what the manifest has: do they fit, both ways?"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from truthkit.elements import Element, is_unknown
from truthkit.findings import Finding, Severity
from truthkit.lint.page import Page
from truthkit.lint.python import parse
from truthkit.lint.rules import Place, flaw
from truthkit.lint.samples import Sample
from truthkit.lint.template import element_key, escaped_in_script, is_field
from truthkit.liquid import Template
from truthkit.liquid.missing import dotted
from truthkit.liquid.place import Source
from truthkit.liquid.reads import Read, Segments

_MISSING = object()
_SIGNING = frozenset({"grant_read_access", "s3_presign"})
_AS_TEXT = frozenset({"escape", "escape_once", "strip", "upcase", "downcase", "capitalize", "skip_autoescape"})
_PLAIN_ATTRIBUTES = frozenset(
    {
        "class",
        "id",
        "name",
        "for",
        "style",
        "href",
        "title",
        "alt",
        "placeholder",
        "type",
        "header",
        "heading",
        "label",
        "form",
    }
)
_FETCHED = frozenset({"src", "href", "poster", "data"})
_FETCHING = frozenset({"img", "audio", "video", "source", "iframe", "embed", "object", "script", "link"})
_SHOWN_LINES = 5

# The kinds of [consolidation] and the member of an answer that each needs; None: a text or a number.
_KIND_ELEMENTS: dict[str, tuple[str, ...]] = {
    "class": ("crowd-classifier", "crowd-image-classifier", "crowd-radio-button", "input", "select"),
    "set": (
        "crowd-classifier-multi-select",
        "crowd-image-classifier-multi-select",
        "crowd-checkbox",
        "input",
        "crowd-toggle-button",
        "crowd-rekognition-detect-moderation-labels",
        "select",
    ),
    "number": ("crowd-slider", "crowd-input", "input"),
    "ranking": ("crowd-text-ranking",),
    "spans": ("crowd-entity-annotation",),
    "boxes": ("crowd-bounding-box",),
    "keypoints": ("crowd-keypoint",),
    "lines": ("crowd-line",),
    "polylines": ("crowd-polyline",),
    "polygons": ("crowd-polygon",),
    "semantic-mask": ("crowd-semantic-segmentation",),
    "instance-masks": ("crowd-instance-segmentation",),
    "text": ("crowd-input", "crowd-text-area", "input", "textarea"),
}


def values(task_input: Any, path: Segments) -> list[Any]:
    """What a path of a template finds: one value, several below a loop, none where that cannot be told."""
    found = [task_input]
    for segment in path:
        following: list[Any] = []
        for value in found:
            if segment is None:
                following += value if isinstance(value, list) else []
            elif isinstance(value, dict):
                following.append(value.get(str(segment), len(value) if segment == "size" else _MISSING))
            elif isinstance(value, list):
                if segment == "size":
                    following.append(len(value))
                elif segment in ("first", "last"):
                    following.append(value[0 if segment == "first" else -1] if value else _MISSING)
                elif isinstance(segment, int):
                    following.append(value[segment] if -len(value) <= segment < len(value) else _MISSING)
                else:
                    following.append(_MISSING)
            elif isinstance(value, str) and segment == "size":
                following.append(len(value))
            elif value is not _MISSING:
                following.append(_MISSING)
        found = following[:1000]
        if any(value is _MISSING for value in found) and segment is not path[-1]:
            found = [value for value in found if value is not _MISSING] or [_MISSING]
    return found


def check_contract(
    source: Source,
    page: Page,
    template: Template,
    samples: Sequence[Sample],
    pre: Path | None,
    manifest: Path | None,
) -> Iterator[Finding]:
    """Names and types, from the template's side and from the data's."""
    reads = template.reads()
    scripts = list(page.scripts())
    for name, index in template.strangers():
        around = page.around(index)
        if around.where == "script" and around.node in scripts and len(page.content(around.node)) > 5_000:
            message = f"{{{{ stands in a script, and Liquid takes {name} for a variable"
            yield flaw("template-bundle-liquid", message, Place.of(source, index))
            continue
        near = get_close_matches(name, _names(samples), 1, 0.8)
        told = f"did you mean task.input.{near[0]}?" if near else ""
        if name.startswith("task."):
            told = f"did you mean task.input.{name[5:]}?"
        yield flaw(
            "contract-unknown-variable",
            f"{name} is not defined: only task.input is in scope",
            Place.of(source, index),
            told,
        )
    tasks = [sample for sample in samples if sample.task_input is not None]
    told_paths: set[tuple[Segments, str]] = set()
    for read in reads:
        yield from _read(source, page, read, reads, tasks, pre, told_paths)
    if tasks:
        yield from _unused(reads, tasks, pre, manifest)


def _names(samples: Sequence[Sample]) -> list[str]:
    return list(dict.fromkeys(name for sample in samples for name in sample.task_input or ()))


def _lines(samples: Sequence[Sample], total: int) -> str:
    if len(samples) == total and total > 1:
        return "on every line"
    numbers = ", ".join(str(sample.line.number) for sample in samples[:_SHOWN_LINES])
    more = f" and {len(samples) - _SHOWN_LINES} more" if len(samples) > _SHOWN_LINES else ""
    return f"on line{'s' if len(samples) > 1 else ''} {numbers}{more} of the manifest"


def _read(
    source: Source,
    page: Page,
    read: Read,
    reads: Sequence[Read],
    tasks: Sequence[Sample],
    pre: Path | None,
    told: set[tuple[Segments, str]],
) -> Iterator[Finding]:
    place = Place.of(source, read.index)
    name = dotted(["task", "input", *("*" if part is None else part for part in read.path)]).replace("['*']", "[]")
    start = source.text.rfind("{{", 0, read.index + 1)
    around = page.around(read.index)
    found = [(task, values(task.task_input, read.path)) for task in tasks]

    def once(
        code: str, message: str, cure: str = "", object_id: str | None = None, severity: Severity | None = None
    ) -> Iterator[Finding]:
        if (read.path, code + str(read.index)) not in told:
            told.add((read.path, code + str(read.index)))
            yield flaw(code, message, place, cure, object_id=object_id, severity=severity)

    lacking = [task for task, seen in found if any(value is _MISSING for value in seen)]
    optional = read.tested or "default" in read.filters
    if lacking and not optional and (not read.guarded or (len(lacking) == len(tasks) and not _guards(read, reads))):
        cure = _missing_cure(read, lacking[0], reads, pre)
        message = f"{name} is missing {_lines(lacking, len(tasks))}: {_has(read, lacking[0])}"
        # In a branch it may be for lines that this manifest has not; where a page takes the branch, that page tells.
        severity: Severity | None = "warning" if read.guarded else None
        yield from once("contract-missing-name", message, cure, lacking[0].line.object_id, severity)
    elif lacking and optional and len(lacking) == len(tasks):
        # A condition may ask for what is never there; a name beside it that nobody reads is what was meant.
        last = read.path[-1] if read.path else None
        unread = [key for key in _names(tasks) if not any(one.path[:1] in ((key,), ()) for one in reads)]
        if isinstance(last, str) and len(read.path) == 1 and (near := get_close_matches(last, unread, 1, 0.75)):
            message = f"{name} is never there, and nobody reads {near[0]}"
            yield from once("contract-missing-name", message, f"did you mean task.input.{near[0]}?")
    known = [(task, value) for task, seen in found for value in seen if value is not _MISSING]
    if read.looped:
        wrong = [(task, value) for task, value in known if not isinstance(value, (list, dict))]
        if wrong:
            kind = _kind(wrong[0][1])
            message = f"the loop goes over {name}, which is {kind} {_lines([task for task, _ in wrong], len(tasks))}"
            yield from once("contract-loop", message, object_id=wrong[0][0].line.object_id)
        return
    if read.compared:
        wrong = [(task, value) for task, value in known if isinstance(value, (bool, int, float, list, dict))]
        if wrong and len(wrong) == len(known) and not _contains(source, read.index):
            kind, text = _kind(wrong[0][1]), read.compared[0]
            yield from once("contract-compared", f"{name} is {kind}, and never equals the text {text!r}")
        return
    if _SIGNING & {*read.filters} and not {*read.filters} >= (_AS_TEXT | _SIGNING):
        before = read.filters[: next(at for at, one in enumerate(read.filters) if one in _SIGNING)]
        wrong = [(task, value) for task, value in known if not before and not _signable(value)]
        if wrong:
            shown = repr(wrong[0][1])[:80]
            message = f"{name} is {shown}, no S3 URI, {_lines([task for task, _ in wrong], len(tasks))}"
            yield from once("contract-not-s3-uri", message, object_id=wrong[0][0].line.object_id)
    printed = start >= 0 and source.text.find("}}", start) >= read.index and not read.tested
    if not printed:
        return
    certain = (
        "to_json" in read.filters
        or bool(_SIGNING & {*read.filters})
        or any(
            isinstance(value, (list, dict)) or (isinstance(value, str) and re.search("[&<>\"']", value))
            for _, value in known
        )
    )
    if finding := escaped_in_script(source, page, read.index, read.filters, certain):
        yield finding
        return
    plain = {*read.filters} <= _AS_TEXT
    whole = [(task, value) for task, value in known if isinstance(value, (list, dict)) and value]
    if whole and plain and around.where == "text":
        kind = _kind(whole[0][1])
        yield from once("contract-printed-list", f"{name} is {kind}, and is printed as JSON in the text")
    elif whole and plain and around.where == "attribute" and around.attribute is not None:
        attribute = around.attribute.name
        if attribute in _PLAIN_ATTRIBUTES:
            kind = _kind(whole[0][1])
            yield from once("contract-object-in-attribute", f"{name} is {kind}, and is printed into {attribute}")
    if around.where == "attribute" and around.attribute is not None and around.node is not None and plain:
        uris = [(task, value) for task, value in known if isinstance(value, str) and value.startswith("s3://")]
        element = around.node.name
        fetches = element in _FETCHING or (element.startswith("crowd-") and around.attribute.name == "src")
        if uris and fetches and around.attribute.name in _FETCHED:
            message = f"{name} is {uris[0][1][:80]!r}, and {around.attribute.name} of <{element}> needs a web address"
            yield from once("contract-unsigned-uri", message, object_id=uris[0][0].line.object_id)


def _contains(source: Source, index: int) -> bool:
    return re.match(r"[^%]*?\bcontains\b", source.text[index : index + 200]) is not None


def _guards(read: Read, reads: Sequence[Read]) -> bool:
    """Whether a condition asks for the same name."""
    return any(other.tested and read.path[: len(other.path)] == other.path and other.path for other in reads)


def _signable(value: Any) -> bool:
    return isinstance(value, str) and re.match(r"s3://[^/]+/.+|https?://s3[.-]", value, re.DOTALL) is not None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def _has(read: Read, task: Sample) -> str:
    """What stands where the read's last name was looked for."""
    at = 0
    while at < len(read.path) and any(value is not _MISSING for value in values(task.task_input, read.path[: at + 1])):
        at += 1
    before = values(task.task_input, read.path[:at])
    path = dotted(["task", "input", *("*" if part is None else part for part in read.path[:at])])
    if before and isinstance(before[0], dict):
        return f"{path} has {', '.join(list(before[0])[:20]) or 'nothing'}"
    return f"{path} is {_kind(before[0])}" if before else f"{path} is empty"


def _missing_cure(read: Read, task: Sample, reads: Sequence[Read], pre: Path | None) -> str:
    first = read.path[0] if read.path else None
    where = f"give it in taskInput ({pre.name})" if pre is not None else "give it on every line of the manifest"
    if isinstance(first, str) and task.task_input is not None and first not in task.task_input:
        names = list(task.task_input)
        near = get_close_matches(first, names, 1) or get_close_matches(
            first, [name for name in names if not any(one.path[:1] == (name,) for one in reads)], 1, 0.3
        )
        guess = f"did you mean task.input.{near[0]}? Otherwise " if near else ""
    else:
        guess = ""
    return f"{guess}{where}, or write | default: '' or an {{% if %}} where it may be absent"


def _unused(
    reads: Sequence[Read], tasks: Sequence[Sample], pre: Path | None, manifest: Path | None
) -> Iterator[Finding]:
    if any(not read.path for read in reads):
        return  # the template takes the whole task input
    used = {read.path[0] for read in reads}
    for name in _names(tasks):
        if name in used:
            continue
        near = get_close_matches(name, [one for one in used if isinstance(one, str)], 1, 0.8)
        guess = f"did you mean {near[0]}? " if near and near[0] not in _names(tasks) else ""
        if pre is not None:
            place = place_of_text(pre, name)
            yield flaw(
                "contract-unused-name",
                f"the template does not read task.input.{name}",
                place,
                f"{guess}Read it in the template, or leave it out of taskInput",
            )
        elif manifest is not None and name not in ("source", "source-ref"):
            task = next(task for task in tasks if name in task.line.data_object)
            yield unused_attribute(manifest, task, name, guess)


def unused_attribute(manifest: Path, sample: Sample, name: str, guess: str = "") -> Finding:
    """The finding for an attribute that nothing depends on."""
    place = Place(str(manifest), sample.line.number)
    message = f"no page depends on the attribute {name!r}"
    return flaw(
        "contract-unused-attribute",
        message,
        place,
        guess and f"{guess}Nothing, if it is for the output only",
        object_id=sample.line.object_id,
    )


def place_of_text(file: Path, text: str) -> Place:
    """Where a text stands as a literal in a Python file, else the file."""
    try:
        source = Source(str(file), file.read_text("utf-8"))
        tree = parse(source.text)
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return Place(str(file))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == text:
            return _place_of_node(source, node)
        if isinstance(node, ast.keyword) and node.arg == text:
            return _place_of_node(source, node)
    return Place(str(file))


def _place_of_node(source: Source, node: ast.Constant | ast.keyword) -> Place:
    place = Place.of_line(source, node.lineno)
    line = source.text.split("\n")[node.lineno - 1]
    column = len(line.encode()[: node.col_offset].decode("utf-8", "replace")) + 1
    from truthkit.findings import excerpt

    return Place(place.file, node.lineno, column, excerpt(line, column))


def check_field(
    source: Source, page: Page, elements: Mapping[str, Element], settings: Mapping[str, Any], config: Source
) -> Iterator[Finding]:
    """Whether ``[consolidation]`` names a field of the template, of the right kind."""
    wanted, kind = settings.get("field"), settings.get("kind")
    if not isinstance(wanted, str) or not isinstance(kind, str):
        return
    fields: dict[str, list[str]] = defaultdict(list)
    for node in page.nodes:
        name = page.value(node, "name") or element_key(node, elements)
        if name and (is_field(page, node, elements) or "-" in node.name):
            if "{{" in name:
                return  # names are made of data
            fields[name].append(node.name)
        elif is_unknown(node.name, elements):
            return  # nobody knows under which name a misspelt element answers
    line = next((at for at, text in enumerate(config.text.split("\n"), 1) if re.match(r"\s*field\s*=", text)), 1)
    if wanted not in fields:
        near = get_close_matches(wanted, fields, 1)
        guess = f"did you mean {near[0]!r}? " if near else ""
        has = ", ".join(fields) or "none"
        yield flaw(
            "contract-field",
            f"the template has no field {wanted!r}",
            Place.of_line(config, line),
            f"{guess}Its fields: {has}",
        )
        return
    fitting = _KIND_ELEMENTS.get(kind)
    known = [tag for tag in fields[wanted] if tag in elements or tag in ("input", "select", "textarea")]
    hidden = any(tag in ("input", "textarea") for tag in known)  # which scripts fill with anything
    if fitting and known and not hidden and not set(known) & set(fitting):
        line = next((at for at, text in enumerate(config.text.split("\n"), 1) if re.match(r"\s*kind\s*=", text)), 1)
        right = [each for each, tags in _KIND_ELEMENTS.items() if known[0] in tags]
        yield flaw(
            "contract-field-kind",
            f"kind is {kind!r}, and the field {wanted!r} is a <{known[0]}>",
            Place.of_line(config, line),
            f'write kind = "{right[0]}"' if right else "",
        )
