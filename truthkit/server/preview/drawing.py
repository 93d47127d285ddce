"""The answers to a line and the label that they became, drawn side by side."""

from __future__ import annotations

from truthkit.report.drawing import drawing_page
from truthkit.server.preview.bench import Bench


def drawing(bench: Bench, number: int, scheme: str) -> tuple[str, str]:
    """The page, and its content security policy."""
    entry, answers, label = bench.lines().get(number), bench.answers(number), bench.label(number)
    view = bench.newest(number)
    return drawing_page(
        label=label.label,
        expected=bench.expected(number),
        answers={worker: answer.content for worker, answer in answers.items()},
        data_object=entry.line.data_object if entry is not None and entry.line is not None else {},
        task_input=view.task_input if view is not None else None,
        label_attribute=bench.label_attribute,
        label_order=bench.label_order,
        scheme=scheme,
        find=bench.file,
    )
