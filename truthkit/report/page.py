"""Writes the page: a first pass over the objects for the figures, a second that draws those that are shown."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import IO, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from truthkit.findings import Finding
from truthkit.project import bundles_dir
from truthkit.report.data import ReportData, ReportObject
from truthkit.report.draw import KINDS, Scene, Voice, fields, tree
from truthkit.report.draw.scene import strings
from truthkit.report.packs import Packs, packed
from truthkit.report.pictures import (
    Picture,
    embed,
    embed_subject,
    link,
    link_subject,
    share,
    subject_share,
    subjects_embedded,
)
from truthkit.report.tally import Mark, Summary, labels_of, summarize
from truthkit.wording import counted

HERE = Path(__file__).resolve().parent
SCRIPT = "report.js"  # of the front end's bundles

OPEN_UP_TO = 10  # objects: the first ones are open where all are part of the page
WHOLE_UP_TO = 30  # with more, an object's drawing is unpacked when it is opened
SHOTS_UP_TO = 200  # with more, screenshots are linked
SHOWN_UP_TO = 5_000  # with more, only the failed and the most disputed are shown
FINDINGS_UP_TO = 200
ROWS_UP_TO = 100  # of a table
LONGEST_LINE = 60_000  # characters of an output line
LONGEST_WORDS = 20_000  # characters of one string that the search goes through
SEARCH_PIECES = 500

_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class FindingRow:
    finding: Finding
    times: int
    objects: tuple[tuple[str, str], ...]  # object id, address in this page or ""
    more: int


@dataclass(frozen=True, slots=True)
class ObjectView:
    anchor: str
    it: ReportObject
    title: str
    source: str
    voices: tuple[Voice, ...]
    absent: tuple[tuple[Voice, str], ...]
    drawings: tuple[tuple[str, Any], ...]  # kind, what its macro draws
    rest: tuple[tuple[str, Any], ...]  # pieces of the label that are neither answered nor expected: shown closed
    agreement: float | None
    worker_agreement: float | None
    outcome: str
    seconds: float | None  # the median of its answers
    chosen: tuple[str, ...]  # the label, where it is a class
    labels: tuple[str, ...]
    picture: Picture | None
    picture_missing: bool
    subject: Picture | None  # what was labeled, where no drawing shows it
    data_object: tree.Node
    task_input: tree.Node | None
    output: str
    output_cut: int


def write_report(data: ReportData, file: Path) -> Path:
    """Writes the job's page to ``file`` (replaced as a whole) and gives its path.

    The same data gives the same bytes. The page needs no other file; with more than 200 objects screenshots are linked
    where they are, and so are labeled pictures beyond some 24 MB; beyond 5,000 objects only the failed and the most
    disputed are shown. The page says what it leaves out. Raises OSError.
    """
    summary = summarize(data)
    shown = _shown(summary)
    ranks = {mark.at: rank for rank, mark in enumerate(shown)}
    script, style = _script(), _asset("report.css")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    draft, parts = file.with_name(f".{file.name}.part"), file.with_name(f".{file.name}.parts")
    try:
        # What is unpacked later is written aside first: only then the list, which stands before it, is known.
        # A lone surrogate (JSON may carry one) has no UTF-8 form: it is shown as its escape.
        with parts.open("w+", encoding="utf-8", errors="backslashreplace", newline="\n") as aside:
            listed = _listed(data, summary, ranks, file, aside)
            anchors = listed.anchors
            page = _environment().get_template("page.html.j2")
            stream = page.generate(
                data=data,
                summary=summary,
                findings=_findings(data.findings, anchors),
                hidden_findings=max(0, len(_grouped(data.findings)) - FINDINGS_UP_TO),
                tally={severity: sum(f.severity == severity for f in data.findings) for severity in _SEVERITIES},
                listed=listed,
                parts=_pieces(aside),
                shown=len(shown),
                shows=_shows(shown, summary),
                rows_up_to=ROWS_UP_TO,
                spans=summary.spans,
                whole=len(shown) <= WHOLE_UP_TO,
                megabytes=(listed.characters + len(script) + len(style)) / 1e6,
                script=Markup(script),
                style=Markup(style),
                script_hash=digest,
            )
            with draft.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
                for piece in stream:
                    out.write(piece)
        draft.replace(file)
    finally:
        parts.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)
    return file


def _pieces(aside: IO[str]) -> Iterator[Markup]:
    aside.seek(0)
    while piece := aside.read(1 << 20):
        yield Markup(piece)


def _script() -> str:
    """The bundle; empty where the front end is not built (jobs of simulated workers need none)."""
    try:
        script = (bundles_dir() / SCRIPT).read_text("utf-8")
    except OSError:
        return ""
    return re.sub(r"</(?=script)|<!--", lambda found: found[0].replace("<", "\\x3C"), script, flags=re.IGNORECASE)


def _shown(summary: Summary) -> list[Mark]:
    """The objects that the page has room for, the most in dispute first; the failed are always among them."""
    ranked = sorted(summary.marks, key=lambda mark: mark.rank)
    if len(ranked) <= SHOWN_UP_TO:
        return ranked
    kept = sorted(ranked, key=lambda mark: not mark.failed)[:SHOWN_UP_TO]
    return sorted(kept, key=lambda mark: mark.rank)


def _shows(shown: Sequence[Mark], summary: Summary) -> list[tuple[str, str, int]]:
    return [
        ("", "All objects", len(shown)),
        ("labeled", "Labeled", summary.labeled),
        ("skipped", "Without label", summary.skipped),
        ("failed", "Failed", summary.failed),
        ("gold", "Differ from the gold", sum(mark.gold is not None and mark.gold < 1 for mark in shown)),
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of objects in their order, what the page's script knows of them, and what was left out of the page."""

    rows: list[Markup]
    anchors: dict[str, str]
    index: Markup
    labels: list[str]
    characters: int
    linked_shots: int
    linked_subjects: int
    opened: int


def _listed(data: ReportData, summary: Summary, ranks: Mapping[int, int], file: Path, aside: IO[str]) -> Listed:
    """Draws the objects in the order of the manifest: a large job is read once more, not here and there."""
    total = len(ranks)
    whole = total <= WHOLE_UP_TO
    shot_bytes, subject_bytes = share(total), subject_share(total)
    embedded = subjects_embedded(total)
    macros: Any = _environment().get_template("object.html.j2").module
    packs = Packs(aside)
    rows: list[Markup] = [Markup()] * total
    anchors: dict[str, str] = {}
    places: dict[str, list[Any]] = {
        key: [None] * total for key in ("line", "outcome", "gold", "dispute", "seconds", "labels", "workers", "pack")
    }
    words = [""] * total
    label_places: dict[str, int] = {}
    worker_places = {worker: place for place, worker in enumerate(summary.workers)}
    linked_shots = linked_subjects = 0
    marks = {mark.at: mark for mark in summary.marks if mark.at in ranks}
    for at in sorted(ranks):
        it, rank, mark = data.objects[at], ranks[at], marks[at]
        shot = None
        if it.screenshot is not None:
            shot = embed(it.screenshot, shot_bytes) if total <= SHOTS_UP_TO else link(it.screenshot, file)
            linked_shots += shot is not None and shot.linked
        subject = _subject(it, data, file, subject_bytes if rank < embedded else None)
        linked_subjects += subject is not None and subject.linked
        view = _view(it, f"o{at}", data, summary, mark, shot, subject)
        if data.findings:
            anchors[it.object_id] = f"#o{at}"
        body = str(macros.body(view))
        if whole:
            rows[rank] = macros.row(view, Markup(body), rank < OPEN_UP_TO)
        else:
            places["pack"][rank] = packs.add(body)
            rows[rank] = macros.row(view, None, False)
        places["line"][rank] = it.line
        places["outcome"][rank] = view.outcome
        places["gold"][rank] = _rounded(mark.gold)
        places["dispute"][rank] = None if mark.among is None else _rounded(1 - mark.among)
        places["seconds"][rank] = _rounded(view.seconds)
        places["labels"][rank] = [label_places.setdefault(label, len(label_places)) for label in view.labels]
        places["workers"][rank] = [worker_places[answer.worker_id] for answer in it.answers]
        words[rank] = _words(it, view)
    packs.close()
    index = _json({**places, "searches": -(-total // SEARCH_PIECES)})
    searched = [packed(words[start : start + SEARCH_PIECES]) for start in range(0, total, SEARCH_PIECES)]
    for number, text in enumerate(searched):
        aside.write(f'<script type="text/plain" id="words-{number}">{text}</script>\n')
    return Listed(
        rows,
        anchors,
        index,
        list(label_places),
        packs.written + sum(map(len, rows)) + len(index) + sum(map(len, searched)),
        linked_shots,
        linked_subjects,
        min(total, OPEN_UP_TO) if whole else 0,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _json(value: Any) -> Markup:
    """JSON for a script element: nothing in it ends the element."""
    return Markup(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c"))


def _subject(it: ReportObject, data: ReportData, file: Path, most: int | None) -> Picture | None:
    """The picture that was labeled: part of the page, or linked where there is no room (``most`` is None)."""
    source = it.data_object.get("source-ref")
    found = data.find(source) if isinstance(source, str) else None
    if found is None:
        return None
    return link_subject(found, file) if most is None else embed_subject(found, most)


def _words(it: ReportObject, view: ObjectView) -> str:
    """All that can be searched for: what is said of the object, without the pixels of pictures."""
    said = [view.title, it.data_object, it.task_input, it.label, it.failure, *(voice.detail for voice in view.voices)]
    said += [part for answer in it.answers for part in (answer.answer, answer.note)]
    texts = (text for value in said for text in strings(value) if len(text) <= LONGEST_WORDS or " " in text[:200])
    return "\n".join(dict.fromkeys(text[:LONGEST_WORDS] for text in texts))


def _view(
    it: ReportObject,
    anchor: str,
    data: ReportData,
    summary: Summary,
    mark: Mark,
    picture: Picture | None,
    subject: Picture | None,
) -> ObjectView:
    said: list[tuple[Voice, Any]] = []
    if it.label is not None:
        said.append((Voice("label", "Consolidated", "Label"), it.label))
    if it.expected is not None:
        said.append((Voice("gold", "Gold", "Gold"), it.expected))
    given = [(summary.workers[a.worker_id].voice, a) for a in it.answers]
    said += [(voice, a.answer) for voice, a in given if a.answer is not None]
    texts = dict.fromkeys([*strings(it.task_input), *strings(it.data_object.get("source"))])
    scene = Scene(summary.palette, tuple(texts), sum(a.answer is not None for a in it.answers), subject, data.find)
    drawn: list[tuple[str, Any]] = []
    rest: list[tuple[str, Any]] = []
    parts = [part if part.name else replace(part, name=data.label_attribute) for part in fields(said)]
    for part in parts:
        alone = part.kind in ("tree", "value") and not part.workers() and part.of("gold") is None and scene.answers
        (rest if alone else drawn).append((part.kind, KINDS[part.kind](part, scene)))
    output = json.dumps(it.output_line, ensure_ascii=False, indent=2)
    return ObjectView(
        anchor=anchor,
        it=it,
        title=_title(it),
        source=_source(it),
        voices=tuple(voice for voice, _ in said),
        absent=tuple((voice, a.note) for voice, a in given if a.answer is None),
        drawings=tuple(drawn),
        rest=tuple(rest),
        agreement=mark.gold,
        worker_agreement=mark.among,
        outcome="failed" if it.failure is not None else "skipped" if it.label is None else "labeled",
        seconds=median(known) if (known := [a.seconds for a in it.answers if a.seconds is not None]) else None,
        chosen=next((label.chosen for part in parts if part.kind == "choice" and (label := part.of("label"))), ()),
        labels=tuple(labels_of(parts)),
        picture=picture,
        picture_missing=it.screenshot is not None and picture is None,
        subject=None if any(kind == "figures" for kind, _ in drawn) else subject,
        data_object=tree.node(it.data_object),
        task_input=None if it.task_input is None else tree.node(it.task_input),
        output=output[:LONGEST_LINE],
        output_cut=max(0, len(output) - LONGEST_LINE),
    )


def _source(it: ReportObject) -> str:
    source = it.data_object.get("source-ref", it.data_object.get("source"))
    return source if isinstance(source, str) else "" if source is None else json.dumps(source, ensure_ascii=False)


def _title(it: ReportObject) -> str:
    """What tells an object from the others: a title in its data, the file's name, or the text's beginning."""
    for holder in (it.data_object, it.data_object.get("metadata")):
        if isinstance(holder, dict) and isinstance(holder.get("title"), str) and holder["title"].strip():
            return _short(holder["title"])
    source = _source(it)
    if "source-ref" in it.data_object:
        return _short(source.rstrip("/").rpartition("/")[2] or source)
    return _short(source) or "(no source)"


def _short(text: str, limit: int = 110) -> str:
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _grouped(findings: Iterable[Finding]) -> dict[Finding, list[str]]:
    """The same finding at several objects and workers is one row."""
    groups: dict[Finding, list[str]] = {}
    for finding in findings:
        seen = groups.setdefault(replace(finding, object_id=None, worker_id=None), [])
        seen.append(finding.object_id or "")
    return groups


def _findings(findings: Iterable[Finding], anchors: Mapping[str, str]) -> list[FindingRow]:
    rows = []
    for finding, at in _grouped(findings).items():
        ids = [object_id for object_id in dict.fromkeys(at) if object_id]
        links = tuple((object_id, anchors.get(object_id, "")) for object_id in ids[:12])
        rows.append(FindingRow(finding, len(at), links, max(0, len(ids) - 12)))
    return sorted(rows, key=lambda row: _SEVERITIES.index(row.finding.severity))[:FINDINGS_UP_TO]


def _percent(value: float | None) -> str:
    """94%; never a rounded 100% for what is not all, nor a rounded 0%."""
    if value is None:
        return "–"
    rounded = round(100 * value)
    if rounded == 100 and value < 1:
        return "> 99%"
    return "< 1%" if rounded == 0 and value > 0 else f"{rounded}%"


def _seconds(value: float | None) -> str:
    """0.8 s, 41 s, 3 min 05 s, 2 h 10 min."""
    if value is None:
        return "–"
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _worker_id(worker_id: str) -> str:
    """A worker's id without the service's prefix (``private.<region>.``), that all of a job's workers share."""
    return re.sub(r"^(?:private|public)\.[a-z0-9-]+\.(?=.)", "", worker_id)


@cache
def _asset(name: str) -> str:
    return (HERE / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(percent=_percent, seconds=_seconds, count=counted, worker_id=_worker_id)
    return environment
