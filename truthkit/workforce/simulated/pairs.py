"""Questions about a text with their answers: pairs that are left out, mistyped, made up, or rest on other passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truthkit.workforce.simulated.hand import Hand
from truthkit.workforce.simulated.spans import any_span, moved_span
from truthkit.workforce.simulated.texts import anything_typed, mistyped_text
from truthkit_core.consolidation.spans import Span
from truthkit_core.consolidation.text import edit_distance
from truthkit_core.messages.checks import ContractError, expect_list, expect_object

if TYPE_CHECKING:
    from truthkit.workforce.simulated.kinds import Asked

KEY = "questionsAndAnswers"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its answer, with tags, and the passages of the text that they rest on (spans with no label)."""

    question: str
    answer: str
    tags: tuple[str, ...] = ()
    references: tuple[Span, ...] = ()

    @property
    def label(self) -> str:
        return ""


def read(value: Any, asked: Asked) -> list[Pair]:
    """From an answer of the element, or its list; ``tags`` and ``references`` may be left out. Raises ContractError."""
    listed = expect_list(value.get(KEY) if isinstance(value, dict) else value, KEY, f'write {{"{KEY}": […]}}')
    return [_pair(one, f"{KEY}[{number}]") for number, one in enumerate(listed)]


def _pair(value: Any, path: str) -> Pair:
    table = expect_object(value, path)
    for key in ("question", "answer"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise ContractError(f"{path}.{key}", "is missing", 'write {"question": "…", "answer": "…"}')
    tags = expect_list(table.get("tags", []), f"{path}.tags")
    references = [
        Span.parse({"label": "-", **expect_object(one, f"{path}.references")}, f"{path}.references[{number}]")
        for number, one in enumerate(expect_list(table.get("references", []), f"{path}.references"))
    ]
    return Pair(table["question"], table["answer"], tuple(map(str, tags)), tuple(sorted(references)))


def err(truth: list[Pair], asked: Asked, hand: Hand) -> list[Pair]:
    found: list[Pair] = []
    missed: list[Pair] = []
    for number, pair in enumerate(truth):
        own = hand.on(number)
        (missed if own.errs(hand.group.missed) else found).append(_altered(pair, asked, own))
    found += [_anything(asked, hand) for _ in range(hand.count(hand.group.added))]
    least, most = _bounds(asked, "questions")
    # The page does not take fewer, so the worker goes on.
    found += missed[: max(least - len(found), 0)]
    found += [_anything(asked, hand) for _ in range(least - len(found))]
    return found[:most]


def _altered(pair: Pair, asked: Asked, hand: Hand) -> Pair:
    references = [moved_span(one, asked, hand) for one in pair.references]
    return Pair(
        mistyped_text(pair.question, hand) or pair.question,
        mistyped_text(pair.answer, hand) or pair.answer,
        tuple(dict.fromkeys(hand.label(tag, asked.labels) for tag in pair.tags)),
        _apart(references),
    )


def _anything(asked: Asked, hand: Hand) -> Pair:
    """A pair about a passage that nobody would ask for."""
    span = any_span((), asked, hand)
    text = asked.field.text or ""
    units = text.encode("utf-16-le", "surrogatepass")
    passage = units[2 * span.start : 2 * span.end].decode("utf-16-le", "replace") or "it"
    return Pair(
        _long_enough(f"What about {passage}?", asked, "question"),
        _long_enough(passage, asked, "answer"),
        (asked.any_label(hand),) if asked.labels else (),
        (Span(span.start, span.end, "-"),) if text else (),
    )


def spam(truth: list[Pair], asked: Asked, hand: Hand) -> list[Pair]:
    tags = (asked.first_label(),) if asked.labels else ()
    return [
        Pair(
            _long_enough(anything_typed(hand), asked, "question"),
            _long_enough(anything_typed(hand), asked, "answer"),
            tags,
        )
        for _ in range(_bounds(asked, "questions")[0])
    ]


def answer(truth: list[Pair], asked: Asked) -> Any:
    return {
        KEY: [
            {
                "question": one.question,
                "answer": one.answer,
                "tags": list(one.tags),
                "references": [{"startOffset": span.start, "endOffset": span.end} for span in one.references],
            }
            for one in truth
        ]
    }


def likeness(one: Pair, other: Pair) -> float:
    """Word accuracy, the mean of question and answer."""
    return sum(_words(getattr(one, name), getattr(other, name)) for name in ("question", "answer")) / 2


def _words(found: str, right: str) -> float:
    one, other = found.split(), right.split()
    return max(0.0, 1.0 - edit_distance(one, other) / max(len(one), len(other), 1))


def _bounds(asked: Asked, what: str) -> tuple[int, int]:
    least, most = asked.field.number(f"min-{what}"), asked.field.number(f"max-{what}")
    return int(1 if least is None else least), int(10_000 if most is None else most)


def _long_enough(text: str, asked: Asked, what: str) -> str:
    """With as many words as the page wants: its own again, or cut."""
    least, most = asked.field.number(f"{what}-min-words"), asked.field.number(f"{what}-max-words")
    words = text.split()
    while least is not None and len(words) < least:
        words += words
    least_words = max(int(least or 1), len(text.split()))
    words = words[:least_words]
    return " ".join(words if most is None else words[: int(most)])


def _apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """In the order of the text, none over another."""
    kept: list[Span] = []
    for span in sorted(set(spans)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)
