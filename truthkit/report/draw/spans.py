"""Spans drawn over their text: stacked underlines where they overlap, differences marked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from truthkit.report.draw.scene import Field, Palette, Scene, Voice, short_number
from truthkit.report.shapes import Span, Spans
from truthkit.wording import counted
from truthkit_core.agreement import f1

LEVELS = 6  # stacked underlines; what overlaps deeper is named below the text
LONG_TEXT = 8_000  # characters; a longer text is shown around its marks only
AROUND = 300

Verdict = Literal["exact", "boundary", "label", "extra", "missed"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One span against the reference: found, wanted, or both."""

    verdict: Verdict
    found: Span | None
    wanted: Span | None

    @property
    def at(self) -> int:
        span = self.found or self.wanted
        return span.start if span else 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text with a line below it; offsets in characters of the Python string."""

    start: int
    end: int
    css: str
    tag: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Text between two ends of marks: the tags that begin here, then the text in its layers of lines.

    ``skipped`` counts the characters that a long text leaves out here.
    """

    text: str
    tags: tuple[Mark, ...]
    layers: tuple[str, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """One row of a strip: places in thousandths of the text."""

    x: float
    width: float
    level: int
    css: str


@dataclass(frozen=True, slots=True)
class Panel:
    voice: Voice
    segments: tuple[Segment, ...]
    blocks: tuple[Block, ...]
    levels: int
    spans: tuple[tuple[Span, str, str], ...]  # for a text that is not known: span, color class, votes
    summary: str
    against: str
    differences: tuple[tuple[str, str, str, str], ...]  # verdict, color class, label, words
    faults: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class View:
    name: str
    text_known: bool
    length: int
    panels: tuple[Panel, ...]


class Text:
    """A text with the offsets that a browser counts (UTF-16 units), mapped to Python's characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Only characters beyond the basic plane take two units; the starts of these shift all that follows.
        self._wide = [
            index + before for before, index in enumerate(i for i, char in enumerate(text) if ord(char) > 0xFFFF)
        ]
        self.length = len(text) + len(self._wide)

    def index(self, offset: int) -> int:
        """The character at a UTF-16 offset; an offset inside a character means its start; the end at most."""
        offset = min(max(offset, 0), self.length)
        return offset - bisect_left(self._wide, offset)

    def cut(self, span: Span, limit: int = 60) -> str:
        """The span's own words, the middle left out when long."""
        words = " ".join(self.text[self.index(span.start) : self.index(span.end)].split())
        return words if len(words) <= limit else f"{words[: limit - 22]} … {words[-19:]}"


def compare(found: Sequence[Span], wanted: Sequence[Span]) -> list[Comparison]:
    """Each span against the reference, in the order of the text.

    Exact matches first; of the rest, each takes the one of the same label that it overlaps most (the boundary is off),
    then one of another label that it shares at least half of the joint length with (the label is another one).
    """
    free = Counter(span.key for span in wanted)
    left_found, pairs = [], []
    by_key = {span.key: span for span in wanted}
    for span in found:
        if free[span.key] > 0:
            free[span.key] -= 1
            pairs.append(Comparison("exact", span, by_key[span.key]))
        else:
            left_found.append(span)
    left_wanted = []
    for span in wanted:
        if free[span.key] > 0:
            free[span.key] -= 1
            left_wanted.append(span)
    for verdict, least in (("boundary", 0.0), ("label", 0.5)):
        same = verdict == "boundary"
        overlaps = []
        for i, a in enumerate(left_found):
            for j, b in enumerate(left_wanted):
                if b.start >= a.end:
                    break
                shared = min(a.end, b.end) - max(a.start, b.start)
                if shared > 0 and (a.label == b.label) == same:
                    share = shared / (max(a.end, b.end) - min(a.start, b.start))
                    if share >= least:
                        overlaps.append((-share, i, j))
        used_i, used_j = set(), set()
        for _, i, j in sorted(overlaps):
            if i not in used_i and j not in used_j:
                used_i.add(i)
                used_j.add(j)
                pairs.append(Comparison("boundary" if same else "label", left_found[i], left_wanted[j]))
        left_found = [span for i, span in enumerate(left_found) if i not in used_i]
        left_wanted = [span for j, span in enumerate(left_wanted) if j not in used_j]
    pairs += [Comparison("extra", span, None) for span in left_found]
    pairs += [Comparison("missed", None, span) for span in left_wanted]
    return sorted(pairs, key=lambda pair: (pair.at, pair.verdict))


def find_text(texts: Iterable[str], spans: Sequence[Span]) -> Text | None:
    """The text that the spans were made on: of those that hold the most of them, the longest; addresses are none."""
    ends = sorted(span.end for span in spans)
    best: tuple[int, int] = (0, 0)
    chosen = None
    for text in texts:
        if not text.strip() or (":/" in text[:12] and not any(char.isspace() for char in text)):
            continue
        units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
        rank = (bisect_right(ends, units), units)
        if rank > best and (not ends or rank[0]):
            best, chosen = rank, text
    return None if chosen is None else Text(chosen)


def view(field: Field, scene: Scene) -> View:
    said: list[tuple[Voice, Spans]] = list(field.said)
    everything = [span for _, spans in said for span in spans.spans]
    text = find_text(scene.texts, everything)
    gold, label = field.of("gold"), field.of("label")
    panels = []
    for voice, spans in said:
        reference, against = (gold, "gold") if gold is not None else (label, "the consolidated label")
        if voice.role == "gold" or (voice.role == "label" and gold is None):
            reference = None
        panels.append(_panel(voice, spans, reference, against, text, scene))
    return View(field.name, text is not None, text.length if text else 0, tuple(panels))


def _panel(voice: Voice, spans: Spans, reference: Spans | None, against: str, text: Text | None, scene: Scene) -> Panel:
    palette = scene.palette
    if reference is None:
        pairs = [Comparison("exact", span, span) for span in spans.spans]
        summary, against = counted(len(spans.spans), "span"), ""
    else:
        pairs = compare(spans.spans, reference.spans)
        score = f1([span.key for span in spans.spans], [span.key for span in reference.spans])
        tally = Counter(pair.verdict for pair in pairs)
        said = [f"{tally[verdict]} {words}" for verdict, words in _WORDS.items() if tally[verdict]]
        summary = f"F1 {score:.2f}" + (": " + ", ".join(said) if said else ": no spans, as expected")
    votes = {id(span): _votes(span, scene.answers) for span in spans.spans}
    differences = tuple(
        (pair.verdict, palette.css(shown.label), shown.label, _words(pair, text))
        for pair in pairs
        if pair.verdict != "exact" and (shown := pair.found or pair.wanted)
    )
    marks = sorted(
        (mark for pair in pairs for mark in _marks(pair, text, palette, votes)) if text else (),
        key=lambda mark: (mark.start, -mark.end, mark.css),
    )
    placed, deep = _stack(marks)
    faults: tuple[Any, ...] = spans.faults
    if deep:
        faults += (f"{counted(deep, 'span')} more here, below {LEVELS} others",)
    if text:
        beyond = [span for span in spans.spans if span.end > text.length]
        faults += tuple(f"{span.label} {span.start}–{span.end}: beyond the text’s end" for span in beyond)
    return Panel(
        voice,
        tuple(_segments(text.text, placed)) if text else (),
        tuple(_blocks(text, placed)) if text else (),
        max((level for _, level in placed), default=0) + 1,
        () if text else tuple((span, palette.css(span.label), votes[id(span)]) for span in spans.spans),
        summary,
        against,
        differences,
        faults,
    )


_WORDS: dict[Verdict, str] = {
    "exact": "exact",
    "boundary": "with other boundaries",
    "label": "with another label",
    "missed": "missed",
    "extra": "extra",
}


def _votes(span: Span, answers: int) -> str:
    if span.votes is not None:
        return short_number(span.votes) + (f"/{answers}" if answers and span.votes <= answers else "")
    return "" if span.confidence is None else short_number(span.confidence)


def _words(pair: Comparison, text: Text | None) -> str:
    """A difference in words, for those who read and those who listen."""
    found, wanted = pair.found, pair.wanted
    shown = found or wanted
    if shown is None:
        return ""
    quote = f"“{text.cut(shown)}”" if text else f"{shown.start}–{shown.end}"
    if found is None or wanted is None:
        return quote
    ends = [
        f"{side} {abs(by)} {'earlier' if by < 0 else 'later'}"
        for side, by in (("starts", found.start - wanted.start), ("ends", found.end - wanted.end))
        if by
    ]
    other = [f"is {wanted.label} in the reference"] if pair.verdict == "label" else []
    return f"{quote} {' and '.join(other + ends)}"


def _marks(pair: Comparison, text: Text | None, palette: Palette, votes: dict[int, str]) -> Iterable[Mark]:
    if text is None:
        return
    found, wanted = pair.found, pair.wanted
    if found:
        start, end = text.index(found.start), text.index(found.end)
        if start >= end:
            return
        css, tally = palette.css(found.label), votes.get(id(found), "")
        about = f"{found.label}, characters {found.start} to {found.end}" + (f", votes {tally}" if tally else "")
        note = {"boundary": "boundary", "label": f"not {wanted.label}" if wanted else "", "extra": "extra"}
        said = " · ".join(part for part in (found.label, tally, note.get(pair.verdict, "")) if part)
        verdict = "" if pair.verdict == "exact" else f" {pair.verdict}"
        if pair.verdict == "boundary" and wanted:
            # What the reference has on either side and this span lacks; the tag stands before the whole.
            for a, b in ((wanted.start, found.start), (found.end, wanted.end)):
                if a < b and text.index(a) < text.index(b):
                    yield Mark(text.index(a), text.index(b), f"{css} lacks", said if b == found.start else "", about)
                    said = "" if b == found.start else said
        yield Mark(start, end, f"{css}{verdict}", said, about)
    elif wanted:
        start, end = text.index(wanted.start), text.index(wanted.end)
        if start < end:
            css = palette.css(wanted.label)
            about = f"missed: {wanted.label}, characters {wanted.start} to {wanted.end}"
            yield Mark(start, end, f"{css} missed", f"{wanted.label} · missed", about)


def _stack(marks: Sequence[Mark]) -> tuple[list[tuple[Mark, int]], int]:
    """Each mark on the lowest level that is free over its whole length; and how many found none."""
    ends: list[int] = []
    placed, deep = [], 0
    for mark in marks:
        level = next((level for level, end in enumerate(ends) if end <= mark.start), len(ends))
        if level == LEVELS:
            deep += 1
            continue
        ends[level : level + 1] = [mark.end]
        placed.append((mark, level))
    return placed, deep


def _segments(text: str, placed: Sequence[tuple[Mark, int]]) -> Iterable[Segment]:
    cuts = sorted({0, len(text), *(mark.start for mark, _ in placed), *(mark.end for mark, _ in placed)})
    starting = list(placed)  # in the order of their starts
    active: list[tuple[Mark, int]] = []
    at = 0
    for start, end in pairwise(cuts):
        active = [(mark, level) for mark, level in active if mark.end > start]
        tags = []
        while at < len(starting) and starting[at][0].start == start:
            active.append(starting[at])
            if starting[at][0].tag:
                tags.append(starting[at][0])
            at += 1
        layers = tuple(
            f"m {mark.css} v{level}" + (" b" if mark.start == start else "") + (" e" if mark.end == end else "")
            for mark, level in sorted(active, key=lambda item: -item[1])
        )
        if len(text) > LONG_TEXT and end - start > 2 * AROUND + 100 and not layers:
            head, tail = (0 if start == 0 else AROUND), (0 if end == len(text) else AROUND)
            if head:
                yield Segment(text[start : start + head], (), ())
            yield Segment("", (), (), end - start - head - tail)
            if tail:
                yield Segment(text[end - tail : end], (), ())
        else:
            yield Segment(text[start:end], tuple(tags), layers)


def _blocks(text: Text, placed: Sequence[tuple[Mark, int]]) -> Iterable[Block]:
    scale = 1000 / max(len(text.text), 1)
    for mark, level in placed:
        yield Block(round(mark.start * scale, 1), round(max((mark.end - mark.start) * scale, 2), 1), level, mark.css)
