"""Writes the page of a finished job's agreement: one file that needs no other, without a script."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from truthkit.report.agreement.measure import AgreementReport, FieldReport, title
from truthkit.report.agreement.plots import (
    UNIT,
    Axis,
    HeatMap,
    Histogram,
    Whisker,
    accuracy_of,
    coefficient_axis,
    heat_maps,
    time_histogram,
)
from truthkit.report.page import _percent as percent
from truthkit.report.page import _seconds as seconds
from truthkit.report.page import _worker_id as worker_id
from truthkit.wording import counted
from truthkit_core.agreement.workers import Estimate, WorkerStatistics

HERE = Path(__file__).resolve().parent
SHOWN = 30
"""Workers in the table; more open by hand."""
MOST = 1_000
"""Workers on the page at all."""
# Who has given so many answers and scores under that answers like a spammer.
_ENOUGH, _SPAM = 10, 0.1
# The plot of workers by accuracy: where 100 % and 0 % are.
_TOP, _BOTTOM = 10, 180


@dataclass(frozen=True, slots=True)
class FieldView:
    field: FieldReport
    axis: Axis
    strip: list[tuple[str, Estimate, Whisker]]
    golds: dict[str, float]
    maps: list[HeatMap]
    times: Histogram | None
    with_gold: bool
    flagged: int


def write_page(report: AgreementReport, file: Path) -> Path:
    """Writes the page to ``file`` (replaced as a whole) and gives its path. Raises OSError.

    The same report gives the same bytes.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        count=counted,
        figure=figure,
        height=_height,
        percent=percent,
        place=_place,
        seconds=seconds,
        short=_short,
        signed=_signed,
        strongest_bias=strongest_bias,
        title=title,
        worker_id=worker_id,
    )
    environment.tests["spamming"] = spams
    style = (HERE.parent / "report.css").read_text("utf-8") + (HERE / "agreement.css").read_text("utf-8")
    page = environment.get_template("agreement.html.j2").render(
        name="/".join(Path(report.source).absolute().parts[-2 if Path(report.source).is_file() else -1 :]),
        report=report,
        fields=[_view(one) for one in report.fields],
        style=Markup(style),
        shown=SHOWN,
        most=MOST,
        unit=UNIT,
    )
    draft = file.with_name(f".{file.name}.part")
    # A lone surrogate (JSON may carry one) has no UTF-8 form: it is shown as its escape.
    draft.write_text(page, encoding="utf-8", errors="backslashreplace", newline="\n")
    draft.replace(file)
    return file


def spams(one: WorkerStatistics) -> bool:
    """Whether the answers are as a spammer's: enough of them, and they tell nothing of the classes."""
    return one.answers >= _ENOUGH and one.spammer_score is not None and one.spammer_score < _SPAM


def strongest_bias(one: WorkerStatistics) -> str:
    """``owl +12 points``: the class that the worker chooses most too often or too seldom."""
    if not one.bias:
        return "–"
    name, value = max(one.bias.items(), key=lambda pair: (abs(pair[1]), pair[0]))
    points = round(100 * value)
    return f"{name} {points:+d} points" if points else "–"


def figure(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}".replace("-", "−")


def _view(field: FieldReport) -> FieldView:
    known = [one for one in field.statistics[:MOST] if one.accuracy.value is not None]
    golds = {one.worker: one.gold.value for one in field.statistics if one.gold.value is not None}
    return FieldView(
        field,
        coefficient_axis(field),
        accuracy_of([(one.worker, one.accuracy) for one in known]),
        golds,
        heat_maps(field) if field.statistics else [],
        time_histogram(field.seconds),
        any(one.gold is not None for one in field.disputed),
        sum(spams(one) for one in field.statistics),
    )


def _place(share: float) -> str:
    """A share of the drawing's width."""
    return f"{100 * share:.2f}%"


def _height(share: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * share, 1)


def _short(text: Any, limit: int = 14) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
