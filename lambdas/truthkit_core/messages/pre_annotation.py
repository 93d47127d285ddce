"""The pre-annotation function: one data object in, the template's ``task.input`` out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from truthkit_core.messages.checks import (
    ContractError,
    check_json,
    check_payload,
    expect_object,
    kind,
    member,
    text_member,
)

# Sent as documented; never branched on (recorded events say 2018-10-06).
EVENT_VERSION = "2018-10-16"
# The service publishes no limit for a job; RenderUiTemplate takes this many characters.
TASK_INPUT_CHARACTERS = 128_000
_FLAG = "isHumanAnnotationRequired"
_OLD_FLAG = "humanAnnotationRequired"


@dataclass(frozen=True, slots=True)
class PreAnnotationEvent:
    """What the service calls the function with: ``data_object`` is the whole manifest line."""

    labeling_job_arn: str
    data_object: dict[str, Any]
    version: str = EVENT_VERSION

    @classmethod
    def parse(cls, event: Any) -> PreAnnotationEvent:
        """Raises ContractError. Any version is accepted."""
        value = expect_object(event, "event")
        data_object = expect_object(member(value, "dataObject", ""), "dataObject")
        check_json(data_object, "dataObject")
        return cls(text_member(value, "labelingJobArn", ""), data_object, str(value.get("version", EVENT_VERSION)))

    def to_json(self) -> dict[str, Any]:
        """The event with exactly its three documented keys."""
        check_json(self.data_object, "dataObject")
        return {"version": self.version, "labelingJobArn": self.labeling_job_arn, "dataObject": self.data_object}


@dataclass(frozen=True, slots=True)
class PreAnnotationResponse:
    """What the function returns. ``notes`` are remarks on a response that is legal but worth mending."""

    task_input: dict[str, Any]
    human_annotation_required: bool = True
    notes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, value: Any) -> PreAnnotationResponse:
        """Reads both names of the flag, as boolean or as ``"true"``/``"false"``. Raises ContractError."""
        if value is None:
            raise ContractError("response", "is null", f"return an object with taskInput and {_FLAG}")
        response = expect_object(value, "response", "return the object itself" if isinstance(value, str) else "")
        task_input = expect_object(
            member(response, "taskInput", "", "return the template's variables as 'taskInput'"), "taskInput"
        )
        check_payload(response, "", "the function")
        notes: list[str] = []
        flags = {name: _flag(response[name], name, notes) for name in (_FLAG, _OLD_FLAG) if name in response}
        if len(set(flags.values())) > 1:
            raise ContractError(_FLAG, f"says {flags[_FLAG]} but {_OLD_FLAG} says {flags[_OLD_FLAG]}", "keep one")
        if list(flags) == [_OLD_FLAG]:
            notes.append(f"{_OLD_FLAG} is the older name; the documentation's is {_FLAG}")
        notes += [
            f"the service has no use for {name!r} beside taskInput; put it into taskInput if the template needs it"
            for name in response
            if name not in ("taskInput", _FLAG, _OLD_FLAG)
        ]
        size = check_payload(task_input, "taskInput", "the function")
        if size > 0.9 * TASK_INPUT_CHARACTERS:
            notes.append(
                f"taskInput is {size:,} characters as JSON; more than {TASK_INPUT_CHARACTERS:,} may be refused: "
                "keep large parts in S3 and give their URI"
            )
        return cls(task_input, next(iter(flags.values()), True), tuple(notes))

    def to_json(self) -> dict[str, Any]:
        """The response with the documented flag, as a boolean. Raises ContractError if it passes Lambda's limit."""
        check_payload(self.task_input, "taskInput", "the function")
        return {"taskInput": self.task_input, _FLAG: self.human_annotation_required}


def _flag(value: Any, name: str, notes: list[str]) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        notes.append(f"{name} is the string {value!r}; the schema says boolean")
        return value.lower() == "true"
    raise ContractError(name, f"must be true or false, not {kind(value)}", "return a boolean")
