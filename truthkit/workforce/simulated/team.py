"""A team of simulated workers: who is asked for which object, and what each answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from truthkit.aws_names import REGION
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.workforce.simulated.crowd import Crowd, spread_factor
from truthkit.workforce.simulated.form import REFUSED, Field, read_form
from truthkit.workforce.simulated.gold import Gold, Pictures, told_size, truths
from truthkit.workforce.simulated.hand import Difficulty, Hand
from truthkit.workforce.simulated.kinds import KINDS, Asked
from truthkit.workforce.simulated.rankings import expect_whole
from truthkit.workforce.simulated.spans import Words
from truthkit.workforce.simulated.texts import NOTHING
from truthkit_core.messages.checks import ContractError

# Fields whose options are on the page or nowhere.
_OWN_OPTIONS = ("choice", "flags", "pairs", "ranking", "hidden")


@dataclass(frozen=True, slots=True)
class Question:
    """What one object asks of workers, with the right answer of each field that has one."""

    object_id: str
    asked: tuple[Asked, ...]
    truths: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Response:
    """What a worker does: the answer's content, None where the task is given back, with ``reason``; time in seconds."""

    content: dict[str, Any] | None
    seconds: float
    reason: str = ""


class Questions:
    """Makes questions from rendered pages and gold.

    Args:
        gold: the right answers.
        pictures: tells sizes.
        labels: the workflow's, for elements whose page does not name any.
        template: for findings.
    """

    def __init__(self, gold: Gold, pictures: Pictures, labels: Sequence[str], template: str) -> None:
        self._gold = gold
        self._pictures = pictures
        self._labels = tuple(labels)
        self._template = template

    def of(self, object_id: str, html: str) -> Question:
        """The question of an object. Raises TruthkitError if the page and the gold do not fit together."""
        line = int(object_id) + 1
        value = self._gold.at(line)
        fields = read_form(html)
        if not fields:
            raise TruthkitError(
                Finding(
                    "simulated-form", "the page has no field with a name that simulated workers know",
                    "give the elements names; fields that a script makes up are for scripted workers",
                    file=self._template,
                )
            )  # fmt: skip
        for field in fields:
            if field.kind == "refused":
                raise TruthkitError(
                    Finding(
                        "simulated-form", f"{field.tag} cannot be simulated: {REFUSED[field.tag]}",
                        "use --workforce auto, or a worker script (--workforce script)", file=self._template,
                    )
                )  # fmt: skip
        asked = tuple(self._asked(field, value) for field in fields)
        try:
            found = truths(asked, value)
            for one in asked:
                if one.field.kind == "ranking" and one.field.name in found:
                    expect_whole(found[one.field.name], one)
        except ContractError as error:
            raise self._misfit(line, f"{error.path}: {error.problem}", error.cure) from None
        if not found:
            names = ", ".join(f"{one.name} ({one.kind})" for one in fields)
            raise self._misfit(line, f"says nothing of the page's fields: {names}", "name a field as key of the gold")
        for one in asked:
            if one.field.name not in found and KINDS.table[one.field.kind].untouched is None:
                raise self._misfit(
                    line, f"says nothing of {one.field.name}", f'write {{"{one.field.name}": …}} beside the others'
                )
            if one.field.is_picture and one.size is None:
                raise self._misfit(
                    line, f"{one.field.name}: the size of the picture is not known",
                    "map its folder with --objects, or put inputImageProperties into the gold",
                )  # fmt: skip
            if not one.labels and one.field.name in found:
                kind = KINDS.table[one.field.kind]
                one.labels = tuple(dict.fromkeys(kind.labels(found[one.field.name])))
        return Question(object_id, asked, found)

    def _asked(self, field: Field, value: Any) -> Asked:
        one = Asked(field, field.options or (self._labels if field.kind not in _OWN_OPTIONS else ()))
        if field.is_picture:
            one.size = told_size(value) or self._pictures.size(field.attributes.get("src", ""))
        elif field.kind in ("spans", "pairs") and field.text is not None:
            one.words = Words(field.text)
        elif field.kind == "number":
            low, high = field.number("min"), field.number("max")
            known = self._gold.bounds(field.name)
            one.bounds = (known[0] if low is None else low, known[1] if high is None else high)
        return one

    def _misfit(self, line: int, message: str, cure: str) -> TruthkitError:
        return TruthkitError(Finding("gold", message, cure, file=str(self._gold.file), line=line))


class Team:
    """The workers of a crowd. Whatever they do follows from seed, object and worker, and from nothing else.

    Raises UsageError if there are fewer workers than ``wanted`` for each object.
    """

    def __init__(self, crowd: Crowd, seed: int, *, wanted: int = 1, time_limit: float = 28_800.0) -> None:
        if crowd.pool < wanted:
            raise UsageError(
                f"the crowd has {crowd.pool} workers, and {wanted} are wanted for each object",
                f"write pool = {wanted} or more in the crowd file, or give fewer --workers",
            )
        self.crowd = crowd
        self.groups = crowd.team()
        self._seed = seed
        self._skills = crowd.skills(seed)
        self._time_limit = time_limit
        self.ids = tuple(_worker_id(number) for number in range(crowd.pool))
        self._numbers = {worker_id: number for number, worker_id in enumerate(self.ids)}
        self._checked: set[tuple[str, ...]] = set()
        self._last: tuple[str, Difficulty] | None = None

    def order(self, object_id: str) -> Iterator[str]:
        """The workers in the order in which they are asked for an object."""
        numbers = list(range(len(self.ids)))
        Random(f"{self._seed}:{object_id}:order").shuffle(numbers)
        return (self.ids[number] for number in numbers)

    def group(self, worker_id: str) -> str:
        """The name of a worker's group."""
        return self.groups[self._numbers[worker_id]].name

    def _difficulty(self, object_id: str) -> Difficulty:
        """Of the object that was last asked for, it is at hand: one object's workers mostly come together."""
        if self._last is None or self._last[0] != object_id:
            self._last = object_id, Difficulty(self.crowd, f"{self._seed}:{object_id}")
        return self._last[1]

    def respond(self, worker_id: str, question: Question) -> Response:
        """What a worker answers to an object. Raises TruthkitError where the crowd's confusion does not fit."""
        number = self._numbers[worker_id]
        group = self.groups[number]
        chance = Random(f"{self._seed}:{question.object_id}:{number}")
        difficulty = self._difficulty(question.object_id)
        hand = Hand(group, chance, difficulty, self._skills[number])
        pace = spread_factor(chance, group.seconds_spread)
        labels = tuple(label for asked in question.asked for label in asked.labels)
        if labels not in self._checked:
            self.crowd.check_labels(dict.fromkeys(labels))
            self._checked.add(labels)
        content: dict[str, Any] = {}
        items = 0
        for asked in question.asked:
            kind, name = KINDS.table[asked.field.kind], asked.field.name
            if name in question.truths:
                truth = question.truths[name]
                given = (kind.spam if group.spam else kind.err)(truth, asked, hand)
                items += kind.items(given)
                value = kind.answer(given, asked)
            else:
                assert kind.untouched is not None
                value = kind.untouched(asked)
            if kind.top:
                for key, listed in value.items():
                    content.setdefault(key, []).extend(listed)
            elif value is not NOTHING:
                content[name] = value
        seconds = round((group.seconds + group.seconds_each * items) * pace, 3)
        if chance.random() < group.returned:
            return Response(None, seconds, "the worker gave the task back")
        if seconds > self._time_limit:
            return Response(None, self._time_limit, "the worker ran out of time")
        return Response(content, seconds)


def _worker_id(number: int) -> str:
    """In the service's form, ``private.<region>.<opaque>``."""
    return f"private.{REGION}.{hashlib.sha256(f'simulated worker {number}'.encode()).hexdigest()[:16]}"
