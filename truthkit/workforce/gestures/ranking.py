"""Gestures on crowd-text-ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from truthkit.workforce.gestures import locate
from truthkit.workforce.gestures.locate import failed, missing, unusable
from truthkit.workforce.gestures.widgets import find_widget, wait_until


async def rank(page: Page, name: str, dimension: str, ranks: Sequence[int]) -> None:
    """Give the responses of a crowd-text-ranking their ranks along one dimension, in the order of the responses, from
    1; equal numbers are ties."""
    widget = await find_widget(page, name, "crowd-text-ranking")
    await wait_until(widget, f"(element) => {_DIMENSIONS}(element).length > 0")
    dimensions: list[dict[str, Any]] = await widget.evaluate(_DIMENSIONS)
    names = [one["name"] for one in dimensions]
    if dimension not in names:
        raise missing(f"there is no dimension {dimension!r}", "dimensions here", dict.fromkeys(names))
    index = names.index(dimension)
    count = len(dimensions[index]["responseRankings"])
    if len(ranks) != count:
        raise failed(f"{len(ranks)} ranks can't be given", f"there are {count} responses, and each gets one")
    board = widget.locator(f".board[data-dimension='{index}']")
    # From the best on: each comes behind those that have their place.
    for item in sorted(range(count), key=lambda item: ranks[item]):
        field = board.locator(f".row[data-item='{item}'] select")
        try:
            await field.select_option(str(ranks[item]), timeout=locate.PATIENCE_MS)
        except BrowserError as error:
            raise unusable(f"the rank {ranks[item]} of response {item + 1}", error) from None
    given = (await widget.evaluate(_DIMENSIONS))[index]["responseRankings"]
    if given != list(ranks):
        ties = "ties are allowed, ranks without gaps" if dimensions[index]["allowTie"] else "each rank counts once"
        raise failed(f"the responses have the ranks {given} in place of {list(ranks)}", ties)


_DIMENSIONS = "((element) => element._submittableValue.ordinalRankingDimensions)"
