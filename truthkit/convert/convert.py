"""From a job's output to the files of another tool."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from truthkit.convert import coco, huggingface, labelstudio, sagemaker, tables, texts, voc, yolo
from truthkit.convert.dataset import Dataset, renamed
from truthkit.convert.folders import MARK, expect_replaceable, written
from truthkit.convert.labels import Example
from truthkit.convert.objects import Objects
from truthkit.convert.read import Classes, read_examples, the_attribute
from truthkit.convert.splits import split
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.job.fetched import read_job
from truthkit.job.spec import OUTPUT_BUCKET, JobFolder


@dataclass(frozen=True, slots=True)
class Target:
    """A format: which kinds of label it holds, what it never holds, and what of a label's rest it keeps."""

    write: Callable[[Dataset, Path], None]
    kinds: frozenset[Any]
    drops: tuple[str, ...] = ()
    of: Literal["pictures", "texts"] | None = None
    keeps: frozenset[str] = frozenset()


_BESIDE = ("the data object's other attributes", "the job's metadata")
TARGETS: dict[str, Target] = {
    "coco": Target(coco.write, coco.KINDS, _BESIDE, "pictures"),
    "yolo": Target(yolo.write, yolo.KINDS, ("confidence", *_BESIDE), "pictures"),
    "voc": Target(voc.write, voc.KINDS, ("confidence", *_BESIDE), "pictures"),
    "spacy": Target(texts.write_spacy, texts.SPACY_KINDS, ("confidence", *_BESIDE), "texts"),
    "conll": Target(texts.write_conll, texts.CONLL_KINDS, ("confidence", *_BESIDE), "texts"),
    "hf": Target(huggingface.write, huggingface.KINDS, _BESIDE),
    "csv": Target(tables.write_csv, tables.KINDS),
    "parquet": Target(tables.write_parquet, tables.KINDS),
    "labelstudio": Target(labelstudio.write, labelstudio.KINDS, _BESIDE),
    "sagemaker": Target(
        sagemaker.write, sagemaker.KINDS, ("what a custom label says beside its marks",), keeps=sagemaker.KEPT
    ),
}


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written.

    ``sets`` has the number of objects a set; ``left_out`` counts objects without a label by the reason; ``told`` counts
    what the format could not take as it was; ``drops`` names what it never holds.
    """

    out: Path
    kind: str
    label_attribute: str
    classes: tuple[str, ...]
    sets: Mapping[str, int]
    files: tuple[Path, ...]
    left_out: Mapping[str, int]
    told: Mapping[str, int]
    drops: tuple[str, ...]
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "out": str(self.out),
            "kind": self.kind,
            "label_attribute": self.label_attribute,
            "classes": list(self.classes),
            "sets": dict(self.sets),
            "files": [str(file) for file in self.files],
            "left_out": dict(self.left_out),
            "told": dict(self.told),
            "drops": list(self.drops),
            "findings": [finding.to_json() for finding in self.findings],
        }


def convert(
    source: Path,
    to: str,
    out: Path,
    *,
    label_attribute: str | None = None,
    class_map: Path | None = None,
    objects: Sequence[tuple[str, Path]] = (),
    shares: Mapping[str, float] | None = None,
    seed: int = 0,
    copy_pictures: bool = True,
    overwrite: bool = False,
) -> Converted:
    """Write a job's labels as another tool reads them.

    Args:
        source: a job's folder (of ``truthkit run``, or fetched from the service), or an output manifest.
        to: one of ``TARGETS``.
        out: the folder to write, whole or not at all.
        label_attribute: which label, where the manifest has several.
        class_map: JSON: the service's label category file, or an object from names to other names (null: left out). Its
            order is that of the class numbers.
        objects: S3 prefixes and the folders that stand for them, beside those of the job.
        shares: of training and validation sets, by name; none: one set.
        seed: of the split.
        copy_pictures: whether pictures are copied beside the labels, where the format has a place for them.
        overwrite: whether what an earlier conversion wrote to ``out`` may be replaced.

    Raises UsageError and TruthkitError.
    """
    if to not in TARGETS:
        raise UsageError(f"there is no format {to!r}", f"give --to one of {', '.join(TARGETS)}")
    target = TARGETS[to]
    out = out.resolve()
    expect_replaceable(out, overwrite=overwrite)
    manifest, known, labels, mapped = _source(source)
    attribute = label_attribute or the_attribute(manifest, known)
    findings: list[Finding] = []
    classes = Classes()
    places = Objects.of([*objects, *mapped])
    examples = list(read_examples(manifest, attribute, places, classes, findings))
    left_out: Counter[str] = Counter(one.missing or "" for one in examples if one.label is None)
    named = [one for one in examples if one.label is not None]
    if not named:
        raise _nothing(manifest, attribute, label_attribute, left_out, findings)
    order = classes.names(labels)
    unknown: list[str] = []
    if class_map is not None:
        order, names, unknown = _class_map(class_map, order)
        named = renamed(named, names)
    [(kind, _count)] = Counter(one.label.kind for one in named if one.label is not None).most_common(1)
    alike = [one for one in named if one.label is not None and one.label.kind == kind]
    if len(alike) < len(named):
        left_out[f"the label is not of the kind {kind!r}, as most are"] += len(named) - len(alike)
    if kind == "class" and (without := sum(not one.label.marks for one in alike if one.label is not None)):
        left_out["the class map has no name for its class"] += without
        alike = [one for one in alike if one.label is not None and one.label.marks]
    data = Dataset(attribute, kind, order, split(alike, shares or {}, seed), places, copy_pictures)
    if unknown:
        data.told[f"names in the class map that no label has ({', '.join(unknown)}): they change nothing"] += len(
            unknown
        )
    for name, within in data.sets.items():
        if not within:
            data.told[f"set without objects: {name} (objects in all: {len(alike):,})"] += 1
    rest = [set(one.label.rest) - target.keeps for one in alike if one.label is not None]
    more = [keys for keys in rest if keys]
    if more and to not in ("csv", "parquet"):
        members = sorted({key for one in more for key in one})
        data.told[f"labels that say more ({', '.join(members)}): not written"] += len(more)
    _expect_fit(to, target, data, alike)
    with written(out) as folder:
        target.write(data, folder)
    return Converted(
        out=out,
        kind=kind,
        label_attribute=attribute,
        classes=order,
        sets={name or "all": len(members) for name, members in data.sets.items()},
        files=tuple(sorted(one for one in out.rglob("*") if one.is_file() and one.name != MARK)),
        left_out=dict(left_out),
        told=dict(data.told),
        drops=target.drops,
        findings=tuple(findings),
    )


def _expect_fit(to: str, target: Target, data: Dataset, examples: Sequence[Example]) -> None:
    """Raise UsageError, with the formats that fit, where one takes no labels of this kind or no such objects."""
    pictures = any(one.source_ref is not None for one in examples)
    texts = any(data.text(one) is not None for one in examples)
    there = {"pictures": pictures, "texts": texts, None: True}
    fitting = [name for name, one in TARGETS.items() if data.kind in one.kinds and there[one.of]]
    cure = f"give --to one of {', '.join(fitting)}"
    if data.kind not in target.kinds:
        raise UsageError(f"{to} does not hold labels of the kind {data.kind!r}", cure)
    if target.of == "texts" and not texts:
        raise UsageError(
            f"{to} holds texts, and none of these objects has one that can be read",
            f"map the folder of the text files: --objects s3://BUCKET/PREFIX=DIR; or {cure}",
        )
    if target.of == "pictures" and not pictures:
        raise UsageError(f"{to} holds pictures, and these objects are texts", cure)


def _source(source: Path) -> tuple[Path, str | None, tuple[str, ...], list[tuple[str, Path]]]:
    """The output manifest, the job's label attribute and labels, and its folders, as far as they are known."""
    if source.is_file():
        return source, None, (), []
    if not source.is_dir():
        raise UsageError(f"{source} does not exist", "give a job's folder, or an output manifest")
    folder = JobFolder(source)
    if folder.spec_file.is_file():
        spec = folder.read_spec()
        own = folder.objects.iterdir() if folder.objects.is_dir() else ()
        elsewhere = [(f"s3://{bucket.name}/", bucket) for bucket in own if not bucket.name.startswith(".")]
        mapped = [*elsewhere, (f"s3://{OUTPUT_BUCKET}/", folder.output), *spec.objects]
        return folder.output_manifest(spec), spec.label_attribute, spec.labels or (), mapped
    about = read_job(source)
    if about is not None:
        name, output = str(about["LabelingJobName"]), str(about["OutputConfig"]["S3OutputPath"])
        manifest = source / "output" / name / "manifests" / "output" / "output.manifest"
        if not manifest.is_file():
            raise UsageError(f"{source} has no output manifest yet", "fetch the job again when it has ended")
        return manifest, str(about["LabelAttributeName"]), (), [(output.rstrip("/") + "/", source / "output")]
    found = sorted(source.glob("**/manifests/output/output.manifest"))
    if len(found) == 1:
        return found[0], None, (), []
    if found:
        names = ", ".join([*(str(one.parents[2].relative_to(source)) for one in found[:10]), *["…"][: len(found) > 10]])
        raise UsageError(f"{source} holds {len(found):,} jobs: {names}", "give the folder of one")
    raise UsageError(f"{source} has no manifests/output/output.manifest", "give a job's folder, or an output manifest")


def _nothing(
    manifest: Path, attribute: str, given: str | None, left_out: Mapping[str, int], findings: Sequence[Finding]
) -> TruthkitError:
    if findings:
        return TruthkitError.of([replace(one, severity="error") for one in findings[:20]])
    why = "; ".join(f"{count:,} × {reason}" for reason, count in left_out.items()) or "it has no lines"
    cure = "give --label-attribute another name" if given else "look at the job's report, and label the objects again"
    return TruthkitError(Finding("label-kind", f"no object has a label {attribute!r}: {why}", cure, file=str(manifest)))


def _class_map(file: Path, found: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str | None], list[str]]:
    """The order of classes, the names that change, and those that no label has."""
    cure = 'write {"old name": "new name", …}, or a label category file {"labels": [{"label": "name"}, …]}'
    try:
        value = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"the class map cannot be read: {error}", cure, file=str(file)) from None
    labels = value.get("labels") if isinstance(value, dict) else None
    if isinstance(labels, list):
        given = [one.get("label") if isinstance(one, dict) else None for one in labels]
        names = [name for name in given if isinstance(name, str)]
        if len(names) < len(given):
            raise UsageError("the class map has a label without a name", cure, file=str(file))
        return tuple(dict.fromkeys([*names, *found])), {}, []
    if not isinstance(value, dict) or not all(one is None or isinstance(one, str) for one in value.values()):
        raise UsageError("the class map is no object from names to names", cure, file=str(file))
    new = [value.get(name, name) for name in found]
    unknown = [name for name in value if name not in found]
    order = dict.fromkeys([*(to for name, to in value.items() if name in found), *new])
    return tuple(name for name in order if name is not None), value, unknown
