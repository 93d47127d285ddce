"""The command that takes labels to other tools, and brings theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption, parse_objects
from truthkit.cli.terminal import out, print_findings, print_json, relative
from truthkit.findings import UsageError

if TYPE_CHECKING:
    from truthkit.convert import Brought, Converted


@app.command(
    "convert",
    epilog=examples(
        "truthkit convert jobs/birds --to coco",
        "truthkit convert jobs/birds --to yolo --split 0.8 --out birds-yolo",
        "truthkit convert output.manifest --to spacy --label-attribute names",
        "truthkit convert output.manifest --to coco --objects s3://my-bucket/images/=images",
        "truthkit convert tasks.json --from labelstudio --out tasks.manifest",
        "truthkit convert masks.json --from coco --masks s3://my-bucket/masks/ --prefix s3://my-bucket/images/",
    ),
)
def convert_command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="OUTPUT",
            help="A job's folder (of truthkit run, or fetched from the service), or an output manifest; with --from, "
            "the other tool's file.",
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="coco, yolo, voc, spacy, conll, hf, csv, parquet, labelstudio or sagemaker (as built-in jobs write).",
        ),
    ] = None,
    tool: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="TOOL", help="coco or labelstudio: make an input manifest with its labels to adjust."
        ),
    ] = None,
    out_path: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", help="The folder to write (default: OUTPUT-FORMAT); a file with --from."),
    ] = None,
    label_attribute: Annotated[
        str | None, typer.Option("--label-attribute", metavar="NAME", help="Which label (default: the job's own).")
    ] = None,
    class_map: Annotated[
        Path | None,
        typer.Option(
            "--class-map",
            metavar="FILE",
            help='JSON: {"old name": "new name"} (null leaves out), or a label category file. Its order counts.',
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="SHARES", help="0.8, or train=0.8,validation=0.1,test=0.1; by class."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the split.")] = 0,
    no_pictures: Annotated[
        bool, typer.Option("--no-pictures", help="Do not copy the pictures beside the labels.")
    ] = False,
    objects: Annotated[
        list[str] | None,
        typer.Option("--objects", metavar="s3://…=DIR", help="A folder that stands for an S3 prefix; repeatable."),
    ] = None,
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="s3://…", help="With --from: where files that are no URIs lie.")
    ] = "",
    masks: Annotated[
        str,
        typer.Option(
            "--masks", metavar="s3://…", help="With --from: where masks will lie, which are written beside --out."
        ),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is at --out.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write labels as other tools read them, or bring theirs."""
    from truthkit.convert import bring, convert
    from truthkit.convert.splits import parse_split

    if (to is None) == (tool is None):
        raise UsageError("convert needs --to or --from", "e.g. --to coco, or --from labelstudio --out tasks.manifest")
    _expect_no_others(
        "--to" if tool is not None else "--from",
        {"--label-attribute": label_attribute, "--class-map": class_map, "--split": split}
        | {"--seed": seed, "--no-pictures": no_pictures, "--objects": objects}
        if tool is not None
        else {"--prefix": prefix, "--masks": masks},
    )
    if tool is not None:
        given = out_path or source.with_suffix(".manifest")
        made = bring(source, tool, given, prefix=prefix, masks=masks, overwrite=yes)
        if as_json:
            print_json(made.to_json())
        else:
            _tell_brought(made)
        return
    assert to is not None
    stem = source.name if source.is_dir() else re.sub(r"\.(manifest|jsonl?)$", "", source.name)
    done = convert(
        source,
        to,
        out_path or source.parent / f"{stem or 'labels'}-{to}",
        label_attribute=label_attribute,
        class_map=class_map,
        objects=list(parse_objects(objects).items()),
        shares=parse_split(split) if split is not None else None,
        seed=seed,
        copy_pictures=not no_pictures,
        overwrite=yes,
    )
    if as_json:
        print_json(done.to_json())
    else:
        _tell_converted(to, done)


def _expect_no_others(other: str, given: Mapping[str, object]) -> None:
    """Raise UsageError for an option that counts only with the other way."""
    for name, value in given.items():
        if value:
            raise UsageError(f"{name} goes with {other}", f"leave {name} away")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _tell_converted(to: str, done: Converted) -> None:
    print_findings(done.findings)
    sets = ", ".join(f"{name} {count:,}" for name, count in done.sets.items())
    classes = _count(len(done.classes), "class", "classes")
    out.print(escape(f"{to}: {done.label_attribute} ({done.kind}), {classes}; objects: {sets}"))
    for reason, count in done.left_out.items():
        out.print(escape(f"left out: {count:,} × {reason}"))
    for what, count in done.told.items():
        out.print(escape(f"{count:,} × {what}"))
    if done.drops:
        out.print(escape(f"{to} does not hold: {', '.join(done.drops)}"))
    out.print(escape(f"{_count(len(done.files), 'file')} in {relative(str(done.out))}"))


def _tell_brought(made: Brought) -> None:
    out.print(
        escape(
            f"{_count(made.objects, 'object')}, {_count(made.marks, 'label')} ({made.kind}): {', '.join(made.labels)}"
        )
    )
    for what, count in made.told.items():
        out.print(escape(f"{count:,} × {what}"))
    out.print(escape(f"manifest: {relative(str(made.out))}; each line has initial-value, for the template's element"))
    if made.masks is not None:
        out.print(escape(f"masks: {relative(str(made.masks))}; they go where --masks says"))
