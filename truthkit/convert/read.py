"""Output manifests, of this machine's jobs and of the service's, old spellings too (contract f)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import Any

from truthkit.convert.labels import Box, Example, Keypoint, Kind, Label, Named, Part, Path, Span
from truthkit.convert.objects import Objects
from truthkit.findings import Finding, TruthkitError, UsageError

_SOURCES = ("source", "source-ref")
_METADATA = "-metadata"
BACKGROUND = "BACKGROUND"
_OF_BOX = frozenset(("class-id", "left", "top", "width", "height"))
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
CLASS_TYPES = ("image-classification", "text-classification", "label-verification")


class BadLabelError(ValueError):
    """A label is not what its job's type says."""


@dataclass(slots=True)
class Classes:
    """What a manifest tells of its classes: names of the service's numbers, and all names in the order they came."""

    numbers: dict[int, str] = field(default_factory=dict)
    seen: dict[str, None] = field(default_factory=dict)

    def name(self, value: Any) -> str:
        """The name of a class number; the number itself where none is known. Raises BadLabelError."""
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise BadLabelError("has a class that is neither a number nor a name")
        number = _whole(value)
        return str(value) if number is None else self.numbers.get(number, str(value))

    def learn(self, number: Any, name: Any) -> None:
        """A class map's entry."""
        if (known := _whole(number)) is not None and isinstance(name, str):
            self.numbers[known] = name

    def names(self, first: Sequence[str] = ()) -> tuple[str, ...]:
        """All names: those of ``first``, by number, and as they came."""
        numbered = [self.numbers[number] for number in sorted(self.numbers) if self.numbers[number] in self.seen]
        return tuple(dict.fromkeys([*first, *numbered, *self.seen]))


def read_examples(
    manifest: File, attribute: str, objects: Objects, classes: Classes, findings: list[Finding]
) -> Iterator[Example]:
    """The objects of an output manifest with what their labels say, in its order.

    Args:
        manifest: the output manifest.
        attribute: the label attribute.
        objects: where files of S3 lie; asked for the frames of videos.
        classes: grows by the classes of the manifest.
        findings: grows by what of the labels could not be read: the object then has no label.

    Raises TruthkitError with the line where it is not JSON or no object; UsageError if the file cannot be read.
    """
    for number, line in _lines(manifest):
        metadata = line.get(attribute + _METADATA)
        metadata = metadata if isinstance(metadata, dict) else {}
        named = _member(metadata, "class-map")
        for key, name in named.items() if isinstance(named, dict) else ():
            classes.learn(key, name)
        try:
            for example in _examples(number, line, attribute, metadata, classes, objects):
                if example.label is not None:
                    classes.seen.update((mark.label, None) for mark in example.label.marks)
                yield example
        except BadLabelError as error:
            findings.append(
                Finding(
                    "label-kind",
                    f"{attribute!r} {error}",
                    "the object is left out; mend the line, or convert another label attribute",
                    severity="warning", file=str(manifest), line=number, object_id=str(number - 1),
                )
            )  # fmt: skip
            yield _example(number, line, attribute, metadata, None, f"its label cannot be read: {error}")


def label_attributes(manifest: File) -> list[str]:
    """The label attributes of an output manifest: keys that have a ``-metadata`` beside them or in some line alone."""
    found: dict[str, bool] = {}
    for _number, line in _lines(manifest):
        for key, value in line.items():
            name = key.removesuffix(_METADATA)
            if key != name and isinstance(value, dict) and name not in _SOURCES:
                found[name] = found.get(name, False) or name in line
    return sorted(found, key=lambda name: (not found[name], name))


def the_attribute(manifest: File, known: str | None) -> str:
    """The one label attribute to convert: the job's own, else the only one. Raises UsageError."""
    found = label_attributes(manifest)
    if known is not None and known in found:
        return known
    if not found:
        raise UsageError(
            f"{manifest} has no label: no line has an attribute with {_METADATA!r} after its name",
            "give the output manifest of a finished job, or its folder",
        )
    # A job of this kit may write its label a second time, as a built-in job would.
    twins = {name for name in found for other in found if name in (f"{other}-built-in", f"{other}-ref")}
    own = [name for name in found if name not in twins]
    if len(own) > 1:
        raise UsageError(f"{manifest} has several labels: {', '.join(own)}", f"say which: --label-attribute {own[0]}")
    return own[0]


def _lines(manifest: File) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines that are not blank, with their numbers. No limit is checked: the service's own manifests pass them."""

    def fault(number: int, message: str) -> TruthkitError:
        cure = "an output manifest is JSON Lines: one object a line"
        return TruthkitError(Finding("output-manifest", message, cure, file=str(manifest), line=number))

    try:
        with manifest.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                if not raw.strip():
                    continue
                try:
                    value = json.loads(
                        raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw, parse_constant=_no_number
                    )
                    if b"\\ud" in raw or b"\\uD" in raw:
                        json.dumps(value, ensure_ascii=False).encode()  # half a sign is none
                except (ValueError, RecursionError) as error:
                    raise fault(number, f"is not JSON: {error}") from None
                if not isinstance(value, dict):
                    raise fault(number, "is no JSON object")
                yield number, value
    except OSError as error:
        raise UsageError(
            f"{manifest} cannot be read: {error.strerror}", "give an output manifest, or a job's folder"
        ) from None


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _example(
    number: int,
    line: Mapping[str, Any],
    attribute: str,
    metadata: Mapping[str, Any],
    label: Label | None,
    missing: str | None = None,
) -> Example:
    source, reference = line.get("source"), line.get("source-ref")
    others = {key: value for key, value in line.items() if key not in (*_SOURCES, attribute, attribute + _METADATA)}
    return Example(
        number,
        source if isinstance(source, str) else None,
        reference if isinstance(reference, str) else None,
        others,
        label,
        metadata,
        missing,
    )


def _examples(
    number: int,
    line: Mapping[str, Any],
    attribute: str,
    metadata: Mapping[str, Any],
    classes: Classes,
    objects: Objects,
) -> Iterator[Example]:
    if attribute not in line:
        why = _member(metadata, "failure-reason")
        yield _example(number, line, attribute, metadata, None, str(why) if why else "it was not labeled")
        return
    value = line[attribute]
    # Its place is the metadata; the documentation's words read as if it were beside the label.
    if value == {} and (_member(metadata, "worker-response-ref") or "worker-response-ref" in line):
        why = "the job had no post-annotation function: there are only worker responses"
        yield _example(number, line, attribute, metadata, None, f"{why}; consolidate them first")
        return
    kind = str(metadata.get("type", "")).rpartition("/")[2].lower()
    if kind in ("video-object-detection", "video-object-tracking"):
        yield from _frames(_example(number, line, attribute, metadata, None), value, classes, objects)
        return
    label = read_label(value, kind, metadata, classes)
    missing = None
    if label is None:
        missing = "its label is only a reason: " + str(value.get("reason")) if isinstance(value, dict) else "it is null"
    yield _example(number, line, attribute, metadata, label, missing)


def read_label(value: Any, kind: str, metadata: Mapping[str, Any], classes: Classes) -> Label | None:
    """What a label says; None where it says only why it is none.

    Args:
        value: what stands under the label attribute.
        kind: the end of the metadata's ``type``, in lower case; ``custom`` and unknown ones are told by their shape.
        metadata: what stands beside it.
        classes: what is known of class numbers so far.

    Raises BadLabelError if it is not what ``kind`` says.
    """
    name = _member(metadata, "class-name")
    # The type of video clips is told nowhere: a class of any type has its name beside it.
    if kind in CLASS_TYPES or (isinstance(name, str) and isinstance(value, int | str)):
        if isinstance(name, str):
            classes.learn(value, name)
        else:
            name = classes.name(value)
        feedback = _member(metadata, "worker-feedback")
        rest = {"worker-feedback": feedback} if feedback is not None else {}
        return Label("class", (Named(name, _confidence(metadata)),), rest=rest)
    if kind in ("image-classification-multilabel", "text-classification-multilabel"):
        shares = _member(metadata, "confidence-map")
        shares = shares if isinstance(shares, dict) else {}
        return Label(
            "classes",
            tuple(Named(classes.name(one), _number(shares.get(str(one)))) for one in _list(value, "")),
        )
    if kind == "object-detection":
        return _detection(value, metadata, classes)
    if kind == "semantic-segmentation":
        return _segmentation(value, metadata, classes)
    if kind == "text-span":
        return _text_spans(value, metadata, classes)
    return _by_shape(value)


def _detection(value: Any, metadata: Mapping[str, Any], classes: Classes) -> Label:
    known = _member(metadata, "objects") or []
    found = []
    for place, one in enumerate(_list(value, "annotations")):
        where = f"annotations[{place}]"
        left, top, width, height = _numbers(one, where, "left", "top", "width", "height")
        number = one.get("class_id", one.get("class-id"))
        about = known[place] if isinstance(known, list) and place < len(known) else None
        found.append(Box(classes.name(number), left, top, width, height, _confidence(about)))
    sizes = value.get("image_size") or value.get("image-size")
    return Label("boxes", tuple(found), size=_size(sizes[0] if isinstance(sizes, list) and sizes else None))


def _segmentation(value: Any, metadata: Mapping[str, Any], classes: Classes) -> Label:
    if not isinstance(value, str):
        raise BadLabelError("is no S3 URI of a mask")
    colors = _member(metadata, "internal-color-map")
    if not isinstance(colors, dict):
        raise BadLabelError("has no internal-color-map in its metadata")
    parts = []
    for key, one in colors.items():
        name = _member(one, "class-name")
        if not isinstance(name, str):
            raise BadLabelError(f"has no class-name at internal-color-map.{key}")
        if name != BACKGROUND:
            classes.learn(key, name)
            parts.append(Part(name, _color(one, "hex-color", f"internal-color-map.{key}"), _confidence(one)))
    return Label("mask", tuple(parts), mask=value)


def _text_spans(value: Any, metadata: Mapping[str, Any], classes: Classes) -> Label:
    inside = value.get("annotations") if isinstance(value, dict) else None
    labels = inside.get("labels") if isinstance(inside, dict) else None
    for one in labels if isinstance(labels, list) else ():
        classes.seen.setdefault(_name(one, "labels"))
    about = _member(metadata, "entities")
    return Label("spans", _entities(_list(inside, "entities"), about if isinstance(about, list) else []))


def _entities(found: Sequence[Any], about: Sequence[Any] = ()) -> tuple[Span, ...]:
    spans = []
    for place, one in enumerate(found):
        where = f"entities[{place}]"
        start, end = _numbers(one, where, "startOffset", "endOffset")
        if start < 0 or end <= start or start != int(start) or end != int(end):
            raise BadLabelError(f"has {where} from {start:g} to {end:g}, which is no passage")
        own = about[place] if place < len(about) else one
        spans.append(Span(_name(one, where), int(start), int(end), _confidence(own)))
    return tuple(spans)


# --- custom labels, by the shape that crowd elements and this kit's handlers give them ---


def _by_shape(value: Any) -> Label | None:
    if not isinstance(value, dict):
        return None if value is None else Label("other", value=value)
    if isinstance(value.get("reason"), str) and "workers" in value:
        return None
    for key, (kind, read) in _SHAPES.items():
        if key in value:
            label: Label | None = read(value, kind)
            if label is not None:
                told = {"workers", "confidence", "votes", "probabilities", "inputImageProperties", "problems"}
                told |= {key, "labels", "labelMappings", "labeledImage", "weights"}
                rest = {name: one for name, one in value.items() if name not in told}
                size = label.size or _size(value.get("inputImageProperties"))
                return replace(label, size=size, rest=rest)
    # The label of one form field: {"field": {...}}.
    inner = [one for one in value.values() if isinstance(one, dict) and any(key in one for key in _SHAPES)]
    if len(value) == 1 and len(inner) == 1:
        return _by_shape(inner[0])
    return Label("other", value=value)


def _one_class(value: dict[str, Any], kind: Kind) -> Label | None:
    name = value["label"]
    return Label(kind, (Named(name, _confidence(value)),)) if isinstance(name, str) else None


def _some_classes(value: dict[str, Any], kind: Kind) -> Label | None:
    names = value["labels"]
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        return None
    shares = value.get("probabilities")
    shares = shares if isinstance(shares, dict) else {}
    return Label(kind, tuple(Named(one, _number(shares.get(one))) for one in names))


def _some_boxes(value: dict[str, Any], kind: Kind) -> Label:
    found = []
    for place, one in enumerate(_list(value, "boundingBoxes")):
        where = f"boundingBoxes[{place}]"
        left, top, width, height = _numbers(one, where, "left", "top", "width", "height")
        found.append(Box(_name(one, where), left, top, width, height, _confidence(one)))
    return Label(kind, tuple(found))


def _some_keypoints(value: dict[str, Any], kind: Kind) -> Label:
    found = []
    for place, one in enumerate(_list(value, "keypoints")):
        where = f"keypoints[{place}]"
        x, y = _numbers(one, where, "x", "y")
        found.append(Keypoint(_name(one, where), x, y, _confidence(one)))
    return Label(kind, tuple(found))


def _some_paths(value: dict[str, Any], kind: Kind) -> Label:
    key = next(key for key in ("polygons", "polylines", "lines") if key in value)
    found = []
    for place, one in enumerate(_list(value, key)):
        where = f"{key}[{place}]"
        points = []
        for number, vertex in enumerate(_list(one, "vertices", where)):
            x, y = _numbers(vertex, f"{where}.vertices[{number}]", "x", "y")
            points.append((x, y))
        if len(points) < (3 if kind == "polygons" else 2):
            raise BadLabelError(f"has {len(points)} vertices at {where}, which are no {kind.removesuffix('s')}")
        found.append(Path(_name(one, where), tuple(points), _confidence(one)))
    return Label(kind, tuple(found))


def _some_spans(value: dict[str, Any], kind: Kind) -> Label:
    return Label(kind, _entities(_list(value, "entities")))


def _semantic(value: dict[str, Any], kind: Kind) -> Label | None:
    mappings, image = value["labelMappings"], value.get("labeledImage")
    uri = image.get("s3Uri") if isinstance(image, dict) else None
    if not isinstance(mappings, dict) or not isinstance(uri, str):
        return None
    parts = []
    for name, one in mappings.items():
        parts.append(Part(name, _color(one, "color", f"labelMappings.{name}"), _confidence(value)))
    return Label(kind, tuple(parts), mask=uri)


def _things(value: dict[str, Any], kind: Kind) -> Label | None:
    image = value.get("labeledImage")
    uri = image.get("s3Uri") if isinstance(image, dict) else None
    if not isinstance(uri, str):
        return None
    parts = []
    for place, one in enumerate(_list(value, "instances")):
        where = f"instances[{place}]"
        parts.append(Part(_name(one, where), _color(one, "color", where), _confidence(one)))
    return Label(kind, tuple(parts), mask=uri)


_SHAPES: dict[str, tuple[Kind, Any]] = {
    "boundingBoxes": ("boxes", _some_boxes),
    "keypoints": ("keypoints", _some_keypoints),
    "polygons": ("polygons", _some_paths),
    "polylines": ("lines", _some_paths),
    "lines": ("lines", _some_paths),
    "entities": ("spans", _some_spans),
    "instances": ("instances", _things),
    "labelMappings": ("mask", _semantic),
    "labels": ("classes", _some_classes),
    "label": ("class", _one_class),
}


# --- videos ---


def _frames(example: Example, value: Any, classes: Classes, objects: Objects) -> Iterator[Example]:
    """The frames of a video's ``SeqLabel.json``, each an example of its own: boxes, or of a job without, as they are.

    Raises BadLabelError where the file is not there or not as it should be.
    """
    if not isinstance(value, str):
        raise BadLabelError("is no S3 URI of a SeqLabel.json")
    labels = _json(value, objects)
    frames = _member(labels, "detection-annotations") or _member(labels, "tracking-annotations")
    prefix = ""
    if example.source_ref is not None and example.source_ref.endswith(".json"):
        prefix = _json(example.source_ref, objects).get("prefix", "")
    frames = _list({"frames": frames}, "frames")
    boxes = not frames or any("annotations" in frame for frame in frames if isinstance(frame, dict))
    for place, frame in enumerate(frames):
        if not isinstance(frame, dict):
            raise BadLabelError(f"has a frames[{place}] that is no JSON object")
        found = []
        for number, one in enumerate(_list({"annotations": [], **frame}, "annotations", f"frames[{place}]")):
            where = f"frames[{place}].annotations[{number}]"
            left, top, width, height = _numbers(one, where, "left", "top", "width", "height")
            found.append(Box(classes.name(_member(one, "class-id")), left, top, width, height))
        name, at = frame.get("frame"), frame.get("frame-no")
        others = {key: frame[key] for key in ("polygons", "polylines", "keypoints") if frame.get(key)}
        # Which boxes are one thing over the frames, and their attributes: no box has a place for it.
        about = [{key: one[key] for key in one if key not in _OF_BOX} for one in frame.get("annotations", ())]
        if any(about):
            others["annotations"] = about
        label = Label("boxes", tuple(found), rest=others) if boxes else Label("other", value=frame)
        reference = f"{prefix}{name}" if isinstance(name, str) else example.source_ref
        yield replace(example, source_ref=reference, label=label, frame=at if isinstance(at, int) else place)


def _json(uri: str, objects: Objects) -> dict[str, Any]:
    file = objects.find(uri)
    if file is None:
        raise BadLabelError(f"is in {uri}, which is in no mapped folder")
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise BadLabelError(f"is in {uri}, which cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise BadLabelError(f"is in {uri}, which is no JSON object")
    return found


# --- members ---


def _member(value: Any, name: str) -> Any:
    """A member, whether written with hyphens or, as older files have it, with underscores."""
    if not isinstance(value, dict):
        return None
    return value.get(name, value.get(name.replace("-", "_")))


def _list(value: Any, key: str, where: str = "") -> list[Any]:
    found = value if not key else value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, list):
        path = ".".join(filter(None, (where, key)))
        raise BadLabelError(f"has no list {path}" if path else "is no list")
    return found


def _numbers(value: Any, where: str, *names: str) -> list[float]:
    found = []
    for name in names:
        number = _number(value.get(name) if isinstance(value, dict) else None)
        if number is None:
            raise BadLabelError(f"has no finite number at {where}.{name}")
        found.append(number)
    return found


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:  # a whole number beyond all floats
        return None


def _confidence(value: Any) -> float | None:
    return _number(value.get("confidence")) if isinstance(value, dict) else None


def _name(value: Any, where: str) -> str:
    name = value.get("label") if isinstance(value, dict) else None
    if not isinstance(name, str):
        raise BadLabelError(f"has no text at {where}.label")
    return name


def _color(value: Any, name: str, where: str) -> str:
    color = _member(value, name)
    if not isinstance(color, str) or not _COLOR.fullmatch(color):
        raise BadLabelError(f"has no color #rrggbb at {where}")
    return color.lower()


def _whole(value: Any) -> int | None:
    """A class number, also as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _size(value: Any) -> tuple[int, int] | None:
    width, height = (_number(value.get(name)) if isinstance(value, dict) else None for name in ("width", "height"))
    return (int(width), int(height)) if width and height and width > 0 and height > 0 else None
