"""Writes the page: a first pass over the objects for the summary, a second that streams them into the file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from truthkit.findings import Finding
from truthkit.report.data import ReportData, ReportObject
from truthkit.report.draw import KINDS, Scene, Voice, fields, tree
from truthkit.report.draw.scene import Palette, count, strings
from truthkit.report.gold import agreement, readable_label, worker_agreement
from truthkit.report.pictures import Picture, embed, embed_subject, link, link_subject, share
from truthkit_core.agreement import f1

HERE = Path(__file__).resolve().parent

OPEN_UP_TO = 30  # objects: with more, each opens by hand
WHOLE_UP_TO = 200  # with more, screenshots are linked and an object's drawing is laid out when it is opened
SHOWN_UP_TO = 1_000  # with more, only the failed, the most disputed and the first are shown
FINDINGS_UP_TO = 200
LONGEST_LINE = 60_000  # characters of an output line

_SEVERITIES = ("error", "warning", "info")


@dataclass(slots=True)
class WorkerTally:
    """One worker over the whole job."""

    voice: Voice
    answers: int = 0
    declined: int = 0
    seconds: list[float] = field(default_factory=list)
    with_gold: list[float] = field(default_factory=list)
    with_label: list[float] = field(default_factory=list)


@dataclass(slots=True)
class LabelTally:
    """One label's spans over the whole job."""

    css: str
    found: int = 0
    wanted: int = 0
    exact: int = 0


@dataclass(frozen=True, slots=True)
class FindingRow:
    finding: Finding
    times: int
    objects: tuple[tuple[str, str], ...]  # object id, address in this page or ""
    more: int


class Mark(NamedTuple):
    """What decides whether an object is shown, and by which filters. Sorts by how much it asks to be looked at."""

    well: bool
    agreement: float
    at: int
    off_gold: bool
    disputed: bool


@dataclass(slots=True)
class Summary:
    """What the first pass learns."""

    palette: Palette
    objects: int = 0
    labeled: int = 0
    failed: int = 0
    answers: int = 0
    declined: int = 0
    with_gold: int = 0
    off_gold: int = 0
    agreements: list[float] = field(default_factory=list)
    workers: dict[str, WorkerTally] = field(default_factory=dict)
    labels: dict[str, LabelTally] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)  # one an object

    def shown(self) -> list[Mark]:
        """The objects that the page has room for, in their order: the failed, then those with the least agreement."""
        return sorted(sorted(self.marks)[:SHOWN_UP_TO], key=lambda mark: mark.at)


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
    picture: Picture | None
    picture_missing: bool
    subject: Picture | None  # what was labeled, where no drawing shows it
    data_object: tree.Node
    task_input: tree.Node | None
    output: str
    output_cut: int


def write_report(data: ReportData, file: Path) -> Path:
    """Writes the job's page to ``file`` (replaced as a whole) and gives its path.

    The same data gives the same bytes. Up to 200 objects the page needs no other file; beyond, screenshots are linked
    where they are; beyond 1,000 only the failed and the most disputed objects are shown. Raises OSError.
    """
    summary = _summarize(data)
    shown = summary.shown()
    anchors = {data.objects[mark.at].object_id: f"#o{mark.at}" for mark in shown} if data.findings else {}
    script, style = _asset("report.js"), _asset("report.css")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    page = _environment().get_template("page.html.j2")
    stream = page.generate(
        data=data,
        summary=summary,
        findings=_findings(data.findings, anchors),
        hidden_findings=max(0, len(_grouped(data.findings)) - FINDINGS_UP_TO),
        tally={severity: sum(f.severity == severity for f in data.findings) for severity in _SEVERITIES},
        objects=_views(data, summary, shown, file),
        filters=[
            ("all", "All", len(shown)),
            ("failed", "Failed", sum(not mark.well for mark in shown)),
            ("gold", "Differs from gold", sum(mark.off_gold for mark in shown)),
            ("workers", "Workers disagree", sum(mark.disputed for mark in shown)),
        ],
        shown=len(shown),
        opened=len(shown) <= OPEN_UP_TO,
        lazy=len(shown) > WHOLE_UP_TO,
        script=Markup(script),
        style=Markup(style),
        script_hash=digest,
    )
    draft = file.with_name(f".{file.name}.part")
    # A lone surrogate (JSON may carry one) has no UTF-8 form: it is shown as its escape.
    with draft.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
        for piece in stream:
            out.write(piece)
    draft.replace(file)
    return file


def _summarize(data: ReportData) -> Summary:
    summary = Summary(Palette(data.label_order))
    summary.labels = {label: LabelTally(summary.palette.css(label)) for label in dict.fromkeys(data.label_order)}
    for index, it in enumerate(data.objects):
        given = [answer for answer in it.answers if answer.answer is not None]
        among, gold = worker_agreement(answer.answer for answer in given), _gold_agreement(it, data.label_attribute)
        summary.objects += 1
        summary.labeled += it.label is not None and it.failure is None
        summary.failed += it.failure is not None
        summary.answers += len(given)
        summary.declined += len(it.answers) - len(given)
        summary.with_gold += gold is not None
        summary.off_gold += gold is not None and gold < 1
        if among is not None:
            summary.agreements.append(among)
        agreed = _mean([score for score in (gold, among) if score is not None], 1.0)
        off_gold, disputed = gold is not None and gold < 1, among is not None and among < 1
        summary.marks.append(Mark(it.failure is None, agreed, index, off_gold, disputed))
        _count_workers(summary, it)
        _count_labels(summary, it)
    # Numbered by their ids, so that a worker keeps the number whoever answered first.
    summary.workers = dict(sorted(summary.workers.items()))
    for number, tally in enumerate(summary.workers.values(), 1):
        tally.voice = replace(tally.voice, name=f"Worker {number}", short=f"W{number}")
    return summary


def _count_workers(summary: Summary, it: ReportObject) -> None:
    for answer in it.answers:
        tally = summary.workers.get(answer.worker_id)
        if tally is None:
            voice = Voice("worker", "", "", answer.worker_id)
            tally = summary.workers[answer.worker_id] = WorkerTally(voice)
        tally.answers += answer.answer is not None
        tally.declined += answer.answer is None
        if answer.answer is None:
            continue
        if answer.seconds is not None:
            tally.seconds.append(answer.seconds)
        for wanted, scores in ((it.expected, tally.with_gold), (it.label, tally.with_label)):
            # The label carries more than was answered (votes, every worker's own answer): only the fields that the
            # worker answered say how far the two agree.
            score = _with(answer.answer, wanted)
            if score is not None:
                scores.append(score)


def _with(answer: Mapping[str, Any], wanted: Any) -> float | None:
    """A worker's agreement with the gold or the label, over the spans and choices that both have."""
    scores = []
    for part in fields([(Voice("label", "", ""), wanted), (Voice("worker", "", ""), dict(answer))]):
        one, other = next((said for _, said in part.workers()), None), part.of("label")
        if one is None or other is None:
            continue
        if part.kind == "spans":
            scores.append(f1([span.key for span in one.spans], [span.key for span in other.spans]))
        elif part.kind == "choice":
            scores.append(f1(one.chosen, other.chosen))
    return _mean(scores) if scores else None


def _count_labels(summary: Summary, it: ReportObject) -> None:
    said = [(Voice("label", "", ""), it.label), (Voice("gold", "", ""), it.expected)]
    for part in fields([(voice, value) for voice, value in said if value is not None]):
        if part.kind != "spans":
            continue
        found, wanted = part.of("label"), part.of("gold")
        keys = {span.key for span in wanted.spans} if wanted else set()
        for span in found.spans if found else ():
            tally = summary.labels.setdefault(span.label, LabelTally(summary.palette.css(span.label)))
            tally.found += 1
            tally.exact += span.key in keys
        for span in wanted.spans if wanted else ():
            summary.labels.setdefault(span.label, LabelTally(summary.palette.css(span.label))).wanted += 1


def _gold_agreement(it: ReportObject, attribute: str) -> float | None:
    if it.agreement is not None or it.expected is None or it.label is None:
        return it.agreement
    # A built-in job's form does not tell all that the gold may have: no figure is no nought.
    if readable_label(it.output_line, attribute) is not it.output_line.get(attribute):
        return None
    return agreement(it.label, it.expected)


def _views(data: ReportData, summary: Summary, shown: list[Mark], file: Path) -> Iterator[ObjectView]:
    most = share(len(shown))
    linked = len(shown) > WHOLE_UP_TO
    for mark in shown:
        it = data.objects[mark.at]
        picture = None
        if it.screenshot is not None:
            picture = link(it.screenshot, file) if linked else embed(it.screenshot, most)
        source = it.data_object.get("source-ref")
        file_of = data.find(source) if isinstance(source, str) else None
        subject = None
        if file_of is not None:
            subject = link_subject(file_of, file) if linked else embed_subject(file_of, most)
        yield _view(it, f"o{mark.at}", data, summary, picture, subject)


def _view(
    it: ReportObject,
    anchor: str,
    data: ReportData,
    summary: Summary,
    picture: Picture | None,
    subject: Picture | None,
) -> ObjectView:
    gold = _gold_agreement(it, data.label_attribute)
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
    for part in fields(said):
        part = part if part.name else replace(part, name=data.label_attribute)
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
        agreement=gold,
        worker_agreement=worker_agreement(a.answer for a in it.answers),
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


def _mean(values: Iterable[float], nothing: float = 0.0) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else nothing


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
    environment.filters.update(percent=_percent, seconds=_seconds, count=count, mean=_mean, worker_id=_worker_id)
    return environment
