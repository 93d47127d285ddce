"""The text of pages: what lies beside their pictures, or what Amazon Textract reads in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from truthkit._object_files import split_uri
from truthkit.aws_calls import client, told
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.job.spec import write_atomically
from truthkit.manifests.tables import Row

ATTRIBUTE = "text-file-s3-uri"
"""What the kit's ``text-entities`` reads."""
USD_A_PAGE = 0.0015
"""DetectDocumentText, first million pages a month (https://aws.amazon.com/textract/pricing)."""
MOST_BYTES = 10_000_000
"""Of a picture that is sent along with the request."""


def with_texts_beside(rows: Iterable[Row], folder: Path) -> Iterator[Row]:
    """Rows with the address of the text of the same name. Raises UsageError where one has none."""
    for row in rows:
        name = str(PurePosixPath(str(row["name"])).with_suffix(".txt"))
        if not (folder / name).is_file():
            raise UsageError(
                f"{folder / row['name']} has no text beside it: {name}", "write it, or --text-from textract"
            )
        yield row | {ATTRIBUTE: _text_uri(str(row["source-ref"]))}


def with_texts_read(
    rows: Iterable[Row], texts: Path, folder: Path | None, advance: Callable[[int], None]
) -> Iterator[Row]:
    """Rows with the address of the text that Textract reads in each picture; the texts go into ``texts``.

    What is there already is not read again, so an interrupted run goes on where it was.

    Args:
        folder: where the pictures lie; None: in S3.
        advance: told how many pages are done.

    Raises TruthkitError where AWS refuses.
    """
    textract = client("textract")
    for done, row in enumerate(rows, 1):
        file = texts / PurePosixPath(str(row["name"])).with_suffix(".txt")
        if not file.is_file():
            uri = str(row["source-ref"])
            with told(uri):
                answer = textract.detect_document_text(Document=_document(uri, row, folder))
            lines = [one.get("Text", "") for one in answer.get("Blocks", ()) if one.get("BlockType") == "LINE"]
            write_atomically(file, "\n".join(lines) + ("\n" if lines else ""), durable=False)
        advance(done)
        yield row | {ATTRIBUTE: _text_uri(str(row["source-ref"]))}


def _document(uri: str, row: Row, folder: Path | None) -> dict[str, Any]:
    if folder is None:
        bucket, key = split_uri(uri)
        return {"S3Object": {"Bucket": bucket, "Name": key}}
    file = folder / str(row["name"])
    body = file.read_bytes()
    if len(body) > MOST_BYTES:
        message = f"has {len(body):,} bytes; Textract takes at most {MOST_BYTES:,} with a request"
        raise TruthkitError(
            Finding("source-file", message, "make the picture smaller, or read it from S3", file=str(file))
        )
    return {"Bytes": body}


def _text_uri(uri: str) -> str:
    head, slash, name = uri.rpartition("/")
    return f"{head}{slash}{PurePosixPath(name).with_suffix('.txt')}"
