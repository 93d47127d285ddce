"""The small figures on the papers' first pages, as SVG."""

from __future__ import annotations

import math
from html import escape
from typing import Any

WIDTH, HEIGHT = 480, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 14, 46
_DASHES = ("", "7 5")


def figure_svg(figure: dict[str, Any], accent: str) -> str:
    """The drawing for a ``figure`` table of papers.toml. Raises KeyError for a kind that is not known."""
    draw = {"lines": _lines, "scatter": _scatter, "bars": _bars, "boxes": _boxes, "sherds": _sherds}[figure["kind"]]
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{draw(figure, accent)}</svg>'


def _x(share: float) -> float:
    return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)


def _text(x: float, y: float, text: str, anchor: str = "middle", turn: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{turn}>{escape(text)}</text>'


def _axes(x_label: str, y_label: str, low: float, high: float) -> str:
    parts = [f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" stroke="#222"/>']
    for value in _ticks(low, high):
        place = _y((value - low) / (high - low))
        parts.append(f'<path d="M{_x(0) - 5} {place}h5" stroke="#222"/>')
        parts.append(_text(_x(0) - 9, place + 5, _number(value), "end"))
    parts.append(_text(_x(0.5), HEIGHT - 6, x_label))
    parts.append(_text(14, _y(0.5), y_label, turn=f' transform="rotate(-90 14 {_y(0.5)})"'))
    return "".join(parts)


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values between the limits."""
    power = 10.0 ** math.floor(math.log10(high - low))
    step = next(power * part for part in (0.2, 0.25, 0.5, 1, 2) if (high - low) / (power * part) < 6)
    return [round(number * step, 6) for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _room(values: list[float], above: float = 0.12) -> tuple[float, float]:
    """Axis limits that leave some room, ``above`` as a share of the range; from zero where that wastes little."""
    low, high = min(values), max(values)
    bottom = 0.0 if 0 <= low < high / 2 else low - (high - low) * 0.12
    return bottom, high + (high - bottom) * above


def _lines(figure: dict[str, Any], accent: str) -> str:
    series: dict[str, list[float]] = figure["series"]
    low, high = _room([value for values in series.values() for value in values], 0.3)
    names = figure["x"]
    parts = [_axes(figure["x_label"], figure["y_label"], low, high)]
    places = [_x(0.03 + 0.94 * index / (len(names) - 1)) for index in range(len(names))]
    parts += [_text(place, _y(0) + 18, name) for place, name in zip(places, names, strict=True)]
    for number, (name, values) in enumerate(series.items()):
        heights = [_y((value - low) / (high - low)) for value in values]
        color = (accent, "#222")[number % 2]
        points = " ".join(f"{x},{y}" for x, y in zip(places, heights, strict=True))
        dash = _DASHES[number % 2]
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        parts += [f'<circle cx="{x}" cy="{y}" r="4" fill="{color}"/>' for x, y in zip(places, heights, strict=True)]
        row = _TOP + 8 + 20 * number
        parts.append(f'<path d="M{_x(0.06)} {row}h34" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"/>')
        parts.append(_text(_x(0.06) + 42, row + 5, name, "start"))
    return "".join(parts)


def _scatter(figure: dict[str, Any], accent: str) -> str:
    points: list[list[float]] = figure["points"]
    left, right = _room([x for x, _ in points])
    low, high = _room([y for _, y in points])
    parts = [_axes(figure["x_label"], figure["y_label"], low, high)]
    for value in _ticks(left, right):
        place = _x((value - left) / (right - left))
        parts.append(f'<path d="M{place} {_y(0)}v5" stroke="#222"/>')
        parts.append(_text(place, _y(0) + 19, _number(value)))
    for x, y in points:
        cx, cy = _x((x - left) / (right - left)), _y((y - low) / (high - low))
        parts.append(f'<path d="M{cx} {cy - 8}v16" stroke="#888"/>')
        parts.append(f'<circle cx="{cx}" cy="{cy}" r="4.5" fill="{accent}"/>')
    return "".join(parts)


def _bars(figure: dict[str, Any], accent: str) -> str:
    bars: dict[str, float] = figure["bars"]
    high = max(bars.values()) * 1.15
    parts = [_axes("", figure["y_label"], 0, high)]
    step = 1 / len(bars)
    for index, (name, value) in enumerate(bars.items()):
        x, top = _x(step * (index + 0.22)), _y(value / high)
        width = round(_x(step * 0.56) - _x(0), 1)
        parts.append(
            f'<rect x="{x}" y="{top}" width="{width}" height="{round(_y(0) - top, 1)}" fill="{accent}" stroke="#222"/>'
        )
        middle = round(x + width / 2, 1)
        parts.append(f'<path d="M{middle} {top - 12}v24m-6 0h12m-12 -24h12" stroke="#222" fill="none"/>')
        parts.append(_text(middle, _y(0) + 22, name))
    return "".join(parts)


def _boxes(figure: dict[str, Any], accent: str) -> str:
    *row, last = figure["boxes"]
    parts = []
    for index, name in enumerate(row):
        x = 18 + index * 155
        parts.append(f'<rect x="{x}" y="60" width="125" height="56" rx="8" fill="#fff" stroke="#222"/>')
        parts.append(_text(x + 62, 93, name))
        if index:
            parts.append(f'<path d="M{x - 30} 88h24m-8 -6l9 6l-9 6" fill="none" stroke="#222"/>')
        parts.append(f'<path d="M{x + 62} 116v64" stroke="#222" stroke-dasharray="5 4"/>')
    parts.append(f'<rect x="18" y="180" width="435" height="56" rx="8" fill="{accent}" stroke="#222"/>')
    parts.append(f'<g fill="#fff">{_text(235, 213, last)}</g>')
    return "".join(parts)


def _sherds(figure: dict[str, Any], accent: str) -> str:
    """Rims in section, as pottery is drawn: profile on the left, outer face on the right of the middle line."""
    parts = []
    for index, (width, height, lip) in enumerate(((150, 70, 14), (120, 90, 9), (170, 55, 20), (135, 78, 12))):
        x, y = 28 + index % 2 * 235, 30 + index // 2 * 140
        parts.append(
            f'<path d="M{x} {y}q{lip} -6 {lip + 6} 4q4 {height // 2} 26 {height}l-11 4q-22 -{height // 2} '
            f'-{lip + 12} -{height - 8}z" fill="#222"/>'
        )
        parts.append(f'<path d="M{x} {y}H{x + width}M{x + width // 2} {y}v{height}" stroke="#222" fill="none"/>')
        parts.append(f'<path d="M{x + width} {y}q-6 {height // 2} -28 {height}" stroke="#222" fill="none"/>')
        for band in (18, 26):
            parts.append(
                f'<path d="M{x + width // 2} {y + band}q{width // 6} 5 {width // 2 - 6} 0" stroke="{accent}" '
                'stroke-width="4" fill="none"/>'
            )
    return "".join(parts)
