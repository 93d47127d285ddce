"""The handlers of text-entities against S3 (moto, in process): what they answer, and what they survive."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from text_entities import post_annotation, pre_annotation
from truthkit_core import handlers, storage
from truthkit_core.messages import ContractError, parse_consolidation_response
from truthkit_core.storage import StorageError

LAMBDAS = Path(__file__).parents[1] / "lambdas"
ARN = "arn:aws:sagemaker:us-east-1:111122223333:labeling-job/abstracts"
ROLE = "arn:aws:iam::111122223333:role/abstracts-execution"
REQUEST = "s3://abstracts-output/job/annotations/consolidated-annotation/consolidation-request/iteration-1/x.json"
TEXT = "Bees dance. 🐝 We watched 40 hives.\r\nDances le\u0301ad to food.\n"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """S3 with two empty buckets, reached with made-up credentials; one for all tests, as it takes a while to set up."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
            patch.delenv(name, raising=False)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with mock_aws():
            client = boto3.client("s3")
            for bucket in ("abstracts-input", "abstracts-output"):
                client.create_bucket(Bucket=bucket)
            yield client


@pytest.fixture(autouse=True)
def fresh(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No role assumed yet, and none to be assumed."""
    monkeypatch.setattr(storage, "_clients", {None: (s3, None)})
    monkeypatch.delenv("TRUTHKIT_ASSUME_JOB_ROLE", raising=False)


def put(uri: str, body: str | bytes) -> None:
    storage.write_bytes(uri, body.encode("utf-8") if isinstance(body, str) else body)


# --- before the task ----------------------------------------------------------------------------------------------


def pre(**data_object: Any) -> Any:
    whole = {
        "source-ref": "s3://abstracts-input/pages/bees.png",
        "text-file-s3-uri": "s3://abstracts-input/text/bees.txt",
        "metadata": {"title": "How bees dance", "year": 2021},
        **data_object,
    }
    item = {key: value for key, value in whole.items() if value is not ...}
    event = {"version": "2018-10-16", "labelingJobArn": ARN, "dataObject": item}
    return json.loads(json.dumps(pre_annotation.lambda_handler(event, None), allow_nan=False))


def test_task_input() -> None:
    put("s3://abstracts-input/text/bees.txt", TEXT)
    assert pre() == {
        "taskInput": {
            "taskObject": "s3://abstracts-input/pages/bees.png",
            "text": TEXT,
            "metadata": {"title": "How bees dance", "year": 2021},
            "labels": ["Background", "Objectives", "Methods", "Results", "Conclusions", "Limitations"],
        },
        "isHumanAnnotationRequired": True,
    }


@pytest.mark.parametrize("metadata", [..., None], ids=["missing", "null"])
def test_metadata_is_optional(metadata: Any) -> None:
    put("s3://abstracts-input/text/bees.txt", TEXT)
    assert pre(metadata=metadata)["taskInput"]["metadata"] == {}


@pytest.mark.parametrize(
    ("data_object", "path", "words"),
    [
        pytest.param({"source-ref": ...}, "dataObject.source-ref", "is missing", id="no-picture"),
        pytest.param({"text-file-s3-uri": ...}, "dataObject.text-file-s3-uri", "is missing", id="no-text"),
        pytest.param({"text-file-s3-uri": ""}, "dataObject.text-file-s3-uri", "is empty", id="text-empty"),
        pytest.param({"text-file-s3-uri": 7}, "dataObject.text-file-s3-uri", "must be a string", id="text-number"),
        pytest.param(
            {"text-file-s3-uri": "text/bees.txt"}, "dataObject.text-file-s3-uri", "s3://bucket/key", id="no-uri"
        ),
        pytest.param(
            {"text-file-s3-uri": "s3://abstracts-input/text/wasps.txt"},
            "dataObject.text-file-s3-uri",
            "s3://abstracts-input/text/wasps.txt does not exist",
            id="no-object",
        ),
        pytest.param(
            {"text-file-s3-uri": "s3://no-such-bucket/bees.txt"},
            "dataObject.text-file-s3-uri",
            "a bucket that does not exist",
            id="no-bucket",
        ),
        pytest.param(
            {"text-file-s3-uri": "s3://abstracts-input/text/latin.txt"},
            "dataObject.text-file-s3-uri",
            "s3://abstracts-input/text/latin.txt is not UTF-8 text (byte 3)",
            id="latin-1",
        ),
    ],
)
def test_unusable_data_object_names_its_key(data_object: dict[str, Any], path: str, words: str) -> None:
    put("s3://abstracts-input/text/latin.txt", "café".encode("latin-1"))
    with pytest.raises(ContractError) as caught:
        pre(**data_object)
    assert caught.value.path == path
    assert words in str(caught.value)


# --- after the task -----------------------------------------------------------------------------------------------


def entity(label: str, start: Any, end: Any) -> dict[str, Any]:
    return {"label": label, "startOffset": start, "endOffset": end}


def answer(*entities: dict[str, Any], quality: bool | None = True, notes: str = "") -> dict[str, Any]:
    """What the form of this workflow gives: the entities as JSON text from a hidden input."""
    return {
        "entities": json.dumps({"entities": entities}),
        "notes": notes,
        "quality": {"yes": quality is True, "no": quality is False},
    }


def annotated(number: int, *answers: Any) -> dict[str, Any]:
    """An object of the request; an answer is an object, JSON text, or an S3 URI."""
    data = []
    for item in answers:
        if isinstance(item, str) and item.startswith("s3://"):
            data.append({"s3Uri": item})
        else:
            data.append({"content": item if isinstance(item, str) else json.dumps(item)})
    return {
        "datasetObjectId": str(number),
        "dataObject": {"s3Uri": f"s3://abstracts-input/pages/{number}.png"},
        "annotations": [{"workerId": f"w{index}", "annotationData": one} for index, one in enumerate(data)],
    }


def post(*objects: dict[str, Any], **event: Any) -> dict[str, Any]:
    """The labels by object id; the response is checked as the service would."""
    put(REQUEST, json.dumps(objects))
    whole = {
        "version": "2018-10-06",
        "labelingJobArn": ARN,
        "labelAttributeName": "text-entities",
        "roleArn": ROLE,
        "payload": {"s3Uri": REQUEST},
        **event,
    }
    response = json.loads(json.dumps(post_annotation.lambda_handler(whole, None), allow_nan=False))
    attribute = whole["labelAttributeName"]
    annotations, warnings = parse_consolidation_response(
        response, [item["datasetObjectId"] for item in objects], attribute
    )
    assert warnings == []
    return {item.dataset_object_id: item.content[attribute] for item in annotations}


def test_three_workers_become_one_label() -> None:
    first = answer(entity("Methods", 14, 34), entity("Results", 36, 52), notes="Short.")
    second = answer(entity("Methods", 14, 34), entity("Results", 36, 50))
    third = answer(entity("Background", 14, 34), entity("Results", 36, 52), quality=False, notes=" \n")
    label = post(annotated(0, first, second, third))["0"]
    assert label == {
        "entities": [
            {"label": "Methods", "startOffset": 14, "endOffset": 34, "votes": 2, "confidence": 0.6667},
            {"label": "Results", "startOffset": 36, "endOffset": 52, "votes": 3, "confidence": 1.0},
        ],
        "quality": {"label": "yes", "votes": {"yes": 2, "no": 1}, "confidence": 0.6667},
        "notes": [{"workerId": "w0", "note": "Short."}],
        "workers": [
            {
                "workerId": "w0",
                "entities": json.loads(first["entities"])["entities"],
                "quality": "yes",
                "notes": "Short.",
            },
            {"workerId": "w1", "entities": json.loads(second["entities"])["entities"], "quality": "yes", "notes": ""},
            {"workerId": "w2", "entities": json.loads(third["entities"])["entities"], "quality": "no", "notes": " \n"},
        ],
    }


def test_batch_is_answered_object_by_object_and_expired_ones_have_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    one = answer(entity("Methods", 0, 5))
    with caplog.at_level(logging.WARNING):
        labels = post(annotated(7, one), annotated(8), annotated(9, "{}", "{}"), annotated(10, answer(), "{}"))
    assert list(labels) == ["7", "8", "9", "10"]
    assert labels["8"] == {"reason": "nobody answered", "workers": []}
    assert labels["9"]["workers"] == [{"workerId": "w0", "answer": {}}, {"workerId": "w1", "answer": {}}]
    assert labels["10"]["entities"] == []
    assert labels["10"]["quality"]["votes"] == {"yes": 1}
    assert "object 8: nobody answered" in caplog.text
    assert "object 9: none of the 2 answers says anything" in caplog.text


def test_only_unreadable_answers_say_nothing(caplog: pytest.LogCaptureFixture) -> None:
    label = post(annotated(0, "{", "[1]"))["0"]
    assert label["reason"] == "none of the 2 answers says anything that counts"
    assert [worker["answer"] for worker in label["workers"]] == ["{", "[1]"]
    assert "answer of worker w0: is not JSON" in caplog.text


def test_passages_of_which_none_counts_are_no_label_but_a_reason() -> None:
    refused = answer(entity("Nonsense", 0, 5)), answer(entity("Methods", 7, 3))
    label = post(annotated(0, *refused))["0"]
    assert "entities" not in label
    assert label["reason"] == "none of the passages that were marked counts"
    assert [worker["answer"] for worker in label["workers"]] == list(refused)
    assert all(worker["problems"] for worker in label["workers"])
    assert label["quality"]["votes"] == {"yes": 2}
    # Who marked something that counts, or nothing, is heard.
    assert len(post(annotated(0, *refused, answer(entity("Methods", 0, 5))))["0"]["entities"]) == 1
    assert post(annotated(0, *refused, answer()))["0"]["entities"] == []


def test_a_response_too_large_cuts_long_texts_first(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = answer(entity("Methods", 0, 5), notes="long " * 1000)
    monkeypatch.setattr(handlers, "LAMBDA_PAYLOAD_BYTES", 10_000)
    label = post(annotated(0, whole, answer(entity("Methods", 0, 5))))["0"]
    assert label["entities"][0]["votes"] == 2
    assert label["notes"][0]["note"].startswith("long long")
    assert "left out" in label["notes"][0]["note"]
    assert len(label["workers"][0]["notes"]) < 2_200
    assert label["workers"][1]["entities"]

    monkeypatch.setattr(handlers, "LAMBDA_PAYLOAD_BYTES", 1_000)
    label = post(annotated(0, whole))["0"]
    assert [list(worker) for worker in label["workers"]] == [["workerId", "problems"]]
    assert label["entities"]


def test_empty_answer_does_not_count_as_nothing_found() -> None:
    one = answer(entity("Methods", 0, 5))
    [found] = post(annotated(0, one, "{}", "{}", "{}"))["0"]["entities"]
    assert (found["votes"], found["confidence"]) == (1, 1.0)
    assert post(annotated(0, one, answer(), answer()))["0"]["entities"] == []


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        pytest.param('{"entities": ', "answer of worker w1: is not JSON", id="cut-off"),
        pytest.param('{"entities": NaN}', "answer of worker w1: contains NaN", id="nan"),
        pytest.param('["a list"]', "answer of worker w1: must be an object, not a list", id="list"),
        pytest.param("null", "answer of worker w1: must be an object, not null", id="null"),
        pytest.param(
            "s3://abstracts-output/gone.json", "s3://abstracts-output/gone.json does not exist", id="file-gone"
        ),
        pytest.param(
            "s3://abstracts-output/torn.json", "at s3://abstracts-output/torn.json: is not JSON", id="file-torn"
        ),
        pytest.param({**answer(), "entities": '{"ent'}, "entities: is not JSON", id="entities-cut-off"),
        pytest.param({**answer(), "entities": "7"}, "entities: must be a list", id="entities-number"),
        pytest.param({**answer(), "entities": {"spans": []}}, "entities.entities: must be a list", id="entities-other"),
    ],
)
def test_one_unreadable_answer_is_kept_with_its_problem_and_loses_no_other(broken: Any, problem: str) -> None:
    put("s3://abstracts-output/torn.json", "{")
    one = answer(entity("Methods", 0, 5))
    label = post(annotated(0, one, broken, one))["0"]
    [found] = label["entities"]
    assert (found["votes"], found["confidence"]) == (2, 1.0)
    assert [worker["workerId"] for worker in label["workers"]] == ["w0", "w1", "w2"]
    assert label["workers"][1]["entities"] == []
    [said] = label["workers"][1]["problems"]
    assert problem in said
    assert "problems" not in label["workers"][0]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        pytest.param(entity("Rumors", 0, 5), "entities[1].label: 'Rumors' is not a label", id="unknown-label"),
        pytest.param(entity("Methods", 5, 5), "entities[1]: has the offsets 5 to 5", id="empty"),
        pytest.param(entity("Methods", 9, 5), "entities[1]: has the offsets 9 to 5", id="backwards"),
        pytest.param(entity("Methods", -3, 5), "entities[1]: has the offsets -3 to 5", id="negative"),
        pytest.param(entity("Methods", "1", 5), "entities[1].startOffset: must be a whole number", id="text"),
        pytest.param({"label": "Methods"}, "entities[1].startOffset: is missing", id="no-offsets"),
        pytest.param({}, "entities[1].label: is missing", id="nothing"),
    ],
)
def test_unusable_entity_stays_with_its_worker_only(bad: dict[str, Any], problem: str) -> None:
    good = entity("Results", 10, 20)
    label = post(annotated(0, answer(good, bad)))["0"]
    assert [found["label"] for found in label["entities"]] == ["Results"]
    [worker] = label["workers"]
    assert worker["entities"] == [good, bad]
    [said] = worker["problems"]
    assert problem in said


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"quality": {"yes": True, "no": True}}, "quality: is not one choice"),
        ({"quality": {"yes": "on"}}, "quality: is not a choice"),
        ({"quality": "yes"}, "quality: must be an object"),
        ({"notes": 7}, "notes: must be a string"),
    ],
)
def test_field_of_the_wrong_kind_counts_as_empty(fields: dict[str, Any], problem: str) -> None:
    label = post(annotated(0, {**answer(entity("Methods", 0, 5), quality=None), **fields}))["0"]
    assert (label["quality"], label["notes"]) == (None, [])
    assert len(label["entities"]) == 1
    assert problem in label["workers"][0]["problems"][0]


def test_quality_tie_goes_to_no() -> None:
    label = post(annotated(0, answer(quality=True), answer(quality=False)))["0"]
    assert label["quality"] == {"label": "no", "votes": {"no": 1, "yes": 1}, "confidence": 0.5}


@pytest.mark.parametrize(
    "entities",
    [
        pytest.param(json.dumps([entity("Methods", 0, 5)]), id="bare-list"),
        pytest.param({"entities": [entity("Methods", 0, 5)]}, id="object"),
        pytest.param(
            "{&quot;entities&quot;:[{&quot;endOffset&quot;:5,&quot;label&quot;:&quot;Methods&quot;,"
            "&quot;startOffset&quot;:0}]}",
            id="encoded-twice",
        ),
    ],
)
def test_entities_in_other_forms(entities: Any) -> None:
    [found] = post(annotated(0, {**answer(), "entities": entities}))["0"]["entities"]
    assert (found["label"], found["startOffset"], found["endOffset"]) == ("Methods", 0, 5)


def test_half_of_an_emoji_in_a_note_does_not_stop_the_batch() -> None:
    content = '{"entities": "", "notes": "cut \\ud83d off", "quality": {"yes": true, "no": false}}'
    [note] = post(annotated(0, content))["0"]["notes"]
    assert note["note"].encode("utf-8") == "cut \ufffd off".encode()


def test_answer_kept_in_s3() -> None:
    put("s3://abstracts-output/large.json", json.dumps(answer(entity("Methods", 0, 5), notes="large")))
    label = post(annotated(0, "s3://abstracts-output/large.json"))["0"]
    assert len(label["entities"]) == 1
    assert label["notes"] == [{"workerId": "w0", "note": "large"}]


@pytest.mark.parametrize(
    "event",
    [
        {"labelCategories": None},
        {"labelCategories": ["Methods", "Results"]},
        {"outputConfig": "s3://abstracts-output/job/annotations", "kmsKeyId": "key"},
        {"outputConfig": None, "kmsKeyId": None},
        {"version": "2018-10-16", "labelAttributeName": "my-label"},
    ],
    ids=["categories-null", "categories", "undocumented", "undocumented-null", "other-attribute"],
)
def test_forms_of_the_event(event: dict[str, Any]) -> None:
    assert set(post(annotated(0, answer(entity("Methods", 0, 5))), **event)) == {"0"}


def test_missing_payload_names_the_uri() -> None:
    event = {
        "labelingJobArn": ARN,
        "labelAttributeName": "text-entities",
        "roleArn": ROLE,
        "payload": {"s3Uri": "s3://abstracts-output/none.json"},
    }
    with pytest.raises(StorageError, match=r"s3://abstracts-output/none\.json does not exist"):
        post_annotation.lambda_handler(event, None)


def test_fault_of_the_code_says_which_object(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(post_annotation, "consolidate_spans", broken)
    with pytest.raises(ZeroDivisionError) as caught:
        post(annotated(41, answer()))
    assert f"object 41 of {REQUEST}" in caught.value.__notes__[0]


# --- storage ------------------------------------------------------------------------------------------------------


class Refusing:
    """An S3 client whose reads fail."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_object(self, **_: Any) -> Any:
        raise self.error

    put_object = get_object


def client_error(code: str, operation: str = "GetObject") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


@pytest.mark.parametrize(
    ("error", "words", "missing"),
    [
        (
            client_error("AccessDenied"),
            ("may not be read by the function's role", "s3:GetObject", "kms:Decrypt"),
            False,
        ),
        (client_error("NoSuchKey"), ("does not exist",), True),
        (client_error("NoSuchBucket"), ("bucket that does not exist",), True),
        (client_error("SlowDown"), ("cannot be read", "SlowDown"), False),
        (EndpointConnectionError(endpoint_url="https://s3"), ("cannot be read", "https://s3"), False),
    ],
    ids=["denied", "no-key", "no-bucket", "throttled", "no-network"],
)
def test_storage_error_names_uri_and_cause(
    error: Exception, words: tuple[str, ...], missing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_clients", {None: (Refusing(error), None)})
    with pytest.raises(StorageError) as caught:
        storage.read_bytes("s3://abstracts-input/a.txt")
    assert caught.value.missing is missing
    for word in ("s3://abstracts-input/a.txt", *words):
        assert word in str(caught.value)


def test_answer_that_cannot_be_read_now_stops_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Consolidating without it would lose an answer that is there."""

    def denied(uri: str, role_arn: str | None = None) -> bytes:
        if uri.endswith("large.json"):
            raise StorageError(uri, "may not be read")
        return storage.read_bytes(uri, role_arn)

    monkeypatch.setattr(handlers, "read_bytes", denied)
    with pytest.raises(StorageError, match=r"large\.json may not be read"):
        post(annotated(0, answer(), "s3://abstracts-output/large.json"))


def test_write_error_says_what_to_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_clients", {None: (Refusing(client_error("AccessDenied", "PutObject")), None)})
    with pytest.raises(StorageError, match=r"may not be written by the function's role .cure: allow s3:PutObject"):
        storage.write_bytes("s3://abstracts-output/a.txt", b"")


def test_storage_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_clients", {})
    storage.write_bytes("s3://abstracts-output/a b/ü.json", '{"a": "ü"}'.encode())
    assert storage.read_json("s3://abstracts-output/a b/ü.json") == {"a": "ü"}
    assert storage.read_text("s3://abstracts-output/a b/ü.json") == '{"a": "ü"}'
    put("s3://abstracts-output/nan.json", "[NaN]")
    with pytest.raises(ContractError, match=r"s3://abstracts-output/nan\.json: contains NaN"):
        storage.read_json("s3://abstracts-output/nan.json")


@pytest.mark.parametrize("uri", ["", "abstracts-output/a", "s3://bucket", "s3://bucket/", "s3:///a", "https://b/a"])
def test_not_an_s3_uri(uri: str) -> None:
    with pytest.raises(StorageError, match="write s3://bucket/key"):
        storage.read_bytes(uri)


class Assumed:
    """Counts the roles assumed; the credentials hold for as long as told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.roles: list[str] = []
        self.seconds = seconds
        real = boto3.client

        def client(service: str, **settings: Any) -> Any:
            return self if service == "sts" else real(service, **settings)  # type: ignore[call-overload]

        monkeypatch.setattr(boto3, "client", client)

    def assume_role(self, RoleArn: str, RoleSessionName: str) -> Any:  # noqa: N803
        self.roles.append(RoleArn)
        ends = datetime.now(UTC) + timedelta(seconds=self.seconds)
        keys = {"AccessKeyId": "role", "SecretAccessKey": "role", "SessionToken": "role", "Expiration": ends}
        return {"Credentials": keys}


@pytest.mark.parametrize(("setting", "roles"), [(None, []), ("0", []), ("1", [ROLE])])
def test_job_role_is_assumed_only_where_told(
    setting: str | None, roles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("s3://abstracts-output/large.json", json.dumps(answer()))
    if setting is not None:
        monkeypatch.setenv("TRUTHKIT_ASSUME_JOB_ROLE", setting)
    assumed = Assumed(monkeypatch, 3600)
    assert set(post(annotated(0, "s3://abstracts-output/large.json"))) == {"0"}
    assert assumed.roles == roles


def test_credentials_of_a_role_are_kept_and_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    put("s3://abstracts-output/a", "a")
    assumed = Assumed(monkeypatch, 3600)
    for _ in range(3):
        assert storage.read_bytes("s3://abstracts-output/a", ROLE) == b"a"
    assert assumed.roles == [ROLE]
    assumed.seconds = 60
    storage.read_bytes("s3://abstracts-output/a", ROLE + "-2")
    storage.read_bytes("s3://abstracts-output/a", ROLE + "-2")
    assert assumed.roles == [ROLE, ROLE + "-2", ROLE + "-2"]


def test_role_is_assumed_by_sts_itself() -> None:
    put("s3://abstracts-output/a", "a")
    assert storage.read_bytes("s3://abstracts-output/a", ROLE) == b"a"
    client, ends = storage._clients[ROLE]
    assert ends is not None
    assert client._request_signer._credentials.access_key != "testing"


def test_role_that_cannot_be_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Assumed, **_: Any) -> Any:
        raise client_error("AccessDenied", "AssumeRole")

    monkeypatch.setattr(Assumed, "assume_role", refuse)
    Assumed(monkeypatch, 0)
    with pytest.raises(StorageError, match=f"{ROLE} cannot be assumed.*sts:AssumeRole.*trust policy"):
        storage.read_bytes("s3://abstracts-output/a", ROLE)


def test_handlers_load_without_boto3_and_numpy() -> None:
    """Loading them is quick, and works on any Python that has the standard library."""
    code = (
        f"import sys; sys.path.insert(0, {str(LAMBDAS)!r})\n"
        "import text_entities.pre_annotation, text_entities.post_annotation\n"
        "print([name for name in ('boto3', 'botocore', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
