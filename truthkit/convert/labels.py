"""What a label says, whichever job wrote it: the form that every converter reads and no file has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["class", "classes", "boxes", "keypoints", "lines", "polygons", "spans", "mask", "instances", "other"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Named:
    """A class that an object has. ``confidence`` is 0 to 1 as the job wrote it: the service's is 0 for one answer."""

    label: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A labeled rectangle, in pixels from the picture's top left corner."""

    label: str
    left: float
    top: float
    width: float
    height: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Keypoint:
    """A labeled point, in pixels."""

    label: str
    x: float
    y: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A labeled polygon, or a line of two or more points; in pixels."""

    label: str
    points: tuple[Point, ...]
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A labeled passage: ``start`` and ``end`` count characters (code points), ``end`` is not within."""

    label: str
    start: int
    end: int
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One color of a mask: a class of a semantic one, a thing of an instance one. ``color`` is ``#rrggbb``."""

    label: str
    color: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """One object's label.

    ``marks`` are its classes, boxes, keypoints, lines, polygons, spans or mask parts, as ``kind`` says; ``mask`` is the
    S3 URI of the picture that the parts are in. ``size`` is the width and height of the labeled picture, where the
    label tells them. ``value`` is a label of the kind ``other`` as it stands in the manifest; ``rest`` is what no mark
    says of one of another kind.
    """

    kind: Kind
    marks: tuple[Any, ...] = ()
    mask: str | None = None
    size: tuple[int, int] | None = None
    value: Any = None
    rest: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """One line of an output manifest.

    ``line`` counts from 1. ``source`` is the text, ``source_ref`` the S3 URI of what was labeled. ``others`` are the
    data object's other attributes. ``label`` is None where there is none, and ``missing`` says why. ``metadata`` is
    what the job wrote beside the label. ``frame`` is the frame's number in a video.
    """

    line: int
    source: str | None
    source_ref: str | None
    others: Mapping[str, Any]
    label: Label | None
    metadata: Mapping[str, Any]
    missing: str | None = None
    frame: int | None = None
