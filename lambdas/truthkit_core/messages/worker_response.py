"""The worker-response file: all workers' answers to one data object, as the service stores them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from truthkit_core.messages.checks import (
    ContractError,
    at,
    check_json,
    expect_list,
    expect_object,
    expect_text,
    kind,
    member,
    text_member,
)

# Milliseconds are there since 2020; files of 2019 have none.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass(frozen=True, slots=True)
class WorkerAnswer:
    """One worker's answer. Times are ``YYYY-MM-DDTHH:MM:SS[.mmm]Z``; seconds leave pauses out."""

    worker_id: str
    answer_content: dict[str, Any]
    submission_time: str
    acceptance_time: str | None = None
    time_spent_seconds: float | None = None
    worker_metadata: dict[str, Any] | None = None

    @classmethod
    def parse(cls, value: Any, path: str = "answer") -> WorkerAnswer:
        answer = expect_object(value, path)
        content = expect_object(
            member(answer, "answerContent", path),
            at(path, "answerContent"),
            "here the answer is an object; only the consolidation request has it as JSON text",
        )
        check_json(content, at(path, "answerContent"))
        metadata = answer.get("workerMetadata")
        return cls(
            worker_id=text_member(answer, "workerId", path),
            answer_content=content,
            submission_time=_time(member(answer, "submissionTime", path), at(path, "submissionTime")),
            acceptance_time=_optional_time(answer.get("acceptanceTime"), at(path, "acceptanceTime")),
            time_spent_seconds=_seconds(answer.get("timeSpentInSeconds"), at(path, "timeSpentInSeconds")),
            worker_metadata=None if metadata is None else expect_object(metadata, at(path, "workerMetadata")),
        )

    def to_json(self) -> dict[str, Any]:
        """The answer as stored: keys in alphabetical order, unknown fields left out."""
        check_json(self.answer_content, "answerContent")
        _seconds(self.time_spent_seconds, "timeSpentInSeconds")
        fields = {
            "acceptanceTime": self.acceptance_time,
            "answerContent": self.answer_content,
            "submissionTime": self.submission_time,
            "timeSpentInSeconds": self.time_spent_seconds,
            "workerId": self.worker_id,
            "workerMetadata": self.worker_metadata,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class WorkerResponse:
    """The file of one data object. One worker answers once."""

    answers: tuple[WorkerAnswer, ...]

    @classmethod
    def parse(cls, value: Any) -> WorkerResponse:
        """Raises ContractError."""
        items = expect_list(member(expect_object(value, "worker response"), "answers", ""), "answers")
        answers = tuple(WorkerAnswer.parse(item, f"answers[{index}]") for index, item in enumerate(items))
        seen: set[str] = set()
        for index, answer in enumerate(answers):
            if answer.worker_id in seen:
                raise ContractError(f"answers[{index}].workerId", f"{answer.worker_id} answers a second time")
            seen.add(answer.worker_id)
        return cls(answers)

    def to_json(self) -> dict[str, Any]:
        return {"answers": [answer.to_json() for answer in self.answers]}


def _time(value: Any, path: str) -> str:
    text = expect_text(value, path)
    if not _TIME.fullmatch(text):
        raise ContractError(path, f"is {text!r}", "write times as 2026-03-02T09:15:40.905Z")
    return text


def _optional_time(value: Any, path: str) -> str | None:
    return None if value is None else _time(value, path)


def _seconds(value: Any, path: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not (math.isfinite(value) and value >= 0):
        raise ContractError(path, f"must be a number of seconds from 0, not {kind(value)}")
    return float(value)
