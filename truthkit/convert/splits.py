"""Training and validation sets: seeded and stratified."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import floor, isclose

from truthkit.convert.labels import Example
from truthkit.findings import UsageError

WHOLE = ""
"""The name of the only set where nothing is split."""


def parse_split(text: str) -> dict[str, float]:
    """Shares by name, which add up to 1, of ``0.8``, ``train=0.8,validation=0.2`` or parts: ``train=8,validation=2``.

    Raises UsageError, also for fractions that leave objects out, or of which there are too many.
    """
    cure = "give --split 0.8, or --split train=0.8,validation=0.1,test=0.1"
    parts = [part.partition("=") for part in text.split(",")]
    if len(parts) == 1 and not parts[0][1]:
        share = _share(parts[0][0], text, cure)
        if not 0 < share < 1:
            raise UsageError(f"--split {text} is no share between 0 and 1", cure)
        return {"train": share, "validation": 1 - share}
    shares: dict[str, float] = {}
    for name, equals, share_text in parts:
        name = name.strip()
        if not equals or not name.replace("-", "").replace("_", "").isalnum() or name in shares:
            raise UsageError(f"--split {text} is not of the form NAME=SHARE,NAME=SHARE", cure)
        shares[name] = _share(share_text, text, cure)
    total = sum(shares.values())
    if len(shares) < 2 or min(shares.values()) <= 0:
        raise UsageError(f"--split {text} needs two sets or more, each with a share above 0", cure)
    parts_of_a_whole = all(share == int(share) for share in shares.values())
    if not parts_of_a_whole and not isclose(total, 1, abs_tol=0.005):
        raise UsageError(
            f"--split {text} adds up to {total:g}, not to 1",
            f"{cure}; or whole parts: --split train=8,validation=1,test=1",
        )
    return {name: share / total for name, share in shares.items()}


def _share(text: str, whole: str, cure: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1e9:
        raise UsageError(f"--split {whole} has the share {text!r}, which is no number", cure)
    return share


def split(examples: Sequence[Example], shares: Mapping[str, float], seed: int) -> dict[str, list[Example]]:
    """The examples of each set, in the order they had.

    Iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011): the class that fewest objects are left of comes
    first, and each of its objects goes to the set that wants most of that class. Unlike there, a want of less than one
    object is none, or else sets with small shares would get nothing of rare classes: where no set wants one, or several
    want alike, it is the set that is furthest behind over all. No set gets more objects than its share, rounded, and
    none stays empty where there are as many objects as sets. All frames of a video are one object. The order is by a
    hash of the seed and of what was labeled: the same seed gives the same sets, whatever the order of the lines.
    """
    if not shares:
        return {WHOLE: list(examples)}
    labels = _objects(examples)
    keys = {name: hashlib.sha256(f"{seed}\0{name}".encode()).hexdigest() for name in labels}
    members: dict[str, list[str]] = defaultdict(list)
    for name in sorted(labels, key=keys.__getitem__):
        for label in labels[name]:
            members[label].append(name)
    left = Counter({label: len(names) for label, names in members.items()})
    wants = {label: {one: share * left[label] for one, share in shares.items()} for label in members}
    room = _sizes(len(labels), shares)
    chosen: dict[str, str] = {}
    taken: Counter[str] = Counter()

    def behind(one: str) -> float:
        return round(shares[one] * (len(chosen) + 1) - taken[one], 9)

    def put(name: str, wanted: Mapping[str, float]) -> None:
        def most(one: str) -> tuple[float, float]:
            want = round(wanted.get(one, 0), 9)
            return want if want >= 1 else 0.0, behind(one)

        into = max((one for one in shares if taken[one] < room[one]), key=most)
        chosen[name] = into
        taken[into] += 1
        for label in labels[name]:
            wants[label][into] -= 1
            left[label] -= 1
            heapq.heappush(queue, (left[label], label))

    queue = [(count, label) for label, count in left.items()]
    heapq.heapify(queue)
    while queue:
        count, label = heapq.heappop(queue)
        if count != left[label]:  # it has become rarer since
            continue
        for name in members[label]:
            if name not in chosen:
                put(name, wants[label])
    for name in sorted(labels, key=keys.__getitem__):
        if name not in chosen:
            put(name, {})
    names = _names(examples)
    return {
        one: [example for example, name in zip(examples, names, strict=True) if chosen[name] == one] for one in shares
    }


def _names(examples: Sequence[Example]) -> list[str]:
    """What each example is one object by: what was labeled, for a video's frames the first of them."""
    videos: dict[int, str] = {}
    for one in examples:
        if one.frame is not None:
            videos.setdefault(one.line, one.source_ref or str(one.line))
    return [
        videos[one.line] if one.frame is not None else one.source_ref or one.source or str(one.line) for one in examples
    ]


def _objects(examples: Sequence[Example]) -> dict[str, set[str]]:
    """The classes of each object."""
    found: dict[str, set[str]] = defaultdict(set)
    for example, name in zip(examples, _names(examples), strict=True):
        found[name] |= {mark.label for mark in example.label.marks} if example.label is not None else set()
    return found


def _sizes(count: int, shares: Mapping[str, float]) -> dict[str, int]:
    """How many of ``count`` objects each set gets: the largest remainders are rounded up, and none is 0 if possible."""
    exact = {one: round(share * count, 9) for one, share in shares.items()}
    sizes = {one: floor(value) for one, value in exact.items()}
    for one in sorted(shares, key=lambda one: sizes[one] - exact[one])[: count - sum(sizes.values())]:
        sizes[one] += 1
    for one in shares:
        largest = max(shares, key=sizes.__getitem__)
        if sizes[one] == 0 and sizes[largest] > 1:
            sizes[one], sizes[largest] = 1, sizes[largest] - 1
    return sizes
