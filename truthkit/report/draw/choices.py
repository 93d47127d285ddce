"""What was chosen, as bars: one a class, with who chose it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from truthkit.report.draw.scene import Field, Scene, Voice, short_number
from truthkit.report.shapes import Choice

MOST_OPTIONS = 40


@dataclass(frozen=True, slots=True)
class Bar:
    option: str
    css: str  # color class when the option is one of the job's labels
    votes: str
    share: float  # 0 to 1
    who: tuple[Voice, ...]
    consolidated: bool
    gold: bool


@dataclass(frozen=True, slots=True)
class View:
    name: str
    bars: tuple[Bar, ...]
    more: int
    answers: int
    confidence: str
    has_label: bool
    has_gold: bool
    right: bool | None


def view(field: Field, scene: Scene) -> View:
    label: Choice | None = field.of("label")
    gold: Choice | None = field.of("gold")
    answers: list[tuple[Voice, Choice]] = field.workers()
    options = _in_order((option for _, choice in field.said for option in choice.options), scene)
    picked = {option: [voice for voice, choice in answers if option in choice.chosen] for option in options}
    votes = dict(label.votes) if label and label.votes else {option: float(len(who)) for option, who in picked.items()}
    most = max([float(len(answers)), *votes.values(), 1e-9])
    bars = [
        Bar(
            option,
            scene.palette.css(option) if scene.palette.knows(option) else "",
            short_number(votes.get(option, 0)),
            max(0.0, min(1.0, votes.get(option, 0) / most)),
            tuple(picked[option]),
            bool(label and option in label.chosen),
            bool(gold and option in gold.chosen),
        )
        for option in options
    ]
    # With very many options, those that nobody touched say little.
    shown = bars if len(bars) <= MOST_OPTIONS else [b for b in bars if b.who or b.consolidated or b.gold][:MOST_OPTIONS]
    return View(
        field.name,
        tuple(shown),
        len(bars) - len(shown),
        len(answers),
        short_number(label.confidence) if label and label.confidence is not None else "",
        label is not None,
        gold is not None,
        set(label.chosen) == set(gold.chosen) if label and gold else None,
    )


def _in_order(options: Iterable[str], scene: Scene) -> list[str]:
    """The job's labels in the legend's order, then the others as they come."""
    seen = list(dict.fromkeys(options))
    known = [option for option in scene.palette.labels() if option in set(seen)]
    return known + [option for option in seen if not scene.palette.knows(option)]
