"""The job's store: claims are leases, answers are kept once and for good, a job goes on where it was."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from truthkit.job.consolidation import timestamp
from truthkit.job.store import AnswerRefusedError, Store, fixed_redundancy

LEASE = 100.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "job.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    store = Store.file(file, fixed_redundancy(2))
    store.load((str(number), {"source": f"text {number}"}) for number in range(3))
    yield store
    store.close()


def claim(store: Store, worker: str) -> Any:
    found = store.claim(worker, lease_seconds=LEASE)
    assert found is not None
    return found


def answer(store: Store, worker: str, **content: Any) -> str:
    assignment = claim(store, worker)
    assert store.submit(assignment.assignment_id, content)
    return str(assignment.object_id)


def test_the_manifest_is_loaded_whole_or_not_at_all(file: Path) -> None:
    store = Store.file(file, fixed_redundancy(1))

    def broken() -> Iterator[tuple[str, dict[str, Any]]]:
        yield "0", {"source": "a"}
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        store.load(broken())
    assert not store.loaded
    assert store.load([("0", {"source": "a"})]) == 1
    assert store.loaded
    assert [one.data_object for one in store.objects()] == [{"source": "a"}]


def test_objects_are_claimed_in_order_and_once_per_worker(store: Store) -> None:
    assert [answer(store, "w1", a=1) for _ in range(3)] == ["0", "1", "2"]
    assert store.claim("w1", lease_seconds=LEASE) is None
    assert answer(store, "w2", a=1) == "0"


def test_no_more_claims_than_answers_wanted(store: Store) -> None:
    assert claim(store, "w1").object_id == claim(store, "w2").object_id == "0"
    assert claim(store, "w3").object_id == "1"


def test_an_object_is_complete_with_its_last_answer(store: Store) -> None:
    answer(store, "w1", a=1)
    assert store.object("0").state == "open"
    answer(store, "w2", a=2)
    assert store.object("0").state == "complete"
    assert [one.content for one in store.answers("0")] == [{"a": 1}, {"a": 2}]


def test_a_submission_sent_twice_is_kept_once(store: Store) -> None:
    assignment = claim(store, "w1")
    assert store.submit(assignment.assignment_id, {"a": 1}) is True
    assert store.submit(assignment.assignment_id, {"a": 1}) is False
    with pytest.raises(AnswerRefusedError, match="another answer"):
        store.submit(assignment.assignment_id, {"a": 2})
    assert [one.content for one in store.answers("0")] == [{"a": 1}]


def test_an_unknown_assignment_is_refused(store: Store) -> None:
    with pytest.raises(KeyError):
        store.submit("nobody", {"a": 1})


@pytest.mark.parametrize(
    "content", [{"a": "\ud800"}, {"é": "\U0001f98a\x00"}, {}], ids=["surrogate", "unicode", "empty"]
)
def test_any_json_answer_is_kept(store: Store, content: dict[str, Any]) -> None:
    assignment = claim(store, "w1")
    store.submit(assignment.assignment_id, content)
    assert store.answers("0")[0].content == content


def test_a_declined_task_is_not_sent_again(store: Store) -> None:
    store.decline(claim(store, "w1").assignment_id, "too long")
    answer(store, "w2", a=1)
    stored = store.object("0")
    assert stored.state == "complete"
    assert store.records(["0"])[0].given_up == (("w1", "too long"),)
    assert claim(store, "w3").object_id == "1"


def test_an_object_that_nobody_answers_fails_with_the_reasons(store: Store) -> None:
    for worker in ("w1", "w2"):
        store.decline(claim(store, worker).assignment_id, f"{worker} could not", failed=True)
    stored = store.object("0")
    assert (stored.state, stored.failure) == ("failed", "w1 could not; w2 could not")


def test_a_late_answer_of_a_given_up_task_is_kept(store: Store) -> None:
    assignment = claim(store, "w1")
    store.decline(assignment.assignment_id, "time is over", failed=True)
    assert store.submit(assignment.assignment_id, {"a": 1})
    answer(store, "w2", a=2)
    assert len(store.answers("0")) == 2
    assert store.object("0").state == "complete"


def test_an_answer_after_its_object_was_consolidated_is_refused(store: Store) -> None:
    late = claim(store, "w1")
    store.decline(late.assignment_id, "time is over", failed=True)
    answer(store, "w2", a=2)
    assert store.next_batch(1, timestamp) is not None
    with pytest.raises(AnswerRefusedError, match="labeled"):
        store.submit(late.assignment_id, {"a": 1})


def test_what_post_annotation_left_out_is_offered_again(store: Store) -> None:
    for worker in ("w1", "w2"):
        answer(store, worker, a=1)
    batch = store.next_batch(1, timestamp)
    assert batch is not None
    store.consolidated(batch, {})
    assert "left the object out" in (store.records(["0"])[0].error or "")
    assert store.next_batch(1, timestamp) is None
    assert store.retry_failures() == {"0"}
    assert store.next_batch(1, timestamp) is not None


def test_pre_annotation_runs_again_where_nobody_answered(store: Store) -> None:
    for number in ("0", "1"):
        store.keep_task_input(number, {"wrong": number})
    answer(store, "w1", a=1)
    for number in ("0", "1"):
        store.fail(number, "the template is broken")
    store.retry_failures()
    assert (store.object("0").task_input, store.object("1").task_input) == ({"wrong": "0"}, None)


def test_an_expired_lease_frees_the_object(store: Store) -> None:
    store.claim("w1", lease_seconds=-1)
    assert store.expire() == 1
    assert claim(store, "w1").object_id == "0"
    assert store.expire() == 0
    assert store.expire(everyone=True) == 1


def test_failures_are_tried_again_and_answers_are_not(store: Store) -> None:
    answer(store, "w1", a=1)
    store.decline(claim(store, "w2").assignment_id, "script failed", failed=True)
    store.fail("1", "the template is broken")
    assert store.object("0").state == "complete"
    assert store.retry_failures() == {"0", "1"}
    assert (store.object("0").state, store.object("1").state) == ("open", "open")
    assert claim(store, "w1").object_id == "1"
    assert claim(store, "w2").object_id == "0"


def test_what_is_labeled_is_not_opened_again(store: Store) -> None:
    answer(store, "w1", a=1)
    store.decline(claim(store, "w2").assignment_id, "script failed", failed=True)
    batch = store.next_batch(1, timestamp)
    assert batch is not None
    store.consolidated(batch, {"0": {"label": 1}})
    assert store.retry_failures() == set()
    assert store.object("0").state == "complete"


def test_batches_are_of_complete_objects_and_have_names_of_their_own(store: Store) -> None:
    for worker in ("w1", "w2"):
        for _ in range(3):
            answer(store, worker, a=1)
    first = store.next_batch(2, lambda: "2026-01-31_23:59:59")
    assert first is not None
    assert first.object_ids == ("0", "1")
    assert store.next_batch(2, timestamp) is None
    second = store.next_batch(2, lambda: "2026-01-31_23:59:59", short=True)
    assert second is not None
    assert second.timestamp == "2026-02-01_00:00:00"
    assert [batch.object_ids for batch in store.unfinished_batches()] == [("0", "1"), ("2",)]
    store.consolidated(first, {"0": {"label": 1}, "1": {"label": 2}})
    store.batch_failed(second, "KeyError")
    assert [batch.batch_id for batch in store.unfinished_batches()] == [second.batch_id]
    one, other = store.records(["1", "2"])
    assert (one.label, one.timestamp, one.error) == ({"label": 2}, first.timestamp, None)
    assert (other.label, other.timestamp, other.error) == (None, second.timestamp, "KeyError")
    assert store.counts().labeled == 2


def test_redundancy_may_grow_with_disagreement(file: Path) -> None:
    def until_two_agree(_object_id: str, answers: Any) -> int:
        if len(answers) < 2:
            return 2 - len(answers)
        values = [answer["a"] for answer in answers]
        return 0 if len(set(values)) < len(values) else 1

    store = Store.file(file, until_two_agree)
    store.load([("0", {"source": "a"})])
    answer(store, "w1", a=1)
    answer(store, "w2", a=2)
    assert store.object("0").state == "open"
    answer(store, "w3", a=1)
    assert store.object("0").state == "complete"
    assert store.claim("w4", lease_seconds=LEASE) is None
    store.close()


def test_many_threads_claim_each_object_once(file: Path) -> None:
    store = Store.file(file, fixed_redundancy(1))
    store.load((str(number), {"source": "x"}) for number in range(60))
    got: list[str] = []

    def work(worker: str) -> None:
        while (assignment := store.claim(worker, lease_seconds=LEASE)) is not None:
            store.submit(assignment.assignment_id, {"worker": worker})
            got.append(assignment.object_id)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got, key=int) == [str(number) for number in range(60)]
    store.close()


def _write_until_killed(file: str, ready: Any) -> None:
    store = Store.file(Path(file), fixed_redundancy(1))
    while (assignment := store.claim("w", lease_seconds=LEASE)) is not None:
        store.submit(assignment.assignment_id, {"n": assignment.object_id})
        ready.put(assignment.object_id)


def test_what_was_confirmed_survives_kill_9(file: Path) -> None:
    store = Store.file(file, fixed_redundancy(1))
    store.load((str(number), {"source": "x"}) for number in range(5_000))
    store.close()
    context = multiprocessing.get_context("spawn")
    for _ in range(2):
        confirmed = context.SimpleQueue()
        child = context.Process(target=_write_until_killed, args=(str(file), confirmed))
        child.start()
        heard = [confirmed.get() for _ in range(25)]
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        store = Store.file(file, fixed_redundancy(1))
        store.expire(everyone=True)
        for object_id in heard:
            assert store.answers(object_id)[0].content == {"n": object_id}
        store.close()


def test_a_store_of_another_version_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.file(file, fixed_redundancy(1)).close()
    monkeypatch.setattr("truthkit.job.store.SCHEMA_VERSION", 99)
    with pytest.raises(ValueError, match="schema 1, this truthkit reads 99"):
        Store.file(file, fixed_redundancy(1))


def test_a_file_that_is_no_store_is_refused(file: Path) -> None:
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(ValueError, match="not a database"):
        Store.file(file, fixed_redundancy(1))
