"""What production sends: each case makes an event, the files that it points at, and says what may come of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Literal

from truthkit.aws_names import ACCOUNT, REGION, ROLE_ARN
from truthkit.job.spec import OUTPUT_BUCKET, arn_of
from truthkit.trying.form import relabelled, with_texts
from truthkit.trying.samples import Sample, Samples

Kind = Literal["pre", "post"]
Refusal = Literal["no", "may", "must"]

FORBIDDEN = "s3://truthkit-forbidden/"
MISSING = "s3://truthkit-missing/"
OWN = "s3://truthkit-tried/"
VERSION = "2018-10-06"
"""As recorded events have it; the documentation says 2018-10-16."""
UNKNOWN_LABEL = "no such label"
UNICODE = "naïve Zoë 👩‍🔬 İzmir e\u0301 日本語 \u2067עברית\u2069 a\u2028b \u200b𝒳 & <b>\"'"
UNICODE_KEY = "naïve 日本語 👩‍🔬+&.txt"
BATCH = 500
ANSWER_CHARACTERS = 1_000_000
SOURCE_CHARACTERS = 20_000
OBJECT_BYTES = 8_000_000
FIRST = 40
"""The first object's number: a batch is seldom the manifest's first lines."""
TOLD = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """One case, ready to run.

    ``files`` are objects by URI that must be there. ``lines`` are the data objects by id, as in the manifest.
    ``refusal`` tells whether an error that says why is right: it ``must`` come, it ``may``, or ``no``.
    """

    event: dict[str, Any]
    attribute: str
    lines: dict[str, dict[str, Any]]
    files: dict[str, bytes] = field(default_factory=dict)
    refusal: Refusal = "no"
    verbatim: str | None = None
    """A source that the task input must have as it is, where an ordinary one has ``before``."""
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case by name; ``make`` gives the trials, of which each is one invocation; none where it does not apply."""

    name: str
    about: str
    make: Callable[[Samples], list[Trial]]


# --- post-annotation -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """An object of a request: the manifest line and an answer a worker."""

    line: dict[str, Any]
    answers: Sequence[dict[str, Any]]


def _asked(sample: Sample, workers: int) -> _Asked:
    return _Asked(sample.data_object, list(islice(cycle(sample.answers), workers)))


def _several(samples: Samples, count: int, workers: int = 3) -> list[_Asked]:
    """So many objects; the samples are repeated where they are fewer."""
    return [_asked(sample, workers) for sample in islice(cycle(samples.items), count)]


def _request(
    name: str,
    samples: Samples,
    objects: Sequence[_Asked],
    *,
    first: int = FIRST,
    by_uri: bool = False,
    job: str | None = None,
    leave_out: Sequence[str] = (),
    changes: dict[str, Any] | None = None,
    refusal: Refusal = "no",
) -> list[Trial]:
    """One post-annotation event with its request file, as contract d and e have them."""
    annotations = f"{job or f's3://{OUTPUT_BUCKET}/'}try-{name}/annotations"
    request = f"{annotations}/consolidated-annotation/consolidation-request/iteration-1"
    files: dict[str, bytes] = {}
    batch, lines = [], {}
    for number, asked in enumerate(objects, first):
        given = []
        for index, answer in enumerate(asked.answers):
            text = json.dumps(answer, sort_keys=True, separators=(",", ":"))
            data = {"content": text}
            if by_uri:
                data = {"s3Uri": f"{request}/answers/{number}-{index}.json"}
                files[data["s3Uri"]] = text.encode()
            given.append({"workerId": f"private.{REGION}.{index + 1:016x}", "annotationData": data})
        line = asked.line
        if line.get("source-ref", "").startswith(
            OWN
        ):  # a place of this bench: what is there is an object as the others
            files[line["source-ref"]] = _bytes_of(samples, samples.items[0].data_object.get("source-ref", ""))
        source = {"content": line["source"]} if "source" in line else {"s3Uri": line["source-ref"]}
        batch.append({"datasetObjectId": str(number), "dataObject": source, "annotations": given})
        lines[str(number)] = line
    payload = f"{request}/2026-03-02_09:20:11.json"
    files[payload] = json.dumps(batch).encode()
    event: dict[str, Any] = {
        "version": VERSION,
        "labelingJobArn": arn_of(f"try-{name}"),
        "labelCategories": list(samples.labels),
        "labelAttributeName": samples.attribute,
        "roleArn": ROLE_ARN,
        "outputConfig": annotations,
        "payload": {"s3Uri": payload},
        **(changes or {}),
    }
    event = {key: value for key, value in event.items() if key not in leave_out}
    return [Trial(event, event["labelAttributeName"], lines, files, refusal)]


def _with_empty(samples: Samples) -> list[_Asked]:
    """One answer of three is empty, all are, none is."""
    first, second, third = _several(samples, 3)
    return [
        _Asked(first.line, [first.answers[0], {}, first.answers[2]]),
        _Asked(second.line, [{}]),
        third,
    ]


def _outside(samples: Samples) -> list[_Asked]:
    """One worker's labels are outside the categories, all workers' are, none's."""

    def strange(answer: dict[str, Any]) -> Any:
        return relabelled(answer, lambda label: UNKNOWN_LABEL)

    first, second, third = _several(samples, 3)
    return [
        _Asked(first.line, [*first.answers[:2], strange(first.answers[2])]),
        _Asked(second.line, [strange(answer) for answer in second.answers]),
        third,
    ]


def _unicode(samples: Samples) -> list[_Asked]:
    def changed(answer: dict[str, Any]) -> dict[str, Any]:
        value, count = with_texts(answer, lambda text: UNICODE)
        return value if count else {**value, "комментарий 👍": UNICODE}

    objects = []
    for asked in _several(samples, 3):
        key, value = ("source", UNICODE) if "source" in asked.line else ("source-ref", f"{OWN}{UNICODE_KEY}")
        objects.append(_Asked({**asked.line, key: value}, [changed(answer) for answer in asked.answers]))
    return objects


def _large(samples: Samples) -> list[_Asked]:
    """Answers of a million characters: a long text where one is typed, else a further field, as a page's log."""

    def grown(answer: dict[str, Any]) -> dict[str, Any]:
        value, count = with_texts(answer, lambda text: (text + " ") * (ANSWER_CHARACTERS // (len(text) + 1)))
        return value if count else {**value, "page-log": "0.1 s: scrolled. " * (ANSWER_CHARACTERS // 17)}

    return [_Asked(asked.line, [grown(answer) for answer in asked.answers]) for asked in _several(samples, 3)]


def _post(name: str, about: str, make: Callable[[str, Samples], list[Trial]]) -> Case:
    return Case(name, about, lambda samples: make(name, samples))


POST_CASES: tuple[Case, ...] = (
    _post(
        "ordinary",
        "the answers as they are",
        lambda name, by: _request(
            name, by, [_Asked(one.data_object, one.answers[:9]) for one in by.items[:TOLD]], first=0
        ),
    ),
    _post("one-worker", "one object, one worker", lambda name, by: _request(name, by, _several(by, 1, 1))),
    _post(
        "workers-1-to-9",
        "nine objects, with one to nine workers each, as some declined or were late",
        lambda name, by: _request(
            name, by, [_Asked(one.line, one.answers[:count]) for count, one in enumerate(_several(by, 9, 9), 1)]
        ),
    ),
    _post(
        "expired",
        "an object with no annotation, among others",
        lambda name, by: _request(
            name, by, [one if at != 1 else _Asked(one.line, []) for at, one in enumerate(_several(by, 3))]
        ),
    ),
    _post("empty-answer", "answers that are {}", lambda name, by: _request(name, by, _with_empty(by))),
    _post("s3-answers", "answers by s3Uri", lambda name, by: _request(name, by, _several(by, 3), by_uri=True)),
    _post("unknown-labels", "labels outside the categories", lambda name, by: _request(name, by, _outside(by))),
    _post("unicode", "texts of many scripts, emoji", lambda name, by: _request(name, by, _unicode(by))),
    _post("batch-of-500", "500 objects of three workers", lambda name, by: _request(name, by, _several(by, BATCH))),
    _post(
        "megabytes",
        "nine answers of a megabyte each: more than a response holds",
        lambda name, by: _request(name, by, _large(by), by_uri=True),
    ),
    _post(
        "no-label-categories",
        "a job without a category file",
        lambda name, by: _request(name, by, _several(by, 3), leave_out=("labelCategories",)),
    ),
    _post(
        "null-label-categories",
        "the same, as null",
        lambda name, by: _request(name, by, _several(by, 3), changes={"labelCategories": None}),
    ),
    _post(
        "no-output-config",
        "an event without outputConfig",
        lambda name, by: _request(name, by, _several(by, 3), leave_out=("outputConfig",)),
    ),
    _post(
        "kms-key",
        "a job whose output is encrypted",
        lambda name, by: _request(
            name, by, _several(by, 3), changes={"kmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d"}
        ),
    ),
    _post(
        "other-attribute",
        "another label attribute than the workflow's",
        lambda name, by: _request(name, by, _several(by, 3), changes={"labelAttributeName": "second-round"}),
    ),
    _post(
        "unreadable-payload",
        "a request that the role may not read: an error must say so",
        lambda name, by: _request(name, by, _several(by, 3), job=FORBIDDEN, refusal="must"),
    ),
)


# --- pre-annotation --------------------------------------------------------------------------------------------------


def _lines(
    samples: Samples, change: Callable[[dict[str, Any], dict[str, bytes]], dict[str, Any]], **how: Any
) -> list[Trial]:
    """A pre-annotation event of the first line, changed; ``change`` may add files."""
    files: dict[str, bytes] = {}
    line = change(dict(samples.items[0].data_object), files)
    return [_pre_trial(samples, line, "0", files, **how)]


def _pre_trial(samples: Samples, line: dict[str, Any], name: str, files: dict[str, bytes], **how: Any) -> Trial:
    event = {"version": VERSION, "labelingJobArn": arn_of("try-lambda"), "dataObject": line}
    return Trial(event, samples.attribute, {name: line}, files, **how)


def _places(line: dict[str, Any]) -> list[str]:
    """The keys that name objects in S3."""
    return [key for key, value in line.items() if isinstance(value, str) and value.startswith("s3://")]


def _bytes_of(samples: Samples, uri: str) -> bytes:
    """An object of the samples, or a text in its place."""
    if uri in samples.files:
        return samples.files[uri]
    for prefix, folder in samples.objects.items():
        base = prefix.rstrip("/") + "/"
        file: Path = folder / uri.removeprefix(base)
        if uri.startswith(base) and file.is_file():
            return file.read_bytes()
    return b"Ada Lovelace wrote the first program."


def _ordinary(samples: Samples) -> list[Trial]:
    return [_pre_trial(samples, one.data_object, str(number), {}) for number, one in enumerate(samples.items[:TOLD])]


def _moved(samples: Samples, prefix: str, content: Callable[[bytes], bytes] | None) -> list[Trial]:
    """Every object of the line elsewhere, with other bytes; without ``content`` it is not there. No trial where the
    line names no object."""
    if not _places(samples.items[0].data_object):
        return []

    def change(line: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
        for key in _places(line):
            uri = prefix + line[key].removeprefix("s3://").partition("/")[2]
            if content is not None:
                files[uri] = content(_bytes_of(samples, line[key]))
            line[key] = uri
        return line

    return _lines(samples, change, refusal="may")


def _huge(samples: Samples) -> list[Trial]:
    def change(line: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
        if "source" in line:
            text = (line["source"] or " ") + " "
            line["source"] = (text * (SOURCE_CHARACTERS // len(text) + 1))[:SOURCE_CHARACTERS]
        return line

    trials = _lines(samples, change) if "source" in samples.items[0].data_object else []
    return trials + _moved(samples, f"{OWN}huge/", lambda body: body * (OBJECT_BYTES // max(1, len(body)) + 1))


def _other_encoding(samples: Samples) -> list[Trial]:
    """Files in ISO 8859-1, as a program of the nineties saves them; in the line, what such a text becomes."""

    def change(line: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
        if "source" in line:
            line["source"] = f"\ufeff{line['source']} ZoÃ« na\ufffdve \x92"
        for key in _places(line):
            uri = f"{OWN}latin-1/{line[key].rpartition('/')[2]}"
            files[uri] = _bytes_of(samples, line[key]) + "\nZoë naïve".encode("iso-8859-1")
            line[key] = uri
        return line

    return _lines(samples, change, refusal="may")


def _unicode_line(samples: Samples) -> list[Trial]:
    def change(line: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
        if "source" in line:
            line["source"] = UNICODE
        for key in _places(line):
            uri = f"{OWN}unicode/{key}/{UNICODE_KEY}"
            files[uri] = _bytes_of(samples, line[key])
            line[key] = uri
        return line

    [trial] = _lines(samples, change)
    line = trial.lines["0"]
    key = "source" if "source" in line else "source-ref"
    before = samples.items[0].data_object.get(key)
    return [Trial(trial.event, trial.attribute, trial.lines, trial.files, verbatim=line.get(key), before=before)]


def _more_keys(samples: Samples) -> list[Trial]:
    """Keys of the project's own, and what an earlier job left of an object that it could not label."""
    more = {
        "id": 12345678901234567890,
        "price": 1.5,
        "tags": ["a", None, {"deep": [1, 2]}],
        "taskInput": {"labels": ["not these"]},
        "комментарий": "👍",
        # Nothing to start from, in no workflow: what a label has in it is each workflow's own.
        samples.attribute: {"reason": "nobody answered", "workers": []},
        f"{samples.attribute}-metadata": {"type": "groundtruth/custom", "human-annotated": "yes"},
    }
    return _lines(samples, lambda line, files: {**more, **line})


def _without_source(line: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key not in ("source", "source-ref")}


PRE_CASES: tuple[Case, ...] = (
    Case("ordinary", "the manifest's lines as they are", _ordinary),
    Case(
        "no-source",
        "a line with neither source nor source-ref",
        lambda by: _lines(by, _without_source, refusal="may"),
    ),
    Case("huge-source", "a source of 20,000 characters, an object of 8 megabytes", _huge),
    Case("wrong-encoding", "objects that are no UTF-8", _other_encoding),
    Case(
        "missing-object",
        "objects that are not in S3",
        lambda by: _moved(by, MISSING, None),
    ),
    Case("unicode", "a source of many scripts, emoji, a key with blanks", _unicode_line),
    Case("extra-keys", "keys of the project's own and an earlier job's", _more_keys),
    Case(
        "unreadable-source",
        "objects that the role may not read",
        lambda by: _moved(by, FORBIDDEN, lambda body: body),
    ),
)

CASES: dict[Kind, tuple[Case, ...]] = {"pre": PRE_CASES, "post": POST_CASES}
