"""Labels as JSON lines, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from truthkit.answers.read import by_manifest
from truthkit.consolidating.methods import Run
from truthkit_core.consolidation.class_answers import NO_LABEL, ClassResult, unknown_label


def label_lines(run: Run) -> Iterator[dict[str, Any]]:
    """Each object's label, in the order of the manifest: ``object``, then what the kind's label has."""
    objects = run.result.objects
    for name in sorted(objects, key=by_manifest):
        yield {"object": name, **objects[name].to_json()}


def class_lines(result: ClassResult) -> Iterator[str]:
    """The lines of classes, as `label_lines` has them, as texts; millions take a tenth of the time."""
    answers = result.answers
    names = [_json(name) for name in answers.classes]
    size = max(len(names), 1)
    count = len(answers.items)
    keys = np.sort(answers.item * size + answers.label)
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    keys, given = keys[first], np.diff(first, append=len(keys))
    item, label = np.divmod(keys, size)
    # Most votes and most likely first, equal ones in the order of the classes.
    order = np.lexsort((label, -given, item))
    texts = zip(label[order].tolist(), given[order].tolist(), strict=True)
    votes = [f"{names[one]}: {times}" for one, times in texts]
    vote_ends = np.cumsum(np.bincount(item, minlength=count)).tolist()
    order = np.lexsort((result.entry_class, -result.probability, result.entry_item))
    shares = zip(result.entry_class[order].tolist(), result.probability[order].tolist(), strict=True)
    chances = [f"{names[one]}: {round(share, 4)!r}" for one, share in shares]
    chance_ends = np.cumsum(np.bincount(result.entry_item, minlength=count)).tolist()
    problems: dict[str, list[str]] = {}
    for name, worker, what in answers.unknown:
        problems.setdefault(name, []).append(unknown_label(worker, what))
    labels, confidence = result.label.tolist(), result.confidence.tolist()
    for at in sorted(range(count), key=lambda at: by_manifest(answers.items[at])):
        name, number = answers.items[at], labels[at]
        told = problems.get(name, [])
        if number < 0:
            told = [*told, NO_LABEL]
        chance = ", ".join(chances[chance_ends[at - 1] if at else 0 : chance_ends[at]])
        vote = ", ".join(votes[vote_ends[at - 1] if at else 0 : vote_ends[at]])
        yield (
            f'{{"object": {_json(name)}, "label": {names[number] if number >= 0 else "null"}, '
            f'"confidence": {round(confidence[at], 4)!r}, "probabilities": {{{chance}}}, "votes": {{{vote}}}, '
            f'"problems": {_json(told) if told else "[]"}}}\n'
        )


# One encoder: `json.dumps` would make one a value.
_json = json.JSONEncoder(ensure_ascii=False).encode


def write_labels(file: Path, run: Run) -> int:
    """Write a method's labels as `label_lines` gives them; gives how many."""
    if isinstance(run.result, ClassResult):
        write_texts(file, class_lines(run.result))
        return len(run.result.answers.items)
    return write_lines(file, label_lines(run))


def write_lines(file: Path, lines: Iterable[Any]) -> int:
    """Write JSON lines; until all are written, what was there stays. Gives how many."""
    count = 0

    def counted() -> Iterator[str]:
        nonlocal count
        for line in lines:
            count += 1
            yield json.dumps(line, ensure_ascii=False) + "\n"

    write_texts(file, counted())
    return count


def write_text(file: Path, text: str) -> None:
    """The same for a text."""
    write_texts(file, (text,))


def write_texts(file: Path, texts: Iterable[str]) -> None:
    """The same for the parts of a text."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as stream:
            for text in texts:
                stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
