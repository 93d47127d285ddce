"""Plans: simulated workers answer a sample again and again, the handlers of the workflow make labels, gold judges."""

from __future__ import annotations

import base64
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from truthkit.aws_names import ROLE_ARN
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.handlers import Handler
from truthkit.job.spec import arn_of
from truthkit.job.tasks import TaskMaker
from truthkit.liquid import Template
from truthkit.manifest import read_manifest
from truthkit.objects import ObjectStore
from truthkit.planning.quality import MEASURES
from truthkit.source import PathLike, Source
from truthkit.workforce.simulated.crowd import crowd_file, load_crowd
from truthkit.workforce.simulated.gold import Gold, Pictures, gold_file, truths
from truthkit.workforce.simulated.rankings import ranks_of
from truthkit.workforce.simulated.team import Question, Questions, Response, Team
from truthkit_core.builtin_output import mask_colors
from truthkit_core.messages import (
    AnnotatedObject,
    Annotation,
    ContractError,
    PostAnnotationEvent,
    emit_consolidation_request,
    parse_consolidation_response,
)
from truthkit_core.messages import Source as DataSource

WORKERS = (1, 2, 3, 5, 7)
REPETITIONS = 20
LIMIT = 50
# Of the bootstrap.
DRAWS = 2_000
# With fewer objects the plan says that they are few.
FEW = 30
# As `truthkit run` does it.
BATCH = 10
BUCKET = "truthkit-output"
PER = 1_000

# The lowest price of a task of each kind that the service took for its public workforce (which closed), in USD.
_LEGACY = {"boxes": 0.036, "semantic-mask": 0.84, "instance-masks": 0.84}
_LOWEST = 0.012


@dataclass(frozen=True, slots=True)
class Price:
    """USD for an answer, or with ``hourly`` for an hour of work."""

    usd: float
    hourly: bool = False
    assumed: bool = False

    @classmethod
    def parse(cls, text: str) -> Price:
        """``0.036`` or ``12/h``. Raises UsageError."""
        found = re.fullmatch(r"\$?(\d+(?:\.\d+)?)(/h)?", text.strip())
        if not found:
            raise UsageError(f"--price {text} is no price", "give USD for an answer (0.036), or for an hour (12/h)")
        return cls(float(found[1]), bool(found[2]))

    def of(self, answers: float, seconds: float) -> float:
        return self.usd * seconds / 3600 if self.hourly else self.usd * answers

    def __str__(self) -> str:
        return f"{self.usd:g} USD for an {'hour of work' if self.hourly else 'answer'}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, and the bounds between which nine of ten jobs lie that have another team and other objects."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, scores: Sequence[Sequence[float]]) -> Estimate:
        """From the score of each object (second) in each repetition (first), 0 to 1.

        The interval is a bootstrap's: a job gets the mean of a repetition, drawn by chance, moved by how much the mean
        of as many objects, drawn by chance, is off the mean of all.
        """
        table = np.array(scores, dtype=np.float64)
        by_repetition, by_object = table.mean(axis=1), table.mean(axis=0)
        mean, count = float(table.mean()), len(by_object)
        chance = np.random.default_rng(0)
        teams = by_repetition[chance.integers(0, len(by_repetition), DRAWS)]
        moved = [float(by_object[chance.integers(0, count, count)].mean() - mean) for _ in range(DRAWS)]
        low, high = np.clip(np.quantile(teams + np.array(moved), (0.05, 0.95)), 0.0, 1.0)
        return cls(round(mean, 4), round(min(float(low), mean), 4), round(max(float(high), mean), 4))

    def to_json(self) -> dict[str, float]:
        return {"mean": self.mean, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What so many workers for each object come to. ``quality`` is by field, 0 to 1; an object without label counts 0.

    ``answers``, ``hours`` (of work) and ``cost`` (USD) are for 1,000 objects; ``unlabeled`` is a share of the objects.
    """

    workers: int
    quality: Mapping[str, Estimate]
    unlabeled: float
    answers: float
    hours: float
    cost: float

    def to_json(self) -> dict[str, Any]:
        return {
            "workers": self.workers,
            "quality": {name: one.to_json() for name, one in self.quality.items()},
            "unlabeled": self.unlabeled,
            "answers": self.answers,
            "hours": self.hours,
            "cost": self.cost,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. ``measures`` tells what is measured of each field; ``stopped`` that Ctrl-C ended it early."""

    workflow: str
    crowd: str
    description: str
    objects: int
    repetitions: int
    seed: int
    price: Price
    measures: Mapping[str, str]
    rows: tuple[PlanRow, ...]
    assumptions: tuple[str, ...] = field(default=())
    stopped: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "workflow": self.workflow,
            "crowd": self.crowd,
            "objects": self.objects,
            "repetitions": self.repetitions,
            "seed": self.seed,
            "price": {
                "usd": self.price.usd,
                "per": "hour" if self.price.hourly else "answer",
                "assumed": self.price.assumed,
            },
            "stopped": self.stopped,
            "measures": dict(self.measures),
            "rows": [row.to_json() for row in self.rows],
            "assumptions": list(self.assumptions),
        }


def plan(
    workflow: str | None = None,
    *,
    template: PathLike | None = None,
    manifest: PathLike | None = None,
    pre_lambda: PathLike | None = None,
    post_lambda: PathLike | None = None,
    objects: Mapping[str, PathLike] | None = None,
    crowd: PathLike = "typical",
    gold: PathLike | None = None,
    workers: Sequence[int] = WORKERS,
    price: Price | None = None,
    repetitions: int = REPETITIONS,
    limit: int = LIMIT,
    label_attribute: str | None = None,
    labels: Sequence[str] | None = None,
    lenient: bool = False,
    seed: int = 0,
    project: PathLike | None = None,
    on_repetition: Callable[[int, int], None] | None = None,
) -> Plan:
    """What labels of a workflow to expect of a crowd, and what they cost, by number of workers for each object.

    Each repetition draws the team anew and lets it answer the manifest's first ``limit`` lines; the workflow's own
    handlers make task inputs and labels. Fewer workers are the first of the more, so that rows can be compared.

    Raises:
        UsageError: the call is wrong, or there is no gold or no post-annotation handler.
        TruthkitError: the crowd file, the gold, the template or a handler is.
    """
    source = Source.of(workflow, template, manifest, pre_lambda, post_lambda, objects, project)
    counts = sorted(set(workers))
    if not counts or counts[0] < 1 or counts[-1] > 9:
        raise UsageError("--workers takes numbers from 1 to 9", "give --workers 1,2,3,5,7")
    if source.post_lambda is None:
        raise UsageError("without a post-annotation handler there are no labels to plan", "give --post-lambda FILE")
    team_of = load_crowd(crowd_file(crowd))
    config = source.config
    attribute = label_attribute or (config.label_attribute if config else source.name)
    answers = Gold(gold_file(Path(gold) if gold is not None else None, *source.gold_places), attribute)
    names = tuple(labels) if labels is not None else config.labels if config else ()
    time_limit = config.task_time_limit_seconds if config else 3600.0
    Team(team_of, seed, wanted=counts[-1])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="truthkit-")))
        store = stack.enter_context(
            ObjectStore(
                dict(source.objects), writes=folder / "objects", writable={f"s3://{BUCKET}/": folder / "output"}
            )
        )
        questions = Questions(answers, Pictures(dict(source.objects)), names, str(source.template))
        asked = _asked(source, store, stack, questions, limit, strict=not lenient)
        if not asked:
            raise UsageError("no line of the manifest is for people", "give another --manifest")
        labeler = _Labeler(source, store, stack, folder / "output", attribute, names)
        tallies = {count: _Tally() for count in counts}
        done, stopped = 0, False
        try:
            for repetition in range(repetitions):
                team = Team(team_of, seed * 1_000_003 + repetition, wanted=counts[-1], time_limit=time_limit)
                given = {one.question.object_id: _responses(team, one.question, counts[-1]) for one in asked}
                few = {count: {name: some[:count] for name, some in given.items()} for count in counts}
                found = {count: labeler.labels(asked, few[count]) for count in counts}
                for count, tally in tallies.items():
                    tally.add(asked, few[count], found[count])
                done = repetition + 1
                if on_repetition is not None:
                    on_repetition(done, repetitions)
        except KeyboardInterrupt:
            if not done:
                raise
            stopped = True
    fields = {
        name: one.field.kind
        for item in asked
        for one in item.question.asked
        if (name := one.field.name) in item.question.truths
    }
    if all(tally.unlabeled == tally.objects for tally in tallies.values()):
        raise UsageError(
            "the labels cannot be compared with the gold: they say nothing of " + ", ".join(fields),
            "a label needs the shape of the gold: see docs/simulate.md",
        )
    paid = price or Price(max((_LEGACY.get(kind, _LOWEST) for kind in fields.values()), default=_LOWEST), assumed=True)
    return Plan(
        workflow=source.name,
        crowd=str(crowd),
        description=team_of.description,
        objects=len(asked),
        repetitions=done,
        seed=seed,
        price=paid,
        measures={name: MEASURES[kind][0] for name, kind in fields.items()},
        rows=tuple(tally.row(count, list(fields), paid) for count, tally in tallies.items()),
        assumptions=_assumptions(paid, len(asked)),
        stopped=stopped,
    )


def _assumptions(price: Price, objects: int) -> tuple[str, ...]:
    """What the figures rest on."""
    paid = f"{price}"
    if price.assumed:
        paid += (
            ": the lowest that the service took for this kind of task while it had a public workforce; a team of your"
        )
        paid += " own has a price of its own (--price)"
    return (
        f"Paid: {paid}. The service's fee for each object, S3 and Lambda are not in it.",
        "Answers that are given back, or come too late, are not paid for; by the hour, their time is.",
        "The crowd is made up: its file says how its workers err. Yours may err otherwise.",
        f"Of jobs with another team and other {objects:,} objects, nine of ten lie in the interval.",
        *([_few(objects)] if objects < FEW else []),
    )


def _few(objects: int) -> str:
    """What so few objects cannot tell: a kind of object with this share is in the sample 19 times of 20."""
    share = 1 - 0.05 ** (1 / objects)
    return (
        f"Only {objects:,} objects have gold: a kind of object that makes up less than {share:.0%} of the job may not"
        f" be among them, and the interval does not know of it. Give {FEW} or more (--gold, --manifest)."
    )


@dataclass(frozen=True, slots=True)
class _Item:
    question: Question
    source: DataSource


def _asked(
    source: Source, store: ObjectStore, stack: ExitStack, questions: Questions, limit: int, *, strict: bool
) -> list[_Item]:
    """What the manifest's lines ask, by way of the pre-annotation handler and the page. Raises TruthkitError."""
    config = source.config
    pre = None
    if source.pre_lambda is not None:
        timeout = config.pre_timeout_seconds if config else 30
        pre = Handler(source.pre_lambda, environment=store.environment(), timeout=timeout)
        stack.callback(pre.close)
    tasks = TaskMaker(Template.load(source.template), pre, job_arn=arn_of(source.name), sign=store.sign, strict=strict)
    found: list[_Item] = []
    faults: list[Finding] = []
    for line in read_manifest(source.manifest, on_fault=faults.append):
        if line.number > limit:
            break
        errors = [fault for fault in faults if fault.severity == "error"]
        if errors:
            raise TruthkitError.of(errors)
        prepared = tasks.prepare(line.data_object, about=f"line {line.number}")
        if prepared.human_annotation_required:
            question = questions.of(line.object_id, tasks.render(prepared.task_input).html)
            found.append(_Item(question, _data_source(line.data_object)))
    return found


def _data_source(data_object: Mapping[str, Any]) -> DataSource:
    if "source" in data_object:
        return DataSource(content=data_object["source"], s3_uri=None)
    return DataSource(content=None, s3_uri=data_object["source-ref"])


def _responses(team: Team, question: Question, count: int) -> list[tuple[str, Response]]:
    order = team.order(question.object_id)
    return [(worker, team.respond(worker, question)) for worker, _ in zip(order, range(count), strict=False)]


Given = Mapping[str, Sequence[tuple[str, Response]]]


class _Labeler:
    """Labels by the workflow's own post-annotation handler."""

    def __init__(
        self, source: Source, store: ObjectStore, stack: ExitStack, output: Path, attribute: str, labels: Sequence[str]
    ) -> None:
        config = source.config
        assert source.post_lambda is not None
        self._handler = Handler(
            source.post_lambda,
            environment=store.environment(),
            timeout=config.post_timeout_seconds if config else 300,
        )
        stack.callback(self._handler.close)
        self._output = output
        self._attribute = attribute
        self._labels = tuple(labels) or None
        self._arn = arn_of(source.name)
        table = config.consolidation if config else {}
        self._dimension = table.get("dimension") if table.get("kind") == "ranking" else None
        self._number = 0

    def labels(self, asked: Sequence[_Item], given: Given) -> dict[str, Any]:
        """The labels by object, of those that have one. Raises TruthkitError with the handler's fault."""
        found: dict[str, Any] = {}
        answered = [one for one in asked if any(r.content is not None for _, r in given[one.question.object_id])]
        for start in range(0, len(answered), BATCH):
            found |= self._batch(answered[start : start + BATCH], given)
        return found

    def _batch(self, items: Sequence[_Item], given: Given) -> dict[str, Any]:
        objects = []
        for item in items:
            name = item.question.object_id
            annotations = [
                Annotation(worker, content=json.dumps(response.content), s3_uri=None)
                for worker, response in sorted(given[name], key=lambda pair: pair[0])
                if response.content is not None
            ]
            objects.append(AnnotatedObject(name, item.source, tuple(annotations)))
        self._number += 1
        key = f"plan/annotations/consolidated-annotation/consolidation-request/{self._number}.json"
        file = self._output / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(emit_consolidation_request(objects)), "utf-8")
        event = PostAnnotationEvent(
            labeling_job_arn=self._arn,
            label_attribute_name=self._attribute,
            payload_s3_uri=f"s3://{BUCKET}/{key}",
            role_arn=ROLE_ARN,
            label_categories=self._labels,
            output_config=f"s3://{BUCKET}/plan/annotations",
        )
        try:
            result = self._handler.invoke(event.to_json())
            parsed, _warnings = parse_consolidation_response(
                result, [one.dataset_object_id for one in objects], self._attribute
            )
        except ContractError as error:
            raise TruthkitError(
                Finding(
                    "post-annotation-contract",
                    f"what the post-annotation handler returned: {error.path}: {error.problem}", error.cure,
                    file=str(self._handler.ref.file),
                )
            ) from None  # fmt: skip
        file.unlink()
        return {one.dataset_object_id: self._whole(one.content.get(self._attribute)) for one in parsed}

    def _whole(self, label: Any) -> Any:
        """A label as gold has it: not as the service's built-in jobs write it, and with the pixels of its mask."""
        names = self._labels or ()
        if isinstance(label, int) and not isinstance(label, bool) and 0 <= label < len(names):
            return {"label": names[label]}
        if isinstance(label, str) and label.startswith(f"s3://{BUCKET}/") and label.endswith(".png"):
            colors = mask_colors(len(names))[1:]
            mappings = {name: {"color": color} for name, color in zip(names, colors, strict=True)}
            label = {"labelMappings": mappings, "labeledImage": {"s3Uri": label}}
        if isinstance(label, dict) and isinstance(label.get("ranking"), list) and self._dimension is not None:
            return {self._dimension: ranks_of(label["ranking"])}
        inner = label.get("annotations") if isinstance(label, dict) else None
        if isinstance(inner, dict):
            return inner
        if isinstance(inner, list):
            return {"boundingBoxes": [{**one, "label": names[one["class_id"]]} for one in inner]}
        image = label.get("labeledImage") if isinstance(label, dict) else None
        uri = image.get("s3Uri") if isinstance(image, dict) else None
        if not isinstance(uri, str) or not uri.startswith(f"s3://{BUCKET}/"):
            return label
        file = self._output / uri.removeprefix(f"s3://{BUCKET}/")
        if not file.is_file():
            return label
        data = base64.b64encode(file.read_bytes()).decode("ascii")
        file.unlink()
        return {**label, "labeledImage": {"pngImageData": data}}


class _Tally:
    """One number of workers over all repetitions."""

    def __init__(self) -> None:
        # By field, of each repetition the score of each object.
        self.quality: dict[str, list[list[float]]] = {}
        self.objects = self.unlabeled = self.answers = 0
        self.seconds = 0.0

    def add(self, asked: Sequence[_Item], given: Given, labels: Mapping[str, Any]) -> None:
        scores: dict[str, list[float]] = {}
        unlabeled = 0
        for item in asked:
            question = item.question
            found = dict(_scores(question, labels.get(question.object_id)))
            unlabeled += not any(score is not None for score in found.values())
            for key, score in found.items():
                scores.setdefault(key, []).append(score or 0.0)
        for key, values in scores.items():
            self.quality.setdefault(key, []).append(values)
        responses = [response for some in given.values() for _, response in some]
        self.objects += len(asked)
        self.unlabeled += unlabeled
        self.answers += sum(response.content is not None for response in responses)
        self.seconds += sum(response.seconds for response in responses)

    def row(self, workers: int, fields: Sequence[str], price: Price) -> PlanRow:
        answers, seconds = (PER * one / self.objects for one in (self.answers, self.seconds))
        return PlanRow(
            workers=workers,
            quality={name: Estimate.of(self.quality[name]) for name in fields},
            unlabeled=round(self.unlabeled / self.objects, 4),
            answers=round(answers, 1),
            hours=round(seconds / 3600, 2),
            cost=round(price.of(answers, seconds), 2),
        )


def _scores(question: Question, label: Any) -> Iterator[tuple[str, float | None]]:
    """How good a label is, by field; None where it says nothing of one."""
    for asked in question.asked:
        name = asked.field.name
        if name not in question.truths:
            continue
        rivals = [one for one in question.asked if one.field.name in question.truths]
        try:
            found = truths(rivals, label) if label is not None else {}
        except ContractError:
            found = {}
        score = MEASURES[asked.field.kind][1]
        yield name, score(found[name], question.truths[name], asked) if name in found else None
