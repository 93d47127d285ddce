"""YOLO, as Ultralytics reads it: boxes, polygons, keypoints, and classes as folders (https://docs.ultralytics.com)."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from truthkit.convert.coco import box_of
from truthkit.convert.dataset import NO_SIZE, Dataset, labeled
from truthkit.convert.labels import Label
from truthkit.convert.names import folder_names, yaml_text
from truthkit.convert.splits import WHOLE
from truthkit.findings import UsageError

KINDS = frozenset(("class", "boxes", "polygons", "keypoints"))
_SETS = {
    **dict.fromkeys((WHOLE, "train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}
_DIGITS = 6


def write(data: Dataset, out: Path) -> None:
    """``data.yaml``, ``images/SET`` and ``labels/SET``; for classes ``SET/CLASS`` with the pictures.

    Without a split all is in ``train``, and ``val`` names the same, which is told: training needs both. Shares of the
    picture's size have six digits; what reaches over its edge is cut off. Keypoints of a picture are one thing's, and
    each label may be there once. Raises UsageError for sets that are not for training, validation or tests.
    """
    _expect_known_sets(list(data.sets))
    if data.kind == "class":
        _folders(data, out)
        return
    for name, examples in data.sets.items():
        into = _SETS[name]
        for example, label in labeled(examples):
            picture = PurePosixPath(data.flat_name(example))
            size = data.size(example)
            if size is None:
                data.told[NO_SIZE] += 1
                continue
            data.copy_picture(example, out / "images" / into / picture)
            file = out / "labels" / into / picture.with_suffix(".txt")
            file.parent.mkdir(parents=True, exist_ok=True)
            rows = _rows(data, label, size)
            file.write_text("".join(" ".join(row) + "\n" for row in rows), "utf-8")
    (out / "data.yaml").write_text(_yaml(data), "utf-8")


def _expect_known_sets(names: list[str]) -> None:
    cure = "name the sets train, validation and, if there is a third, test: --split train=0.8,validation=0.2"
    for name in names:
        if name not in _SETS:
            raise UsageError(f"yolo has no set {name!r}, only those for training, validation and tests", cure)
    known = [_SETS[name] for name in names]
    twice = next((one for one in known if known.count(one) > 1), None)
    if twice:
        own = " and ".join(repr(name) for name in names if _SETS[name] == twice)
        raise UsageError(f"{own} are one set to yolo, {twice!r}", cure)
    missing = [one for one in ("train", "val") if one not in known]
    if missing and names != [WHOLE]:
        raise UsageError(f"yolo needs a set for {'training' if missing[0] == 'train' else 'validation'}", cure)


def _yaml(data: Dataset) -> str:
    sets = {_SETS[name]: f"images/{_SETS[name]}" for name in data.sets}
    if "val" not in sets:
        sets["val"] = sets["train"]
        data.told["set for validation that is the one for training, since there is no --split"] += 1
    lines = [f"{name}: {json.dumps(folder)}" for name, folder in sets.items()]
    if data.kind == "keypoints":
        lines += [f"kpt_shape: [{len(data.classes)}, 3]", "names:", f"  0: {yaml_text(data.name)}"]
    else:
        lines += ["names:", *(f"  {place}: {yaml_text(name)}" for place, name in enumerate(data.classes))]
    # No `path`: Ultralytics' check_det_dataset looks for a relative one, also ".", in the working folder or in its own
    # folder of data sets. Without one it takes the folder of this file.
    return "\n".join([f"# {re.sub('[^ -~]', ' ', data.name)}", *lines]) + "\n"


def _rows(data: Dataset, label: Label, size: tuple[int, int]) -> list[list[str]]:
    width, height = size

    def share(value: float, whole: int) -> str:
        inside = min(max(value / whole, 0.0), 1.0)
        return f"{inside:.{_DIGITS}f}".rstrip("0").rstrip(".")

    def row(number: int, *pairs: tuple[float, float]) -> list[str]:
        return [str(number), *(text for x, y in pairs for text in (share(x, width), share(y, height)))]

    if data.kind == "polygons":
        return [row(data.number(mark.label), *mark.points) for mark in label.marks]
    if data.kind == "keypoints":
        return _body(data, label, row, share, size)
    rows = []
    for mark in label.marks:
        left, top = max(mark.left, 0), max(mark.top, 0)
        right, bottom = min(mark.left + mark.width, width), min(mark.top + mark.height, height)
        if right <= left or bottom <= top:
            data.told["boxes outside of their picture: left out"] += 1
            continue
        rows.append(
            row(data.number(mark.label), ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top))
        )
    return rows


def _body(data: Dataset, label: Label, row: Any, share: Any, size: tuple[int, int]) -> list[list[str]]:
    if not label.marks:
        return []
    known: dict[str, Any] = {}
    for mark in label.marks:
        if mark.label in known:
            data.told["keypoints of a label that the picture has already: left out"] += 1
        known.setdefault(mark.label, mark)
    left, top, width, height = box_of([(mark.x, mark.y) for mark in known.values()])
    found: list[str] = row(0, (left + width / 2, top + height / 2), (width, height))
    for name in data.classes:
        mark = known.get(name)
        found += [share(mark.x, size[0]), share(mark.y, size[1]), "2"] if mark is not None else ["0", "0", "0"]
    return [found]


def _folders(data: Dataset, out: Path) -> None:
    folders = folder_names(data.classes)
    for name, examples in data.sets.items():
        for example, label in labeled(examples):
            folder = out / _SETS[name] / folders[data.number(label.marks[0].label)]
            folder.mkdir(parents=True, exist_ok=True)
            data.copy_picture(example, folder / data.flat_name(example))
