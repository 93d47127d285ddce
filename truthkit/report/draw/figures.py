"""What was drawn on a picture: boxes, polygons, lines, points and masks, a layer for each voice."""

from __future__ import annotations

import base64
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from truthkit.report.draw.scene import COLORS, Field, Palette, Scene, Voice, short_number
from truthkit.report.likeness import agree, instances_of, mask_of
from truthkit.report.pictures import Picture, with_pixels
from truthkit.report.shapes import Figure, Figures
from truthkit.wording import counted

MOST_FIGURES = 500  # a voice; more are counted, not drawn
MASK_SIDE = 480  # pixels of an overlay's longer side
LAYERS = 12  # that have a switch of their own: the label, the gold, workers
# How much of the picture an area hides, of 255: of a worker the border tells.
_FILL = {"label": 80, "gold": 0, "worker": 0}
# On a picture the colors are the same in light and dark; as --k0 to --k7 of the page in light.
PALETTE = ("005cff", "e0760d", "017c6a", "a01690", "735000", "0e97ea", "5500a4", "6f2025")


@dataclass(frozen=True, slots=True)
class Outline:
    path: str
    css: str
    title: str
    tag: str  # drawn at x, y
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layer:
    voice: Voice
    number: int
    outlines: tuple[Outline, ...]
    overlay: str  # the mask's address, "" without one
    tally: tuple[tuple[str, str, str], ...]  # label, color class, how many
    summary: str
    faults: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class View:
    name: str
    width: int
    height: int
    picture: Picture | None
    layers: tuple[Layer, ...]
    words: str

    @property
    def painted(self) -> tuple[Layer, ...]:
        """From the lowest to the topmost: workers, then the gold, then the label."""
        return tuple(sorted(self.layers, key=lambda one: ("worker", "gold", "label").index(one.voice.role)))


def view(field: Field, scene: Scene) -> View:
    said: list[tuple[Voice, Figures]] = [(voice, with_pixels(figures, scene.find)) for voice, figures in field.said]
    label = next((figures for voice, figures in said if voice.role == "label"), None)
    gold = next((figures for voice, figures in said if voice.role == "gold"), None)
    width, height = _size([figures for _, figures in said], scene.picture)
    layers = []
    for number, (voice, figures) in enumerate(said):
        reference, against = (gold, "the gold") if gold is not None else (label, "the consolidated label")
        if voice.role == "gold" or (voice.role == "label" and gold is None):
            reference = None
        layers.append(_layer(voice, number, figures, reference, against, scene))
    shown = layers[0].tally if layers else ()
    words = ", ".join(f"{label} {many}".strip() for label, _, many in shown) or "nothing drawn"
    return View(field.name, width, height, scene.picture, tuple(layers), words)


def _layer(voice: Voice, number: int, figures: Figures, reference: Figures | None, against: str, scene: Scene) -> Layer:
    palette = scene.palette
    outlines = tuple(_outline(figure, palette, voice, scene.answers) for figure in figures.figures[:MOST_FIGURES])
    faults: tuple[Any, ...] = figures.faults
    if len(figures.figures) > MOST_FIGURES:
        faults += (f"{counted(len(figures.figures) - MOST_FIGURES, 'shape')} more",)
    overlay = ""
    found = [figure.label for figure in figures.figures]
    if figures.mask is not None:
        painted = _painted(figures)
        if painted is None:
            faults += ("the mask cannot be read",)
        else:
            overlay = _overlay(*painted, palette, voice.role)
            found += painted[1]
    tally = Counter(found)
    score = agree(figures, reference) if reference is not None else None
    drawn = counted(sum(tally.values()), "shape") if figures.mask is None else counted(len(tally), "label")
    return Layer(
        voice,
        number,
        outlines,
        overlay,
        tuple((label, palette.css(label), f"× {many}" if many > 1 else "") for label, many in tally.items()),
        drawn if score is None else f"{drawn}, {score:.0%} alike with {against}",
        faults,
    )


def _size(drawn: list[Figures], picture: Picture | None) -> tuple[int, int]:
    """The picture's, in whose pixels answers count; else as most say, else what holds all the shapes."""
    if picture is not None and picture.width:
        return picture.width, picture.height
    told = Counter(figures.size for figures in drawn if figures.size)
    if told:
        return max(told, key=lambda size: (told[size], size))
    points = [point for figures in drawn for figure in figures.figures for point in figure.points]
    return (
        max(1, round(max((x for x, _ in points), default=300.0) * 1.05)),
        max(1, round(max((y for _, y in points), default=150.0) * 1.05)),
    )


def _outline(figure: Figure, palette: Palette, voice: Voice, answers: int) -> Outline:
    points = figure.points
    if figure.form == "box":
        (left, top), (right, bottom) = points
        path = f"M{_n(left)} {_n(top)}H{_n(right)}V{_n(bottom)}H{_n(left)}Z"
    elif figure.form == "point":
        path = f"M{_n(points[0][0])} {_n(points[0][1])}h0"
    else:
        path = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + ("Z" if figure.form == "polygon" else "")
    votes = ""
    if figure.votes is not None:
        votes = short_number(figure.votes) + (f"/{answers}" if answers and figure.votes <= answers else "")
    about = " · ".join(part for part in (voice.name, figure.label, f"votes {votes}" if votes else "") if part)
    tag = f"{figure.label} {votes}".strip() if voice.role == "label" else ""
    x, y = min(points, key=lambda point: (point[1], point[0]))
    return Outline(path, f"{palette.css(figure.label)} {figure.form}", about, tag, float(_n(x)), float(_n(y)))


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _painted(figures: Figures) -> tuple[NDArray[np.uint8], list[str]] | None:
    """A small table of places among the labels given with it, instances with one each; None if unreadable."""
    assert figures.mask is not None
    if "labelMappings" in figures.mask:
        table = mask_of(figures)
        if table is None:
            return None
        names = sorted(figures.labels)
        used = [place for place, pixels in enumerate(Image.fromarray(table).histogram()[1:]) if pixels]
        lookup = bytearray(256)
        for number, place in enumerate(used, 1):
            lookup[place + 1] = number
        return _looked_up(_shrunk(table), lookup), [names[place] for place in used]
    instances = instances_of(figures)
    if instances is None:
        return None
    if not instances:
        size = figures.size or (1, 1)
        return np.zeros(size[::-1], dtype=np.uint8), []
    whole = np.zeros(instances[0][0].shape, dtype=np.uint8)
    for number, (bits, _) in enumerate(instances, 1):
        whole[bits] = number
    return _shrunk(whole), [label for _, label in instances]


def _shrunk(table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    step = max(1, -(-max(table.shape) // MASK_SIDE))
    return table[::step, ::step]


def _looked_up(table: NDArray[np.uint8], lookup: bytes | bytearray) -> NDArray[np.uint8]:
    """As ``lookup[table]``, in a half of the time; ``lookup`` has 256 places."""
    return np.frombuffer(table.tobytes().translate(lookup), dtype=np.uint8).reshape(table.shape)


def _overlay(small: NDArray[np.uint8], names: list[str], palette: Palette, role: str) -> str:
    """The mask as a small picture: areas faintly, borders fully in the labels' colors."""
    border = np.zeros(small.shape, dtype=np.bool_)
    for axis in (0, 1):
        before = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
        after = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        differs = small[before] != small[after]
        border[before] |= differs
        border[after] |= differs
    border &= small > 0
    # Two labels may have one color; borders are the entries after the areas.
    colors = [int(PALETTE[palette.place(name) % COLORS], 16) for name in names]
    entries: dict[tuple[int, int], int] = {}
    lookup = np.zeros((2, 256), dtype=np.uint8)
    for number, color in enumerate(colors, 1):
        for edge, alpha in ((0, _FILL[role]), (1, 255)):
            lookup[edge, number] = entries.setdefault((color, alpha), len(entries) + 1)
    areas, edges = (_looked_up(small, each.tobytes()) for each in lookup)
    picture = Image.fromarray(np.where(border, edges, areas))
    flat = [0, 0, 0]
    for color, _ in entries:
        flat += [color >> 16, color >> 8 & 255, color & 255]
    picture.putpalette(flat)
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=bytes([0, *(alpha for _, alpha in entries)]))
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
