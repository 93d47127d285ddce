"""From all answers of a batch to its labels, as ``[consolidation]`` of ``workflow.toml`` says.

A kind of answer is read from the form's field, its method is looked up in the kind's module, and what comes back is put
into the shape that the field's element has, with all that is known beside it. Modules are imported when a workflow uses
them: what needs no NumPy runs without it.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from truthkit_core.answers import FormAnswer
from truthkit_core.builtin_output import mask_colors
from truthkit_core.messages.checks import ContractError, at, kind, meant
from truthkit_core.workflow import WorkflowConfig, read_toml

log = logging.getLogger(__name__)

Output = Literal["built-in", "full"]
Values = Mapping[str, Mapping[str, Any]]
"""Object id → worker id → what that worker said, in the kind's own type."""

# Digits of a confidence or probability in a label.
_DIGITS = 4
# Options that a method takes from the workflow or the batch, and not from [consolidation].
_OWN = frozenset({"labels", "classes", "gold", "anchors", "items", "sizes", "size", "strengths", "texts"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``[consolidation]`` says. ``labels`` are the workflow's, in the order that decides ties.

    ``field`` is the name of the element in the form. ``options`` go to the method by name.
    """

    kind: str
    field: str
    labels: tuple[str, ...] = ()
    method: str | None = None
    output: Output = "full"
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> Settings:
        """From ``workflow.toml``, for the handler's first lines. Raises ContractError with file, line, key and cure."""
        config = WorkflowConfig.load(file)
        try:
            settings = cls.of(config.consolidation, config.labels)
            settings.check_method()
        except ContractError as error:
            line = line_in_table(error.path, read_toml(file)[1])
            raise ContractError(error.path, error.problem, error.cure, str(file), line) from None
        return settings

    @classmethod
    def of(cls, table: Mapping[str, Any], labels: Sequence[str] = ()) -> Settings:
        """From the table; which methods and options there are is ``check_method``'s. Raises ContractError."""
        path = "consolidation"
        for key in ("kind", "field"):
            if key not in table:
                raise ContractError(at(path, key), "is missing", f"add {key} = {_EXAMPLES[key]}")
        for key in ("kind", "field", "method", "output"):
            value = table.get(key, "")
            if not isinstance(value, str):
                raise ContractError(at(path, key), f"must be a string, not {kind(value)}", "put it in quotes")
        if not table["field"]:
            raise ContractError(at(path, "field"), "is empty", "give the name of the element in the template")
        name = table["kind"]
        _expect_one_of(name, KINDS, at(path, "kind"))
        output = table.get("output", "full")
        _expect_one_of(output, ("built-in", "full"), at(path, "output"))
        if output == "built-in" and name not in BUILT_IN:
            raise ContractError(
                at(path, "output"),
                f"the service has no built-in job for {name}",
                f'write output = "full"; built-in are {", ".join(BUILT_IN)}',
            )
        if KINDS[name].labels and not labels:
            raise ContractError("labels", "is missing", f'{name} needs labels = ["one", "two"] at the top of the file')
        options = {key: value for key, value in table.items() if key not in ("kind", "field", "method", "output")}
        return cls(name, table["field"], tuple(labels), table.get("method"), output, options)

    def check_method(self) -> None:
        """Raises ContractError if the kind has no such method, or the method no such option."""
        path = "consolidation"
        _expect_one_of(self.method_name(), _methods(self.kind)[0], at(path, "method"))
        known = {
            *(name for name in _parameters(self.function()) if name not in _OWN),
            *KINDS[self.kind].options,
        }
        for name in self.options:
            if name not in known:
                near = meant(name, sorted(known))
                has = f"its options are {', '.join(sorted(known))}" if known else "it has no options"
                raise ContractError(at(path, name), f"is no option of {self.method_name()}", near or has)
        for name in KINDS[self.kind].needs:
            if name not in self.options:
                raise ContractError(at(path, name), "is missing", f"{self.kind} needs it")

    def method_name(self) -> str:
        """The method, or the kind's default."""
        return self.method or _methods(self.kind)[1]

    def function(self) -> Callable[..., Any]:
        """The method itself."""
        return _methods(self.kind)[0][self.method_name()]


@dataclass(slots=True)
class ObjectLabel:
    """One object's label.

    ``value`` is None where the object could not be consolidated, and ``reason`` says why. ``value`` has the shape of
    the element's answer, with confidences; ``answers`` are all that came, ``counted`` how many the label rests on.
    """

    value: dict[str, Any] | None
    confidence: float
    answers: tuple[FormAnswer, ...]
    counted: int = 0
    reason: str | None = None
    problems: tuple[str, ...] = ()
    details: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """By worker: what the method says of that worker."""
    typed: Any = None
    """The label as the kind's module has it, for what JSON should not carry."""

    def to_json(self) -> dict[str, Any]:
        """All that is known: the label, or the reason why there is none; every worker's answer and its problems."""
        workers = []
        for answer in self.answers:
            given = answer.fields if answer.raw is None else answer.raw
            own = {"workerId": answer.worker_id, "answer": given, **self.details.get(answer.worker_id, {})}
            workers.append({**own, "problems": list(answer.problems)} if answer.problems else own)
        label: dict[str, Any] = dict(self.value) if self.value is not None else {"reason": self.reason}
        if self.problems:
            label["problems"] = list(self.problems)
        return {**label, "workers": workers}


def consolidate_objects(
    objects: Mapping[str, Sequence[FormAnswer]], settings: Settings, *, texts: Mapping[str, str] | None = None
) -> dict[str, ObjectLabel]:
    """The label of every object, from all workers' answers.

    Args:
        objects: the answers by object id. The answers' ``problems`` grow by what of them did not count.
        settings: the kind, field and method.
        texts: what spans are marked in, by object id, where it is known.

    Every object comes back. One about which nobody said anything that counts has no value but a reason. Where the
    method fails on the batch, each object is tried alone, so that one cannot take the others with it.

    A worker's second, equal answer to an object counts once; different ones count all, in the order of their text.
    """
    chosen = KINDS[settings.kind]
    values: dict[str, dict[str, Any]] = {}
    for name, answers in objects.items():
        given: dict[str, Any] = {}
        for key, answer in _distinct(answers):
            # An empty form does not say that there is nothing.
            if answer.fields and (chosen.top_level or answer.has(settings.field)):
                before = len(answer.problems)
                value = chosen.read(answer, settings)
                # Who said something of which nothing counts has not said that there is nothing.
                if value is not None and not (_is_empty(value) and len(answer.problems) > before):
                    given[key] = value
        values[name] = given
    answered = {name: given for name, given in values.items() if given}
    labels = {name: nothing_said(objects[name], settings) for name in objects if name not in answered}
    if answered:
        labels |= _consolidated(chosen, answered, objects, settings, texts or {})
    for label in labels.values():
        told = [one for answer in label.answers if (one := answer.modified(settings.field)) is not None]
        if label.value is not None and told:
            label.value["initialValueModified"] = any(told)
    return {name: labels[name] for name in objects}


def _consolidated(
    chosen: Kind,
    answered: Values,
    objects: Mapping[str, Sequence[FormAnswer]],
    settings: Settings,
    texts: Mapping[str, str],
) -> dict[str, ObjectLabel]:
    try:
        found = chosen.consolidate(answered, objects, settings, texts)
    except Exception as error:
        log.exception("%s failed on %d objects", settings.method_name(), len(answered))
        if len(answered) == 1:
            [name] = answered
            reason = f"{settings.method_name()} failed: {type(error).__name__}: {error}"
            return {name: ObjectLabel(None, 0.0, tuple(objects[name]), reason=reason)}
        found = {}
        for name, given in answered.items():
            found |= _consolidated(chosen, {name: given}, objects, settings, texts)
        return found
    return found


def _distinct(answers: Sequence[FormAnswer]) -> list[tuple[str, FormAnswer]]:
    """Answers by worker; a second one of a worker has a number after the id, unless it is the same."""
    by_worker: dict[str, list[FormAnswer]] = {}
    for answer in answers:
        by_worker.setdefault(answer.worker_id, []).append(answer)
    found: list[tuple[str, FormAnswer]] = []
    for worker, own in by_worker.items():
        different: dict[str, FormAnswer] = {}
        for answer in own:
            text = json.dumps([answer.fields, answer.raw], sort_keys=True) if len(own) > 1 else ""
            if text in different:
                answer.problems.append(f"answer of worker {worker}: is there twice, and counts once")
            different.setdefault(text, answer)
        found += [
            (worker if number == 1 else f"{worker} ({number})", different[text])
            for number, text in enumerate(sorted(different), 1)
        ]
    return found


def _is_empty(value: Any) -> bool:
    """Whether it says that there is nothing: no span, shape or label, only background."""
    if isinstance(value, (list, tuple, frozenset)):
        return not value
    return hasattr(value, "any") and not value.any()


def nothing_said(answers: Sequence[FormAnswer], settings: Settings | None = None) -> ObjectLabel:
    """In place of a label, where no answer says anything: the reason, and the answers."""
    others = list(dict.fromkeys(name for answer in answers for name in answer.fields))
    if not answers:
        reason = "nobody answered"
    elif settings and others and settings.field not in others and not KINDS[settings.kind].top_level:
        reason = f"no answer has the field {settings.field!r}; the answers have {', '.join(map(repr, others))}"
    elif len(answers) == 1:
        reason = "the only answer says nothing that counts"
    else:
        reason = f"none of the {len(answers)} answers says anything that counts"
    return ObjectLabel(None, 0.0, tuple(answers), reason=reason)


def rounded(value: float) -> float:
    """A confidence as a label has it."""
    return round(float(value), _DIGITS)


# --- kinds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of answer: how it is read, and how it becomes labels.

    ``labels`` tells whether a workflow of this kind needs labels; ``options`` are those that the reader takes,
    ``needs`` those of them that must be given; ``top_level`` that the answer need not be under the element's name.
    ``key`` is what the element calls the value, ``methods`` the name of the module's table of methods.
    """

    module: str
    read: Callable[[FormAnswer, Settings], Any | None]
    consolidate: Callable[
        [Values, Mapping[str, Sequence[FormAnswer]], Settings, Mapping[str, str]], dict[str, ObjectLabel]
    ]
    labels: bool = True
    options: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    top_level: bool = False
    key: str = ""
    methods: str = "METHODS"


def _classes(
    values: Values, objects: Mapping[str, Sequence[FormAnswer]], settings: Settings, texts: Mapping[str, str]
) -> dict[str, ObjectLabel]:
    from truthkit_core.consolidation.class_models import ClassAnswers

    rows = [(name, key, label) for name, given in values.items() for key, label in given.items()]
    answers = ClassAnswers.of(rows, classes=settings.labels)
    result = settings.function()(answers, **settings.options)
    classes, winners = settings.labels, result.labels()
    shares: dict[str, dict[str, float]] = {name: {} for name in answers.items}
    for item, label, share in zip(
        result.entry_item.tolist(), result.entry_class.tolist(), result.probability.tolist(), strict=True
    ):
        shares[answers.items[item]][classes[label]] = rounded(share)
    accuracy = _accuracy(result.workers)
    labels = {}
    for name, confidence in zip(answers.items, result.confidence.tolist(), strict=True):
        votes = Counter(values[name].values())
        order = sorted(votes, key=lambda label: (-votes[label], classes.index(label)))
        value = {
            "label": winners[name],
            "confidence": rounded(confidence),
            "votes": {label: votes[label] for label in order},
            "probabilities": dict(sorted(shares[name].items(), key=lambda pair: (-pair[1], classes.index(pair[0])))),
        }
        details = {key: {"accuracy": accuracy[key]} for key in values[name] if key in accuracy}
        counted = len(values[name])
        labels[name] = ObjectLabel(value, confidence, tuple(objects[name]), counted, details=details)
    return labels


def _accuracy(workers: Any) -> dict[str, float]:
    """Each worker's share of answers that the model takes for right, by this batch; empty where it learns nothing."""
    found = {}
    for worker, cells in (workers.confusion if workers is not None else {}).items():
        total = sum(cells.values())
        if total > 0:
            found[worker] = rounded(sum(count for (truth, label), count in cells.items() if truth == label) / total)
    return found


def _by_interface(
    values: Values, objects: Mapping[str, Sequence[FormAnswer]], settings: Settings, texts: Mapping[str, str]
) -> dict[str, ObjectLabel]:
    """By the interface that the other kinds' modules share: ``method(answers, **options).objects``, whose JSON begins
    with the value, None where nothing can be said."""
    chosen, function = KINDS[settings.kind], settings.function()
    sizes = {name: size for name in values if (size := picture_size(objects[name], settings.field))}
    given: dict[str, Any] = {"labels": settings.labels, "sizes": sizes, "texts": dict(texts)}
    known = _parameters(function)
    options = {**{name: value for name, value in given.items() if name in known}, **_options_of(settings)}
    result = function(values, **options)
    labels = {}
    for name, label in result.objects.items():
        data = label.to_json()
        key = next(iter(data))
        problems = tuple(data.pop("problems", ()))
        counted = len(values[name])
        # How many workers there were is told by the answers themselves.
        data.pop("workers", None)
        made = ObjectLabel(None, label.confidence, tuple(objects[name]), counted, problems=problems, typed=label)
        if data[key] is None:
            made.reason = "; ".join(problems) or "nothing can be said"
        else:
            made.value = {chosen.key or key: data.pop(key), **data}
            if name in sizes:
                made.value["inputImageProperties"] = {"width": sizes[name][0], "height": sizes[name][1]}
        labels[name] = made
    return labels


def _options_of(settings: Settings) -> dict[str, Any]:
    """The options that are the method's, and not the reader's."""
    return {name: value for name, value in settings.options.items() if name not in KINDS[settings.kind].options}


def _masks(
    values: Values, objects: Mapping[str, Sequence[FormAnswer]], settings: Settings, texts: Mapping[str, str]
) -> dict[str, ObjectLabel]:
    """Semantic masks: the pixels stay in ``typed``, and become a PNG with ``label_png``."""
    labels = _by_interface(values, objects, settings, texts)
    colors = mask_colors(len(settings.labels))
    for label in labels.values():
        if label.value is None:
            continue
        used = [number for number in places_in(label.typed.mask) if number]
        height, width = label.typed.mask.shape
        weights = label.value.get("weights", {})
        label.details = {worker: {"weight": weight} for worker, weight in weights.items()}
        label.value = {
            "labels": [settings.labels[number - 1] for number in used],
            "labelMappings": {settings.labels[number - 1]: {"color": colors[number]} for number in used},
            "confidence": rounded(label.confidence),
            "inputImageProperties": {"width": width, "height": height},
        }
    return labels


def _instances(
    values: Values, objects: Mapping[str, Sequence[FormAnswer]], settings: Settings, texts: Mapping[str, str]
) -> dict[str, ObjectLabel]:
    """Instance masks: as with semantic ones; each instance has a color of its own in the PNG."""
    labels = _by_interface(values, objects, settings, texts)
    for label in labels.values():
        if label.value is not None:
            found = label.value["instances"]
            for color, one in zip(mask_colors(len(found))[1:], found, strict=True):
                one["color"] = color
    return labels


def places_in(mask: Any) -> list[int]:
    """The numbers that occur in a mask, ascending."""
    return [number for number in range(int(mask.max()) + 1) if (mask == number).any()] if mask.size else []


def label_png(label: ObjectLabel, settings: Settings) -> bytes | None:
    """The label's mask as a PNG, None for kinds that have none, and for labels without a size.

    Semantic masks have the places of labels as numbers and ``mask_colors`` as colors, instance masks those of their
    instances; where instances overlap, the later lies above.
    """
    from truthkit_core.consolidation.masks import write_instances, write_mask

    if label.value is None:
        return None
    if settings.kind == "semantic-mask":
        return write_mask(label.typed.mask, mask_colors(len(settings.labels))[1:])
    size = picture_size(label.answers, settings.field)
    if settings.kind != "instance-masks" or size is None:
        return None
    return write_instances([one.shape for one in label.typed.shapes], size, mask_colors(len(label.typed.shapes))[1:])


def picture_size(answers: Sequence[FormAnswer], name: str) -> tuple[int, int] | None:
    """Width and height of an object's picture as most answers have it; of equally many the largest."""
    found = Counter(size for answer in answers if (size := answer.image_size(name)))
    return max(found, key=lambda size: (found[size], size)) if found else None


def _boxes(answer: FormAnswer, settings: Settings) -> Any | None:
    from truthkit_core.consolidation.boxes import Box

    return _parsed(answer, settings, "boundingBoxes", Box.parse)


def _keypoints(answer: FormAnswer, settings: Settings) -> Any | None:
    from truthkit_core.consolidation.keypoints import Keypoint

    return _parsed(answer, settings, "keypoints", Keypoint.parse)


def _polylines(answer: FormAnswer, settings: Settings) -> Any | None:
    from truthkit_core.consolidation.polygons import Polyline

    return _parsed(answer, settings, settings.kind, Polyline.parse)


def _polygons(answer: FormAnswer, settings: Settings) -> Any | None:
    from truthkit_core.consolidation.polygons import Polygon

    return _parsed(answer, settings, "polygons", Polygon.parse)


def _ranking(answer: FormAnswer, settings: Settings) -> Any | None:
    return answer.ranking(settings.field, str(settings.options["dimension"]))


def _semantic_mask(answer: FormAnswer, settings: Settings) -> Any | None:
    from truthkit_core.consolidation.masks import read_mask

    return _read_masks(answer, settings, lambda value, path: read_mask(value, settings.labels, path))


def _instance_masks(answer: FormAnswer, settings: Settings) -> Any | None:
    from truthkit_core.consolidation.masks import read_instances

    found = _read_masks(answer, settings, read_instances)
    return None if found is None else [one for one in found if answer.known(one[1], settings.labels, settings.field)]


def _read_masks(
    answer: FormAnswer, settings: Settings, read: Callable[[Any, str], tuple[Any, list[str]]]
) -> Any | None:
    try:
        found, problems = read(answer.fields[settings.field], settings.field)
    except ContractError as error:
        answer.problems.append(str(error))
        return None
    answer.problems += [f"{settings.field}: {problem}" for problem in problems]
    return found


def _text(answer: FormAnswer, settings: Settings) -> str | None:
    text = answer.text(settings.field)
    return text if text.strip() else None


def _parsed(answer: FormAnswer, settings: Settings, key: str, parse: Callable[[Any, str], Any]) -> list[Any] | None:
    """The shapes in an annotation tool's list, those that are none as problems."""
    found = answer.items(settings.field, key, settings.labels)
    if found is None:
        return None
    shapes = []
    for path, one in found:
        try:
            shapes.append(parse(one, path))
        except ContractError as error:
            answer.problems.append(str(error))
    return shapes


def _spans(answer: FormAnswer, settings: Settings) -> Any | None:
    entities = answer.entities(settings.field)
    return None if entities is None else answer.spans(entities, settings.labels)


def _parameters(function: Callable[..., Any]) -> list[str]:
    """The names of a method's options."""
    found = inspect.signature(function).parameters.values()
    return [one.name for one in found if one.kind is inspect.Parameter.KEYWORD_ONLY]


def _expect_one_of(value: str, known: Any, path: str) -> None:
    if value not in known:
        near = meant(value, known)
        raise ContractError(path, f"{value!r} is not known", near or f"known are {', '.join(known)}")


def line_in_table(path: str, source: str) -> int | None:
    """The line (from 1) of a key in ``[consolidation]`` or at the top, else of the table's head."""
    table, _, key = path.partition(".")
    lines = source.splitlines()
    head = next((number for number, line in enumerate(lines, 1) if line.strip().startswith(f"[{table}]")), None)
    if head is None:
        return next((number for number, line in enumerate(lines, 1) if line.split("=")[0].strip() == table), None)
    for number, line in enumerate(lines[head:], head + 1):
        if line.lstrip().startswith("["):
            break
        if line.split("=")[0].strip().strip('"') == key:
            return number
    return head


def _methods(name: str) -> tuple[Mapping[str, Callable[..., Any]], str]:
    """A kind's methods and the name of its default."""
    module = import_module(f"truthkit_core.consolidation.{KINDS[name].module}")
    found: Mapping[str, Callable[..., Any]] = getattr(module, KINDS[name].methods)
    # A table of its own has its default in front.
    default = module.DEFAULT_METHOD if KINDS[name].methods == "METHODS" else next(iter(found))
    return found, default


KINDS: dict[str, Kind] = {
    "class": Kind("class_models", lambda answer, by: answer.one_class(by.field, by.labels), _classes),
    "set": Kind("sets", lambda answer, by: answer.some_classes(by.field, by.labels), _by_interface),
    "number": Kind("numbers", lambda answer, by: answer.number(by.field), _by_interface, labels=False),
    "ranking": Kind(
        "rankings",
        _ranking,
        _by_interface,
        labels=False,
        options=("dimension",),
        needs=("dimension",),
        top_level=True,
    ),
    "text": Kind("text", _text, _by_interface, labels=False),
    "spans": Kind("span_models", _spans, _by_interface, key="entities"),
    "boxes": Kind("boxes", _boxes, _by_interface, key="boundingBoxes"),
    "keypoints": Kind("keypoints", _keypoints, _by_interface, key="keypoints"),
    "lines": Kind("polygons", _polylines, _by_interface, key="lines", methods="POLYLINE_METHODS"),
    "polylines": Kind("polygons", _polylines, _by_interface, key="polylines", methods="POLYLINE_METHODS"),
    "polygons": Kind("polygons", _polygons, _by_interface, key="polygons", methods="POLYGON_METHODS"),
    "semantic-mask": Kind("masks", _semantic_mask, _masks),
    "instance-masks": Kind("masks", _instance_masks, _instances, key="instances", methods="INSTANCE_METHODS"),
}
BUILT_IN = ("class", "set", "spans", "boxes", "semantic-mask")
"""Kinds for which the service has a built-in job, whose output can be written."""

_EXAMPLES = {"kind": '"class"', "field": '"the name of the element in the template"'}
