"""Regions of simulated masks: cut to their box, they grow, shrink and overlap as whole pictures would."""

from __future__ import annotations

import numpy as np
import pytest

from truthkit.workforce.simulated.form import Field
from truthkit.workforce.simulated.kinds import Asked
from truthkit.workforce.simulated.masks import Bools, Region, grown, painted

HEIGHT, WIDTH = 23, 31
ASKED = Asked(Field("it", "semantic-mask", "crowd-semantic-segmentation", (), {}), size=(WIDTH, HEIGHT))


def some_pixels(seed: int) -> Bools:
    """Two rectangles, which may touch the picture's edge or overlap."""
    chance = np.random.default_rng(seed)
    pixels = np.zeros((HEIGHT, WIDTH), dtype=np.bool_)
    for _ in range(2):
        top, left = chance.integers(0, HEIGHT - 2), chance.integers(0, WIDTH - 2)
        pixels[top : top + chance.integers(2, 14), left : left + chance.integers(2, 14)] = True
    return pixels


def whole(region: Region) -> Bools:
    return region.at(0, 0, WIDTH, HEIGHT)


def slowly_grown(pixels: Bools, by: int) -> Bools:
    """By definition: set if any (shrinking: if no background) pixel of the picture within ``by`` is."""
    source = pixels if by > 0 else ~pixels
    found = np.zeros_like(source)
    for row in range(HEIGHT):
        for column in range(WIDTH):
            found[row, column] = source[
                max(row - abs(by), 0) : row + abs(by) + 1, max(column - abs(by), 0) : column + abs(by) + 1
            ].any()
    return found if by > 0 else ~found


@pytest.mark.parametrize("by", [-9, -3, -1, 1, 2, 5, 40])
def test_regions_grow_and_shrink_as_the_whole_picture_would(by: int) -> None:
    for seed in range(6):
        pixels = some_pixels(seed)
        made = grown(Region.of(pixels, "a"), by, ASKED)
        expected = slowly_grown(pixels, by)
        assert (whole(made) == expected).all()
        assert made.area == expected.sum()


@pytest.mark.parametrize(("right", "down"), [(-8, 0), (0, 9), (29, -20), (100, 0), (0, -100)])
def test_what_is_moved_out_of_the_picture_is_gone(right: int, down: int) -> None:
    region = Region.of(some_pixels(3), "a")
    made = grown(Region(region.pixels, region.left + right, region.top + down, "a", region.area), 0, ASKED)
    expected = {(y + down, x + right) for y, x in np.argwhere(some_pixels(3)).tolist()}
    inside = {(y, x) for y, x in expected if 0 <= y < HEIGHT and 0 <= x < WIDTH}
    assert set(map(tuple, np.argwhere(whole(made)).tolist())) == inside
    assert made.area == len(inside)


def test_overlap_and_paint_are_those_of_whole_pictures() -> None:
    for seed in range(0, 12, 2):
        one, other = some_pixels(seed), some_pixels(seed + 1)
        a, b = Region.of(one, "a"), Region.of(other, "b")
        assert a.iou(b) == b.iou(a) == pytest.approx((one & other).sum() / (one | other).sum())
        expected = np.where(other, 2, np.where(one, 1, 0))
        assert (painted([a, b], [1, 2], ASKED) == expected).all()
    nothing = Region.of(np.zeros((HEIGHT, WIDTH), dtype=np.bool_), "a")
    assert (nothing.area, nothing.iou(nothing)) == (0, 0.0)
    assert not painted([nothing], [1], ASKED).any()
