"""Label Studio's results as what workers start from (https://labelstud.io/guide/export)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from truthkit.convert.brought import Labels, Regions, entry, kind_of_regions
from truthkit.convert.runs import brush_bits
from truthkit.findings import UsageError

_KINDS = {
    "rectanglelabels": "boxes",
    "polygonlabels": "polygons",
    "keypointlabels": "keypoints",
    "brushlabels": "regions",
    "choices": "class",
}
# Of `labels`, which stand beside any kind of region: what tells the kind.
_TELLING = {"rle": "regions", "points": "polygons", "height": "boxes", "x": "keypoints", "start": "spans"}
_LOCAL, _UPLOAD = "/data/local-files", "/data/upload/"
_SCHEMES = ("", "http", "https")
_HASH = re.compile(r"^[0-9a-f]{8}-(?=.)")  # Label Studio puts it before the name of what is uploaded
_Result = dict[str, Any]


def read_label_studio(content: Any, told: Counter[str], with_masks: bool) -> Labels:
    """The kind that most results are of; the first annotation of a task that was not skipped, or else its first
    prediction. Raises what wrong content raises, and UsageError where masks need a place and have none."""
    tasks = content if isinstance(content, list) else [content]
    results: list[list[tuple[str, _Result]]] = []
    sources: list[dict[str, str]] = []
    for number, task in enumerate(tasks, 1):
        with entry(f"task {number}", task):
            results.append([(kind, one) for one in _first(task) if (kind := _kind(one, told))])
            sources.append(_source(task))
    kinds = Counter(kind for found in results for kind, _ in found)
    if not kinds:
        raise ValueError(f"no result of a task is one of {', '.join((*_KINDS, 'labels'))}")
    kind = kinds.most_common(1)[0][0]
    if len(kinds) > 1:
        told[f"results of another kind than {kind}: left out"] += kinds.total() - kinds[kind]
    alike = [[one for own, one in found if own == kind] for found in results]
    sources = _named(sources, told)
    if kind == "regions":
        if not with_masks:
            raise UsageError(
                "these are masks, which workers start from as pictures in S3",
                "say where they will lie: --masks s3://BUCKET/FOLDER/",
            )
        regions = []
        for number, (task, found) in enumerate(zip(tasks, alike, strict=True), 1):
            with entry(f"task {number}", task):
                regions.append(_regions(found, told))
        labels = tuple(dict.fromkeys(label for one in regions for label, _ in one.masks))
        return Labels(kind_of_regions(regions), list(zip(sources, regions, strict=True)), labels)
    objects: list[tuple[dict[str, str], Any]] = []
    for number, (task, source, found) in enumerate(zip(tasks, sources, alike, strict=True), 1):
        with entry(f"task {number}", task):
            marks = [mark for one in found for mark in _marks(one, kind, told)]
        if kind != "class":
            objects.append((source, marks))
            continue
        if len(marks) > 1:
            told["choices beside the first: left out"] += len(marks) - 1
        objects.append((source, marks[0]["label"] if marks else ""))
    return Labels(kind, objects)


def _first(task: dict[str, Any]) -> list[_Result]:
    for key in ("annotations", "completions", "predictions"):
        for one in task.get(key) or ():
            if not one.get("was_cancelled") and not one.get("skipped"):
                found: list[_Result] = one["result"]
                return found
    return []


def _source(task: dict[str, Any]) -> dict[str, str]:
    """The picture or text of a task: by their usual names, or what is there alone."""
    data: dict[str, Any] = task["data"]
    reference = (task.get("meta") or {}).get("source-ref") or data.get("image")
    if reference:
        return {"source-ref": str(reference)}
    if isinstance(data.get("text"), str):
        return {"source": data["text"]}
    texts = [value for value in data.values() if isinstance(value, str)]
    if len(texts) != 1:
        raise ValueError(f"has neither image nor text in its data, but {', '.join(data) or 'nothing'}")
    is_uri = "://" in texts[0] or texts[0].startswith((_LOCAL, _UPLOAD))
    return {"source-ref" if is_uri and not any(map(str.isspace, texts[0])) else "source": texts[0]}


def _named(sources: list[dict[str, str]], told: Counter[str]) -> list[dict[str, str]]:
    """References to Label Studio's own addresses as the names of the files: ``/data/local-files/?d=PATH`` by the path,
    ``/data/upload/PROJECT/HASH-NAME`` by the name, or by all of it where two uploads have one name."""
    uploads = {
        one["source-ref"]: name for one in sources if "source-ref" in one and (name := _upload(one["source-ref"]))
    }
    names = {name: _HASH.sub("", name.rpartition("/")[2]) for name in uploads.values()}
    often = Counter(names.values())
    found = []
    for one in sources:
        reference = one.get("source-ref", "")
        address = urlsplit(reference)
        if reference in uploads:
            name = names[uploads[reference]]
            if often[name] > 1:
                told["uploads that have the name of another: named with Label Studio's folder and prefix"] += 1
                name = uploads[reference]
            one = {"source-ref": name}
        elif (
            address.scheme in _SCHEMES
            and address.path.rstrip("/") == _LOCAL
            and (paths := parse_qs(address.query).get("d"))
        ):
            one = {"source-ref": paths[0]}
        found.append(one)
    return found


def _upload(reference: str) -> str | None:
    address = urlsplit(reference)
    own = address.scheme in _SCHEMES and address.path.startswith(_UPLOAD)
    return unquote(address.path.removeprefix(_UPLOAD)) if own else None


def _kind(one: _Result, told: Counter[str]) -> str | None:
    name = one.get("type")
    if name == "labels":
        kind = next((kind for key, kind in _TELLING.items() if key in one["value"]), None)
    else:
        kind = _KINDS.get(str(name))
    if kind is None:
        return None
    if not one["value"].get(name):
        told["results without a label: left out"] += 1
        return None
    if one.get("image_rotation"):
        told["results of pictures that were turned in Label Studio: left out"] += 1
        return None
    return kind


def _regions(found: list[_Result], told: Counter[str]) -> Regions:
    sizes = {(int(one["original_width"]), int(one["original_height"])) for one in found}
    if len(sizes) > 1:
        raise ValueError(f"a task has results of pictures of different sizes: {sorted(sizes)}")
    size = sizes.pop() if sizes else (1, 1)
    more = sum(len(one["value"][one["type"]]) > 1 for one in found)
    if more:
        told["regions of several labels: the first is taken"] += more
    masks = ((str(one["value"][one["type"]][0]), partial(brush_bits, one["value"]["rle"], *size)) for one in found)
    return Regions(size, tuple(masks))


def _marks(one: _Result, kind: str, told: Counter[str]) -> Iterator[dict[str, Any]]:
    value = one["value"]
    width, height = one.get("original_width", 100) / 100, one.get("original_height", 100) / 100
    for label in value[one["type"]]:
        if kind == "class":
            yield {"label": label}
        elif kind == "spans":
            yield {"label": label, "startOffset": int(value["start"]), "endOffset": int(value["end"])}
        elif kind == "boxes":
            yield {"label": label, **_upright(value, width, height, told)}
        elif kind == "keypoints":
            yield {"label": label, "x": _round(value["x"] * width), "y": _round(value["y"] * height)}
        else:
            points = [{"x": _round(x * width), "y": _round(y * height)} for x, y in value["points"]]
            yield {"label": label, "vertices": points}


def _upright(value: dict[str, Any], width: float, height: float, told: Counter[str]) -> dict[str, float]:
    """The smallest upright box around one that may be turned about its top left corner, clockwise."""
    left, top = value["x"] * width, value["y"] * height
    wide, high = value["width"] * width, value["height"] * height
    if value.get("rotation"):
        told["turned boxes: the upright box around each"] += 1
        turn = math.radians(value["rotation"])
        xs = [a * wide * math.cos(turn) - b * high * math.sin(turn) for a in (0, 1) for b in (0, 1)]
        ys = [a * wide * math.sin(turn) + b * high * math.cos(turn) for a in (0, 1) for b in (0, 1)]
        left, top, wide, high = left + min(xs), top + min(ys), max(xs) - min(xs), max(ys) - min(ys)
    return {"left": _round(left), "top": _round(top), "width": _round(wide), "height": _round(high)}


def _round(value: float) -> float:
    """Pixels, without what percents add to them."""
    return round(float(value), 6)
