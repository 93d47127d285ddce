"""Training and validation sets: seeded and stratified."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from truthkit.convert.labels import Example
from truthkit.findings import UsageError

WHOLE = ""
"""The name of the only set where nothing is split."""


def parse_split(text: str) -> dict[str, float]:
    """``0.8``, ``train=0.8,validation=0.2`` or ``train=8,validation=1,test=1``: shares by name, which add up to 1.

    Raises UsageError.
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

    Strata are the rarest class of each object (of a video's frames, all go where the video goes). Within a stratum the
    order is by a hash of the seed and of what was labeled, and each object goes to the set that is furthest behind its
    share, in this stratum first and over all strata where that is a tie. The same seed gives the same sets, whatever
    the order of the lines.
    """
    if not shares:
        return {WHOLE: list(examples)}
    counts = Counter(label for example in examples for label in _labels(example))
    groups: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        own = str(example.line) if example.frame is not None else example.source_ref or example.source
        groups[own or str(example.line)].append(place)
    strata: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, places in groups.items():
        labels = {label for place in places for label in _labels(examples[place])}
        rarest = min(labels, key=lambda label: (counts[label], label), default="")
        strata[rarest].append((hashlib.sha256(f"{seed}\0{name}".encode()).hexdigest(), name))
    chosen: dict[int, str] = {}
    overall: Counter[str] = Counter()
    names = list(shares)
    for _label, members in sorted(strata.items(), key=lambda pair: (len(pair[1]), pair[0])):
        inside: Counter[str] = Counter()
        for _key, name in sorted(members):

            def behind(one: str, inside: Counter[str] = inside) -> tuple[float, float]:
                return (
                    round(shares[one] * (inside.total() + 1) - inside[one], 9),
                    round(shares[one] * (overall.total() + 1) - overall[one], 9),
                )

            into = max(names, key=behind)
            inside[into] += 1
            overall[into] += 1
            chosen.update((place, into) for place in groups[name])
    return {name: [example for place, example in enumerate(examples) if chosen[place] == name] for name in names}


def _labels(example: Example) -> set[str]:
    return {mark.label for mark in example.label.marks} if example.label is not None else set()
