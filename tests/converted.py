"""Output manifests with pictures, to be converted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from truthkit.convert import Converted, convert

COMMON = {"job-name": "labeling-job/zoo", "human-annotated": "yes", "creation-date": "2026-03-02T09:20:13.177541"}
WIDTH, HEIGHT = 40, 30


def make(tmp: Path, lines: Sequence[Mapping[str, Any]]) -> Path:
    manifest = tmp / "output.manifest"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    pictures = tmp / "pictures"
    pictures.mkdir(exist_ok=True)
    for number in range(len(lines)):
        Image.new("RGB", (WIDTH, HEIGHT), (10 * number, 90, 160)).save(pictures / f"{number}.png")
    return manifest


def to(target: str, manifest: Path, **options: Any) -> Converted:
    given = {"objects": [("s3://zoo/", manifest.parent / "pictures")], **options}
    return convert(manifest, target, manifest.parent / target, **given)


def mask(tmp: Path, **metadata: Any) -> tuple[Path, Any]:
    """A picture with a road below and a car on it, each in its color."""
    table = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    table[20:, :] = 1
    table[15:22, 5:12] = 2
    colors = {
        "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.9},
        "1": {"class-name": "road", "hex-color": "#1F77B4", "confidence": 0.9},
        "2": {"class-name": "car", "hex-color": "#ff7f0e", "confidence": 0.9},
    }
    rgb = np.array([[255, 255, 255], [0x1F, 0x77, 0xB4], [0xFF, 0x7F, 0x0E]], dtype=np.uint8)[table]
    about = {"internal-color-map": colors, "type": "groundtruth/semantic-segmentation", **COMMON, **metadata}
    line = {"source-ref": "s3://zoo/0.png", "street-ref": "s3://zoo/mask.png", "street-ref-metadata": about}
    manifest = make(tmp, [line])
    Image.fromarray(rgb).save(tmp / "pictures" / "mask.png")
    return manifest, table
