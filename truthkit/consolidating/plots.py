"""Plots as small SVG texts that follow the reader's light or dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Line = Sequence[tuple[float, float]]

# Colour-blind safe on white and on near-black; line patterns and marks tell the series apart without colour.
STYLE = """
.plot{--ink:#1b2733;--soft:#5b6875;--grid:#dde3e9;--a:#0b63c5;--b:#b3470b;--c:#0a7a4f;--d:#8a3fa0;--e:#6b6b00;--f:#b0235f}
@media(prefers-color-scheme:dark){.plot{--ink:#e6edf3;--soft:#9fb0c0;--grid:#33404c;--a:#6cb2ff;--b:#ff9e5e;--c:#4fd39a;
--d:#d29bea;--e:#d6d04a;--f:#ff8ab5}}
.plot text{font:11px system-ui,sans-serif;fill:var(--ink)}
.plot .soft{fill:var(--soft)}
.plot .small{font-size:9px}
.plot .grid{stroke:var(--grid);stroke-width:1;fill:none}
.plot .even{stroke:var(--soft);stroke-dasharray:2 4;fill:none}
.plot .line{fill:none;stroke-width:2;stroke-linejoin:round}
""".strip()

_COLORS = "abcdef"
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "1 4")
_WIDTH = 360.0
_MOST_CLASSES = 15


def svg(title: str, height: float, body: str, *, alone: bool) -> str:
    """A whole picture; ``alone`` as a file of its own, which carries its style."""
    space = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
    style = f"<style>{STYLE}</style>" if alone else ""
    size = f' width="{_WIDTH * 1.5:g}"' if alone else ""
    return (
        f'<svg{space} class="plot" viewBox="0 0 {_WIDTH:g} {height:g}"{size} role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{style}{body}</svg>"
    )


def lines(
    title: str,
    series: Mapping[str, Line],
    *,
    across: str,
    up: str,
    ticks: Sequence[float] | None = None,
    percent_across: bool = False,
    even: bool = False,
    bounds: tuple[float, float] | None = None,
    sizes: Mapping[str, Sequence[float]] | None = None,
    alone: bool = False,
) -> str:
    """Lines through points; y is a share, 0 to 1, shown in per cent.

    Args:
        ticks: where the x axis is named; by default quarters of 0 to 1.
        even: draw x = y too.
        bounds: of y; by default those of the points, widened.
        sizes: by series, a weight of each point, 0 to 1, which its mark shows.
    """
    points = [point for line in series.values() for point in line]
    marks_x = list(ticks) if ticks is not None else [0.0, 0.25, 0.5, 0.75, 1.0]
    low_x, high_x = (0.0, 1.0) if ticks is None else (min(marks_x), max(marks_x))
    low, high = bounds or _bounds([y for _x, y in points])
    rows = (len(series) + 1) // 2
    top, left, right = 14.0 + 16 * rows, 44.0, _WIDTH - 14
    bottom = top + 200

    def at(x: float, y: float) -> tuple[float, float]:
        width = max(high_x - low_x, 1e-9)
        return left + (x - low_x) / width * (right - left), bottom - (y - low) / max(high - low, 1e-9) * (bottom - top)

    body = []
    step = _step(high - low)
    for number in range(int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9)) + 1):
        _x, y = at(low_x, number * step)
        body.append(f'<path class="grid" d="M{left} {y:.1f}H{right}"/>')
        body.append(
            f'<text class="soft" x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{100 * number * step:.3g}</text>'
        )
    for value in marks_x:
        x, _y = at(value, low)
        name = f"{100 * value:.3g}" if percent_across or ticks is None else f"{value:g}"
        body.append(f'<path class="grid" d="M{x:.1f} {bottom}v4"/>')
        body.append(f'<text class="soft" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{name}</text>')
    body.append(
        f'<text class="soft" x="{(left + right) / 2}" y="{bottom + 32}" text-anchor="middle">{escape(across)}</text>'
    )
    middle = (top + bottom) / 2
    body.append(
        f'<text class="soft" transform="translate(11 {middle}) rotate(-90)" text-anchor="middle">{escape(up)}</text>'
    )
    if even:
        (x1, y1), (x2, y2) = at(max(low, low_x), max(low, low_x)), at(min(high, high_x), min(high, high_x))
        body.append(f'<path class="even" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>')
    for number, (name, line) in enumerate(series.items()):
        color, dash = _COLORS[number % 6], _DASHES[number % 6]
        places = [at(x, y) for x, y in line]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        body.append(f'<path class="line" stroke="var(--{color})" stroke-dasharray="{dash}" d="M{path}"/>')
        weights = (sizes or {}).get(name) or [0.3] * len(places)
        for (x, y), weight in zip(places, weights, strict=True):
            body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + 4 * weight:.1f}" fill="var(--{color})"/>')
        x0, y0 = 14 + (number % 2) * _WIDTH / 2, 12 + 16 * (number // 2)
        body.append(f'<path class="line" stroke="var(--{color})" stroke-dasharray="{dash}" d="M{x0} {y0 - 4}h22"/>')
        body.append(f'<text x="{x0 + 28}" y="{y0}">{escape(name)}</text>')
    return svg(title, bottom + 40, "".join(body), alone=alone)


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = max((high - low) * 0.1, 0.005)
    return max(low - room, 0.0), min(high + room, 1.0) if high <= 1 else high + room


def _step(spread: float) -> float:
    """A round distance of grid lines, about five of them."""
    for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25):
        if spread / step <= 6:
            return step
    return 0.5


def matrix(title: str, counts: Floats, names: Sequence[str], *, left: str, top: str, alone: bool = False) -> str:
    """A confusion matrix with its rows as shares, in per cent; of many classes the most common ones."""
    order = np.argsort(-counts.sum(1), kind="stable")[:_MOST_CLASSES]
    order = np.sort(order)
    table = counts / np.maximum(counts.sum(1, keepdims=True), 1e-300)
    shown = [_short(names[number]) for number in order]
    count = max(len(order), 1)
    widest = max((len(name) for name in shown), default=1)
    margin = min(20 + 6.2 * widest, 110.0)
    head = 24 + min(5.0 * widest, 70.0)
    tail = 8 + 0.5 * min(5.0 * widest, 70.0)
    cell = min((_WIDTH - margin - tail) / count, 60.0)
    high = max(min(cell, 30.0), 16.0)
    body = []
    for row, truth in enumerate(order):
        y = head + row * high
        body.append(
            f'<text x="{margin - 5:.1f}" y="{y + high / 2 + 4:.1f}" text-anchor="end">{escape(shown[row])}</text>'
        )
        for column, label in enumerate(order):
            share, x = float(table[truth, label]), margin + column * cell
            color = "a" if row == column else "b"
            body.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell - 1:.1f}" height="{high - 1:.1f}" '
                f'fill="var(--{color})" fill-opacity="{0.04 + 0.46 * share:.2f}"/>'
            )
            if share >= 0.005:
                body.append(
                    f'<text class="small" x="{x + cell / 2 - 0.5:.1f}" y="{y + high / 2 + 3:.1f}" '
                    f'text-anchor="middle">{100 * share:.0f}</text>'
                )
    for column, name in enumerate(shown):
        x = margin + (column + 0.5) * cell
        turn = "" if cell > 7 * widest else " rotate(-45)"
        anchor = "middle" if not turn else "start"
        place = f"translate({x:.1f} {head - 5:.1f}){turn}"
        body.append(f'<text transform="{place}" text-anchor="{anchor}">{escape(name)}</text>')
    bottom = head + count * high
    some = f", {count} of {len(names)} classes" if count < len(names) else ""
    told = f"{left} in rows, {top} in columns, % of a row{some}"
    body.append(f'<text class="soft" x="4" y="{bottom + 16:.1f}">{escape(told)}</text>')
    return svg(title, bottom + 24, "".join(body), alone=alone)


def _short(name: str) -> str:
    return name if len(name) <= 16 else name[:15] + "…"


def bars(title: str, values: Mapping[str, float], *, across: str, alone: bool = False) -> str:
    """Horizontal bars of counts, each with its number."""
    most = max(values.values(), default=1.0) or 1.0
    widest = max((len(_short(name)) for name in values), default=1)
    left = min(14 + 6.4 * widest, 120.0)
    body = []
    for row, (name, value) in enumerate(values.items()):
        y = 8 + row * 22
        width = value / most * (_WIDTH - left - 60)
        body.append(f'<text x="{left - 6:.1f}" y="{y + 12}" text-anchor="end">{escape(_short(name))}</text>')
        body.append(f'<rect x="{left:.1f}" y="{y}" width="{max(width, 1):.1f}" height="16" rx="2" fill="var(--a)"/>')
        body.append(f'<text class="soft" x="{left + width + 5:.1f}" y="{y + 12}">{value:,.0f}</text>')
    bottom = 8 + len(values) * 22
    body.append(f'<text class="soft" x="{left:.1f}" y="{bottom + 12}">{escape(across)}</text>')
    return svg(title, bottom + 20, "".join(body), alone=alone)


def strip(
    words: str,
    answers: Sequence[float],
    value: float | None,
    interval: tuple[float, float] | None,
    bounds: tuple[float, float],
    *,
    truth: float | None = None,
) -> str:
    """One object's numbers as dots along a line from ``bounds[0]`` to ``bounds[1]``, with the value and its interval.

    Args:
        words: the same for those who do not see it.
        truth: the gold, a dashed line.
    """
    low, high = bounds

    def at(number: float) -> str:
        return f"{10 + (number - low) / (high - low) * (_WIDTH - 20) if low < high else _WIDTH / 2:.1f}"

    body = [f'<path class="grid" d="M4 14H{_WIDTH - 4:g}"/>']
    if interval is not None:
        ends = f"M{at(interval[0])} 14H{at(interval[1])}"
        body.append(f'<path d="{ends}" stroke="var(--soft)" stroke-opacity=".5" stroke-width="6"/>')
    # Several at one place are darker together.
    body += [f'<circle cx="{at(one)}" cy="14" r="5" fill="var(--a)" fill-opacity=".55"/>' for one in answers]
    if value is not None:
        body.append(f'<path d="M{at(value)} 2V26" stroke="var(--ink)" stroke-width="3"/>')
    if truth is not None:
        body.append(f'<path d="M{at(truth)} 2V26" stroke="var(--b)" stroke-width="2.5" stroke-dasharray="5 3"/>')
    return svg(words, 28, "".join(body), alone=False)
