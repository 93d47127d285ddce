"""Other tools' labels as what workers start from: an input manifest with ``initial-value``, for adjustment jobs."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.job.spec import write_atomically

ATTRIBUTE = "initial-value"


@dataclass(frozen=True, slots=True)
class Brought:
    """What was written: ``objects`` lines with ``marks`` labels of the kind ``kind`` in all; ``labels`` by frequency;
    ``told`` counts what could not be taken."""

    out: Path
    kind: str
    objects: int
    marks: int
    labels: tuple[str, ...]
    told: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "out": str(self.out),
            "kind": self.kind,
            "objects": self.objects,
            "marks": self.marks,
            "labels": list(self.labels),
            "told": self.told,
        }


def bring(file: Path, tool: str, out: Path, *, prefix: str = "", overwrite: bool = False) -> Brought:
    """Write an input manifest of another tool's labels.

    Args:
        file: COCO's JSON, or Label Studio's JSON of tasks.
        tool: one of ``SOURCES``.
        out: the manifest to write, whole or not at all. Each line has ``source`` or ``source-ref``, and
            ``initial-value`` as the crowd element of the kind takes it (a template prints it with ``to_json``).
        prefix: S3 URI that goes before file names which are no URIs.
        overwrite: whether ``out`` may be there already.

    Raises UsageError, and TruthkitError where the file is not what ``tool`` writes.
    """
    if tool not in SOURCES:
        raise UsageError(f"labels of {tool!r} cannot be read", f"give --from one of {', '.join(SOURCES)}")
    if prefix and not prefix.startswith("s3://"):
        raise UsageError(f"--prefix {prefix} is no S3 URI", "give --prefix s3://BUCKET/FOLDER/")
    if out.exists() and not overwrite:
        raise UsageError(f"{out} exists", "give another --out, or --yes to replace it")
    try:
        content = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "give a file of labels") from None
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"is not JSON: {error}") from None
    told: Counter[str] = Counter()
    try:
        kind, objects = SOURCES[tool](content, told)
        lines = [_line(source, value, prefix) for source, value in objects]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _wrong(file, f"is not what {tool} writes: {type(error).__name__}: {error}") from None
    names = Counter(one["label"] for line in lines for one in _marks(line[ATTRIBUTE]))
    write_atomically(out, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return Brought(out, kind, len(lines), names.total(), tuple(name for name, _ in names.most_common()), dict(told))


def _wrong(file: Path, message: str) -> TruthkitError:
    return TruthkitError(Finding("labels-file", message, "export the labels again as JSON", file=str(file)))


def _marks(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [{"label": value}]


def _line(source: dict[str, str], value: Any, prefix: str) -> dict[str, Any]:
    reference = source.get("source-ref")
    if reference is not None and "://" not in reference:
        if not prefix:
            raise UsageError(f"{reference!r} is no S3 URI", "give the folder it is in: --prefix s3://BUCKET/FOLDER/")
        source = {"source-ref": prefix.rstrip("/") + "/" + reference.lstrip("/")}
    return {**source, ATTRIBUTE: value}


Objects = tuple[str, list[tuple[dict[str, str], Any]]]


def _coco(content: Any, told: Counter[str]) -> Objects:
    """Keypoints where categories have them; polygons where every annotation is one ring; else boxes."""
    categories = {one["id"]: one for one in content["categories"]}
    by_image: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for one in content["annotations"]:
        by_image[one["image_id"]].append(one)
    kind, read = "boxes", _coco_box
    if any(one.get("keypoints") for one in categories.values()):
        kind, read = "keypoints", _coco_keypoints
    elif content["annotations"] and all(_ring(one) is not None for one in content["annotations"]):
        kind, read = "polygons", _coco_polygon
    elif any(one.get("segmentation") for one in content["annotations"]):
        told["annotations with several rings or a mask: their box is taken"] += sum(
            bool(one.get("segmentation")) for one in content["annotations"]
        )
    found = []
    for image in content["images"]:
        marks = [mark for one in by_image[image["id"]] for mark in read(one, categories[one["category_id"]])]
        found.append(({"source-ref": str(image.get("source_ref") or image["file_name"])}, marks))
    return kind, found


def _ring(annotation: dict[str, Any]) -> list[float] | None:
    rings = annotation.get("segmentation")
    return rings[0] if isinstance(rings, list) and len(rings) == 1 and len(rings[0]) >= 6 else None


def _coco_box(one: dict[str, Any], category: dict[str, Any]) -> Iterator[dict[str, Any]]:
    left, top, width, height = map(float, one["bbox"])
    yield {"label": category["name"], "left": left, "top": top, "width": width, "height": height}


def _coco_polygon(one: dict[str, Any], category: dict[str, Any]) -> Iterator[dict[str, Any]]:
    ring = _ring(one) or []
    points = zip(ring[::2], ring[1::2], strict=True)
    yield {"label": category["name"], "vertices": [{"x": float(x), "y": float(y)} for x, y in points]}


def _coco_keypoints(one: dict[str, Any], category: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A category's own points by their names; a single point by the category's."""
    names = category["keypoints"]
    for place, name in enumerate(names):
        x, y, visible = one["keypoints"][3 * place : 3 * place + 3]
        if visible:
            yield {"label": category["name"] if len(names) == 1 else name, "x": float(x), "y": float(y)}


_LISTS = {
    "rectanglelabels": "boxes",
    "polygonlabels": "polygons",
    "keypointlabels": "keypoints",
    "labels": "spans",
    "choices": "class",
}


def _label_studio(content: Any, told: Counter[str]) -> Objects:
    """The kind that most results are of; the first annotation of a task, or else its first prediction."""
    tasks = content if isinstance(content, list) else [content]
    results = [[one for one in _first(task) if one.get("type") in _LISTS] for task in tasks]
    kinds = Counter(_LISTS[one["type"]] for found in results for one in found)
    if not kinds:
        raise ValueError(f"no result of a task is one of {', '.join(_LISTS)}")
    kind = kinds.most_common(1)[0][0]
    if len(kinds) > 1:
        told[f"results of another kind than {kind}: left out"] += kinds.total() - kinds[kind]
    objects = []
    for task, found in zip(tasks, results, strict=True):
        text = task["data"].get("text")
        reference = task.get("meta", {}).get("source-ref") or task["data"].get("image")
        source = {"source-ref": str(reference)} if reference else {"source": str(text)}
        marks = [mark for one in found if _LISTS[one["type"]] == kind for mark in _result(one, kind)]
        if kind == "class":
            if len(marks) > 1:
                told["choices beside the first: left out"] += len(marks) - 1
            objects.append((source, marks[0]["label"] if marks else ""))
        else:
            objects.append((source, marks))
    return kind, objects


def _first(task: dict[str, Any]) -> list[dict[str, Any]]:
    for key in ("annotations", "completions", "predictions"):
        if task.get(key):
            found: list[dict[str, Any]] = task[key][0]["result"]
            return found
    return []


def _result(one: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    value = one["value"]
    width, height = one.get("original_width", 100) / 100, one.get("original_height", 100) / 100
    for label in value[one["type"]]:
        if kind == "class":
            yield {"label": label}
        elif kind == "spans":
            yield {"label": label, "startOffset": int(value["start"]), "endOffset": int(value["end"])}
        elif kind == "boxes":
            yield {
                "label": label,
                "left": _round(value["x"] * width),
                "top": _round(value["y"] * height),
                "width": _round(value["width"] * width),
                "height": _round(value["height"] * height),
            }
        elif kind == "keypoints":
            yield {"label": label, "x": _round(value["x"] * width), "y": _round(value["y"] * height)}
        else:
            points = [{"x": _round(x * width), "y": _round(y * height)} for x, y in value["points"]]
            yield {"label": label, "vertices": points}


def _round(value: float) -> float:
    """Pixels, without what percents add to them."""
    return round(float(value), 6)


SOURCES: dict[str, Callable[[Any, Counter[str]], Objects]] = {"coco": _coco, "labelstudio": _label_studio}
