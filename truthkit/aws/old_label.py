"""Whether workers see the labels that they are to verify or adjust: the workflow's own page, tried on this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from truthkit.findings import Finding, TruthkitError
from truthkit.handlers import Handler
from truthkit.job.spec import arn_of
from truthkit.job.tasks import TaskMaker
from truthkit.liquid import Template
from truthkit.objects import ObjectStore
from truthkit.project import Workflow
from truthkit_core.initial_value import ATTRIBUTE as INITIAL_VALUE


def look_at_old_label(workflow: Workflow, checked: str, lines: Iterable[dict[str, Any]]) -> Iterator[Finding]:
    """Render lines that have the label ``checked``, as they are and without it: a page that shows it differs.

    The workflow's pre-annotation handler runs as in a local job; objects that it reads come from AWS with the user's
    own credentials. What cannot be tried here is a warning. Raises TruthkitError where the template is broken.
    """
    template = Template.load(workflow.template)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="truthkit-"))
        store = ObjectStore(workflow.objects(), writes=Path(folder), aws=True)
        stack.callback(store.close)
        ref, pre = workflow.handler("pre_annotation"), None
        if ref is not None:
            pre = Handler(ref, environment=store.environment(), timeout=workflow.config().pre_timeout_seconds)
            stack.callback(pre.close)
        tasks = TaskMaker(template, pre, job_arn=arn_of(workflow.name), sign=_signed)
        seen = False
        for line in lines:
            try:
                page = _page(tasks, line)
            except TruthkitError as error:
                message = f"whether the page shows {checked!r} could not be tried: {error.findings[0].message}"
                cure = "mend it, or look at the page yourself: truthkit render shows that of a line"
                yield Finding("launch-label", message, cure, severity="warning")
                return
            if page is None:
                continue  # no human is to annotate this one
            seen = True
            # Nor what the label was made from: where a worker left it as it was, the page would be the same.
            gone = {checked, INITIAL_VALUE}
            bare = {key: value for key, value in line.items() if key not in gone and not key.startswith(f"{checked}-")}
            try:
                without = _page(tasks, bare)
            except TruthkitError:
                return  # it does not do without
            if page != without:
                return
        if seen:
            message = f"workers would not see {checked!r}: the page of a line that has it is the same without it"
            cure = (
                f'set earlier_label = "{checked}" in {workflow.config_file.name}, which the kit\'s handlers read; or '
            )
            cure += "let the handler pass the label on in taskInput, and the template show it; then deploy again"
            yield Finding("launch-label", message, cure)


def _page(tasks: TaskMaker, line: dict[str, Any]) -> str | None:
    prepared = tasks.prepare(line)
    return tasks.render(prepared.task_input).html if prepared.human_annotation_required else None


def _signed(uri: str) -> str:
    """An address that is the same each time."""
    return f"https://s3.amazonaws.com/{uri.removeprefix('s3://')}"
