"""Reading what a form's controls put into workers' answers, without losing the good parts of a bad one."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from truthkit_core.consolidation.spans import Span
from truthkit_core.messages.checks import ContractError, at, expect_list, expect_object, expect_text, loads
from truthkit_core.messages.consolidation import Annotation
from truthkit_core.storage import StorageError

T = TypeVar("T")


@dataclass(slots=True)
class FormAnswer:
    """One worker's answer by field name.

    The readers below never raise: what cannot be used goes into ``problems``, and they give what an empty field gives.
    Without ``fields`` the answer says nothing: it was sent empty, or it is unreadable and ``problems`` says why.
    """

    worker_id: str
    fields: dict[str, Any]
    problems: list[str] = field(default_factory=list)

    def chosen(self, name: str) -> str | None:
        """The value picked in a group of radio buttons (``{"yes": true, "no": false}``), None if none is."""
        return self._read(_chosen, name)

    def text(self, name: str) -> str:
        """What was typed into a field; empty if the field is absent."""
        return self._read(_text, name) or ""

    def entities(self, name: str) -> list[Any] | None:
        """The raw entities of a field, [] if it is empty or absent, None if it is unreadable.

        The field is an annotator's object ``{"entities": […]}``, or that as JSON text from a hidden input.
        """
        return self._read(_entities, name) if self.fields.get(name) not in (None, "") else []

    def spans(self, entities: Iterable[Any], labels: Collection[str]) -> list[Span]:
        """The usable ones of raw entities: sound offsets and a known label."""
        spans = []
        for index, item in enumerate(entities):
            path = f"entities[{index}]"
            try:
                span = Span.parse(item, path)
                if span.label not in labels:
                    raise ContractError(f"{path}.label", f"{span.label!r} is not a label of this workflow")
                spans.append(span)
            except ContractError as error:
                self.problems.append(str(error))
        return spans

    def _read(self, reader: Callable[[Any, str], T], name: str) -> T | None:
        value = self.fields.get(name)
        try:
            return None if value is None else reader(value, name)
        except ContractError as error:
            self.problems.append(str(error))
            return None


def read_answers(annotations: Iterable[Annotation], read: Callable[[str], bytes] | None = None) -> list[FormAnswer]:
    """All answers to one object. One that is not a JSON object, or whose file is gone, is kept with its problem.

    Raises StorageError where an answer exists but cannot be read now: consolidating without it would lose it.
    """
    answers = []
    for annotation in annotations:
        fields, problems = {}, []
        try:
            fields = expect_object(annotation.answer(read), f"answer of worker {annotation.worker_id}")
        except ContractError as error:
            problems = [str(error)]
        except StorageError as error:
            if not error.missing:
                raise
            problems = [f"answer of worker {annotation.worker_id}: {error}"]
        answers.append(FormAnswer(annotation.worker_id, fields, problems))
    return answers


def _chosen(value: Any, path: str) -> str | None:
    options = expect_object(value, path)
    if not all(isinstance(on, bool) for on in options.values()):
        raise ContractError(path, "is not a choice: its options must be true or false")
    picked = [option for option, on in options.items() if on]
    if len(picked) > 1:
        raise ContractError(path, f"is not one choice: {', '.join(map(repr, picked))} are picked")
    return picked[0] if picked else None


def _text(value: Any, path: str) -> str:
    """Lone surrogates are replaced: JSON can carry them from a browser, UTF-8 cannot."""
    return expect_text(value, path).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _entities(value: Any, path: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = loads(value, path)
        except ContractError:
            # A value that went through an HTML attribute twice comes back encoded.
            if "&quot;" not in value:
                raise
            value = loads(html.unescape(value), path)
    if isinstance(value, dict):
        value, path = value.get("entities"), at(path, "entities")
    return expect_list(value, path)
