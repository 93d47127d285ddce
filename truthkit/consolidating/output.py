"""Labels as JSON lines, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit.answers.read import by_manifest
from truthkit.consolidating.methods import Run
from truthkit_core.consolidation.class_answers import NO_LABEL, ClassResult, unknown_label

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def label_lines(run: Run) -> Iterator[dict[str, Any]]:
    """Each object's label, in the order of the manifest: ``object``, then what the kind's label has."""
    objects = run.result.objects
    for name in sorted(objects, key=by_manifest):
        yield {"object": name, **objects[name].to_json()}


def class_texts(result: ClassResult) -> Iterator[str]:
    """The lines of classes, as `label_lines` has them, some thousands in a text; millions take a tenth of the time."""
    answers, count = result.answers, len(result.answers.items)
    names = [_json(name) for name in answers.classes]
    size = max(len(names), 1)
    order = np.array(sorted(range(count), key=lambda at: by_manifest(answers.items[at])), dtype=np.int64)
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    # Most votes and most likely first, equal ones in the order of the classes.
    keys, given = _counted(rank[answers.item] * size + answers.label)
    most = int(given.max(initial=0)) + 1
    vote_at, rest = np.divmod(np.sort((keys // size * most + most - 1 - given) * size + keys % size), most * size)
    vote_times, vote_class = most - 1 - rest // size, rest % size
    chance_at, chance_class = rank[result.entry_item], result.entry_class
    by_chance = np.lexsort((chance_class, -result.probability, chance_at))
    chance_at, chance_class, chance = chance_at[by_chance], chance_class[by_chance], result.probability[by_chance]
    problems: dict[str, list[str]] = {}
    for name, worker, what in answers.unknown:
        problems.setdefault(name, []).append(unknown_label(worker, what))
    for first in range(0, count, _TOGETHER):
        mine = order[first : first + _TOGETHER]
        objects = [answers.items[at] for at in mine.tolist()]
        label = result.label[mine]
        ends: dict[int, list[str]] = {at: problems[name] for at, name in enumerate(objects) if name in problems}
        for at in np.flatnonzero(label < 0).tolist():
            ends[at] = [*ends.get(at, ()), NO_LABEL]
        votes = slice(*np.searchsorted(vote_at, (first, first + len(mine))))
        chances = slice(*np.searchsorted(chance_at, (first, first + len(mine))))
        yield _joined(
            [f'{{"object": {_json(name)}, "label": ' for name in objects],
            _written([*names, "null"], ', "confidence": ', label, _parts(result.confidence[mine]), _share),
            (chance_at[chances] - first, _written(names, ": ", chance_class[chances], _parts(chance[chances]), _share)),
            (vote_at[votes] - first, _written(names, ": ", vote_class[votes], vote_times[votes], str)),
            {at: _json(told) for at, told in ends.items()},
        )


# Objects whose lines are written together.
_TOGETHER = 50_000


def _joined(
    heads: list[str],
    winners: NDArray[np.object_],
    chances: tuple[Ints, NDArray[np.object_]],
    votes: tuple[Ints, NDArray[np.object_]],
    problems: Mapping[int, str],
) -> str:
    """Lines of their parts, all parts at once: one by one would take most of the time."""
    count = len(heads)
    many = [np.bincount(at, minlength=count) for at, _texts in (chances, votes)]
    # A line: head, winner, chances, "votes", votes, end; between chances, and between votes, a comma each.
    widths = [np.maximum(2 * one - 1, 0) for one in many]
    starts = np.cumsum(4 + widths[0] + widths[1])
    starts = np.concatenate([[0], starts])
    texts = np.full(int(starts[-1]), ", ", dtype=object)
    lines = starts[:-1]
    texts[lines] = np.array(heads, dtype=object)
    texts[lines + 1] = winners + ', "probabilities": {'
    middle = lines + 2 + widths[0]
    texts[middle] = '}, "votes": {'
    texts[starts[1:] - 1] = '}, "problems": []}\n'
    for at, told in problems.items():
        texts[starts[at + 1] - 1] = f'}}, "problems": {told}}}\n'
    for begin, number, (of, found) in zip((lines + 2, middle + 1), many, (chances, votes), strict=True):
        place = np.arange(len(of)) - (np.cumsum(number) - number)[of]
        texts[begin[of] + 2 * place] = found
    return "".join(texts.tolist())


def _counted(keys: Ints) -> tuple[Ints, Ints]:
    """The different keys, ascending, and how often each is there."""
    keys = np.sort(keys)
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], np.diff(first, append=len(keys))


def _written(
    names: Sequence[str], between: str, place: Ints, number: Ints, text: Callable[[int], str]
) -> NDArray[np.object_]:
    """Name and number of each, as text; what is the same is written once."""
    most = int(number.max(initial=0)) + 1
    keys, at = np.unique(place % max(len(names), 1) * most + number, return_inverse=True)
    texts = [names[one // most] + between + text(one % most) for one in keys.tolist()]
    found: NDArray[np.object_] = np.array(texts, dtype=object)[at]
    return found


def _parts(shares: Floats) -> Ints:
    """Shares in ten thousandths, as `round` has them."""
    exact = shares * 10_000
    parts = np.rint(exact).astype(np.int64)
    for at in np.flatnonzero(np.abs(np.abs(exact - parts) - 0.5) < 1e-6).tolist():
        parts[at] = round(round(float(shares[at]), 4) * 10_000)
    return parts


def _share(parts: int) -> str:
    return repr(parts / 10_000)


# One encoder: `json.dumps` would make one a value.
_json = json.JSONEncoder(ensure_ascii=False).encode


def write_labels(file: Path, run: Run) -> int:
    """Write a method's labels as `label_lines` gives them; gives how many."""
    if isinstance(run.result, ClassResult):
        write_texts(file, class_texts(run.result))
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
