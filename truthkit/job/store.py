"""What a job knows: its objects, assignments, answers, batches and labels, in one SQL database.

Every operation is one transaction, so that a job can be killed at any point and go on where it was: answers are
append-only, an answer is confirmed to the page after its commit, a claim is a lease. SQLite by default (one file in
the job folder); any URL of SQLAlchemy later.
"""

from __future__ import annotations

import json
import time
import uuid
from calendar import timegm
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from truthkit import exact_json

SCHEMA_VERSION = 1
LOAD_CHUNK = 1_000

_schema = sa.MetaData()

_meta = sa.Table(
    "meta",
    _schema,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
# state: open (wants answers), complete (has them), skipped (no human annotation required), failed
_objects = sa.Table(
    "objects",
    _schema,
    sa.Column("object_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("data_object", sa.Text, nullable=False),
    sa.Column("task_input", sa.Text),
    sa.Column("state", sa.Text, nullable=False, server_default="open"),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("taken", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failure", sa.Text),
    sa.Index("objects_by_state", "state", "position"),
)
# state: claimed (a lease), submitted, declined, failed (the page or the worker's script broke)
_assignments = sa.Table(
    "assignments",
    _schema,
    sa.Column("assignment_id", sa.Text, primary_key=True),
    sa.Column("object_id", sa.ForeignKey("objects.object_id"), nullable=False),
    sa.Column("worker_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("claimed_at", sa.Float, nullable=False),
    sa.Column("lease_until", sa.Float, nullable=False),
    sa.Column("reason", sa.Text),
    sa.UniqueConstraint("object_id", "worker_id"),
    sa.Index("assignments_by_state", "state", "lease_until"),
)
_answers = sa.Table(
    "answers",
    _schema,
    sa.Column("assignment_id", sa.ForeignKey("assignments.assignment_id"), primary_key=True),
    sa.Column("object_id", sa.ForeignKey("objects.object_id"), nullable=False, index=True),
    sa.Column("worker_id", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("accepted_at", sa.Float, nullable=False),
    sa.Column("submitted_at", sa.Float, nullable=False),
)
# state: requested (the request file stands), consolidated, failed
_batches = sa.Table(
    "batches",
    _schema,
    sa.Column("batch_id", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("timestamp", sa.Text, nullable=False, unique=True),
    sa.Column("error", sa.Text),
)
_labels = sa.Table(
    "labels",
    _schema,
    sa.Column("object_id", sa.ForeignKey("objects.object_id"), primary_key=True),
    sa.Column("batch_id", sa.ForeignKey("batches.batch_id"), nullable=False, index=True),
    sa.Column("content", sa.Text),
)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A data object and how far it is. ``line`` counts from 1 in the manifest."""

    object_id: str
    data_object: dict[str, Any]
    task_input: dict[str, Any] | None
    state: str
    failure: str | None

    @property
    def line(self) -> int:
        return int(self.object_id) + 1


@dataclass(frozen=True, slots=True)
class Assignment:
    """One worker's claim to one data object; ``assignment_id`` is the page's token."""

    assignment_id: str
    object_id: str
    worker_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker submitted. Times are seconds since 1970, UTC."""

    assignment_id: str
    object_id: str
    worker_id: str
    content: dict[str, Any]
    accepted_at: float
    submitted_at: float


@dataclass(frozen=True, slots=True)
class Record:
    """An object with all that came of it.

    ``given_up`` are the workers who did not answer, and why. ``label`` is the consolidated annotation, ``timestamp``
    that of its batch, ``error`` why it has none, as far as that is known.
    """

    object: StoredObject
    answers: tuple[Answer, ...]
    given_up: tuple[tuple[str, str], ...]
    label: dict[str, Any] | None
    timestamp: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects that are consolidated together; ``timestamp`` names their request file."""

    batch_id: int
    timestamp: str
    object_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many data objects are in each state, and how many answers there are."""

    objects: int
    open: int
    complete: int
    skipped: int
    failed: int
    labeled: int
    answers: int


# Says how many more answers an object needs, given those that it has.
NeedsMore = Callable[[str, Sequence[dict[str, Any]]], int]


def fixed_redundancy(workers: int) -> NeedsMore:
    """The service's rule: ``NumberOfHumanWorkersPerDataObject`` answers, whatever they say."""
    return lambda _object_id, answers: max(0, workers - len(answers))


class AnswerRefusedError(Exception):
    """An answer that comes too late, or another one where an answer is stored already; its text says which."""


class Store:
    """The store of one job. Safe to use from several threads and processes.

    Args:
        url: an SQLAlchemy URL; for a file, ``sqlite:////path/job.sqlite``.
        needs_more: how many more answers an object needs, given those that it has.
    """

    def __init__(self, url: str, needs_more: NeedsMore) -> None:
        self._engine = sa.create_engine(url)
        self._needs_more = needs_more
        # Every object before this position is consolidated, or will never be complete: no need to look there.
        self._batched_before = 0
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _sqlite_connect)
            sa.event.listen(self._engine, "begin", _sqlite_begin)
        _schema.create_all(self._engine)
        with self._engine.begin() as db:
            version = db.scalar(sa.select(_meta.c.value).where(_meta.c.key == "schema"))
            if version is None:
                db.execute(_meta.insert().values(key="schema", value=str(SCHEMA_VERSION)))
            elif version != str(SCHEMA_VERSION):
                raise ValueError(f"the job's store has schema {version}, this truthkit reads {SCHEMA_VERSION}")

    @classmethod
    def file(cls, path: Path, needs_more: NeedsMore) -> Store:
        """The store in an SQLite file. Raises ValueError if it is no store, or of another version."""
        try:
            return cls(f"sqlite:///{path}", needs_more)
        except sa.exc.DatabaseError as error:
            raise ValueError(str(error.orig)) from None

    def close(self) -> None:
        self._engine.dispose()

    # --- objects -------------------------------------------------------------------------------------------------

    @property
    def loaded(self) -> bool:
        """Whether the manifest is in the store, whole."""
        with self._engine.begin() as db:
            return db.scalar(sa.select(_meta.c.value).where(_meta.c.key == "loaded")) is not None

    def load(self, objects: Iterable[tuple[str, dict[str, Any]]]) -> int:
        """Take in the manifest, all of it or nothing; gives the number of objects."""
        count = 0
        iterator = iter(objects)
        with self._engine.begin() as db:
            while chunk := list(islice(iterator, LOAD_CHUNK)):
                db.execute(
                    _objects.insert(),
                    [
                        {
                            "object_id": object_id,
                            "position": int(object_id),
                            "data_object": exact_json.dumps(data_object),
                            "wanted": self._needs_more(object_id, ()),
                        }
                        for object_id, data_object in chunk
                    ],
                )
                count += len(chunk)
            db.execute(_meta.insert().values(key="loaded", value=str(count)))
        return count

    def object(self, object_id: str) -> StoredObject:
        with self._engine.begin() as db:
            return _stored(db.execute(sa.select(_objects).where(_objects.c.object_id == object_id)).one())

    def objects(self) -> Iterator[StoredObject]:
        """Every object, in the manifest's order, read in chunks."""
        last = -1
        while True:
            with self._engine.begin() as db:
                rows = db.execute(
                    sa.select(_objects)
                    .where(_objects.c.position > last)
                    .order_by(_objects.c.position)
                    .limit(LOAD_CHUNK)
                ).all()
            if not rows:
                return
            for row in rows:
                yield _stored(row)
            last = rows[-1].position

    def keep_task_input(self, object_id: str, task_input: dict[str, Any]) -> None:
        self._update(object_id, task_input=_json(task_input))

    def keep_task_inputs(self, task_inputs: Mapping[str, dict[str, Any]]) -> None:
        """Several at once, by object."""
        with self._engine.begin() as db:
            if task_inputs:
                db.execute(
                    _of_object().values(task_input=sa.bindparam("value")),
                    [{"which": object_id, "value": _json(value)} for object_id, value in task_inputs.items()],
                )

    def skip(self, object_id: str) -> None:
        """No human annotation is required for the object."""
        self._update(object_id, state="skipped")

    def fail(self, object_id: str, reason: str) -> None:
        """The object's task can't be done; its claims are given up, its answers stay."""
        with self._engine.begin() as db:
            db.execute(
                _assignments.update()
                .where(_assignments.c.object_id == object_id, _assignments.c.state == "claimed")
                .values(state="failed", reason=reason)
            )
            db.execute(
                _objects.update().where(_objects.c.object_id == object_id).values(state="failed", failure=reason)
            )

    def _update(self, object_id: str, **values: Any) -> None:
        with self._engine.begin() as db:
            db.execute(_objects.update().where(_objects.c.object_id == object_id).values(**values))

    # --- assignments and answers ---------------------------------------------------------------------------------

    def claim(self, worker_id: str, *, lease_seconds: float) -> Assignment | None:
        """The next object for this worker, leased; None when there is none (now)."""
        now = time.time()
        mine = (
            sa.select(_assignments.c.object_id)
            .where(_assignments.c.object_id == _objects.c.object_id, _assignments.c.worker_id == worker_id)
            .correlate(_objects)
            .exists()
        )
        with self._engine.begin() as db:
            object_id = db.scalar(
                sa.select(_objects.c.object_id)
                .where(_objects.c.state == "open", _objects.c.taken < _objects.c.wanted, ~mine)
                .order_by(_objects.c.position)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if object_id is None:
                return None
            assignment = Assignment(uuid.uuid4().hex, object_id, worker_id)
            db.execute(
                _assignments.insert().values(
                    assignment_id=assignment.assignment_id,
                    object_id=object_id,
                    worker_id=worker_id,
                    state="claimed",
                    claimed_at=now,
                    lease_until=now + lease_seconds,
                )
            )
            db.execute(_objects.update().where(_objects.c.object_id == object_id).values(taken=_objects.c.taken + 1))
        return assignment

    def claim_objects(
        self, choose: Callable[[str], Iterable[str]], *, limit: int, lease_seconds: float
    ) -> list[tuple[StoredObject, list[Assignment]]]:
        """The next objects, each for all the workers that it still wants, in one transaction; [] if there are none.

        ``choose`` gives the workers for an object, the preferred ones first; one who was asked already is passed over.
        """
        now = time.time()
        claimed = []
        with self._engine.begin() as db:
            rows = db.execute(
                sa.select(_objects)
                .where(_objects.c.state == "open", _objects.c.taken < _objects.c.wanted)
                .order_by(_objects.c.position)
                .limit(limit)
                .with_for_update(skip_locked=True)
            ).all()
            asked: dict[str, set[str]] = {row.object_id: set() for row in rows}
            pairs = sa.select(_assignments.c.object_id, _assignments.c.worker_id)
            for object_id, worker_id in db.execute(pairs.where(_assignments.c.object_id.in_(asked))):
                asked[object_id].add(worker_id)
            for row in rows:
                free = (one for one in choose(row.object_id) if one not in asked[row.object_id])
                mine = [
                    Assignment(uuid.uuid4().hex, row.object_id, worker_id)
                    for worker_id in islice(free, row.wanted - row.taken)
                ]
                if mine:
                    claimed.append((_stored(row), mine))
            if claimed:
                claim = {"state": "claimed", "claimed_at": now, "lease_until": now + lease_seconds}
                db.execute(_assignments.insert(), [{**asdict(one), **claim} for _, mine in claimed for one in mine])
                db.execute(
                    _of_object().values(taken=_objects.c.taken + sa.bindparam("more")),
                    [{"which": stored.object_id, "more": len(mine)} for stored, mine in claimed],
                )
        return claimed

    def assignment(self, assignment_id: str) -> Assignment | None:
        with self._engine.begin() as db:
            row = db.execute(sa.select(_assignments).where(_assignments.c.assignment_id == assignment_id)).one_or_none()
        return None if row is None else Assignment(row.assignment_id, row.object_id, row.worker_id)

    def submit(self, assignment_id: str, content: dict[str, Any]) -> bool:
        """Keep an answer, for good, and see whether its object has enough.

        Sending the same submission again changes nothing. Gives whether the answer was new. Raises KeyError if there
        is no such assignment, AnswerRefusedError if another answer is stored or the object is consolidated already.
        """
        now = time.time()
        with self._engine.begin() as db:
            row = db.execute(
                sa.select(_assignments).where(_assignments.c.assignment_id == assignment_id).with_for_update()
            ).one_or_none()
            if row is None:
                raise KeyError(assignment_id)
            before = db.scalar(sa.select(_answers.c.content).where(_answers.c.assignment_id == assignment_id))
            if before is not None:
                if json.loads(before) != content:
                    raise AnswerRefusedError("another answer of this task is stored already")
                return False
            if db.scalar(sa.select(_labels.c.batch_id).where(_labels.c.object_id == row.object_id)) is not None:
                raise AnswerRefusedError("the time for this task is over: its object is labeled")
            db.execute(
                _answers.insert().values(
                    assignment_id=assignment_id,
                    object_id=row.object_id,
                    worker_id=row.worker_id,
                    content=_json(content),
                    accepted_at=row.claimed_at,
                    submitted_at=now,
                )
            )
            # A claim that had been given up no longer counts as taken; its late answer does again.
            late = row.state != "claimed"
            db.execute(
                _assignments.update().where(_assignments.c.assignment_id == assignment_id).values(state="submitted")
            )
            self._settle(db, row.object_id, taken_change=1 if late else 0)
        return True

    def submit_all(self, answers: Sequence[Answer], declined: Mapping[str, str]) -> dict[str, list[Answer]]:
        """Keep answers of claimed assignments, with their own times, and give others back; all in one transaction.

        ``declined`` is assignment to reason. An assignment that is no longer claimed is passed over. Gives the objects
        that are complete now, with all their answers in the order of submission.
        """
        names = [*(answer.assignment_id for answer in answers), *declined]
        with self._engine.begin() as db:
            open_ones: dict[str, str] = {
                row.assignment_id: row.object_id
                for row in db.execute(
                    sa.select(_assignments.c.assignment_id, _assignments.c.object_id)
                    .where(_assignments.c.assignment_id.in_(names), _assignments.c.state == "claimed")
                    .with_for_update()
                )
            }
            kept = [answer for answer in answers if answer.assignment_id in open_ones]
            back = {name: reason for name, reason in declined.items() if name in open_ones}
            if kept:
                db.execute(_answers.insert(), [{**asdict(one), "content": _json(one.content)} for one in kept])
            which = _assignments.update().where(_assignments.c.assignment_id == sa.bindparam("which"))
            ended = [{"which": one.assignment_id, "now": "submitted", "why": None} for one in kept]
            ended += [{"which": name, "now": "declined", "why": reason} for name, reason in back.items()]
            if ended:
                db.execute(which.values(state=sa.bindparam("now"), reason=sa.bindparam("why")), ended)
            given_back = Counter(open_ones[name] for name in back)
            return self._settle_all(db, tuple(dict.fromkeys(open_ones.values())), given_back)

    def _settle_all(
        self, db: sa.Connection, object_ids: Sequence[str], given_back: Mapping[str, int]
    ) -> dict[str, list[Answer]]:
        """As ``_settle``, of many objects; gives those that are complete now."""
        answers = self._answers_of(db, object_ids)
        given_up = self._given_up(db, object_ids)
        changes, complete = [], {}
        for row in db.execute(sa.select(_objects).where(_objects.c.object_id.in_(object_ids))).all():
            mine = answers[row.object_id]
            asked = self._needs_more(row.object_id, [answer.content for answer in mine])
            more = max(0, asked - len(given_up[row.object_id]))
            state, failure = row.state, row.failure
            if state == "open" and more == 0:
                state = "complete" if mine else "failed"
                failure = None if mine else _why_nobody_answered(db, row.object_id)
            if state == "complete":
                complete[row.object_id] = mine
            taken = row.taken - given_back.get(row.object_id, 0)
            new = {"taken_": taken, "wanted_": len(mine) + more, "state_": state, "failure_": failure}
            changes.append({"which": row.object_id, **new})
        if changes:
            columns: dict[str, Any] = {
                name: sa.bindparam(f"{name}_") for name in ("taken", "wanted", "state", "failure")
            }
            db.execute(_of_object().values(columns), changes)
        return complete

    def decline(self, assignment_id: str, reason: str, *, failed: bool = False) -> None:
        """The worker gives the object back (or the page broke under them); nobody asks this worker again."""
        with self._engine.begin() as db:
            row = db.execute(sa.select(_assignments).where(_assignments.c.assignment_id == assignment_id)).one_or_none()
            if row is None or row.state != "claimed":
                return
            db.execute(
                _assignments.update()
                .where(_assignments.c.assignment_id == assignment_id)
                .values(state="failed" if failed else "declined", reason=reason)
            )
            self._settle(db, row.object_id, taken_change=-1)

    def _settle(self, db: sa.Connection, object_id: str, *, taken_change: int = 0) -> None:
        """Bring an object's ``wanted`` and state in line with the answers that it has."""
        answers, more = self._needs(db, object_id)
        row = db.execute(sa.select(_objects).where(_objects.c.object_id == object_id)).one()
        values: dict[str, Any] = {"taken": row.taken + taken_change, "wanted": answers + more}
        if row.state == "open" and more == 0:
            values["state"] = "complete" if answers else "failed"
            values["failure"] = None if answers else _why_nobody_answered(db, object_id)
        db.execute(_objects.update().where(_objects.c.object_id == object_id).values(**values))

    def _needs(self, db: sa.Connection, object_id: str) -> tuple[int, int]:
        """How many answers an object has, and how many more it needs; as in the service, what a worker declines
        is not sent again."""
        contents = db.scalars(sa.select(_answers.c.content).where(_answers.c.object_id == object_id)).all()
        given_up = db.scalar(
            sa.select(sa.func.count())
            .select_from(_assignments)
            .where(_assignments.c.object_id == object_id, _assignments.c.state.in_(("declined", "failed")))
        )
        more = self._needs_more(object_id, [json.loads(content) for content in contents]) - (given_up or 0)
        return len(contents), max(0, more)

    def expire(self, *, everyone: bool = False) -> int:
        """Free the claims whose lease is over (or all, when nobody can be at work); gives how many."""
        with self._engine.begin() as db:
            over = sa.true() if everyone else _assignments.c.lease_until < time.time()
            rows = db.execute(sa.select(_assignments).where(_assignments.c.state == "claimed", over)).all()
            for row in rows:
                db.execute(_assignments.delete().where(_assignments.c.assignment_id == row.assignment_id))
                db.execute(
                    _objects.update().where(_objects.c.object_id == row.object_id).values(taken=_objects.c.taken - 1)
                )
        return len(rows)

    def retry_failures(self) -> set[str]:
        """Open what failed (not what was declined) once more, for a resumed job; gives the objects.

        Pre-annotation runs again for those that nobody has answered yet. What is labeled stays so; an object that the
        post-annotation function left out is offered to it again.
        """
        self._batched_before = 0
        with self._engine.begin() as db:
            left_out = sa.select(_batches.c.batch_id).where(_batches.c.state == "consolidated")
            gone = _labels.delete().where(_labels.c.content.is_(None), _labels.c.batch_id.in_(left_out))
            again = set(db.scalars(gone.returning(_labels.c.object_id)))
            broken = set(db.scalars(sa.select(_assignments.c.object_id).where(_assignments.c.state == "failed")))
            broken |= set(db.scalars(sa.select(_objects.c.object_id).where(_objects.c.state == "failed")))
            broken -= set(db.scalars(sa.select(_labels.c.object_id)))
            for object_id in broken:
                db.execute(
                    _assignments.delete().where(_assignments.c.object_id == object_id, _assignments.c.state == "failed")
                )
                answers, more = self._needs(db, object_id)
                values: dict[str, Any] = {"taken": answers, "wanted": answers + more}
                if more or answers:
                    values |= {"state": "open" if more else "complete", "failure": None}
                if not answers:
                    values["task_input"] = None
                db.execute(_objects.update().where(_objects.c.object_id == object_id).values(**values))
        return broken | again

    def answers(self, object_id: str) -> list[Answer]:
        """An object's answers, in the order of submission."""
        with self._engine.begin() as db:
            return self._answers_of(db, (object_id,))[object_id]

    @staticmethod
    def _answers_of(db: sa.Connection, object_ids: Sequence[str]) -> dict[str, list[Answer]]:
        found: dict[str, list[Answer]] = {object_id: [] for object_id in object_ids}
        rows = db.execute(
            sa.select(_answers)
            .where(_answers.c.object_id.in_(object_ids))
            .order_by(_answers.c.submitted_at, _answers.c.worker_id)
        ).all()
        for r in rows:
            found[r.object_id].append(
                Answer(r.assignment_id, r.object_id, r.worker_id, json.loads(r.content), r.accepted_at, r.submitted_at)
            )
        return found

    @staticmethod
    def _given_up(db: sa.Connection, object_ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {object_id: [] for object_id in object_ids}
        rows = db.execute(
            sa.select(_assignments.c.object_id, _assignments.c.worker_id, _assignments.c.reason)
            .where(_assignments.c.object_id.in_(object_ids), _assignments.c.state.in_(("declined", "failed")))
            .order_by(_assignments.c.worker_id)
        ).all()
        for row in rows:
            found[row.object_id].append((row.worker_id, row.reason or ""))
        return found

    def records(self, object_ids: Sequence[str]) -> list[Record]:
        """All that is known of some objects (up to some hundred), in the order given."""
        with self._engine.begin() as db:
            rows = db.execute(sa.select(_objects).where(_objects.c.object_id.in_(object_ids))).all()
            objects = {row.object_id: _stored(row) for row in rows}
            answers = self._answers_of(db, object_ids)
            given_up = self._given_up(db, object_ids)
            labels = {
                row.object_id: _label(row)
                for row in db.execute(
                    sa.select(
                        _labels.c.object_id, _labels.c.content, _batches.c.timestamp, _batches.c.state, _batches.c.error
                    )
                    .join(_batches, _batches.c.batch_id == _labels.c.batch_id)
                    .where(_labels.c.object_id.in_(object_ids))
                )
            }
        return [
            Record(objects[one], tuple(answers[one]), tuple(given_up[one]), *labels.get(one, (None, None, None)))
            for one in object_ids
        ]

    def object_ids(self) -> list[str]:
        """The ids of all objects, in the manifest's order."""
        with self._engine.begin() as db:
            return list(db.scalars(sa.select(_objects.c.object_id).order_by(_objects.c.position)))

    # --- consolidation -------------------------------------------------------------------------------------------

    def next_batch(self, size: int, timestamp: Callable[[], str], *, short: bool = False) -> Batch | None:
        """The next objects to consolidate: ``size`` complete ones, or fewer when ``short`` is allowed.

        None if there are not so many. Which batches an earlier run left without a result: unfinished_batches.
        """
        with self._engine.begin() as db:
            ids = tuple(
                db.scalars(
                    sa.select(_objects.c.object_id)
                    .where(
                        _objects.c.state == "complete",
                        _objects.c.position >= self._batched_before,
                        ~sa.select(_labels.c.object_id)
                        .where(_labels.c.object_id == _objects.c.object_id)
                        .correlate(_objects)
                        .exists(),
                    )
                    .order_by(_objects.c.position)
                    .limit(size)
                )
            )
            if not ids or (len(ids) < size and not short):
                return None
            name = timestamp()
            while db.scalar(sa.select(_batches.c.batch_id).where(_batches.c.timestamp == name)) is not None:
                name = timestamp_after(name)
            batch_id = db.execute(_batches.insert().values(state="requested", timestamp=name)).inserted_primary_key
            assert batch_id is not None
            db.execute(_labels.insert(), [{"object_id": one, "batch_id": batch_id[0], "content": None} for one in ids])
            # What becomes complete later is open now.
            first_open = db.scalar(sa.select(sa.func.min(_objects.c.position)).where(_objects.c.state == "open"))
            after = int(ids[-1]) + 1
            before = after if first_open is None else min(after, first_open)
        self._batched_before = before
        return Batch(batch_id[0], name, ids)

    def unfinished_batches(self) -> list[Batch]:
        """Batches that were requested or failed in an earlier run: their answers are all there."""
        with self._engine.begin() as db:
            rows = db.execute(
                sa.select(_batches).where(_batches.c.state != "consolidated").order_by(_batches.c.batch_id)
            ).all()
            return [
                Batch(
                    row.batch_id,
                    row.timestamp,
                    tuple(
                        db.scalars(
                            sa.select(_labels.c.object_id)
                            .join(_objects, _objects.c.object_id == _labels.c.object_id)
                            .where(_labels.c.batch_id == row.batch_id)
                            .order_by(_objects.c.position)
                        )
                    ),
                )
                for row in rows
            ]

    def consolidated(self, batch: Batch, labels: dict[str, dict[str, Any]]) -> None:
        """Keep a batch's consolidated annotations: object id to content."""
        with self._engine.begin() as db:
            if labels:
                db.execute(
                    _labels.update()
                    .where(_labels.c.object_id == sa.bindparam("which"), _labels.c.batch_id == batch.batch_id)
                    .values(content=sa.bindparam("value")),
                    [{"which": object_id, "value": _json(content)} for object_id, content in labels.items()],
                )
            db.execute(
                _batches.update().where(_batches.c.batch_id == batch.batch_id).values(state="consolidated", error=None)
            )

    def batch_failed(self, batch: Batch, error: str) -> None:
        with self._engine.begin() as db:
            db.execute(
                _batches.update().where(_batches.c.batch_id == batch.batch_id).values(state="failed", error=error)
            )

    def counts(self) -> Counts:
        with self._engine.begin() as db:
            grouped = sa.select(_objects.c.state, sa.func.count()).group_by(_objects.c.state)
            states: dict[str, int] = {row[0]: row[1] for row in db.execute(grouped)}
            labeled = db.scalar(sa.select(sa.func.count()).select_from(_labels).where(_labels.c.content.is_not(None)))
            answers = db.scalar(sa.select(sa.func.count()).select_from(_answers))
        return Counts(
            objects=sum(states.values()),
            open=states.get("open", 0),
            complete=states.get("complete", 0),
            skipped=states.get("skipped", 0),
            failed=states.get("failed", 0),
            labeled=labeled or 0,
            answers=answers or 0,
        )


def timestamp_after(timestamp: str) -> str:
    """The file-name timestamp one second later (two batches may end within one second)."""
    moment = time.strptime(timestamp, TIMESTAMP)
    return time.strftime(TIMESTAMP, time.gmtime(timegm(moment) + 1))


TIMESTAMP = "%Y-%m-%d_%H:%M:%S"


def _of_object() -> sa.Update:
    """An update of the object that ``which`` names, for many at once."""
    return _objects.update().where(_objects.c.object_id == sa.bindparam("which"))


def _label(row: Any) -> tuple[dict[str, Any] | None, str | None, str | None]:
    if row.content is None and row.state == "consolidated":
        return None, row.timestamp, "The function left the object out of its result"
    return (json.loads(row.content) if row.content else None), row.timestamp, row.error


def _why_nobody_answered(db: sa.Connection, object_id: str) -> str:
    reasons = db.scalars(
        sa.select(_assignments.c.reason).where(
            _assignments.c.object_id == object_id, _assignments.c.reason.is_not(None)
        )
    )
    return "; ".join(dict.fromkeys(filter(None, reasons))) or "no worker answered"


def _stored(row: Any) -> StoredObject:
    task_input = None if row.task_input is None else json.loads(row.task_input)
    return StoredObject(row.object_id, exact_json.loads(row.data_object), task_input, row.state, row.failure)


def _json(value: Any) -> str:
    # ASCII, so that a lone surrogate in an answer cannot make the database refuse it.
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    # SQLAlchemy's recipe: transactions are begun by _sqlite_begin, not by the driver.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
