"""Crowd files: what kinds of workers there are, and how each errs. docs/simulate.md tells every key."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from random import Random
from typing import Any, Literal

from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit_core.messages.checks import ContractError, at, kind, meant
from truthkit_core.workflow import read_toml

FOLDER = Path(__file__).with_name("crowds")
BUILT_IN = ("careful", "typical", "poor")
SPAM = ("random", "first")
MOST_WORKERS = 1_000

Spam = Literal["random", "first"]


@dataclass(frozen=True, slots=True)
class Group:
    """Workers of one kind. Rates are probabilities; what each means is told in docs/simulate.md."""

    name: str
    share: float
    spam: Spam | None = None
    skill_spread: float = 0.0
    wrong_label: float = 0.0
    confusion: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    missed: float = 0.0
    added: float = 0.0
    border_off: float = 0.0
    border_words: float = 1.0
    jitter: float = 0.0
    mask_edge: float = 0.0
    mask_shift: float = 0.0
    number_off: float = 0.0
    typing: float = 0.0
    swapped: float = 0.0
    returned: float = 0.0
    seconds: float = 10.0
    seconds_each: float = 0.0
    seconds_spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """A team of ``pool`` workers.

    ``object_spread`` makes some objects, ``thing_spread`` some of the things in them, harder than others for all
    workers alike; ``same_mistake`` of the wrong labels are the one that the object invites.
    """

    description: str
    groups: tuple[Group, ...]
    pool: int = 20
    object_spread: float = 0.0
    thing_spread: float = 0.0
    same_mistake: float = 0.0
    file: Path | None = None

    def team(self) -> tuple[Group, ...]:
        """The group of each worker: shares of the pool, what is left over to the largest remainders."""
        exact = [group.share * self.pool for group in self.groups]
        counts = [int(one + 1e-9) for one in exact]
        by_remainder = sorted(range(len(exact)), key=lambda number: (counts[number] - exact[number], number))
        for number in by_remainder[: self.pool - sum(counts)]:
            counts[number] += 1
        return tuple(group for group, count in zip(self.groups, counts, strict=True) for _ in range(count))

    def skills(self, seed: int) -> tuple[float, ...]:
        """By worker, how far the rates of the group are shifted on the probit scale."""
        return tuple(
            Random(f"{seed}:skill:{number}").gauss(0.0, group.skill_spread) for number, group in enumerate(self.team())
        )

    def check_labels(self, labels: Collection[str]) -> None:
        """Raises TruthkitError if a confusion matrix is not of these labels. It may have rows of others beside."""
        for number, group in enumerate(self.groups if labels else ()):
            path = f"workers[{number}].confusion"
            near = {truth: meant(truth, labels) for truth in group.confusion if truth not in labels}
            none = group.confusion and len(near) == len(group.confusion)
            for truth, cure in near.items():
                if cure or none:
                    raise self._strange(f"{path}.{truth}", "is no label here", cure, labels)
            for truth, row in group.confusion.items():
                strange = [label for label in row if label not in labels]
                if truth in labels and strange:
                    problem = f"names {strange[0]!r}, which is no label here"
                    raise self._strange(f"{path}.{truth}", problem, meant(strange[0], labels), labels)

    def _strange(self, path: str, problem: str, cure: str, labels: Collection[str]) -> TruthkitError:
        line = line_of(path, self.file.read_text("utf-8")) if self.file is not None else None
        return TruthkitError(
            Finding(
                "crowd", f"{path}: {problem}", cure or f"the labels are {', '.join(labels)}",
                file=str(self.file) if self.file is not None else None, line=line,
            )
        )  # fmt: skip


def spread_factor(chance: Random, spread: float) -> float:
    """A log-normal factor with mean 1; ``spread`` is the standard deviation of its logarithm."""
    return math.exp(chance.gauss(-spread * spread / 2, spread)) if spread else 1.0


def crowd_file(name: str | Path) -> Path:
    """The file of a built-in crowd, or the file itself. Raises UsageError."""
    if str(name) in BUILT_IN:
        return FOLDER / f"{name}.toml"
    file = Path(name).expanduser().resolve()
    if not file.is_file():
        near = meant(str(name), BUILT_IN)
        raise UsageError(
            f"--crowd {name} is no crowd and no file",
            f"{near + '; or ' if near else ''}give {', '.join(BUILT_IN)}, or a TOML file (docs/simulate.md)",
        )
    return file


def load_crowd(file: Path) -> Crowd:
    """Read and check a crowd file. Raises TruthkitError, which names file, line, key and cure."""
    try:
        table, source = read_toml(file)
        try:
            return replace(parse_crowd(table), file=file)
        except ContractError as error:
            raise ContractError(error.path, error.problem, error.cure, str(file), line_of(error.path, source)) from None
    except ContractError as error:
        message = ": ".join(filter(None, (error.path, error.problem)))
        raise TruthkitError(Finding("crowd", message, error.cure, file=error.file, line=error.line)) from None


def parse_crowd(table: Mapping[str, Any]) -> Crowd:
    """A crowd from its table. Raises ContractError."""
    known = ("description", "pool", "object_spread", "thing_spread", "same_mistake", "workers")
    _expect_known(table, known, "")
    description = table.get("description", "")
    if not isinstance(description, str):
        raise ContractError("description", f"must be a string, not {kind(description)}", "put it in quotes")
    pool = table.get("pool", 20)
    if isinstance(pool, bool) or not isinstance(pool, int) or not 1 <= pool <= MOST_WORKERS:
        raise ContractError("pool", f"is {kind(pool)}", f"give the number of workers, 1 to {MOST_WORKERS:,}")
    spread, within = (_number(table, key, "", 0.0, 3.0, 0.0) for key in ("object_spread", "thing_spread"))
    same = _number(table, "same_mistake", "", 0.0, 1.0, 0.0)
    listed = table.get("workers")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise ContractError("workers", "is missing", "write [[workers]] and below it name and share")
    groups = tuple(_group(one, f"workers[{number}]") for number, one in enumerate(listed))
    for number, group in enumerate(groups):
        if group.name in [other.name for other in groups[:number]]:
            raise ContractError(f"workers[{number}].name", f"{group.name!r} is there twice", "choose another name")
    total = math.fsum(group.share for group in groups)
    if abs(total - 1) > 1e-6:
        raise ContractError(
            f"workers[{len(groups) - 1}].share", f"makes {total:g} with the others", "shares must sum to 1"
        )
    return Crowd(description, groups, pool, spread, within, same)


# Least, most and default of a group's numbers.
_NUMBERS: dict[str, tuple[float, float]] = {
    "share": (0, 1),
    "skill_spread": (0, 3),
    "wrong_label": (0, 1),
    "missed": (0, 1),
    "added": (0, 100),
    "border_off": (0, 1),
    "border_words": (1, 100),
    "jitter": (0, 10),
    "mask_edge": (0, 2),
    "mask_shift": (0, 2),
    "number_off": (0, 10),
    "typing": (0, 1),
    "swapped": (0, 0.5),
    "returned": (0, 1),
    "seconds": (0.01, 86_400),
    "seconds_each": (0, 86_400),
    "seconds_spread": (0, 3),
}


def _group(table: Mapping[str, Any], path: str) -> Group:
    own = {one.name: one.default for one in fields(Group)}
    _expect_known(table, tuple(own), path)
    for key in ("name", "share"):
        if key not in table:
            raise ContractError(at(path, key), "is missing", 'write name = "careful", share = 1.0')
    name = table["name"]
    if not isinstance(name, str) or not name.strip():
        raise ContractError(at(path, "name"), f"must be a name, not {kind(name)}", "put it in quotes")
    spam = table.get("spam")
    if spam is not None and spam not in SPAM:
        near = meant(str(spam), SPAM)
        raise ContractError(at(path, "spam"), f"is {kind(spam)}", near or 'write spam = "random" or spam = "first"')
    numbers = {
        key: _number(table, key, path, low, high, 0.0 if key == "share" else float(own[key]))  # type: ignore[arg-type]
        for key, (low, high) in _NUMBERS.items()
    }
    return Group(name=name, spam=spam, confusion=_confusion(table.get("confusion", {}), f"{path}.confusion"), **numbers)


def _confusion(value: Any, path: str) -> dict[str, dict[str, float]]:
    """Rows by the true label; what a row does not give away stays right."""
    cure = 'write [workers.confusion] and below it "right label" = {"wrong label" = 0.1}'
    if not isinstance(value, dict):
        raise ContractError(path, f"must be a table, not {kind(value)}", cure)
    rows: dict[str, dict[str, float]] = {}
    for truth, row in value.items():
        where = f"{path}.{truth}"
        if not isinstance(row, dict):
            raise ContractError(where, f"must be a table, not {kind(row)}", cure)
        rows[truth] = {label: _number(row, label, where, 0, 1, 0.0) for label in row}
        given = math.fsum(share for label, share in rows[truth].items() if label != truth)
        right = rows[truth].pop(truth, None)
        if given > 1 + 1e-6:
            raise ContractError(where, f"gives away {given:g}", "the probabilities of a row are at most 1 together")
        if right is not None and abs(right + given - 1) > 1e-6:
            raise ContractError(where, f"sums to {right + given:g}", f"leave {truth!r} out: it gets what is left of 1")
    return rows


def _expect_known(table: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
    for key in table:
        if key not in known:
            near = meant(key, known)
            raise ContractError(at(path, key), "is no key of a crowd file", near or f"known keys: {', '.join(known)}")


def _number(table: Mapping[str, Any], key: str, path: str, low: float, high: float, default: float) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ContractError(at(path, key), f"must be a number, not {kind(value)}", f"give {low:g} to {high:g}")
    if not low <= value <= high:
        raise ContractError(at(path, key), f"is {value:g}, allowed are {low:g} to {high:g}", "rates are parts of 1")
    return float(value)


def line_of(path: str, source: str) -> int | None:
    """The line (from 1) of a key such as ``workers[1].confusion.World.Sports``, else of the table that it is in."""
    group = -1
    wanted = int(path.partition("[")[2].partition("]")[0]) if path.startswith("workers[") else -1
    keys = path.split(".")[1:] if wanted >= 0 else [path]
    best: int | None = None
    depth = 0
    for number, line in enumerate(source.splitlines(), 1):
        text = line.strip()
        if text.startswith("[[") and text.strip("[] ") == "workers":
            group += 1
            if group == wanted and best is None:
                best = number
            continue
        if group != wanted:
            continue
        found = 0
        head = text.lstrip("[").partition("=")[0].rstrip("] ").removeprefix("workers.")
        parts = [part.strip(" \"'") for part in head.split(".")]
        for place, key in enumerate(keys):
            if key in parts or (found == place and f'"{key}"' in text) or (place and f"{key} =" in text):
                found = place + 1
        if found > depth:
            depth, best = found, number
    return best
