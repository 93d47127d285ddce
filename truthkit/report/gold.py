"""How far two values agree, told by their shape: a label with the gold, or the workers with one another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from truthkit.report.likeness import agree, is_readable
from truthkit.report.pictures import with_pixels
from truthkit.report.shapes import is_number, read_choice, read_figures, read_spans, unfold
from truthkit_core.agreement import f1

Find = Callable[[str], Path | None]


def _nowhere(uri: str) -> None:
    return None


def agreement(label: Any, expected: Any, find: Find = _nowhere) -> float | None:
    """Agreement of a label with the expected value, 0 to 1; None where nothing was expected, or a mask is unreadable.

    By the shape of what is expected, which may be partial: extra keys of the label (votes, workers, notes) don't count.

    - spans (``entities``): F1 of the spans that match in label, start and end;
    - boxes (``boundingBoxes``), polygons, masks of instances: F1 of those that match one to one in label, with an
      overlap of a half or more; lines and keypoints by how near they are;
    - masks of labels (``labeledImage``): mean overlap (intersection over union) over the labels, also with polygons;
    - ``{"label": x}``, ``{"labels": […]}``, ``{x: bool}``: F1 of what is chosen, so 1 or 0 for a single choice;
    - another dict: the mean over the keys that ``expected`` has, a missing key counting 0;
    - numbers: 1 when equal (to 9 digits); strings, but for the space around them, and everything else: 1 when equal.

    ``find`` gives the file behind an S3 URI: of a mask whose pixels lie there.
    """
    return _agreement(unfold(label), unfold(expected), texts=True, find=find)


def line_agreement(line: Mapping[str, Any], attribute: str, expected: Any, find: Find = _nowhere) -> float | None:
    """Agreement of an output line's label with the expected value, as :func:`agreement`.

    A label in the form of the service's built-in jobs is read from the metadata beside it (:func:`readable_label`) and
    compared over those keys of ``expected`` that this form tells; None where it tells none of them.
    """
    label, wanted = line.get(attribute), unfold(expected)
    readable = readable_label(line, attribute)
    if label is None or readable is label or not isinstance(wanted, dict):
        return None if label is None else agreement(label, wanted, find)
    if isinstance(label, dict) and label.keys() & wanted.keys():
        return agreement(label, wanted, find)
    known = {key: value for key, value in wanted.items() if key in readable}
    return agreement(readable, known, find) if known else None


def readable_label(line: Mapping[str, Any], attribute: str) -> Any:
    """An output line's label; one in a built-in job's form as the elements' answers are: with class names.

    Gives ``{"label"}``, ``{"labels"}``, ``{"entities"}`` or ``{"boundingBoxes"}``; of masks the ``{"labels"}`` in it.
    Any other label comes back as it is.
    """
    label = line.get(attribute)
    for pair in (f"{attribute}-built-in", f"{attribute}-ref"):
        metadata = line.get(f"{pair}-metadata")
        if isinstance(metadata, dict) and pair in line and line[pair] == label:
            try:
                read = _readable(label, metadata)
            except (KeyError, TypeError, ValueError, AttributeError):
                return label
            return label if read is None else read
    return label


def drawable_label(line: Mapping[str, Any], attribute: str) -> Any:
    """As :func:`readable_label`; of masks with where their pixels lie and the labels' colors, as an answer has them."""
    label = readable_label(line, attribute)
    colors = (line.get(f"{attribute}-ref-metadata") or {}).get("internal-color-map")
    if label is line.get(attribute) or not isinstance(colors, dict):
        return label
    mappings = {one["class-name"]: {"color": one["hex-color"]} for place, one in colors.items() if place != "0"}
    return {**label, "labelMappings": mappings, "labeledImage": {"s3Uri": line[attribute]}}


def _readable(label: Any, metadata: Mapping[str, Any]) -> dict[str, Any] | None:
    names = metadata.get("class-map", {})
    if "class-name" in metadata:
        return {"label": metadata["class-name"]}
    if "internal-color-map" in metadata:
        used = [one["class-name"] for number, one in metadata["internal-color-map"].items() if number != "0"]
        return {"labels": used}
    # What any worker chose is in the list; the confidence tells what the workers together did.
    if "estimated-confidence-map" in metadata:
        sure = metadata["estimated-confidence-map"]
        return {"labels": [names[str(number)] for number in label if sure[str(number)] > 0.5]}
    if "entities" in metadata:
        return {"entities": label["annotations"]["entities"]}
    if "objects" in metadata:
        sides = ("left", "top", "width", "height")
        found = label["annotations"]
        return {
            "boundingBoxes": [{"label": names[str(one["class_id"])], **{s: one[s] for s in sides}} for one in found]
        }
    return None


def worker_agreement(answers: Iterable[Mapping[str, Any] | None]) -> float | None:
    """Mean agreement of all pairs of answers to one object, 0 to 1; None with fewer than two answers.

    Measured as in :func:`agreement`, both ways. Free text beside other fields (a note to the requester) is left out;
    it counts where the answers are nothing but text (a transcription).
    """
    return Pairs.of({str(number): answer for number, answer in enumerate(answers) if answer is not None}).mean


@dataclass(frozen=True, slots=True)
class Pairs:
    """How far the workers of one object agree, by pair; pairs of which nothing can be said are left out."""

    scores: Mapping[tuple[str, str], float]

    @classmethod
    def of(cls, answers: Mapping[str, Mapping[str, Any]]) -> Pairs:
        """Of answers by worker, measured as :func:`worker_agreement`."""
        texts = all(isinstance(unfold(value), str) for answer in answers.values() for value in answer.values())
        scores = {}
        for one, other in combinations(answers, 2):
            first, second = dict(answers[one]), dict(answers[other])
            ways = (_agreement(first, second, texts=texts), _agreement(second, first, texts=texts))
            known = [score for score in ways if score is not None]
            if known:
                scores[one, other] = sum(known) / len(known)
        return cls(scores)

    @property
    def mean(self) -> float | None:
        return sum(self.scores.values()) / len(self.scores) if self.scores else None

    def of_worker(self, worker: str) -> float | None:
        """The worker's agreement with the others, in the mean."""
        mine = [score for pair, score in self.scores.items() if worker in pair]
        return sum(mine) / len(mine) if mine else None

    def is_alone(self, worker: str, alike: float) -> bool:
        """Whether two or more others agree (``alike`` or more) and this one with none of them."""
        mine = [score for pair, score in self.scores.items() if worker in pair]
        others = [score for pair, score in self.scores.items() if worker not in pair]
        return bool(others) and all(score >= alike for score in others) and all(score < alike for score in mine)


def _agreement(label: Any, expected: Any, *, texts: bool, find: Find | None = None) -> float | None:
    if expected is None:
        return None
    if isinstance(expected, dict):
        return _dicts(label if isinstance(label, dict) else {}, expected, texts=texts, find=find)
    if isinstance(expected, str):
        same = isinstance(label, str) and label.strip() == expected.strip()
        return float(same) if texts else None
    if is_number(expected):
        return float(is_number(label) and _close(label, expected))
    return float(label == expected and type(label) is type(expected))


def _close(one: float, other: float) -> bool:
    try:
        return math.isclose(one, other, rel_tol=1e-9)
    except OverflowError:  # an integer beyond the range of floats
        return one == other


def _dicts(label: dict[str, Any], expected: dict[str, Any], *, texts: bool, find: Find | None) -> float | None:
    scores: list[float | None] = []
    taken: frozenset[str] = frozenset()
    if wanted := read_spans(expected):
        found = read_spans(label)
        scores.append(f1([s.key for s in found[0].spans] if found else (), [s.key for s in wanted[0].spans]))
        # A label without its entities is no agreement, even where the gold has none either.
        if not found:
            scores[-1] = 0.0
        taken = wanted[1]
    elif drawn := read_figures(expected):
        figures = read_figures(label)
        if figures is None:
            scores.append(0.0)
        elif find is None:
            scores.append(agree(figures[0], drawn[0]))
        else:
            found_here, wanted_here = with_pixels(figures[0], find), with_pixels(drawn[0], find)
            # What cannot be read is not known to be wrong.
            sound = is_readable(found_here) and is_readable(wanted_here)
            scores.append(agree(found_here, wanted_here) if sound else None)
        # What came with them (the size of the picture) says nothing of the worker.
        taken = drawn[1]
    elif picked := read_choice(expected):
        chosen, flags = read_choice(label), all(isinstance(flag, bool) for flag in expected.values())
        if chosen:
            among = set(expected) if flags else set(chosen[0].chosen)
            scores.append(f1(among.intersection(chosen[0].chosen), picked[0].chosen))
        # Flags are also plain keys, so a label that carries other things beside them is compared key by key.
        elif not flags:
            scores.append(0.0)
        taken = picked[1] if chosen or not flags else taken
    for key in (key for key in expected if key not in taken):
        scores.append(_agreement(unfold(label.get(key)), unfold(expected[key]), texts=texts, find=find))
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None
