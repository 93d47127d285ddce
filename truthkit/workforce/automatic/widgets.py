"""Working on the large widgets, by their gestures."""

from __future__ import annotations

from random import Random

from truthkit.workforce.automatic.survey import Control, Survey


async def work_on_widget(survey: Survey, control: Control, random: Random, variant: int) -> bool:
    """Do something valid with a widget; False if there is no way to."""
    return False
