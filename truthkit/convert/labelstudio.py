"""Label Studio's tasks with annotations, both ways (https://labelstud.io/guide/export)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np

from truthkit.convert.dataset import NO_SIZE, Dataset, labeled
from truthkit.convert.labels import Example, Kind, Label
from truthkit.convert.runs import BadRunsError, brush_bytes
from truthkit.convert.splits import WHOLE
from truthkit.findings import UsageError

KINDS: frozenset[Kind] = frozenset(("class", "classes", "boxes", "keypoints", "polygons", "spans", "mask", "instances"))
_TAGS = {
    "boxes": ("RectangleLabels", "rectanglelabels"),
    "keypoints": ("KeyPointLabels", "keypointlabels"),
    "polygons": ("PolygonLabels", "polygonlabels"),
    "mask": ("BrushLabels", "brushlabels"),
    "instances": ("BrushLabels", "brushlabels"),
    "spans": ("Labels", "labels"),
    "class": ("Choices", "choices"),
    "classes": ("Choices", "choices"),
}
_POINT_WIDTH = 0.5  # percent: how large a keypoint is drawn
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_Values = Iterator[tuple[dict[str, Any], list[str], float | None]]


def write(data: Dataset, out: Path) -> None:
    """``tasks.json``, or a file a set, and ``label_config.xml``: what a project is made with.

    Shapes are in percent of the picture; masks are brush regions, one a class or thing, whose run lengths say each
    pixel. The picture is named by its S3 URI (Label Studio reads it by its own cloud storage), the text is in the task.
    Raises UsageError where a class has a name that XML cannot hold.
    """
    for name in data.classes:
        if _NO_XML.search(name) or not name:
            raise UsageError(f"Label Studio cannot have a label {name!r}", "give it another name by --class-map")
    texts = all(data.text(one) is not None for one in data.examples())
    number = 0
    for name, examples in data.sets.items():
        with (out / f"{name if name != WHOLE else 'tasks'}.json").open("w", encoding="utf-8", newline="\n") as stream:
            before = "[\n"
            for example, label in labeled(examples):
                task = _task(data, example, label, texts)
                if task is not None:
                    number += 1
                    stream.write(before + json.dumps({"id": number, **task}, ensure_ascii=False))
                    before = ",\n"
            stream.write("\n]\n" if before != "[\n" else "[]\n")
    (out / "label_config.xml").write_text(_config(data, texts), "utf-8")


def _config(data: Dataset, texts: bool) -> str:
    shown = '<Text name="text" value="$text"/>' if texts else '<Image name="image" value="$image"/>'
    tag, _key = _TAGS[data.kind]
    more = ' choice="multiple"' if data.kind == "classes" else ""
    inner = "Choice" if tag == "Choices" else "Label"
    names = "".join(f"    <{inner} value={quoteattr(name)}/>\n" for name in data.classes)
    to = "text" if texts else "image"
    return f'<View>\n  {shown}\n  <{tag} name="label" toName="{to}"{more}>\n{names}  </{tag}>\n</View>\n'


def _task(data: Dataset, example: Example, label: Label, texts: bool) -> dict[str, Any] | None:
    size: tuple[int, int] | None = None
    if not texts:
        if example.source_ref is None:
            data.told["objects that are texts, among pictures: left out"] += 1
            return None
        size = data.size(example)
        if size is None and data.kind not in ("class", "classes"):
            data.told[NO_SIZE] += 1
            return None
    text = data.text(example) if texts else None
    values = _masks(data, example, label) if data.kind in ("mask", "instances") else _values(data, label, size, text)
    if values is None:
        return None
    if data.kind not in ("class", "classes", "spans"):
        data.tell_if_turned(example)
    result = []
    to = "text" if texts else "image"
    _tag, key = _TAGS[data.kind]
    for number, (value, names, score) in enumerate(values, 1):
        one: dict[str, Any] = {"id": f"{example.line}-{number}", "from_name": "label", "to_name": to}
        one |= {"type": key, "value": {**value, key: names}}
        if size is not None:
            one |= {"original_width": size[0], "original_height": size[1], "image_rotation": 0}
        if score is not None:
            one["meta"] = {"confidence": score}
        result.append(one)
    shown = {"text": text} if texts else {"image": example.source_ref}
    meta = {"line": example.line, **({"source-ref": example.source_ref} if example.source_ref else {})}
    return {"data": shown, "meta": meta, "annotations": [{"result": result}]}


def _masks(data: Dataset, example: Example, label: Label) -> _Values | None:
    parts = data.parts(example, label)
    if parts is None:
        return None
    try:
        regions = [(part, brush_bytes(parts == number)) for number, part in enumerate(label.marks, 1)]
    except BadRunsError as error:
        data.told[f"masks that are too large: left out ({error})"] += 1
        return None
    there = np.bincount(parts.ravel(), minlength=len(label.marks) + 1)
    return (
        ({"format": "rle", "rle": rle}, [part.label], part.confidence)
        for number, (part, rle) in enumerate(regions, 1)
        if there[number]
    )


def _values(data: Dataset, label: Label, size: tuple[int, int] | None, text: str | None) -> _Values:
    if data.kind in ("class", "classes"):
        if label.marks:
            yield {}, [mark.label for mark in label.marks], label.marks[0].confidence if data.kind == "class" else None
        return
    width, height = size or (1, 1)
    for mark in label.marks:
        if data.kind == "boxes":
            value = {
                "x": 100 * mark.left / width,
                "y": 100 * mark.top / height,
                "width": 100 * mark.width / width,
                "height": 100 * mark.height / height,
                "rotation": 0,
            }
        elif data.kind == "keypoints":
            value = {"x": 100 * mark.x / width, "y": 100 * mark.y / height, "width": _POINT_WIDTH}
        elif data.kind == "polygons":
            value = {"points": [[100 * x / width, 100 * y / height] for x, y in mark.points], "closed": True}
        else:
            value = {"start": mark.start, "end": mark.end, "text": (text or "")[mark.start : mark.end]}
        yield value, [mark.label], mark.confidence
