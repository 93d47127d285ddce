"""Which templates are tried, and what each of them becomes: a page, from a task input that it was given or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.liquid import Rendered, Template
from truthkit.pages import loads_crowd_script
from truthkit.script_tags import head_start
from truthkit.smoke.inputs import completed, invented_input, shown

SUFFIXES = (".liquid.html", ".liquid", ".html")
_CROWD_TAG = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'


@dataclass(frozen=True, slots=True)
class Found:
    """A template to try; ``name``, a relative path without suffix, is what its files in ``--out`` are called."""

    path: Path
    name: str


def find_templates(paths: Iterable[Path]) -> list[Found]:
    """The templates among files and folders, each once. Raises UsageError."""
    found: dict[Path, Found] = {}
    names: set[str] = set()
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist", "give template files, or folders of them")
        inside = list(_in_folder(path)) if path.is_dir() else [path]
        if not inside:
            raise UsageError(f"{path} has no templates", f"templates end in {', '.join(SUFFIXES)}")
        for file in inside:
            stem = _without_suffix(str(file.relative_to(path) if path.is_dir() else file.name))
            name, number = stem, 2
            while name in names:
                name, number = f"{stem}-{number}", number + 1
            if file.resolve() not in found:
                found[file.resolve()] = Found(file, name)
                names.add(name)
    return [*found.values()]


def _in_folder(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.name.endswith(SUFFIXES) and path.is_file() and not hidden:
            yield path


def _without_suffix(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)


def input_file(template: Path) -> Path:
    """Where a template's own task input stands, if it has one."""
    return template.with_name(_without_suffix(template.name) + ".input.json")


def input_beside(template: Path) -> dict[str, Any] | None:
    """``taskInput`` of ``NAME.input.json`` beside the template, None if there is no such file. Raises TruthkitError."""
    file = input_file(template)
    if not file.is_file():
        return None
    try:
        value = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise TruthkitError(
            Finding("task-input", f"is not JSON: {error}", 'write {"taskInput": {…}}', file=str(file), line=line)
        ) from None
    task_input = value.get("taskInput") if isinstance(value, dict) else None
    if not isinstance(task_input, dict):
        raise TruthkitError(
            Finding("task-input", "has no object taskInput", 'write {"taskInput": {…}}', file=str(file))
        )
    return task_input


@dataclass(frozen=True, slots=True)
class Made:
    """The page of a template, the template's text by lines, and what is to be said of them."""

    rendered: Rendered
    source: list[str]
    findings: tuple[Finding, ...]
    invented: bool
    """Whether its task input was made up."""


def make_page(
    template: Path,
    task_input: Mapping[str, Any] | None,
    *,
    sign: Callable[[str], str],
    address: Callable[[str], str],
    lists: bool = False,
) -> Made:
    """Render a template; what its task input lacks is invented, and told.

    Args:
        template: the file.
        task_input: None if there is none: then all of it is invented.
        sign: gives the signed URL of an S3 URI.
        address: gives a URL of an S3 URI that needs no signature.
        lists: whether what is invented, and may be a list as well as a text, is one.

    Raises TruthkitError with what keeps the template from becoming a page.
    """
    loaded = Template.load(template)
    source = loaded.source.split("\n")
    findings: list[Finding] = []
    invented = invented_input(loaded.reads(), address, lists=lists)
    if task_input is None:
        rendered = loaded.render(invented, sign=sign, strict=False)
        if invented:
            findings.append(_told(template, f"there is no task input for it: this one was made up: {shown(invented)}"))
    else:
        try:
            rendered = loaded.render(task_input, sign=sign)
        except TruthkitError as error:
            missing = error.findings[0]
            if missing.code != "liquid-missing-variable":
                raise
            findings.append(replace(missing, severity="warning", message=f"{missing.message}; it was made up"))
            rendered = loaded.render(completed(dict(task_input), invented), sign=sign, strict=False)
    if not loads_crowd_script(rendered.html):
        findings.append(_told(template, "it does not load the crowd script: it was given it"))
        at = head_start(rendered.html) or 0
        rendered = replace(rendered, html=rendered.html[:at] + _CROWD_TAG + rendered.html[at:])
    return Made(rendered, source, tuple(findings), task_input is None and bool(invented))


def _told(template: Path, message: str) -> Finding:
    return Finding("smoke-made-up", message, severity="info", file=str(template))
