"""What workers gave for texts: which spans count, which labels share a chain of tags, and what lies over what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from truthkit_core.consolidation.by_object import by_object
from truthkit_core.consolidation.spans import Span

Answers = Mapping[str, Mapping[str, Sequence[Span]]]

# Spans of a chain that lie one over the other, so many deep, count.
_DEPTH = 3


@dataclass(slots=True)
class Given:
    """Answers that count (distinct spans by object and worker), the label list, and what does not count."""

    answers: dict[str, dict[str, list[Span]]]
    labels: list[str]
    problems: dict[str, list[str]]
    gold: dict[str, list[Span]]
    void: frozenset[str]
    """Objects of which everybody gave spans, and none of them counts."""


def checked(
    answers: Answers,
    texts: Mapping[str, str] | None,
    labels: Sequence[str],
    gold: Mapping[str, Sequence[Span]] | None,
) -> Given:
    """Spans that can be: in the text, not empty, not through a character, of a listed label. Blanks at ends go."""
    found: dict[str, dict[str, list[Span]]] = {}
    problems: dict[str, list[str]] = {}
    listed = set(labels)
    for name, given in by_object(answers).items():
        text = _Units.of(texts[name]) if texts and name in texts else None
        notes: list[str] = []
        found[name] = {}
        for worker in sorted(given):
            kept: dict[Span, None] = {}
            for span in given[worker]:
                problem, fitted = _fitted(span, text, listed)
                if problem:
                    notes.append(f"{worker}: {span.label!r} from {span.start} to {span.end} {problem}")
                else:
                    kept[fitted] = None
            found[name][worker] = sorted(kept)
        problems[name] = notes
    known: dict[str, list[Span]] = {}
    for name, spans in (gold or {}).items():
        if name in found:
            text = _Units.of(texts[name]) if texts and name in texts else None
            fitted_gold = [_fitted(span, text, set())[1] for span in spans]
            known[name] = sorted(set(fitted_gold))
    used = {span.label for given in found.values() for spans in given.values() for span in spans}
    used |= {span.label for spans in known.values() for span in spans}
    order = [label for label in dict.fromkeys(labels) if label in used]
    void = {name for name, own in found.items() if all(answers[name].values()) and not any(own.values())}
    return Given(found, order + sorted(used - set(order)), problems, known, frozenset(void))


@dataclass(frozen=True, slots=True)
class _Units:
    """A text in UTF-16 units: how many, which are blank, and which are the second half of a character."""

    length: int
    blank: frozenset[int]
    second: frozenset[int]

    @classmethod
    def of(cls, text: str) -> _Units:
        blank, second, at = set(), set(), 0
        for char in text:
            if char.isspace():
                blank.add(at)
            at += 1
            if char > "\uffff":
                second.add(at)
                at += 1
        return cls(at, frozenset(blank), frozenset(second))


def _fitted(span: Span, text: _Units | None, listed: set[str]) -> tuple[str, Span]:
    """What is wrong with the span, or nothing; and the span without blanks at its ends."""
    if not 0 <= span.start < span.end:
        return "is empty or starts before the text", span
    if listed and span.label not in listed:
        return "has a label that is none of the list", span
    if text is None:
        return "", span
    if span.end > text.length:
        return f"is outside of the text, which has {text.length} units", span
    if span.start in text.second or span.end in text.second:
        return "cuts a character in two", span
    start, end = span.start, span.end
    while start < end and start in text.blank:
        start += 1
    while end > start and end - 1 in text.blank:
        end -= 1
    return ("", Span(start, end, span.label)) if start < end else ("has nothing but blanks", span)


def _chains(given: Given) -> list[tuple[str, ...]]:
    """The labels that share a chain: all, or each its own where overlaps are meant."""
    for answers in given.answers.values():
        backing: defaultdict[tuple[str, str], int] = defaultdict(int)
        for spans in answers.values():
            for pair in _overlapping(spans):
                backing[pair] += 1
        if any(count >= min(2, len(answers)) for count in backing.values()):
            return [(label,) for label in given.labels]
    if any(_overlapping(spans) for spans in given.gold.values()):
        return [(label,) for label in given.labels]
    return [tuple(given.labels)] if given.labels else []


def _overlapping(spans: Sequence[Span]) -> set[tuple[str, str]]:
    """Pairs of different labels that overlap; spans are ordered by position."""
    found = set()
    open_spans: list[Span] = []
    for span in spans:
        open_spans = [one for one in open_spans if one.end > span.start]
        found |= {tuple(sorted((one.label, span.label))) for one in open_spans if one.label != span.label}
        open_spans.append(span)
    return found  # type: ignore[return-value]


def _layered(spans: Iterable[Span]) -> list[list[Span]]:
    """Spans one over the other: in each layer none overlap; the longest are in the first."""
    found: list[list[Span]] = []
    for span in sorted(spans, key=lambda one: (one.start - one.end, one)):
        for layer in found:
            if all(one.end <= span.start or span.end <= one.start for one in layer):
                layer.append(span)
                break
        else:
            found.append([span])
    return found


@dataclass(slots=True)
class Layer:
    """What one chain has of every text; ``name`` is its labels and depth."""

    name: str
    labels: tuple[str, ...]
    answers: dict[str, dict[str, list[Span]]]
    gold: dict[str, list[Span]]


def layers(given: Given) -> list[Layer]:
    """Every chain's part of the answers and of gold; adds to the problems what lies too deep."""
    found = []
    chains = _chains(given)
    for labels in chains:
        chain = "together" if len(chains) == 1 else f"alone {labels[0]}"
        stack = [Layer(f"{chain} {depth}", labels, {}, {}) for depth in range(_DEPTH)]
        for name, answers in given.answers.items():
            split = {
                worker: _layered(span for span in spans if span.label in labels) for worker, spans in answers.items()
            }
            truth = _layered(span for span in given.gold.get(name, ()) if span.label in labels)
            depth = max(map(len, [truth, *split.values()]), default=0)
            for level in range(min(max(depth, 1), _DEPTH)):
                stack[level].answers[name] = {
                    worker: sorted(parts[level]) if level < len(parts) else [] for worker, parts in split.items()
                }
                if name in given.gold:
                    stack[level].gold[name] = truth[level] if level < len(truth) else []
            for worker, parts in split.items():
                given.problems[name] += [
                    f"{worker}: {span.label!r} from {span.start} to {span.end} lies over {_DEPTH} others"
                    for layer in parts[_DEPTH:]
                    for span in layer
                ]
        found += [layer for level, layer in enumerate(stack) if level == 0 or layer.answers]
    return found
