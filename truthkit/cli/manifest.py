"""The command that makes input manifests, and checks them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from truthkit.cli.application import app, examples
from truthkit.cli.check import Objects, check_command
from truthkit.cli.options import JsonOption, ObjectsOption
from truthkit.cli.terminal import out, print_findings, print_json, progress, relative
from truthkit.findings import UsageError
from truthkit.wording import counted

if TYPE_CHECKING:
    from truthkit.manifests import MadeManifest


class As(StrEnum):
    """How a folder's files become lines."""

    SOURCE = "source"
    SOURCE_REF = "source-ref"


class TextFrom(StrEnum):
    """Where the text of pages comes from."""

    TEXTRACT = "textract"
    BESIDE = "beside"


@app.command(
    "manifest",
    epilog=examples(
        "truthkit manifest photos --prefix s3://my-bucket/photos/ --upload",
        "truthkit manifest titles.csv --column source=title --column id=id --sample 100",
        "truthkit manifest s3://my-bucket/pages/ --where \"suffix = '.png' AND bytes < 5000000\"",
        'truthkit manifest birds.parquet --sql "SELECT url AS \\"source-ref\\" FROM data WHERE year > 2020"',
        "truthkit manifest pages --prefix s3://my-bucket/pages/ --text-from textract --upload --yes",
        "truthkit manifest check input.manifest",
    ),
)
def manifest_command(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE | check FILE…",
            help="A folder, an s3:// prefix, a table (CSV, TSV, Parquet, JSON, JSON Lines), or what Hugging Face's "
            "save_to_disk wrote. check: what truthkit check says of manifests.",
        ),
    ],
    out_file: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The manifest to write; shards get -001, -002, …")
    ] = Path("input.manifest"),
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="s3://…", help="Where the folder's files are, or will be, in S3.")
    ] = "",
    kind: Annotated[
        As | None,
        typer.Option("--as", help="Texts of a folder: in the manifest (source), or named by it (source-ref)."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="NAME=COLUMN", help="An attribute and the column it comes from; repeatable. None: all."
        ),
    ] = None,
    where: Annotated[
        str | None, typer.Option("--where", metavar="SQL", help="Keep the rows for which this holds (DuckDB's SQL).")
    ] = None,
    sql: Annotated[
        str | None, typer.Option("--sql", metavar="QUERY", help="Take the rows of a query on the table data.")
    ] = None,
    sample: Annotated[int | None, typer.Option("--sample", metavar="N", help="Take so many rows by chance.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the sample.")] = 0,
    shard: Annotated[
        int, typer.Option("--shard", metavar="N", help="The most lines of one manifest (semantic segmentation: 20000).")
    ] = 100_000,
    text_from: Annotated[
        TextFrom | None,
        typer.Option("--text-from", help="Add each page's text: read by Textract, or the .txt beside its picture."),
    ] = None,
    upload: Annotated[
        bool, typer.Option("--upload", help="Bring the files and the manifest to S3, where they are not there yet.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Replace what is there, remove shards of an earlier run, and pay for Textract."),
    ] = False,
    objects: ObjectsOption = None,
    s3: Annotated[
        Objects, typer.Option("--s3", help="Of check: aws looks for objects in AWS, with your credentials.")
    ] = Objects.LOCAL,
    as_json: JsonOption = False,
) -> None:
    """Make an input manifest, as the console does and beyond.

    Nothing is sent to AWS without --upload, --text-from textract, or an s3:// source.
    """
    if given[0] == "check":
        if len(given) < 2:
            raise UsageError("there is no manifest to check", "give one: truthkit manifest check input.manifest")
        check_command(given[1:], s3=s3, objects=objects, as_json=as_json)
        return
    from truthkit.manifests import Plan, make

    if len(given) > 1:
        raise UsageError(
            f"one source makes a manifest, not {len(given)}", "give a folder that holds all, or run it twice"
        )
    if objects or s3 is not Objects.LOCAL:
        raise UsageError("--objects and --s3 are for check", "give --prefix for the files of a folder")
    plan = Plan(
        source=given[0],
        out=out_file,
        prefix=prefix,
        kind=kind.value if kind is not None else None,
        columns=_pairs(columns or ()),
        where=where,
        sql=sql,
        sample=sample,
        seed=seed,
        shard=shard,
        text_from=text_from.value if text_from is not None else None,
        upload=upload,
        yes=yes,
    )
    with progress("lines") as advance:
        made = make(plan, lambda what, done: advance(done, None, what))
    if as_json:
        print_json(made.to_json())
        return
    _tell(made, upload=upload)


def _tell(made: MadeManifest, *, upload: bool) -> None:
    print_findings(made.findings)
    for file in made.files:
        out.print(escape(relative(str(file))))
    about = counted(made.lines, "line")
    if len(made.files) == len(made.unchanged):
        about += ", unchanged"
    elif made.unchanged:
        about += f"; {len(made.unchanged):,} of {len(made.files):,} files unchanged"
    if made.removed:
        about += f"; removed, as left of another run: {relative(', '.join(map(str, made.removed)))}"
    if upload:
        about += f"; {counted(len(made.uploaded), 'file')} uploaded, what was there already is left as it is"
    out.print(escape(about))


def _pairs(texts: Iterable[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for name, column in map(_pair, texts):
        if name in pairs:
            raise UsageError(f"--column {name} is given twice", "give each attribute one column")
        pairs[name] = column
    return pairs


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not name or not column:
        raise UsageError(f"--column {text} is not of the form NAME=COLUMN", "e.g. --column source=title")
    return name, column
