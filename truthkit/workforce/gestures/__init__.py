"""What a worker can do to each element of a page, as a person does it: with mouse and keyboard.

For worker scripts and tests (Playwright's async API). Elements are found by their ``name``, in open shadow roots too.
Every gesture raises TruthkitError that says what it did not find and what there is.

``controls`` are form fields, ``form`` is the page as a whole, ``choice`` categories, ``text`` what is selected with the
mouse.
"""

from truthkit.workforce.gestures.choice import moderate, pick, pick_many, pick_none
from truthkit.workforce.gestures.controls import choose, fill, slide, untick
from truthkit.workforce.gestures.form import open_tab, press, press_button, submit
from truthkit.workforce.gestures.text import select_text

__all__ = [
    "choose",
    "fill",
    "moderate",
    "open_tab",
    "pick",
    "pick_many",
    "pick_none",
    "press",
    "press_button",
    "select_text",
    "slide",
    "submit",
    "untick",
]
