"""One object's answers and label as a page of their own, drawn as in the report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from truthkit.report.draw import KINDS, Scene, Voice, fields
from truthkit.report.draw.scene import Palette, nowhere, strings
from truthkit.report.page import _asset, _environment
from truthkit.report.pictures import embed_subject

_PICTURE_BYTES = 300_000
# Tells the page around it how high it is.
_SCRIPT = (
    "new ResizeObserver(() => parent.postMessage({ height: document.documentElement.offsetHeight }, '*'))"
    ".observe(document.documentElement);"
)


def drawing_page(
    *,
    label: Any | None,
    expected: Any | None,
    answers: Mapping[int, Any],
    data_object: Mapping[str, Any],
    task_input: Any | None,
    label_attribute: str,
    label_order: Sequence[str],
    scheme: str = "",
    find: Callable[[str], Path | None] = nowhere,
) -> tuple[str, str]:
    """The page and the content security policy that it is to be served with.

    ``answers``: each worker's ``answerContent`` by the worker's number; ``scheme``: light, dark, or empty for the
    system's; ``find`` gives the file behind an S3 URI: of the picture, of a mask that a handler wrote.
    """
    said: list[tuple[Voice, Any]] = []
    if label is not None:
        said.append((Voice("label", "Consolidated", "Label"), label))
    if expected is not None:
        said.append((Voice("gold", "Gold", "Gold"), expected))
    said += [(Voice("worker", f"Worker {number}", f"W{number}"), answer) for number, answer in answers.items()]
    texts = dict.fromkeys([*strings(task_input), *strings(data_object.get("source"))])
    file = find(source) if isinstance(source := data_object.get("source-ref"), str) else None
    picture = embed_subject(file, _PICTURE_BYTES) if file is not None else None
    scene = Scene(Palette(label_order), tuple(texts), len(answers), picture, find)
    environment = _environment()
    drawn = []
    for part in fields(said):
        part = part if part.name else replace(part, name=label_attribute)
        macro: Any = environment.get_template(f"{part.kind}.html.j2").module
        drawn.append(Markup(macro.draw(KINDS[part.kind](part, scene))))
    style = _asset("report.css")
    if scheme in ("light", "dark"):
        chosen = "all" if scheme == "dark" else "not all"
        style = style.replace("@media (prefers-color-scheme: dark)", f"@media {chosen}")
    page = environment.get_template("drawing.html.j2").render(
        drawn=drawn, style=Markup(style), script=Markup(_SCRIPT), scheme=scheme
    )
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox allow-scripts"
    )
    return page, policy
