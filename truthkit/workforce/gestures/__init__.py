"""What a worker can do to each element of a page, as a person does it: with mouse and keyboard.

For worker scripts and tests (Playwright's async API). Elements are found by their ``name``, in open shadow roots too.
Every gesture raises TruthkitError that says what it did not find and what there is.
"""

from truthkit.workforce.gestures.choice import comment, moderate, pick, pick_many, pick_none
from truthkit.workforce.gestures.controls import choose, fill, slide, untick
from truthkit.workforce.gestures.documents import review_pair
from truthkit.workforce.gestures.form import open_tab, press, press_button, submit
from truthkit.workforce.gestures.masks import delete_instance, erase, fill_area, flood, paint, relabel_instance
from truthkit.workforce.gestures.questions import write_question
from truthkit.workforce.gestures.ranking import rank
from truthkit.workforce.gestures.shapes import (
    delete_shape,
    draw_box,
    draw_line,
    draw_polygon,
    draw_polyline,
    nothing_to_label,
    place_keypoint,
    relabel_shape,
    select_shape,
)
from truthkit.workforce.gestures.spans import relabel_span, remove_span, select_span
from truthkit.workforce.gestures.text import select_text

__all__ = [
    "choose",
    "comment",
    "delete_instance",
    "delete_shape",
    "draw_box",
    "draw_line",
    "draw_polygon",
    "draw_polyline",
    "erase",
    "fill",
    "fill_area",
    "flood",
    "moderate",
    "nothing_to_label",
    "open_tab",
    "paint",
    "pick",
    "pick_many",
    "pick_none",
    "place_keypoint",
    "press",
    "press_button",
    "rank",
    "relabel_instance",
    "relabel_shape",
    "relabel_span",
    "remove_span",
    "review_pair",
    "select_shape",
    "select_span",
    "select_text",
    "slide",
    "submit",
    "untick",
    "write_question",
]
