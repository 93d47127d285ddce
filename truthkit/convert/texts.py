"""Labeled texts: spaCy's DocBin (https://spacy.io/api/data-formats) and CoNLL's columns with IOB2 tags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from truthkit.convert.dataset import NO_TEXT, Dataset, labeled
from truthkit.convert.labels import Label, Span
from truthkit.convert.names import plain_names
from truthkit.convert.splits import WHOLE
from truthkit.findings import UsageError

SPACY_KINDS = frozenset(("spans", "class", "classes"))
CONLL_KINDS = frozenset(("spans",))
SPANS_KEY = "sc"
"""Where spaCy's span categorizer looks."""


def write_spacy(data: Dataset, out: Path) -> None:
    """``all.spacy``, or a file a set, tokenized by spaCy's blank pipeline for all languages.

    Passages are in ``doc.spans["sc"]`` all, and in ``doc.ents`` where none overlap; edges within a token move out to
    the token's, and are told. Classes are in ``doc.cats``. Raises UsageError if spaCy is not installed.
    """
    try:
        import spacy
        from spacy.tokens import DocBin
    except ImportError:
        raise UsageError(
            "spaCy is not installed", "pip install spacy (in the clone: .uv/bin/uv sync --inexact --extra spacy)"
        ) from None
    nlp = spacy.blank("xx")
    nlp.max_length = 10**9
    for name, examples in data.sets.items():
        found = DocBin(store_user_data=True)
        for example, label in labeled(examples):
            text = data.text(example)
            if text is None:
                data.told[NO_TEXT] += 1
                continue
            doc = nlp.make_doc(text)
            if data.kind == "spans":
                _mark(data, doc, label)
            else:
                has = {mark.label for mark in label.marks}
                doc.cats = {one: float(one in has) for one in data.classes}
            found.add(doc)
        found.to_disk(out / f"{name if name != WHOLE else 'all'}.spacy")


def _mark(data: Dataset, doc: Any, label: Label) -> None:
    spans = []
    for mark in label.marks:
        span = doc.char_span(mark.start, mark.end, label=mark.label, alignment_mode="expand")
        if span is None:
            data.told["passages without a token, or outside of their text: left out"] += 1
            continue
        if (span.start_char, span.end_char) != (mark.start, mark.end):
            data.told["passages that end within a token: moved out to its edge"] += 1
        spans.append(span)
    doc.spans[SPANS_KEY] = spans
    in_order = sorted(spans, key=lambda span: (span.start, span.end))
    if all(one.end <= other.start for one, other in pairwise(in_order)):
        doc.ents = in_order
    else:
        data.told["texts with overlapping passages: these are in doc.spans only, not in doc.ents"] += 1


def write_conll(data: Dataset, out: Path) -> None:
    """``all.conll``, or a file a set: a token and its IOB2 tag a line, a blank line after each text.

    White space in a class's name becomes ``_``, and is told.

    Tokens are words (with inner hyphens and apostrophes) and single other signs. Of passages that overlap the longest
    stays, of equally long ones the first; edges within a token move out. Both are told.
    """
    names = plain_names(data.classes, r"\s+")
    if names != list(data.classes):
        data.told["names of classes with white space: written with _"] += sum(
            name != own for name, own in zip(names, data.classes, strict=True)
        )
    for name, examples in data.sets.items():
        with (out / f"{name if name != WHOLE else 'all'}.conll").open("w", encoding="utf-8", newline="\n") as stream:
            for example, label in labeled(examples):
                text = data.text(example)
                if text is None:
                    data.told[NO_TEXT] += 1
                    continue
                for token, tag in _tagged(data, text, label.marks, names):
                    stream.write(f"{token}\t{tag}\n")
                stream.write("\n")


@cache
def _token() -> re.Pattern[str]:
    """A word, with combining marks (no letters to ``re``) and inner hyphens and apostrophes; or one sign."""
    marks = "".join(map(chr, filter(lambda code: unicodedata.category(chr(code))[0] == "M", range(0x20000))))
    word = rf"\w[\w{marks}\u200c\u200d]*"
    return re.compile(rf"{word}(?:[-'’]{word})*|[^\w\s]")


def _tagged(data: Dataset, text: str, marks: Sequence[Span], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    tokens = [(match.start(), match.end()) for match in _token().finditer(text)]
    tags = ["O"] * len(tokens)
    for mark in sorted(marks, key=lambda mark: (mark.start - mark.end, mark.start, mark.label)):
        inside = [place for place, (start, end) in enumerate(tokens) if start < mark.end and end > mark.start]
        if not inside:
            data.told["passages without a token, or outside of their text: left out"] += 1
            continue
        if any(tags[place] != "O" for place in inside):
            data.told["passages that overlap a longer one: left out"] += 1
            continue
        if tokens[inside[0]][0] < mark.start or tokens[inside[-1]][1] > mark.end:
            data.told["passages that end within a token: moved out to its edge"] += 1
        name = names[data.number(mark.label)]
        for place in inside:
            tags[place] = f"{'B' if place == inside[0] else 'I'}-{name}"
    for (start, end), tag in zip(tokens, tags, strict=True):
        yield text[start:end], tag
