"""Labels as the service's built-in jobs write them, so that training code for those reads them.

The service puts what a custom function returns under the label attribute, and writes the metadata beside it itself: a
function's own ``<label>-metadata`` is lost. Other keys are kept. So the label's value is that of a built-in job, and a
second pair of keys has the same value with a built-in job's metadata: ``<label>-built-in`` and
``<label>-built-in-metadata``; for masks ``<label>-ref`` and ``<label>-ref-metadata``, since trainers fetch what
``-ref`` names. Training code is given the second name. An object that could not be consolidated has, like a failed one
of a built-in job, no value there and metadata with ``failure-reason``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_COMMON = "labeling-job/"
BACKGROUND = "BACKGROUND"
BACKGROUND_COLOR = "#ffffff"
# The colors of the crowd elements, by the label's place; the service's own, as far as they are known.
COLORS = (
    "#2ca02c",
    "#1f77b4",
    "#ff7f0e",
    "#d62728",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
    "#17becf",
)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A label's value and its metadata, but for what they have in common in all jobs."""

    value: Any
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Backing:
    """How sure a label is: ``confidence`` honestly, and how many workers it rests on."""

    confidence: float
    workers: int

    def to_json(self) -> dict[str, float]:
        """The service's ``confidence``, which is 0 with one worker, and our own beside it."""
        own = round(self.confidence, 2)
        return {"confidence": own if self.workers > 1 else 0, "estimated-confidence": own}


def image_class(label: str, labels: Sequence[str], backing: Backing) -> BuiltIn:
    """The class's place in ``labels``; type ``groundtruth/image-classification``."""
    return _class("groundtruth/image-classification", label, labels, backing)


def text_class(label: str, labels: Sequence[str], backing: Backing) -> BuiltIn:
    """The class's place in ``labels``; type ``groundtruth/text-classification``."""
    return _class("groundtruth/text-classification", label, labels, backing)


def _class(name: str, label: str, labels: Sequence[str], backing: Backing) -> BuiltIn:
    return BuiltIn(labels.index(label), {"class-name": label, **backing.to_json(), "type": name})


def image_classes(
    votes: Mapping[str, int], probabilities: Mapping[str, float], labels: Sequence[str], workers: int
) -> BuiltIn:
    """Places of the classes that a worker chose, all of them, as the service has it; the confidences tell which count.

    Type ``groundtruth/image-classification-multilabel``.
    """
    return _several("groundtruth/image-classification-multilabel", votes, probabilities, labels, workers)


def text_classes(
    votes: Mapping[str, int], probabilities: Mapping[str, float], labels: Sequence[str], workers: int
) -> BuiltIn:
    """As ``image_classes``; type ``groundtruth/text-classification-multilabel``."""
    return _several("groundtruth/text-classification-multilabel", votes, probabilities, labels, workers)


def _several(
    name: str, votes: Mapping[str, int], probabilities: Mapping[str, float], labels: Sequence[str], workers: int
) -> BuiltIn:
    chosen = [number for number, label in enumerate(labels) if votes.get(label, 0) > 0]
    backings = {str(number): Backing(probabilities.get(labels[number], 0.0), workers).to_json() for number in chosen}
    metadata = {
        "class-map": {str(number): labels[number] for number in chosen},
        "confidence-map": {number: one["confidence"] for number, one in backings.items()},
        "estimated-confidence-map": {number: one["estimated-confidence"] for number, one in backings.items()},
        "type": name,
    }
    return BuiltIn(chosen, metadata)


def text_spans(entities: Sequence[Mapping[str, Any]], labels: Sequence[str], workers: int) -> BuiltIn:
    """Entities with ``label``, ``startOffset``, ``endOffset`` and ``confidence``; type ``groundtruth/text-span``."""
    value = {
        "annotations": {
            "labels": [{"label": label, "shortDisplayName": short_name(label)} for label in labels],
            "entities": [{key: one[key] for key in ("label", "startOffset", "endOffset")} for one in entities],
        }
    }
    backings = [Backing(one["confidence"], workers).to_json() for one in entities]
    return BuiltIn(value, {"entities": backings, "type": "groundtruth/text-span"})


def boxes(
    found: Sequence[Mapping[str, Any]], labels: Sequence[str], size: tuple[int, int] | None, workers: int
) -> BuiltIn:
    """Boxes with ``label``, ``left``, ``top``, ``width``, ``height`` and ``confidence``, in whole pixels.

    ``size`` is the picture's width and height, as the answers have it; they do not tell its depth, which is given as 3.
    Type ``groundtruth/object-detection``.
    """
    place = {label: number for number, label in enumerate(labels)}
    sides = ("left", "top", "width", "height")
    value = {
        "image_size": [{"width": size[0], "height": size[1], "depth": 3}] if size else [],
        "annotations": [
            {"class_id": place[one["label"]], **{side: round(one[side]) for side in sides}} for one in found
        ],
    }
    used = sorted({place[one["label"]] for one in found})
    metadata = {
        "objects": [Backing(one["confidence"], workers).to_json() for one in found],
        "class-map": {str(number): labels[number] for number in used},
        "type": "groundtruth/object-detection",
    }
    return BuiltIn(value, metadata)


def segmentation(uri: str, labels: Sequence[str], used: Sequence[int], backing: Backing) -> BuiltIn:
    """The S3 URI of the mask, a PNG with a palette of ``mask_colors``; type ``groundtruth/semantic-segmentation``.

    Args:
        used: places of the labels in the mask, from 1; 0 is the background.
    """
    colors = mask_colors(len(labels))
    names = [BACKGROUND, *labels]
    color_map = {
        str(number): {"class-name": names[number], "hex-color": colors[number], **backing.to_json()}
        for number in (0, *used)
    }
    return BuiltIn(uri, {"internal-color-map": color_map, "type": "groundtruth/semantic-segmentation"})


def metadata_of(label: BuiltIn, job_name: str, created: datetime) -> dict[str, Any]:
    """The whole metadata of a label."""
    return {**label.metadata, **_common(job_name, created), "human-annotated": "yes"}


def failure_metadata(reason: str) -> dict[str, Any]:
    """The metadata of an object that has no label, as the service writes it."""
    return {"retry-count": 0, "failure-reason": reason, "human-annotated": "true"}


def _common(job_name: str, created: datetime) -> dict[str, str]:
    moment = created if created.tzinfo is None else created.astimezone(UTC)
    return {"job-name": _COMMON + job_name.lower(), "creation-date": moment.strftime("%Y-%m-%dT%H:%M:%S.%f")}


def short_name(label: str) -> str:
    """What stands above a passage: the label, or its first three letters in capitals."""
    return label if len(label) <= 4 else label[:3].upper()


def mask_colors(labels: int) -> list[str]:
    """``#rrggbb`` of the background and of each label, all different."""
    colors = [BACKGROUND_COLOR, *COLORS[:labels]]
    taken, number = set(colors), 0
    while len(colors) <= labels:
        # Steps through the cube of colors that come back late, and never to white.
        number += 1
        color = f"#{number * 0x9E3779 % 0xFFFFFF:06x}"
        if color not in taken:
            taken.add(color)
            colors.append(color)
    return colors
