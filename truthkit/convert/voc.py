"""Pascal VOC: boxes as XML, semantic masks as pictures with a palette (VOC2012 development kit, section 3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import numpy as np

from truthkit.convert.dataset import NO_SIZE, Dataset, labeled
from truthkit.convert.labels import Example, Label
from truthkit.convert.names import plain_names
from truthkit.convert.splits import WHOLE
from truthkit.findings import UsageError

KINDS = frozenset(("boxes", "mask"))
_SETS = {"validation": "val", WHOLE: "trainval"}
_UNFIT = r"[\x00-\x1f\x7f\ufffe\uffff:]|^#"
MOST_CLASSES = 254  # of a mask: 255 is VOC's "void"


def write(data: Dataset, out: Path) -> None:
    """``Annotations``, ``JPEGImages``, ``ImageSets``, ``labelmap.txt``; for masks ``SegmentationClass``.

    Boxes are in VOC's way: pixels count from 1, and the right and lower edge are within; whole pixels.
    """
    if data.kind == "mask" and len(data.classes) > MOST_CLASSES:
        raise UsageError(
            f"voc's masks hold {MOST_CLASSES} classes, and these are {len(data.classes)}",
            "leave some out by --class-map, or give --to coco",
        )
    names = plain_names(data.classes, _UNFIT)
    if names != list(data.classes):
        data.told["names of classes with signs that XML or labelmap.txt cannot hold: written with _"] += sum(
            name != own for name, own in zip(names, data.classes, strict=True)
        )
    listed: dict[str, list[str]] = defaultdict(list)
    for name, examples in data.sets.items():
        for example, label in labeled(examples):
            picture = PurePosixPath(data.flat_name(example))
            if data.kind == "boxes":
                if not _write_boxes(data, example, label, picture, names, out):
                    continue
            elif not _write_mask(data, example, label, out / "SegmentationClass" / f"{picture.stem}.png"):
                continue
            data.copy_picture(example, out / "JPEGImages" / picture)
            listed[_SETS.get(name, name)].append(picture.stem)
    folder = out / "ImageSets" / ("Main" if data.kind == "boxes" else "Segmentation")
    folder.mkdir(parents=True)
    for name, stems in listed.items():
        (folder / f"{name}.txt").write_text("".join(stem + "\n" for stem in stems), "utf-8")
    colors = _palette(len(data.classes) + 1)
    rows = [
        f"{name}:{','.join(map(str, color))}::\n" for name, color in zip(["background", *names], colors, strict=True)
    ]
    (out / "labelmap.txt").write_text("# label:color_rgb:parts:actions\n" + "".join(rows), "utf-8")


def _write_boxes(
    data: Dataset, example: Example, label: Label, picture: PurePosixPath, names: Sequence[str], out: Path
) -> bool:
    size = data.size(example)
    if size is None:
        data.told[NO_SIZE] += 1
        return False
    root = Element("annotation")
    SubElement(root, "folder").text = "JPEGImages"
    SubElement(root, "filename").text = str(picture)
    SubElement(SubElement(root, "source"), "database").text = re.sub(_UNFIT, "_", data.name)
    told = SubElement(root, "size")
    for name, value in zip(("width", "height", "depth"), (*size, 3), strict=True):
        SubElement(told, name).text = str(value)
    SubElement(root, "segmented").text = "0"
    for mark in label.marks:
        left, top = round(max(mark.left, 0)), round(max(mark.top, 0))
        right, bottom = round(min(mark.left + mark.width, size[0])), round(min(mark.top + mark.height, size[1]))
        if right <= left or bottom <= top:
            data.told["boxes outside of their picture, or less than a pixel: left out"] += 1
            continue
        one = SubElement(root, "object")
        SubElement(one, "name").text = names[data.number(mark.label)]
        SubElement(one, "pose").text = "Unspecified"
        SubElement(one, "truncated").text = "0"
        SubElement(one, "difficult").text = "0"
        box = SubElement(one, "bndbox")
        for name, value in zip(("xmin", "ymin", "xmax", "ymax"), (left + 1, top + 1, right, bottom), strict=True):
            SubElement(box, name).text = str(value)
    indent(root)
    file = out / "Annotations" / f"{picture.stem}.xml"
    file.parent.mkdir(parents=True, exist_ok=True)
    ElementTree(root).write(file, encoding="utf-8")
    return True


def _write_mask(data: Dataset, example: Example, label: Label, file: Path) -> bool:
    from PIL import Image

    parts = data.parts(example, label)
    if parts is None:
        return False
    numbers = np.array([0, *(data.number(part.label) + 1 for part in label.marks)], dtype=np.uint8)
    picture = Image.fromarray(numbers[parts])
    picture.putpalette([value for color in _palette(256) for value in color])
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file)
    return True


def _palette(count: int) -> list[tuple[int, int, int]]:
    """VOC's colors: the bits of the class's number, dealt to red, green and blue from the highest down."""
    found = []
    for number in range(count):
        color = [0, 0, 0]
        for place in range(8):
            for channel in range(3):
                color[channel] |= (number >> (3 * place + channel) & 1) << (7 - place)
        found.append((color[0], color[1], color[2]))
    return found
