"""A plan as one page: a table and two plots, no scripts, nothing from elsewhere."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from truthkit.consolidating.output import write_text
from truthkit.consolidating.plots import STYLE, svg
from truthkit.planning.plan import FEW, Estimate, Plan

_HERE = Path(__file__).parent
_COLORS = "abcdef"
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "1 4")
_LEFT, _RIGHT, _HIGH = 44.0, 338.0, 210.0

Points = Sequence[tuple[float, Estimate]]


def write_page(file: Path, plan: Plan) -> None:
    """Write the page, whole or not at all. Raises OSError."""
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        (_HERE / "plan.html.j2").read_text("utf-8")
    )
    names = {name: f"{name} ({measure})" for name, measure in plan.measures.items()}
    by_workers = {
        label: [(float(row.workers), row.quality[name]) for row in plan.rows] for name, label in names.items()
    }
    by_cost = {label: [(row.cost, row.quality[name]) for row in plan.rows] for name, label in names.items()}
    pictures = [
        (
            "Quality by workers for each object",
            Markup(chart("Quality by workers for each object", by_workers, across="workers for each object")),
        ),
        (
            "Quality by cost",
            Markup(chart("Quality by cost", by_cost, across="USD for 1,000 objects")),
        ),
    ]
    few = next((one for one in plan.assumptions if plan.objects < FEW and one.startswith("Only ")), "")
    told = [_told(one) for one in plan.assumptions if one != few]
    write_text(file, template.render(plan=plan, pictures=pictures, few=_told(few), told=told, style=Markup(STYLE)))


def _told(text: str) -> Markup:
    """A sentence whose options are not broken over lines."""
    return Markup(re.sub(r"--[a-z][a-z-]*", r"<code>\g<0></code>", escape(text)))


def chart(title: str, series: Mapping[str, Points], *, across: str) -> str:
    """Means as lines with marks, intervals as bands; quality upwards, in per cent."""
    points = [point for line in series.values() for point in line]
    xs = sorted({x for x, _ in points})
    low_x, high_x = xs[0], xs[-1] if xs[-1] > xs[0] else xs[0] + 1
    low = min(one.low for _, one in points)
    high = max(one.high for _, one in points)
    step = next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if (high - low) / step <= 6), 0.25)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    high = max(high, low + step)
    top = 16.0 + 16 * len(series)
    bottom = top + _HIGH

    def at(x: float, y: float) -> str:
        across_ = _LEFT + (x - low_x) / (high_x - low_x) * (_RIGHT - _LEFT)
        return f"{across_:.1f} {bottom - (y - low) / (high - low) * _HIGH:.1f}"

    body = []
    for number in range(round((high - low) / step) + 1):
        y = low + number * step
        level = float(at(low_x, y).split()[1])
        body.append(f'<path class="grid" d="M{_LEFT} {level:.1f}H{_RIGHT}"/>')
        body.append(f'<text class="soft" x="{_LEFT - 6}" y="{level + 4:.1f}" text-anchor="end">{100 * y:.3g}</text>')
    last = -100.0
    for x in xs:
        place = float(at(x, low).split()[0])
        body.append(f'<path class="grid" d="M{place:.1f} {bottom}v4"/>')
        # Names that would touch are left out.
        if place - last >= 34 or high_x - low_x < 10:
            body.append(
                f'<text class="soft" x="{place:.1f}" y="{bottom + 17:.1f}" text-anchor="middle">{x:,.3g}</text>'
            )
            last = place
    middle = (_LEFT + _RIGHT) / 2
    body.append(f'<text class="soft" x="{middle}" y="{bottom + 34:.1f}" text-anchor="middle">{escape(across)}</text>')
    body.append(
        f'<text class="soft" transform="translate(11 {top + _HIGH / 2}) rotate(-90)" text-anchor="middle">%</text>'
    )
    for number, (name, line) in enumerate(series.items()):
        color, dash = _COLORS[number % 6], _DASHES[number % 6]
        band = [at(x, one.high) for x, one in line] + [at(x, one.low) for x, one in reversed(line)]
        body.append(f'<path fill="var(--{color})" fill-opacity=".16" d="M{"L".join(band)}Z"/>')
        means = "L".join(at(x, one.mean) for x, one in line)
        body.append(f'<path class="line" stroke="var(--{color})" stroke-dasharray="{dash}" d="M{means}"/>')
        for x, one in line:
            cx, cy = at(x, one.mean).split()
            told = f"{x:,.4g} {across}: {100 * one.mean:.1f} % ({100 * one.low:.1f} to {100 * one.high:.1f})"
            body.append(
                f'<circle cx="{cx}" cy="{cy}" r="3.5" fill="var(--{color})"><title>{escape(told)}</title></circle>'
            )
        y0 = 12 + 16 * number
        body.append(f'<path class="line" stroke="var(--{color})" stroke-dasharray="{dash}" d="M14 {y0 - 4}h22"/>')
        body.append(f'<text x="42" y="{y0}">{escape(name)}</text>')
    return svg(title, bottom + 42, "".join(body), alone=False)
