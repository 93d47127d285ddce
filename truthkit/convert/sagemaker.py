"""The output manifest of the service's own built-in jobs, from labels of any job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truthkit.convert.dataset import Dataset, labeled
from truthkit.convert.labels import Example, Label
from truthkit.convert.read import BACKGROUND, CLASS_TYPES
from truthkit.convert.splits import WHOLE
from truthkit_core.builtin_output import BACKGROUND_COLOR, short_name

KINDS = frozenset(("class", "classes", "boxes", "spans", "mask"))
_COMMON = ("job-name", "human-annotated", "creation-date", "adjustment-status")
# What a label says beside its marks, and this form has a place for.
KEPT = frozenset(("worker-feedback",))


def write(data: Dataset, out: Path) -> None:
    """``output.manifest``, or ``SET.manifest`` a set: JSON Lines that ``AugmentedManifestFile`` training reads.

    The label attribute keeps its name; a mask's gets ``-ref``, as trainers expect. Class numbers are the places in the
    order of classes, from 0; in masks from 1.
    """
    name = data.name + "-ref" if data.kind == "mask" and not data.name.endswith("-ref") else data.name
    for set_name, examples in data.sets.items():
        file = out / (f"{set_name}.manifest" if set_name != WHOLE else "output.manifest")
        with file.open("w", encoding="utf-8", newline="\n") as stream:
            for example, label in labeled(examples):
                line = _line(data, example, label, name)
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def _line(data: Dataset, example: Example, label: Label, name: str) -> dict[str, Any]:
    line: dict[str, Any] = {}
    if example.source is not None:
        line["source"] = example.source
    if example.source_ref is not None:
        line["source-ref"] = example.source_ref
    line |= example.others
    value, own = _value(data, example, label)
    line[name] = value
    given = {key.replace("_", "-"): one for key, one in example.metadata.items()}
    line[f"{name}-metadata"] = own | {key: given[key] for key in _COMMON if key in given}
    return line


def _value(data: Dataset, example: Example, label: Label) -> tuple[Any, dict[str, Any]]:
    thing = "text" if example.source is not None else "image"
    numbers = [data.number(mark.label) for mark in label.marks]
    if data.kind == "class":
        [mark] = label.marks
        known = str(example.metadata.get("type", "")).rpartition("/")[2].lower()
        return numbers[0], {
            "class-name": mark.label,
            "confidence": mark.confidence or 0,
            "type": f"groundtruth/{known if known in CLASS_TYPES else f'{thing}-classification'}",
            **{key: label.rest[key] for key in KEPT if key in label.rest},
        }
    if data.kind == "classes":
        return sorted(numbers), {
            "class-map": _class_map(data, numbers),
            "confidence-map": {
                str(number): mark.confidence or 0 for number, mark in zip(numbers, label.marks, strict=True)
            },
            "type": f"groundtruth/{thing}-classification-multilabel",
        }
    backings = [{"confidence": mark.confidence or 0} for mark in label.marks]
    if data.kind == "boxes":
        return _boxes(data, example, label, numbers), {
            "objects": backings,
            "class-map": _class_map(data, numbers),
            "type": "groundtruth/object-detection",
        }
    if data.kind == "spans":
        entities = [{"label": mark.label, "startOffset": mark.start, "endOffset": mark.end} for mark in label.marks]
        labels = [{"label": one, "shortDisplayName": short_name(one)} for one in data.classes]
        own = {"entities": backings, "type": "groundtruth/text-span"}
        return {"annotations": {"labels": labels, "entities": entities}}, own
    return label.mask, {"internal-color-map": _colors(data, label), "type": "groundtruth/semantic-segmentation"}


def _class_map(data: Dataset, numbers: list[int]) -> dict[str, str]:
    return {str(number): data.classes[number] for number in sorted(set(numbers))}


def _boxes(data: Dataset, example: Example, label: Label, numbers: list[int]) -> dict[str, Any]:
    size = data.size(example)
    if size is None:
        data.told["pictures whose size is not known: image_size is empty (map their folder: --objects)"] += 1
    annotations = []
    for number, mark in zip(numbers, label.marks, strict=True):
        sides = {"left": mark.left, "top": mark.top, "width": mark.width, "height": mark.height}
        whole = {name: round(value) for name, value in sides.items()}
        if any(whole[name] != value for name, value in sides.items()):
            data.told["boxes with parts of a pixel: rounded"] += 1
        annotations.append({"class_id": number, **whole})
    return {
        "image_size": [{"width": size[0], "height": size[1], "depth": 3}] if size else [],
        "annotations": annotations,
    }


def _colors(data: Dataset, label: Label) -> Mapping[str, Any]:
    known = [mark.confidence for mark in label.marks if mark.confidence is not None]
    ground = {"class-name": BACKGROUND, "hex-color": BACKGROUND_COLOR, "confidence": known[0] if known else 0}
    colors = {"0": ground}
    free = len(data.classes) + 1
    for mark in sorted(label.marks, key=lambda mark: data.number(mark.label)):
        number = data.number(mark.label) + 1
        if str(number) in colors:  # two colors of one class, where a class map made it of two
            number, free = free, free + 1
        colors[str(number)] = {
            "class-name": mark.label,
            "hex-color": mark.color,
            "confidence": mark.confidence or 0,
        }
    return colors
