"""What is to be shown in place of a page that cannot be: where it broke, and what there would have been."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truthkit.findings import Finding
from truthkit.liquid import Rendered
from truthkit.source import Source

AROUND = 4  # lines before and after
_LONGEST = 400  # characters of a source line, and of the fault's line after the fault
_FARTHEST = 20_000
_TAIL = 6_000  # characters of the rendered text before the fault
_NAMES = 60
_SAMPLE = 70


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the task input, as a template writes it."""

    name: str
    kind: str
    sample: str


@dataclass(frozen=True, slots=True)
class Fault:
    """``source`` are the lines around the fault, by number; ``rendered`` is the end of the page's text up to it."""

    finding: Finding
    source: tuple[tuple[int, str], ...]
    names: tuple[Name, ...] | None
    rendered: str


def fault_of(
    findings: Sequence[Finding], source: Source, task_input: Mapping[str, Any] | None, rendered: Rendered | None
) -> Fault | None:
    """The first error among findings, with its surroundings."""
    finding = next((one for one in findings if one.severity == "error"), None)
    if finding is None:
        return None
    names = None if task_input is None else tuple(names_of(task_input))[:_NAMES]
    return Fault(finding, _around(finding, source), names, rendered.html[-_TAIL:] if rendered else "")


def _around(finding: Finding, source: Source) -> tuple[tuple[int, str], ...]:
    """The lines around a finding, if its file is one of the workflow's: no other file is shown."""
    if finding.file is None or finding.line is None or not _is_own(Path(finding.file), source):
        return ()
    try:
        lines = Path(finding.file).read_text("utf-8-sig", "replace").split("\n")
    except OSError:
        return ()
    first = max(1, finding.line - AROUND)
    last = min(len(lines), finding.line + AROUND)
    longest = min((finding.column or 0) + _LONGEST, _FARTHEST)
    return tuple(
        (number, lines[number - 1][: longest if number == finding.line else _LONGEST])
        for number in range(first, last + 1)
    )


def _is_own(file: Path, source: Source) -> bool:
    if file == source.template:
        return True
    own = [ref.code_root for ref in (source.pre_lambda, source.post_lambda) if ref is not None]
    own += [source.workflow.lambdas] if source.workflow else []
    resolved = file.resolve()
    return file.suffix in (".py", ".toml") and any(resolved.is_relative_to(folder.resolve()) for folder in own)


def names_of(task_input: Mapping[str, Any], before: str = "task.input", depth: int = 2) -> list[Name]:
    """The names that a template can read, two levels deep, in the order of the task input."""
    found = []
    for key, value in task_input.items():
        plain = key.replace("-", "_").isidentifier()
        name = f"{before}.{key}" if plain else f"{before}[{json.dumps(key, ensure_ascii=False)}]"
        found.append(Name(name, _kind(value), _sample(value)))
        if isinstance(value, Mapping) and depth > 1:
            found += names_of(value, name, depth - 1)
    return found


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return f"list of {len(value)}" if isinstance(value, list) else "object"


def _sample(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text[: 2 * _SAMPLE].split())
    return text if len(text) <= _SAMPLE else text[: _SAMPLE - 1] + "…"
