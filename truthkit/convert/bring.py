"""Other tools' labels as what workers start from: an input manifest with ``initial-value``, for adjustment jobs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truthkit.convert.bring_coco import read_coco
from truthkit.convert.bring_label_studio import read_label_studio
from truthkit.convert.brought import WRONG, Labels, Regions, said
from truthkit.convert.folders import expect_replaceable, written
from truthkit.convert.names import flat_names, relative_names
from truthkit.convert.paint import paint
from truthkit.convert.runs import BadRunsError
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.job.spec import write_atomically

ATTRIBUTE = "initial-value"
SOURCES: dict[str, Callable[[Any, Counter[str], bool], Labels]] = {
    "coco": read_coco,
    "labelstudio": read_label_studio,
}


@dataclass(frozen=True, slots=True)
class Brought:
    """What was written: ``objects`` lines with ``marks`` labels of the kind ``kind`` in all; ``labels`` by frequency;
    ``masks``, the folder of masks, if there are some; ``told`` counts what could not be taken."""

    out: Path
    kind: str
    objects: int
    marks: int
    labels: tuple[str, ...]
    masks: Path | None
    told: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "out": str(self.out),
            "kind": self.kind,
            "objects": self.objects,
            "marks": self.marks,
            "labels": list(self.labels),
            "masks": str(self.masks) if self.masks else None,
            "told": self.told,
        }


def bring(file: Path, tool: str, out: Path, *, prefix: str = "", masks: str = "", overwrite: bool = False) -> Brought:
    """Write an input manifest of another tool's labels.

    Args:
        file: COCO's JSON, or Label Studio's JSON of tasks.
        tool: one of ``SOURCES``.
        out: the manifest to write, whole or not at all. Each line has ``source`` or ``source-ref``, and
            ``initial-value`` as the crowd element of the kind takes it (a template prints it with ``to_json``).
        prefix: S3 URI that goes before file names which are no URIs.
        masks: S3 URI of where masks will lie; they are written to a folder beside ``out``, named after it. Needed for
            masks: the elements take them as pictures of their own.
        overwrite: whether ``out`` and its masks may be there already.

    Raises UsageError, and TruthkitError where the file is not what ``tool`` writes.
    """
    if tool not in SOURCES:
        raise UsageError(f"labels of {tool!r} cannot be read", f"give --from one of {', '.join(SOURCES)}")
    for name, given in (("--prefix", prefix), ("--masks", masks)):
        if given and not given.startswith("s3://"):
            raise UsageError(f"{name} {given} is no S3 URI", f"give {name} s3://BUCKET/FOLDER/")
    folder = out.resolve().with_name(f"{out.stem}-masks")
    if out.exists() and not overwrite:
        raise UsageError(f"{out} exists", "give another --out, or --yes to replace it")
    content = _content(file)
    told: Counter[str] = Counter()
    try:
        try:
            found = SOURCES[tool](content, told, bool(masks))
            sources = [_source(source, prefix) for source, _ in found.objects]
        except UsageError as error:
            [wrong] = error.findings
            raise UsageError(wrong.message, wrong.cure, file=str(file)) from None
        if found.kind in ("mask", "instances"):
            expect_replaceable(folder, overwrite=overwrite)
            with written(folder) as into:
                values = _painted(found, [one["source-ref"] for one in sources], into, masks, told)
        else:
            values = [value for _, value in found.objects]
    except WRONG as error:
        other = _looks_like(content)
        if other not in (None, tool):
            raise _wrong(
                file, f"is not what {tool} writes, but looks like a file of {other}", f"give --from {other}"
            ) from None
        raise _wrong(file, f"is not what {tool} writes: {said(error)}") from None
    names = Counter(name for value in values for name in _labels(value))
    lines = [{**source, ATTRIBUTE: value} for source, value in zip(sources, values, strict=True)]
    write_atomically(out, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    ordered = tuple(name for name, _ in names.most_common())
    painted = folder if found.kind in ("mask", "instances") else None
    return Brought(out, found.kind, len(lines), names.total(), ordered, painted, dict(told))


def _content(file: Path) -> Any:
    try:
        content = json.loads(file.read_text("utf-8-sig"))
        json.dumps(content, ensure_ascii=False).encode()  # half a sign is none
        return content
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "give a file of labels") from None
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"is not JSON: {error}") from None


def _wrong(file: Path, message: str, cure: str = "export the labels again as JSON") -> TruthkitError:
    return TruthkitError(Finding("labels-file", message, cure, file=str(file)))


def _looks_like(content: Any) -> str | None:
    """The tool whose file it seems to be."""
    if isinstance(content, dict) and {"images", "annotations", "categories"} <= content.keys():
        return "coco"
    tasks = content if isinstance(content, list) else [content]
    if tasks and all(isinstance(one, dict) and isinstance(one.get("data"), dict) for one in tasks):
        return "labelstudio"
    return None


def _labels(value: Any) -> list[str]:
    if isinstance(value, dict):
        mappings = value.get("labelMappings")
        return list(mappings) if mappings is not None else [one["label"] for one in value["instances"]]
    return [one["label"] for one in value] if isinstance(value, list) else [value] if value else []


def _source(source: dict[str, str], prefix: str) -> dict[str, str]:
    reference = source.get("source-ref")
    if reference is not None and "://" not in reference:
        if not prefix:
            raise UsageError(f"{reference!r} is no S3 URI", "give the folder it is in: --prefix s3://BUCKET/FOLDER/")
        return {"source-ref": prefix.rstrip("/") + "/" + reference.lstrip("/")}
    return source


def _painted(
    found: Labels, pictures: list[str], folder: Path, prefix: str, told: Counter[str]
) -> list[dict[str, Any] | None]:
    """The masks' pictures, and what the element takes of each; None where there is nothing in it."""
    values: list[dict[str, Any] | None] = []
    stems = [name.rpartition(".")[0] or name for name in flat_names(relative_names(pictures))]
    for stem, picture, (_source, regions) in zip(stems, pictures, found.objects, strict=True):
        assert isinstance(regions, Regions)
        try:
            value = paint(regions, found.labels if found.kind == "mask" else None, folder / f"{stem}.png", told)
        except BadRunsError as error:
            told[f"pictures whose masks cannot be read: without labels ({picture}: {error})"] += 1
            value = None
        values.append(value and {**value, "src": f"{prefix.rstrip('/')}/{stem}.png"})
    return values
