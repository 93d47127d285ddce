"""Findings for other programs: GitHub's workflow commands, and SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from truthkit.findings import Finding
from truthkit.lint.rules import RULES

_GITHUB = {"error": "error", "warning": "warning", "info": "notice"}
_SARIF = {"error": "error", "warning": "warning", "info": "note"}


def relative(file: str, root: Path) -> str:
    """A file's path below ``root``, with slashes; the whole path where it is elsewhere."""
    try:
        return Path(file).resolve().relative_to(root).as_posix()
    except (ValueError, OSError):
        return file


def github(findings: Iterable[Finding], root: Path) -> str:
    """One workflow command a finding, which GitHub shows beside the line."""
    lines = []
    for finding in findings:
        fields = {
            "file": relative(finding.file, root) if finding.file else None,
            "line": finding.line,
            "col": finding.column,
        }
        places = ",".join(f"{name}={_field(str(value))}" for name, value in fields.items() if value is not None)
        places += f"{',' if places else ''}title={_field(finding.code)}"
        message = f"{finding.message}\ncure: {finding.cure}" if finding.cure else finding.message
        lines.append(f"::{_GITHUB[finding.severity]} {places}::{_data(message)}")
    return "".join(f"{line}\n" for line in lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _field(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(findings: Sequence[Finding], root: Path) -> dict[str, Any]:
    """A SARIF log with one run; its rules are those that found something."""
    codes = list(dict.fromkeys(finding.code for finding in findings))
    rules = [
        {
            "id": code,
            "shortDescription": {"text": RULES[code].what},
            "fullDescription": {"text": RULES[code].why},
            "help": {"text": RULES[code].cure},
            "defaultConfiguration": {"level": _SARIF[RULES[code].severity]},
        }
        if code in RULES
        else {"id": code}
        for code in codes
    ]
    driver = {"name": "truthkit", "version": _version(), "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, codes, root) for finding in findings],
            }
        ],
    }


def _result(finding: Finding, codes: Sequence[str], root: Path) -> dict[str, Any]:
    text = f"{finding.message}. Cure: {finding.cure}" if finding.cure else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _SARIF[finding.severity],
        "message": {"text": text},
    }
    if finding.file:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(relative(finding.file, root))}}
        if finding.line is not None:
            place["region"] = {"startLine": finding.line}
            if finding.column is not None:
                place["region"]["startColumn"] = finding.column
        result["locations"] = [{"physicalLocation": place}]
    return result


def _version() -> str:
    try:
        return version("truthkit")
    except PackageNotFoundError:
        return "0"
