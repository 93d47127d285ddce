"""A workflow's files under another name: renamed is the name where it is one, not the word wherever it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from truthkit.project import Workflow
from truthkit.scaffold.files import NewFile, copies
from truthkit.scaffold.names import title

# Texts of the workflow, and data, in which only S3 URIs are its names.
_TEXTS = {".py", ".toml", ".md", ".html", ".css", ".js"}
_DATA = {".jsonl", ".json", ".txt", ".csv"}


def copied_workflow(model: Workflow, name: str) -> Iterator[NewFile]:
    """The files of ``model``'s three folders as those of ``name``. Raises UsageError for a broken ``objects.toml``."""
    new = Workflow(name, Path())
    rename = _Rename(model, new)
    objects = [folder.resolve() for folder in model.objects().values()]
    for folder, place in (
        (model.template.parent, new.template.parent),
        (model.lambdas, new.lambdas),
        (model.samples, new.samples),
    ):
        for file in copies(folder, place):
            assert file.source is not None
            data = any(file.source.resolve().is_relative_to(one) for one in objects)
            text = None if data or file.source.suffix not in _TEXTS | _DATA else _text(file.source)
            yield file if text is None else NewFile(file.place, rename(text, file.source), file.source)


def _text(file: Path) -> str | None:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


class _Rename:
    """Gives a file's text with the new name.

    A workflow may be called ``tone`` and have a field ``tone``. So the name counts as one in paths of the project, in
    the S3 prefixes of objects.toml, in imports, in `backticks`, after ``truthkit run`` and the like; and, if it has a
    hyphen, as a whole string of Python.
    """

    def __init__(self, model: Workflow, new: Workflow) -> None:
        old, package = re.escape(model.name), re.escape(model.package)
        self.config = model.config_file
        self.names = model, new
        end = r"(?![\w-])"
        self.places = [
            (rf"(?<![\w-])(templates|samples)/{old}{end}", rf"\1/{new.name}"),
            (rf"(?<![\w-])lambdas/{package}{end}", f"lambdas/{new.package}"),
            (rf"(\btruthkit [a-z-]+ ){old}{end}", rf"\g<1>{new.name}"),
        ]
        self.prefixes = []
        for prefix in model.objects():
            renamed = re.sub(rf"(?<!/)/{old}(?=/|$)", f"/{new.name}", prefix)
            renamed = re.sub(rf"(?<!/)/{package}(?=/|$)", f"/{new.package}", renamed)
            if renamed != prefix:
                self.prefixes.append((rf"{re.escape(prefix.rstrip('/'))}(?![\w.-])", renamed.rstrip("/")))
        self.told = [(rf"`{old}`", f"`{new.name}`"), (rf"`{package}`", f"`{new.package}`")]
        self.python = [(rf"(?m)^(\s*(?:from|import)\s+){package}(?=[\s.,])", rf"\g<1>{new.package}")]
        if "-" in model.name:
            self.python.append((rf"([\"']){old}\1", rf"\g<1>{new.name}\g<1>"))
        self.imported = rf"(?m)^\s*import\s+{package}(?=[.,]|\s*$)"
        self.used = (rf"(?<![\w.\"']){package}(?=\.[A-Za-z_])", new.package)

    def __call__(self, text: str, file: Path) -> str:
        if file == self.config:
            text = self._settings(text)
        rules = list(self.prefixes)
        if file.suffix in _TEXTS:
            rules += self.places
        if file.suffix in (".md", ".py"):
            rules += self.told
        if file.suffix == ".py":
            rules += self.python
            if re.search(self.imported, text):
                rules.append(self.used)
        for pattern, replacement in rules:
            text = re.sub(pattern, replacement, text)
        return text

    def _settings(self, text: str) -> str:
        """``workflow.toml`` with a title of its own, and its label attributes renamed where they are the old name."""
        model, new = self.names
        text = _set(text, "title", title(new.name))
        for key in ("label_attribute", "earlier_label"):
            text = _set(text, key, new.name, only=model.name)
        return text


def _set(text: str, key: str, value: str, *, only: str | None = None) -> str:
    """``text`` (TOML) with another value of a top-level key; as it is without the key, or if that is not ``only``."""
    try:
        old = tomllib.loads(text).get(key)
    except tomllib.TOMLDecodeError:
        return text
    if old is None or (only is not None and old != only):
        return text
    lines = text.splitlines(keepends=True)
    for first, line in enumerate(lines):
        if not re.match(rf"\s*[\"']?{key}[\"']?\s*=", line):
            continue
        for after in range(first + 1, len(lines) + 1):
            try:
                found = tomllib.loads("".join(lines[first:after]))
            except tomllib.TOMLDecodeError:
                continue
            if found == {key: old}:
                end = re.search(r"\r?\n$|$", lines[after - 1])
                lines[first:after] = [f'{key} = "{value}"{end[0] if end else ""}']
                return "".join(lines)
            break
    return text
