"""The service's messages: one file each in ``messages/``, and what happens to every way of getting them wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit_core.messages import (
    AnnotatedObject,
    Annotation,
    ConsolidatedAnnotation,
    ContractError,
    LabelMetadata,
    PostAnnotationEvent,
    PreAnnotationEvent,
    PreAnnotationResponse,
    Source,
    WorkerAnswer,
    WorkerResponse,
    check_json,
    dumps,
    emit_consolidation_request,
    failure_line,
    label_attributes,
    labelled_line,
    loads,
    no_lambda_line,
    parse_consolidation_request,
    parse_consolidation_response,
    read_label_metadata,
)

MESSAGES = Path(__file__).parent / "messages"
# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAN, INFINITY = float("nan"), float("inf")
MEGABYTES_7 = "x" * 7_000_000


def message(name: str) -> Any:
    return json.loads((MESSAGES / f"{name}.json").read_text("utf-8"))


def changed(name: str, path: str, value: Any = None) -> Any:
    """The message with the value at ``path`` (``answers.0.workerId``) replaced, or removed if ``value`` is ``...``."""
    whole = {"": message(name)}
    keys = [int(part) if part.isdigit() else part for part in path.split(".")] if path else []
    *parents, last = ["", *keys]
    part: Any = whole
    for key in parents:
        part = part[key]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return whole[""]


def refused(parse: Callable[[Any], Any], value: Any, path: str, *words: str) -> None:
    """``parse`` refuses ``value``, says where, and its message has all ``words``."""
    with pytest.raises(ContractError) as caught:
        parse(value)
    assert caught.value.path == path
    for word in words:
        assert word in str(caught.value)


def respond(value: Any) -> tuple[list[ConsolidatedAnnotation], list[str]]:
    return parse_consolidation_response(value, ["0", "3"], "aroma")


# --- what is right comes back as it was ---------------------------------------------------------------------------

ROUND_TRIPS: dict[str, Callable[[Any], Any]] = {
    "pre-event": lambda value: PreAnnotationEvent.parse(value).to_json(),
    "pre-event-2019": lambda value: PreAnnotationEvent.parse(value).to_json(),
    "pre-response": lambda value: PreAnnotationResponse.parse(value).to_json(),
    "worker-response": lambda value: WorkerResponse.parse(value).to_json(),
    "worker-response-2019": lambda value: WorkerResponse.parse(value).to_json(),
    "consolidation-request": lambda value: emit_consolidation_request(parse_consolidation_request(value)),
    "post-event": lambda value: PostAnnotationEvent.parse(value).to_json(),
    "post-event-bare": lambda value: PostAnnotationEvent.parse(value).to_json(),
    "consolidation-response": lambda value: [item.to_json() for item in respond(value)[0]],
}


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_message_round_trip(name: str) -> None:
    value = message(name)
    assert ROUND_TRIPS[name](deepcopy(value)) == value


def test_every_message_file_is_tested() -> None:
    assert {file.stem for file in MESSAGES.glob("*.json")} == {
        *ROUND_TRIPS,
        "output-labelled",
        "output-no-lambda",
        "output-failed",
    }


def test_messages_are_values() -> None:
    event = PreAnnotationEvent.parse(message("pre-event"))
    with pytest.raises(AttributeError):
        event.version = "x"  # type: ignore[misc]
    assert event == PreAnnotationEvent.parse(message("pre-event"))


# --- strict JSON --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["NaN", '{"a": [Infinity]}', "-Infinity", "1e999", "[-1e999]"])
def test_loads_refuses_numbers_that_json_does_not_have(text: str) -> None:
    refused(lambda value: loads(value, "x"), text, "x", "JSON does not have")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("{'a': 1}", ("line 1, column 2",), id="single-quotes"),
        pytest.param('{"a": 1,\n "b" 2}', ("line 2, column 6",), id="line"),
        pytest.param(b'"\xff"', ("UTF-8", "byte 1"), id="latin-1"),
        pytest.param("[" * 100_000, ("nested too deeply",), id="deep"),
        pytest.param("9" * 5000, ("not readable",), id="long-integer"),
        pytest.param("", ("not JSON",), id="empty"),
    ],
)
def test_loads_says_what_is_wrong(text: str | bytes, words: tuple[str, ...]) -> None:
    refused(lambda value: loads(value, "payload"), text, "payload", *words)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        pytest.param({"a": [1, {"b": NAN}]}, "x.a[1].b", id="nan"),
        pytest.param([INFINITY], "x[0]", id="infinity"),
        pytest.param({"a": {1: 2}}, "x.a", id="number-as-key"),
        pytest.param({"a": b"bytes"}, "x.a", id="bytes"),
        pytest.param({"a": {1, 2}}, "x.a", id="set"),
        pytest.param({"a": datetime(2026, 5, 4)}, "x.a", id="time"),
    ],
)
def test_check_json_finds_the_place(value: Any, path: str) -> None:
    refused(lambda value: check_json(value, "x"), value, path)
    refused(lambda value: dumps(value, "x"), value, path)


def test_check_json_refuses_a_value_within_itself() -> None:
    value: list[Any] = []
    value.append(value)
    refused(lambda value: check_json(value, "x"), value, "x", "contains itself")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda items: st.lists(items, max_size=4) | st.dictionaries(st.text(), items, max_size=4),
    max_leaves=12,
)


@PATIENT
@given(JSON)
def test_dumps_and_loads_are_inverse(value: Any) -> None:
    assert loads(dumps(value, "x"), "x") == value


# --- pre-annotation -----------------------------------------------------------------------------------------------


def test_pre_event_has_exactly_three_keys() -> None:
    event = PreAnnotationEvent("arn:aws:sagemaker:us-east-1:111122223333:labeling-job/x", {"source": "a"})
    assert list(event.to_json()) == ["version", "labelingJobArn", "dataObject"]
    assert event.version == "2018-10-16"


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("dataObject", ..., "dataObject"),
        ("dataObject", "a text", "dataObject"),
        ("dataObject", [{"source": "a"}], "dataObject"),
        ("dataObject.lot", NAN, "dataObject.lot"),
        ("labelingJobArn", ..., "labelingJobArn"),
        ("labelingJobArn", 7, "labelingJobArn"),
    ],
)
def test_pre_event_refused(path: str, value: Any, where: str) -> None:
    refused(PreAnnotationEvent.parse, changed("pre-event", path, value), where)


def test_pre_event_emits_no_nan() -> None:
    refused(lambda value: PreAnnotationEvent("arn", value).to_json(), {"lot": INFINITY}, "dataObject.lot")


DOCUMENTED, OLDER = "isHumanAnnotationRequired", "humanAnnotationRequired"


@pytest.mark.parametrize(
    ("flags", "required", "remarks"),
    [
        pytest.param({}, True, [], id="absent"),
        pytest.param({DOCUMENTED: False}, False, [], id="boolean"),
        pytest.param({DOCUMENTED: "false"}, False, ["string"], id="string"),
        pytest.param({DOCUMENTED: "True"}, True, ["string"], id="string-capital"),
        pytest.param({OLDER: False}, False, ["older name"], id="older-name"),
        pytest.param({OLDER: "TRUE"}, True, ["string", "older name"], id="older-name-string"),
        pytest.param({DOCUMENTED: True, OLDER: "true"}, True, ["string"], id="both-agree"),
        pytest.param({DOCUMENTED: False, OLDER: False}, False, [], id="both-false"),
    ],
)
def test_flag_is_read_in_every_form(flags: dict[str, Any], required: bool, remarks: list[str]) -> None:
    response = PreAnnotationResponse.parse({"taskInput": {}, **flags})
    assert response.human_annotation_required is required
    assert len(response.notes) == len(remarks)
    assert all(remark in note for remark, note in zip(remarks, response.notes, strict=True))
    assert response.to_json() == {"taskInput": {}, DOCUMENTED: required}


@pytest.mark.parametrize(
    ("response", "where", "words"),
    [
        pytest.param({"taskInput": {}, DOCUMENTED: True, OLDER: "false"}, DOCUMENTED, (OLDER,), id="flags-disagree"),
        pytest.param({"taskInput": {}, DOCUMENTED: 1}, DOCUMENTED, ("the number 1",), id="flag-number"),
        pytest.param({"taskInput": {}, OLDER: "yes"}, OLDER, ('"yes"',), id="flag-yes"),
        pytest.param({"taskInput": {}, DOCUMENTED: None}, DOCUMENTED, ("null",), id="flag-null"),
        pytest.param(None, "response", ("null", "return an object"), id="nothing"),
        pytest.param('{"taskInput": {}}', "response", ("return the object itself",), id="json-string"),
        pytest.param([{"taskInput": {}}], "response", ("a list",), id="list"),
        pytest.param({}, "taskInput", ("missing", "taskInput"), id="no-task-input"),
        pytest.param({"task_input": {}}, "taskInput", ("there is 'task_input'",), id="misspelled"),
        pytest.param({"taskInput": "{}"}, "taskInput", ("json.dumps",), id="task-input-string"),
        pytest.param({"taskInput": {"score": NAN}}, "taskInput.score", ("nan",), id="nan"),
        pytest.param({"taskInput": {"day": datetime(2026, 5, 4)}}, "taskInput.day", ("datetime",), id="time"),
        pytest.param({"taskInput": {"text": MEGABYTES_7}}, "", ("6,291,556", "S3"), id="too-large"),
    ],
)
def test_pre_response_refused(response: Any, where: str, words: tuple[str, ...]) -> None:
    refused(PreAnnotationResponse.parse, response, where, *words)


def test_pre_response_notes_what_is_lost_or_large() -> None:
    notes = PreAnnotationResponse.parse({"taskInput": {"text": "x" * 120_000}, "labels": []}).notes
    assert any("'labels'" in note for note in notes)
    assert any("128,000" in note for note in notes)


# --- worker responses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("answers.0.answerContent", '{"aroma": 1}', "answers[0].answerContent"),
        ("answers.0.answerContent", ..., "answers[0].answerContent"),
        ("answers.1.answerContent", {"a": [NAN]}, "answers[1].answerContent.a[0]"),
        ("answers.0.submissionTime", "2026-05-04 08:00:52", "answers[0].submissionTime"),
        ("answers.0.submissionTime", ..., "answers[0].submissionTime"),
        ("answers.0.acceptanceTime", 1_777_881_610, "answers[0].acceptanceTime"),
        ("answers.0.timeSpentInSeconds", "41", "answers[0].timeSpentInSeconds"),
        ("answers.0.timeSpentInSeconds", -1, "answers[0].timeSpentInSeconds"),
        ("answers.0.timeSpentInSeconds", NAN, "answers[0].timeSpentInSeconds"),
        ("answers.0.timeSpentInSeconds", True, "answers[0].timeSpentInSeconds"),
        ("answers.0.workerId", "", "answers[0].workerId"),
        ("answers.0.workerId", ..., "answers[0].workerId"),
        ("answers.1.workerId", "private.us-east-1.aa11bb22cc33dd44", "answers[1].workerId"),
        ("answers.0.workerMetadata", "Cognito", "answers[0].workerMetadata"),
        ("answers", {}, "answers"),
        ("answers", ..., "answers"),
    ],
)
def test_worker_response_refused(path: str, value: Any, where: str) -> None:
    refused(WorkerResponse.parse, changed("worker-response", path, value), where)


def test_worker_answer_emits_only_what_is_known_in_alphabetical_order() -> None:
    answer = WorkerAnswer("w", {"z": 1}, "2026-05-04T08:00:52.015Z", time_spent_seconds=2.5)
    assert list(answer.to_json()) == ["answerContent", "submissionTime", "timeSpentInSeconds", "workerId"]
    refused(lambda seconds: WorkerAnswer("w", {}, "t", time_spent_seconds=seconds).to_json(), NAN, "timeSpentInSeconds")
    refused(lambda content: WorkerAnswer("w", content, "t").to_json(), {"a": NAN}, "answerContent.a")


# --- consolidation request ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "where", "words"),
    [
        pytest.param("", {"0": {}}, "consolidation request", ("one JSON array",), id="not-a-list"),
        pytest.param("0.datasetObjectId", 0, "[0].datasetObjectId", ("ids are strings",), id="id-number"),
        pytest.param("0.datasetObjectId", ..., "[0].datasetObjectId", ("missing",), id="no-id"),
        pytest.param("1.datasetObjectId", "0", "[1].datasetObjectId", ("'0' is there already, at [0]",), id="id-twice"),
        pytest.param("0.dataObject", {}, "[0].dataObject", ("neither content nor s3Uri",), id="no-source"),
        pytest.param("0.dataObject", ..., "[0].dataObject", ("missing",), id="no-data-object"),
        pytest.param(
            "0.dataObject", {"content": "a", "s3Uri": "s3://b/k"}, "[0].dataObject", ("both",), id="two-sources"
        ),
        pytest.param("1.dataObject", {"s3uri": "s3://b/k"}, "[1].dataObject.s3uri", ("spell it 's3Uri'",), id="s3uri"),
        pytest.param(
            "1.dataObject.s3Uri", "https://b/k", "[1].dataObject.s3Uri", ("give s3://bucket/key",), id="no-s3-uri"
        ),
        pytest.param("1.dataObject.s3Uri", "s3://b", "[1].dataObject.s3Uri", ("give s3://bucket/key",), id="no-key"),
        pytest.param("0.annotations", {}, None, (), id="no-annotations-object"),
        pytest.param("0.annotations", None, None, (), id="annotations-null"),
        pytest.param("0.annotations", ..., None, (), id="annotations-missing"),
        pytest.param("0.annotations", "none", "[0].annotations", ("must be a list",), id="annotations-text"),
        pytest.param(
            "0.annotations.1.annotationData.content",
            {"aroma": 1},
            "[0].annotations[1].annotationData.content",
            ("json.dumps",),
            id="content-object",
        ),
        pytest.param(
            "1.annotations.0.annotationData",
            {"s3uri": "s3://b/k"},
            "[1].annotations[0].annotationData.s3uri",
            ("spell it 's3Uri'",),
            id="answer-s3uri",
        ),
        pytest.param("0.annotations.0.workerId", ..., "[0].annotations[0].workerId", ("missing",), id="no-worker"),
    ],
)
def test_consolidation_request(path: str, value: Any, where: str | None, words: tuple[str, ...]) -> None:
    request = changed("consolidation-request", path, value)
    if where is None:  # an object on which nobody worked
        assert parse_consolidation_request(request)[0].annotations == ()
    else:
        refused(parse_consolidation_request, request, where, *words)


def test_answers_are_parsed_from_text_or_fetched() -> None:
    first, second, _ = parse_consolidation_request(message("consolidation-request"))
    assert [one.answer() for one in first.annotations] == [{"aroma": {"label": "malty"}, "remark": ""}, {}]
    kept = {"s3://tea-output/aroma/annotations/answers/3-aa11.json": b'{"aroma": {"label": "fruity"}}'}
    assert second.annotations[0].answer(kept.__getitem__) == {"aroma": {"label": "fruity"}}
    refused(lambda read: second.annotations[0].answer(read), None, "answer of worker private.us-east-1.aa11", "kept at")


@pytest.mark.parametrize("content", ["{", "NaN", '{"a": Infinity}'])
def test_answer_that_is_not_json(content: str) -> None:
    refused(lambda _: Annotation("w7", content=content).answer(), None, "answer of worker w7")


@pytest.mark.parametrize(
    ("item", "where"),
    [
        (AnnotatedObject("0", Source(), ()), "[0].dataObject"),
        (AnnotatedObject("0", Source("a", "s3://b/k"), ()), "[0].dataObject"),
        (AnnotatedObject("0", Source("a"), (Annotation("w"),)), "[0].annotations[0].annotationData"),
    ],
)
def test_broken_request_is_not_emitted(item: AnnotatedObject, where: str) -> None:
    refused(lambda objects: emit_consolidation_request(objects), [item], where)


def test_request_with_an_id_twice_is_not_emitted() -> None:
    item = AnnotatedObject("0", Source("a"), ())
    refused(lambda objects: emit_consolidation_request(objects), [item, item], "[1].datasetObjectId")


# --- post-annotation event and response ---------------------------------------------------------------------------


@pytest.mark.parametrize("value", [..., None], ids=["missing", "null"])
@pytest.mark.parametrize(
    ("key", "field"),
    [("labelCategories", "label_categories"), ("outputConfig", "output_config"), ("kmsKeyId", "kms_key_id")],
)
def test_post_event_tolerates(key: str, field: str, value: Any) -> None:
    event = PostAnnotationEvent.parse(changed("post-event", key, value))
    assert getattr(event, field) is None
    assert key not in event.to_json()


@pytest.mark.parametrize(
    ("path", "value", "where", "words"),
    [
        ("payload", ..., "payload", ()),
        ("payload", "s3://b/k", "payload", ()),
        ("payload", {"s3uri": "s3://b/k"}, "payload.s3Uri", ("there is 's3uri'",)),
        ("payload.s3Uri", "/tmp/request.json", "payload.s3Uri", ("give s3://bucket/key",)),
        ("labelAttributeName", ..., "labelAttributeName", ()),
        ("labelAttributeName", "", "labelAttributeName", ("empty",)),
        ("roleArn", ..., "roleArn", ()),
        ("labelCategories", "fruity", "labelCategories", ("must be a list",)),
        ("labelCategories.1", {"label": "malty"}, "labelCategories[1]", ("must be a string",)),
    ],
)
def test_post_event_refused(path: str, value: Any, where: str, words: tuple[str, ...]) -> None:
    refused(PostAnnotationEvent.parse, changed("post-event", path, value), where, *words)


def one(content: Any, name: Any = "0") -> list[Any]:
    return [{"datasetObjectId": name, "consolidatedAnnotation": {"content": content}}]


@pytest.mark.parametrize(
    ("response", "where", "words"),
    [
        pytest.param(None, "response", ("null", "without a return"), id="nothing"),
        pytest.param({"a": one({"aroma": 1})}, "response", ("the list under 'a'",), id="object-with-list"),
        pytest.param(one({"aroma": 1})[0], "response", ("return the bare list",), id="object"),
        pytest.param(json.dumps(one({"aroma": 1})), "response", ("without json.dumps",), id="json-string"),
        pytest.param(["0"], "[0]", ("must be an object",), id="strings"),
        pytest.param(one({"aroma": 1}, 0), "[0].datasetObjectId", ("ids are strings",), id="id-number"),
        pytest.param(one({"aroma": 1}, "1"), "[0].datasetObjectId", ("not in the request",), id="foreign-id"),
        pytest.param(one({"aroma": 1}) * 2, "[1].datasetObjectId", ("there already",), id="id-twice"),
        pytest.param(
            [{"datasetObjectId": "0"}], "[0].consolidatedAnnotation", ("missing",), id="no-consolidated-annotation"
        ),
        pytest.param(
            one('{"aroma": 1}'), "[0].consolidatedAnnotation.content", ("json.loads", "json.dumps"), id="content-string"
        ),
        pytest.param(one({}), "[0].consolidatedAnnotation.content.aroma", ("it is empty",), id="content-empty"),
        pytest.param(
            one({"smell": 1}),
            "[0].consolidatedAnnotation.content.aroma",
            ("'smell'", "labelAttributeName"),
            id="no-label",
        ),
        pytest.param(
            one({"Aroma": 1}), "[0].consolidatedAnnotation.content.aroma", ("there is 'Aroma'",), id="label-misspelled"
        ),
        pytest.param(one({"aroma": NAN}), "[0].consolidatedAnnotation.content.aroma", ("nan",), id="nan"),
        pytest.param(one({"aroma": MEGABYTES_7}), "response", ("6,291,556", "S3"), id="too-large"),
    ],
)
def test_response_refused(response: Any, where: str, words: tuple[str, ...]) -> None:
    refused(respond, response, where, *words)


def test_response_warnings() -> None:
    annotations, warnings = respond(one({"aroma": None, "aroma-metadata": {"type": "x"}, "source-ref": "s3://b/k"}))
    assert annotations == [
        ConsolidatedAnnotation("0", {"aroma": None, "aroma-metadata": {"type": "x"}, "source-ref": "s3://b/k"})
    ]
    own_metadata, foreign_key, left_out = warnings
    assert "object 0" in own_metadata
    assert "'aroma-metadata'" in own_metadata
    assert "'source-ref'" in foreign_key
    assert left_out.startswith("object 3: left out")


def test_response_without_warnings_in_any_order() -> None:
    annotations, warnings = respond(message("consolidation-response"))
    assert [item.dataset_object_id for item in annotations] == ["3", "0"]
    assert warnings == []


def test_response_may_be_empty() -> None:
    annotations, warnings = respond([])
    assert annotations == []
    assert len(warnings) == 2


# --- output manifest ----------------------------------------------------------------------------------------------

LINE = {"source": "Malty.", "lot": 7}
MOMENT = datetime(2026, 5, 4, 8, 4, 2, 120, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [MOMENT, MOMENT.replace(tzinfo=None), MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))],
    ids=["utc", "no-zone", "other-zone"],
)
def test_labelled_line(moment: datetime) -> None:
    line = labelled_line(LINE, "aroma", {"aroma": {"label": "malty"}}, "Tea-Aroma", moment)
    assert line == message("output-labelled")
    assert list(line) == ["source", "lot", "aroma", "aroma-metadata"]


def test_no_lambda_line() -> None:
    expected = message("output-no-lambda")
    ref = expected["aroma-metadata"]["worker-response-ref"]
    assert no_lambda_line(LINE, "aroma", "Tea-Aroma", MOMENT, ref) == expected


def test_failure_line() -> None:
    assert failure_line(LINE, "aroma", "ClientError: Annotation tasks expired.") == message("output-failed")


def test_old_label_is_overwritten_and_others_stay() -> None:
    old = {**LINE, "aroma": "old", "aroma-metadata": {"old": 1}, "color": 3, "color-metadata": {"class-name": "amber"}}
    kept = {"source": "Malty.", "lot": 7, "color": 3, "color-metadata": {"class-name": "amber"}}
    assert labelled_line(old, "aroma", {"aroma": "new"}, "j", MOMENT)["aroma"] == "new"
    assert "old" not in labelled_line(old, "aroma", {"aroma": "new"}, "j", MOMENT)["aroma-metadata"]
    failed = failure_line(old, "aroma", "r")
    assert "aroma" not in failed
    assert {key: value for key, value in failed.items() if key != "aroma-metadata"} == kept
    assert old["aroma"] == "old"


def test_own_metadata_is_replaced_and_other_keys_are_merged() -> None:
    content = {"aroma": 1, "aroma-metadata": {"type": "groundtruth/tea"}, "source": "replaced", "extra": [1]}
    line = labelled_line(LINE, "aroma", content, "j", MOMENT)
    assert line["aroma-metadata"]["type"] == "groundtruth/custom"
    assert (line["source"], line["extra"], line["lot"]) == ("replaced", [1], 7)


def test_line_without_label_or_with_nan_is_not_written() -> None:
    refused(lambda content: labelled_line(LINE, "aroma", content, "j", MOMENT), {"smell": 1}, "content.aroma")
    refused(lambda content: labelled_line(LINE, "aroma", content, "j", MOMENT), {"aroma": [NAN]}, "content.aroma[0]")


@PATIENT
@given(st.dictionaries(st.text(min_size=1), JSON, max_size=5), JSON)
def test_other_keys_pass_through_unchanged(line: dict[str, Any], value: Any) -> None:
    whole = labelled_line(line, "aroma", {"aroma": value}, "j", MOMENT)
    rest = {key: item for key, item in line.items() if key not in ("aroma", "aroma-metadata")}
    assert {key: whole[key] for key in rest} == rest
    assert set(whole) == {*rest, "aroma", "aroma-metadata"}
    loads(dumps(whole, "line"), "line")


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param(
            {
                "type": "groundtruth/custom",
                "job-name": "tea-aroma",
                "human-annotated": "yes",
                "creation-date": "2026-05-04T08:04:02.000120",
            },
            LabelMetadata("groundtruth/custom", "tea-aroma", True, MOMENT),
            id="real",
        ),
        pytest.param(
            {
                "type": "groundTruth/custom",
                "job_name": "labeling-job/tea-aroma",
                "human-annotated": "yes",
                "creation_date": "2026-05-04T08:04:02.000120",
            },
            LabelMetadata("groundtruth/custom", "tea-aroma", True, MOMENT),
            id="documented",
        ),
        pytest.param(
            {
                "job-name": "labeling-job/tea-aroma",
                "creation-date": "2026-05-04T08:04:02+0000",
                "human-annotated": "no",
            },
            LabelMetadata(None, "tea-aroma", False, MOMENT.replace(microsecond=0)),
            id="built-in-2019",
        ),
        pytest.param(
            {"retry-count": 1, "failure-reason": "expired", "human-annotated": "true"},
            LabelMetadata(human_annotated=True, failure_reason="expired", extra={"retry-count": 1}),
            id="failed",
        ),
        pytest.param(
            {"type": "groundtruth/image-classification", "confidence": 0.95, "class-name": "Oolong"},
            LabelMetadata("groundtruth/image-classification", extra={"confidence": 0.95, "class-name": "Oolong"}),
            id="classification",
        ),
        pytest.param({}, LabelMetadata(), id="empty"),
    ],
)
def test_metadata_is_read_in_both_forms(metadata: dict[str, Any], expected: LabelMetadata) -> None:
    assert LabelMetadata.parse(metadata) == expected


@pytest.mark.parametrize("name", ["output-labelled", "output-no-lambda"])
def test_own_lines_are_read_back(name: str) -> None:
    line = message(name)
    assert label_attributes(line) == ["aroma"]
    metadata = read_label_metadata(line, "aroma")
    assert metadata is not None
    assert (metadata.job_name, metadata.creation_date) == ("tea-aroma", MOMENT)
    assert metadata.worker_response_ref == line["aroma-metadata"].get("worker-response-ref")
    assert read_label_metadata(line, "color") is None


def test_worker_response_ref_beside_the_metadata() -> None:
    metadata = read_label_metadata({"aroma": {}, "aroma-metadata": {}, "worker-response-ref": "s3://b/k"}, "aroma")
    assert metadata is not None
    assert metadata.worker_response_ref == "s3://b/k"


@pytest.mark.parametrize(
    ("metadata", "where"),
    [
        ("groundtruth/custom", "aroma-metadata"),
        ({"type": 1}, "aroma-metadata.type"),
        ({"creation-date": "yesterday"}, "aroma-metadata.creation-date"),
        ({"human-annotated": "perhaps"}, "aroma-metadata.human-annotated"),
        ({"confidence": NAN}, "aroma-metadata.confidence"),
    ],
)
def test_metadata_refused(metadata: Any, where: str) -> None:
    refused(lambda line: read_label_metadata(line, "aroma"), {"aroma-metadata": metadata}, where)


def test_error_says_where_what_and_how() -> None:
    error = ContractError("labels[2]", "is empty", "name it", "workflow.toml", 4)
    assert str(error) == "workflow.toml:4: labels[2]: is empty (cure: name it)"
    assert str(ContractError("labels[2]", "is empty")) == "labels[2]: is empty"
