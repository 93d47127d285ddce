"""A workflow's settings, from the ``workflow.toml`` that is deployed beside its handlers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from truthkit_core.messages.checks import ContractError, check_json, kind, nearest

# Limits of CreateLabelingJob.
_ATTRIBUTE = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}")
_KEYWORD = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_TITLE = re.compile("[\t\n\r -\ud7ff\ue000-\ufffd]*")
_RESERVED = ("source", "source-ref")
_DAYS_30 = 2_592_000
_LAMBDA_SECONDS = 900


@dataclass(frozen=True, slots=True)
class WorkflowConfig:
    """What ``workflow.toml`` says, in its own flat names. Times are seconds.

    ``title``, ``description`` and ``task_time_limit_seconds`` must be given; ``label_attribute`` is by default the
    folder's name with hyphens. ``earlier_label`` is the attribute of an earlier job's label, which workers start from
    (``truthkit_core.initial_value``). ``consolidation`` is the table of that name, for the post-annotation handler; one
    with a ``kind`` is read as ``truthkit_core.strategies.Settings``.
    """

    title: str
    description: str
    task_time_limit_seconds: int
    label_attribute: str
    keywords: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    earlier_label: str | None = None
    workers: int = 3
    task_availability_lifetime_seconds: int = _DAYS_30
    pre_timeout_seconds: int = 30
    post_timeout_seconds: int = 300
    consolidation: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> WorkflowConfig:
        """Read and validate ``file``. Raises ContractError, which names file, line, key and cure."""
        table, source = read_toml(file)
        table.setdefault("label_attribute", file.parent.resolve().name.replace("_", "-"))
        try:
            config = cls._parse(table)
        except ContractError as error:
            key = re.split(r"[.\[]", error.path)[0]
            cure = error.cure
            if key == "label_attribute" and not _line_of(key, source):
                cure = f"the folder's name gives it: set label_attribute; {cure}"
            raise ContractError(error.path, error.problem, cure, str(file), _line_of(key, source)) from None
        if "kind" in config.consolidation:
            from truthkit_core.strategies import Settings, line_in_table

            try:
                Settings.of(config.consolidation, config.labels)
            except ContractError as error:
                line = line_in_table(error.path, source)
                raise ContractError(error.path, error.problem, error.cure, str(file), line) from None
        return config

    @classmethod
    def _parse(cls, table: dict[str, Any]) -> WorkflowConfig:
        known = {item.name: item for item in fields(cls)}
        for key in table:
            if key not in known:
                near = next((name for name in known if nearest(name, {key: None})), None)
                guess = f"did you mean {near!r}?" if near else f"known keys: {', '.join(known)}"
                raise ContractError(key, "is not a key of workflow.toml", guess)
        for key in ("title", "description", "task_time_limit_seconds"):
            if key not in table:
                raise ContractError(key, "is missing", f"add {key} = {_EXAMPLES[key]}")
        return cls(**{key: _CHECKS[key](value, key) for key, value in table.items()})


def workflow_faults(file: Path) -> list[ContractError]:
    """Every fault of a ``workflow.toml``, of which ``WorkflowConfig.load`` tells the first. Empty if there is none."""
    try:
        table, source = read_toml(file)
    except ContractError as error:
        return [error]
    faults: list[ContractError] = []
    known = {item.name for item in fields(WorkflowConfig)}
    for key in [key for key in table if key in known]:
        try:
            _CHECKS[key](table[key], key)
        except ContractError as error:
            faults.append(ContractError(error.path, error.problem, error.cure, str(file), _line_of(key, source)))
            del table[key]
    for key in [key for key in table if key not in known]:
        try:
            WorkflowConfig._parse({key: table[key]})
        except ContractError as error:
            faults.append(ContractError(error.path, error.problem, error.cure, str(file), _line_of(key, source)))
    faulty = {re.split(r"[.\[]", fault.path)[0] for fault in faults}
    for key, example in _EXAMPLES.items():
        if key not in table and key not in faulty:
            faults.append(ContractError(key, "is missing", f"add {key} = {example}", str(file)))
    if not faults:
        try:
            WorkflowConfig.load(file)
        except ContractError as error:
            faults.append(error)
    return faults


def read_toml(file: Path) -> tuple[dict[str, Any], str]:
    """The table of a TOML file, and the file's text. Raises ContractError, which names file, line and cure."""
    try:
        source = file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ContractError("", "the file does not exist", "write at least title and description", str(file)) from None
    except OSError as error:
        raise ContractError("", f"cannot be read: {error.strerror}", "", str(file)) from None
    except UnicodeDecodeError as error:
        raise ContractError("", f"is not UTF-8 (byte {error.start})", "save it as UTF-8", str(file)) from None
    if source.startswith("\ufeff"):
        raise ContractError("", "starts with a byte-order mark", "save it as UTF-8 without one", str(file), 1)
    try:
        return tomllib.loads(source), source
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place[1]) if place else len(source.splitlines())
        raise ContractError("", f"is not TOML: {error}", "strings stand in quotes", str(file), line) from None


def check_label_attribute(name: Any, path: str = "label_attribute") -> str:
    """``name``, if a custom labeling job takes it as its label attribute. Raises ContractError."""
    text = _text(127, _ATTRIBUTE, "use letters, digits, and hyphens between them")(name, path)
    if text.endswith(("-metadata", "-ref")):
        raise ContractError(
            path, f"is {text!r}, and -metadata and -ref have a meaning of their own", "end it otherwise"
        )
    if text in _RESERVED:
        raise ContractError(path, f"is {text!r}, which is the key of the data itself", "choose another name")
    return text


def _earlier_label(value: Any, path: str) -> str:
    """As ``check_label_attribute``; but labels of the service's own jobs may be files, whose names end in ``-ref``."""
    check_label_attribute(value.removesuffix("-ref") if isinstance(value, str) else value, path)
    return str(value)


def _text(limit: int, pattern: re.Pattern[str], cure: str) -> Callable[[Any, str], str]:
    def check(value: Any, path: str) -> str:
        if not isinstance(value, str):
            raise ContractError(path, f"must be a string, not {kind(value)}", "put it in quotes")
        if not 1 <= len(value) <= limit:
            raise ContractError(
                path,
                f"has {len(value)} characters, allowed are 1 to {limit}",
                "shorten it" if value else "say something",
            )
        if not pattern.fullmatch(value):
            raise ContractError(path, f"is {value!r}, which the service refuses", cure)
        return value

    return check


def _list(check: Callable[[Any, str], str], limit: int | None) -> Callable[[Any, str], tuple[str, ...]]:
    def check_all(value: Any, path: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ContractError(path, f"must be a list of strings, not {kind(value)}", f'write {path} = ["one", "two"]')
        if not value:
            raise ContractError(path, "is empty", f"leave {path} out, or name at least one")
        if limit is not None and len(value) > limit:
            raise ContractError(path, f"has {len(value)} entries, allowed are {limit}", "keep the best ones")
        items = tuple(check(item, f"{path}[{index}]") for index, item in enumerate(value))
        for index, item in enumerate(items):
            if item in items[:index]:
                raise ContractError(f"{path}[{index}]", f"{item!r} is there twice", "keep one")
        return items

    return check_all


def _number(least: int, most: int) -> Callable[[Any, str], int]:
    def check(value: Any, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ContractError(path, f"must be a whole number, not {kind(value)}", f"give {least} to {most}")
        if not least <= value <= most:
            raise ContractError(path, f"is {value:,}, allowed are {least:,} to {most:,}", "mind the unit in its name")
        return value

    return check


def _table(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ContractError(path, f"must be a table, not {kind(value)}", f"write [{path}] and its keys below")
    check_json(value, path)
    return value


_ANY = re.compile(r"(?s:.+)")
_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "title": _text(128, _TITLE, "leave out emoji and control characters"),
    "description": _text(255, re.compile(r".+"), "write it on one line"),
    "keywords": _list(_text(30, _KEYWORD, "use letters and digits, words with one blank between"), 5),
    "labels": _list(_text(256, _ANY, ""), None),
    "label_attribute": check_label_attribute,
    "earlier_label": _earlier_label,
    "workers": _number(1, 9),
    "task_time_limit_seconds": _number(30, 28_800),
    "task_availability_lifetime_seconds": _number(60, _DAYS_30),
    "pre_timeout_seconds": _number(1, _LAMBDA_SECONDS),
    "post_timeout_seconds": _number(1, _LAMBDA_SECONDS),
    "consolidation": _table,
}
_EXAMPLES = {
    "title": '"Mark the parts of an abstract"',
    "description": '"Select text and give it a type"',
    "task_time_limit_seconds": "3600",
}


def _line_of(key: str, source: str) -> int | None:
    """The line (from 1) on which ``key`` is set at the top of the file, or its table begins."""
    pattern = re.compile(rf"\s*(?:{re.escape(key)}|\"{re.escape(key)}\")\s*=|\s*\[\s*{re.escape(key)}\s*\]")
    return next((number for number, line in enumerate(source.splitlines(), 1) if pattern.match(line)), None)
