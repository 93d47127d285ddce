"""Label Studio's tasks with annotations, both ways (https://labelstud.io/guide/export)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from truthkit.convert.dataset import Dataset, labeled
from truthkit.convert.labels import Example, Kind, Label
from truthkit.convert.splits import WHOLE

KINDS: frozenset[Kind] = frozenset(("class", "classes", "boxes", "keypoints", "polygons", "spans"))
_TAGS = {
    "boxes": ("RectangleLabels", "rectanglelabels"),
    "keypoints": ("KeyPointLabels", "keypointlabels"),
    "polygons": ("PolygonLabels", "polygonlabels"),
    "spans": ("Labels", "labels"),
    "class": ("Choices", "choices"),
    "classes": ("Choices", "choices"),
}
_POINT_WIDTH = 0.5  # percent: how large a keypoint is drawn


def write(data: Dataset, out: Path) -> None:
    """``tasks.json``, or a file a set, and ``label_config.xml``: what a project is made with.

    Shapes are in percent of the picture. The picture is named by its S3 URI (Label Studio reads it by its own cloud
    storage), the text is in the task.
    """
    texts = all(data.text(one) is not None for one in data.examples())
    for name, examples in data.sets.items():
        tasks = []
        for example, label in labeled(examples):
            task = _task(data, example, label, texts)
            if task is not None:
                tasks.append({"id": example.line, **task})
        file = out / (f"{name}.json" if name != WHOLE else "tasks.json")
        file.write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", "utf-8")
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
    result = []
    size: tuple[int, int] | None = None
    if data.kind in ("boxes", "keypoints", "polygons"):
        size = data.size(example)
        if size is None:
            data.told["pictures whose size is not known: left out (map their folder: --objects)"] += 1
            return None
    to = "text" if texts else "image"
    _tag, key = _TAGS[data.kind]
    for number, (value, names, score) in enumerate(_values(data, example, label, size), 1):
        one: dict[str, Any] = {"id": f"{example.line}-{number}", "from_name": "label", "to_name": to}
        one |= {"type": key, "value": {**value, key: names}}
        if size is not None:
            one |= {"original_width": size[0], "original_height": size[1], "image_rotation": 0}
        if score is not None:
            one["meta"] = {"confidence": score}
        result.append(one)
    shown = {"text": data.text(example)} if texts else {"image": example.source_ref}
    meta = {"line": example.line, **({"source-ref": example.source_ref} if example.source_ref else {})}
    return {"data": shown, "meta": meta, "annotations": [{"result": result}]}


def _values(
    data: Dataset, example: Example, label: Label, size: tuple[int, int] | None
) -> Iterator[tuple[dict[str, Any], list[str], float | None]]:
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
            text = data.text(example) or ""
            value = {"start": mark.start, "end": mark.end, "text": text[mark.start : mark.end]}
        yield value, [mark.label], mark.confidence
