"""From a data object to the page's HTML: pre-annotation and Liquid, once per object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from truthkit.findings import Finding, TruthkitError
from truthkit.handlers import Handler
from truthkit.liquid import Rendered, Template
from truthkit_core.messages import ContractError, PreAnnotationEvent, PreAnnotationResponse


@dataclass(frozen=True, slots=True)
class Prepared:
    """What pre-annotation made of a data object; ``remarks`` are no faults."""

    task_input: dict[str, Any]
    human_annotation_required: bool = True
    remarks: tuple[Finding, ...] = ()


class TaskMaker:
    """Makes task inputs and pages. Methods block; they may be called from several threads.

    Args:
        template: the worker template.
        pre_lambda: the pre-annotation handler; None is the service's mode without one, in which the data object
            itself is the task input.
        job_arn: the labeling job's ARN, for the handler's event.
        sign: S3 URI to a URL that the browser can fetch.
        strict: a variable that the task input lacks is an error.
    """

    def __init__(
        self,
        template: Template,
        pre_lambda: Handler | None,
        *,
        job_arn: str,
        sign: Callable[[str], str],
        strict: bool = True,
    ) -> None:
        self.template = template
        self._pre_lambda = pre_lambda
        self._job_arn = job_arn
        self._sign = sign
        self._strict = strict

    def prepare(self, data_object: dict[str, Any], *, about: str = "") -> Prepared:
        """Run pre-annotation. Raises TruthkitError with the handler's fault or its breach of contract b."""
        if self._pre_lambda is None:
            return Prepared(data_object)
        return prepare(self._pre_lambda, data_object, self._job_arn, about=about)

    def render(self, task_input: dict[str, Any]) -> Rendered:
        """The rendered template. Raises TruthkitError with file, line and column."""
        return self.template.render(task_input, sign=self._sign, strict=self._strict)


def prepare(pre_lambda: Handler, data_object: dict[str, Any], job_arn: str, *, about: str = "") -> Prepared:
    """Run a pre-annotation handler. Raises TruthkitError with its fault or its breach of contract b."""
    file = str(pre_lambda.ref.file)
    try:
        event = PreAnnotationEvent(job_arn, data_object).to_json()
        response = PreAnnotationResponse.parse(pre_lambda.invoke(event, about=about))
    except ContractError as error:
        message = f"what the pre-annotation handler returned: {error.path}: {error.problem}"
        raise TruthkitError(Finding("pre-annotation-contract", message, error.cure, file=file)) from None
    remarks = tuple(Finding("pre-annotation-remark", note, severity="info", file=file) for note in response.notes)
    return Prepared(response.task_input, response.human_annotation_required, remarks)
