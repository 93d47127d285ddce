"""The default class model over more answers than one machine's memory holds, on Dask.

Answers are first cut into batches so that all answers to an object lie in one. Then every round is a pass over the
batches: each gives its expected counts, and their exact sum is the next round's model. The labels are bit by bit those
of all answers at once, on however many machines, in however many batches.
"""

from __future__ import annotations

import heapq
import json
import logging
import math
import shutil
import signal
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count as counting
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truthkit.answers import Answers, FieldAnswers
from truthkit.answers.fields import ascending
from truthkit.answers.read import by_manifest
from truthkit.answers.table import ANSWERS, numbered, read_columns
from truthkit.consolidating.output import class_texts, write_texts
from truthkit.consolidating.scores import BINS, bins_of, hits
from truthkit.findings import Finding, UsageError
from truthkit_core.consolidation.class_models import DEFAULT_METHOD, ClassAnswers
from truthkit_core.consolidation.shrunken import DEFAULT, Batch
from truthkit_core.consolidation.worker_model import WorkerModel

Ints = NDArray[np.int64]
Progress = Callable[[str, int, int], None]

BATCH = 1_000_000
"""Answers in a batch, about: a worker takes some 400 MB with one."""
CHUNK = 2_000_000
"""Rows of a ``.npy`` partition that are cut at a time."""
SUFFIXES = (".csv", ".npy", ".npz")
_INSTALL = "pip install 'dask[distributed]' (in the clone: .uv/bin/uv sync --inexact --extra dask)"
# Bytes of an answer in a file, about.
_ROW = 14
# Items of which the bounds of batches are made: so many in all, and so many a batch.
_SAMPLE, _SAMPLE_EACH = 20_000, 200
# Models are added up when there are so many of them, or when they have so many cells together.
_MODELS, _CELLS = 16, 4_000_000
# How often a folder is emptied, at most, that others may still fill.
_TRIES = 100
# Dask has its workers give back every freed page at once, and looks every 10 ms at what they do. To batches, which are
# many arrays of some MB one after the other, the first costs more processor time than all sums.
# Ctrl-C on a terminal goes to all processes: workers leave it to this one, which ends them, and tell no tracebacks.
_LOCAL = {
    "distributed.nanny.pre-spawn-environ": {"OMP_NUM_THREADS": 1, "MKL_NUM_THREADS": 1, "OPENBLAS_NUM_THREADS": 1},
    "distributed.worker.profile.enabled": False,
    "distributed.worker.preload": ["import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"],
}


@dataclass(frozen=True, slots=True)
class Scaled:
    """What came of it. ``accuracy`` and ``calibration_error`` are 0 to 1, None without gold; ``objects`` counts those
    with answers that name a class."""

    seconds: float
    objects: int
    answers: int
    workers: int
    classes: tuple[str, ...]
    batches: int
    gold: int
    accuracy: float | None
    calibration_error: float | None
    model: WorkerModel
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        measured = {
            "accuracy": self.accuracy,
            "calibration_error": self.calibration_error,
            "seconds": round(self.seconds, 6),
        }
        return {"default": DEFAULT_METHOD, "methods": {DEFAULT_METHOD: measured}}


@contextmanager
def open_client(address: str | None) -> Iterator[Any]:
    """A client of the cluster at ``address``, or of one started here, a process a core, which ends with it.

    Raises UsageError if Dask is not installed or the cluster does not answer.
    """
    try:
        import dask.config
        from distributed import Client, LocalCluster
    except ImportError:
        raise UsageError("--dask needs Dask, which is not installed", _INSTALL) from None
    with ExitStack() as ends:
        if address is None:
            with dask.config.set(_LOCAL), _interrupted_later():
                cluster = LocalCluster(
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    host="127.0.0.1",
                    silence_logs=logging.CRITICAL,
                )  # type: ignore[no-untyped-call]
                ends.enter_context(cluster)
                client = ends.enter_context(Client(cluster))  # type: ignore[no-untyped-call]
        else:
            try:
                client = ends.enter_context(Client(address, timeout=10))  # type: ignore[no-untyped-call]
            except (OSError, TimeoutError, ValueError) as error:
                message = f"no Dask scheduler answers at {address}: {error}"
                raise UsageError(message, "start one: dask scheduler") from None
        yield client


@contextmanager
def _interrupted_later() -> Iterator[None]:
    """Ctrl-C waits, and processes that are started meanwhile never see it; where there is no such mask, at once."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # its start would take the mask away
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def partitions_of(source: Path) -> list[Path]:
    """The partition files of a folder, by name; none if it is not such a folder."""
    if not source.is_dir():
        return []
    return sorted(one for one in source.iterdir() if one.suffix in SUFFIXES and one.is_file())


def run_on_dask(
    client: Any,
    source: Sequence[Path] | FieldAnswers,
    *,
    classes: Sequence[str] | None = None,
    gold: Mapping[str, str] | None = None,
    out: Path | None = None,
    scratch: Path | None = None,
    batch: int = BATCH,
    on_progress: Progress = lambda what, done, total: None,
) -> Scaled:
    """Labels of all objects by the default model.

    Args:
        client: of a Dask cluster, all of whose workers see ``source`` and ``scratch`` under the same paths.
        source: partition files (an object's answers may be in several), or answers that are in memory already:
            ``.csv`` with the columns item,worker,label; ``.npy`` whole numbers of shape (answers, 3), item, worker and
            label; ``.npz`` arrays of these names, whole numbers or texts.
        classes: all classes, in the order that decides ties; by default those that occur, by the alphabet.
        gold: measures the labels and does not help.
        out: written with the labels as JSON lines in the order of the manifest, whole or not at all.
        scratch: a folder for the batches; by default beside ``out`` or in the temporary folder. docs/consolidation.md
            says how many bytes an answer takes there.
        batch: answers in a batch, about; a worker holds one batch at a time, and of partitions one, or `CHUNK` rows of
            a ``.npy`` one.

    Raises UsageError if a partition is none.
    """
    begin = time.perf_counter()
    beside = scratch if scratch is not None else out.resolve().parent if out is not None else None
    if beside is not None:
        beside.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="truthkit-batches-", dir=beside))
    try:
        findings: list[Finding] = []
        ascend = False
        if isinstance(source, FieldAnswers):
            names, batches = _cut(source, folder, classes, batch)
        elif source and all(_whole_numbers(one) is not None for one in source):
            names, batches, ascend = _ranged(client, source, folder, classes, batch, on_progress)
        else:
            names, batches, findings = _shuffled(client, source, folder, classes, batch, on_progress)
        model, told = _rounds(client, batches, names, gold or {}, folder if out is not None else None, on_progress)
        if out is not None:
            files = sorted(Path(one["labels"]) for one in told)
            size = sum(file.stat().st_size for file in files)
            write_texts(out, _told(_one_by_one(files) if ascend else _merged(files), size, on_progress))
    finally:
        _remove(folder)
    known = sum(one["gold"] for one in told) if any(one["classes"] for one in told) else 0
    gaps = sum((np.array(one["gaps"]) for one in told), np.zeros(BINS))
    return Scaled(
        time.perf_counter() - begin,
        sum(one["objects"] for one in told),
        sum(one["answers"] for one in told),
        len(model.workers) if model is not None else 0,
        tuple(names),
        len(batches),
        known,
        sum(one["right"] for one in told) / known if known else None,
        float(np.abs(gaps).sum()) / known if known else None,
        model if model is not None else WorkerModel.of(names, {}, {}),
        tuple(findings),
    )


def _remove(folder: Path) -> None:
    """Take a folder away. After Ctrl-C work that has begun may still put files there, until the folder is gone."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _rounds(
    client: Any,
    batches: Sequence[str],
    classes: Sequence[str],
    gold: Mapping[str, str],
    folder: Path | None,
    on_progress: Progress,
) -> tuple[WorkerModel | None, list[dict[str, Any]]]:
    """The rounds, then the labels."""
    model: WorkerModel | None = None
    if not batches:
        return None, []
    some = _grouped(batches, 4 * sum(client.nthreads().values()))
    for number in range(DEFAULT.rounds):
        shared = _scattered(client, model)
        what = f"round {number + 1} of {DEFAULT.rounds}"
        advance = _later(on_progress, number * len(some), DEFAULT.rounds * len(some))
        model = _total(_each(client, _counts, some, what, advance, classes, shared))
    shared, known = _scattered(client, model), _scattered(client, dict(gold))
    where = None if folder is None else str(folder)
    told = list(_each(client, _label, batches, "labels", on_progress, classes, shared, known, where))
    return model, told


def _later(on_progress: Progress, before: int, total: int) -> Progress:
    """Progress of a part, told as that of the whole."""
    return lambda what, done, _part: on_progress(what, before + done, total)


def _scattered(client: Any, value: Any) -> Any:
    """A value that all workers have; in a list, because of a bare dict its values would be sent one by one."""
    return client.scatter([value], broadcast=True, hash=False)[0]


def _grouped(batches: Sequence[str], groups: int) -> list[list[str]]:
    """Batches for one task each: with a task a batch, handing them out would be most of the work."""
    groups = min(max(groups, 1), len(batches))
    return [list(batches[first::groups]) for first in range(groups)]


def _total(models: Iterable[WorkerModel]) -> WorkerModel:
    """The sum, of which few summands are held at a time."""
    held: list[WorkerModel] = []
    for model in models:
        held.append(model)
        if len(held) >= _MODELS or sum(len(one.keys) for one in held) > _CELLS:
            held = [WorkerModel.total(held)]
    return held[0] if len(held) == 1 else WorkerModel.total(held)


def _each(
    client: Any, work: Callable[..., Any], over: Sequence[Any], what: str, on_progress: Progress, *more: Any
) -> Iterator[Any]:
    """``work`` of each, as they are done, so that no more than needed is held."""
    from distributed import as_completed

    futures = client.map(work, over, *([one] * len(over) for one in more), pure=False)
    done = as_completed(futures, with_results=True)  # type: ignore[no-untyped-call]
    del futures
    for number, (_future, result) in enumerate(done, 1):
        on_progress(what, number, len(over))
        yield result


# --- what workers do ---


def _counts(batches: Sequence[str], classes: Sequence[str], model: WorkerModel | None) -> WorkerModel:
    ready = (Batch.of(_load(batch, classes, named=False)) for batch in batches)
    return _total(one.votes() if model is None else one.counts(model) for one in ready)


def _label(
    batch: str, classes: Sequence[str], model: WorkerModel, gold: Mapping[str, str], folder: str | None
) -> dict[str, Any]:
    answers = _load(batch, classes)
    result = Batch.of(answers).result(model)
    known, truth, good, top = hits(result, gold)
    told = {
        "objects": int((result.label >= 0).sum()),
        "answers": len(answers),
        "gold": len(known),
        "classes": int((truth >= 0).sum()),
        "right": float(good.sum()),
        "gaps": np.bincount(bins_of(top), weights=good - top, minlength=BINS).tolist(),
        "labels": "",
    }
    if folder is not None:
        file = Path(folder, f"{Path(batch).stem}.labels")
        with file.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as stream:
            stream.writelines(class_texts(result))
        told["labels"] = str(file)
    return told


def _load(batch: str, classes: Sequence[str], *, named: bool = True) -> ClassAnswers:
    """A batch; the rounds need no objects' names."""
    *columns, workers, count = _arrays(batch, *ANSWERS, "workers", "count")
    item, worker, label = (one.astype(np.int64) for one in columns)
    if not named:
        return ClassAnswers(item, worker, label, [""] * int(count), _names(workers), classes)
    items, strange = map(_names, _arrays(batch, "items", "unknown"))
    unknown = tuple((one, who, what) for one, who, what in strange)
    return ClassAnswers(item, worker, label, items, _names(workers), classes, unknown)


def _arrays(file: Path | str, *names: str) -> list[NDArray[Any]]:
    """Arrays of an ``.npz``, each read whole."""
    with _HEADERS, np.load(file, allow_pickle=False) as kept:
        return [kept[name] for name in names]


def _mapped(file: Path | str) -> NDArray[Any]:
    """The array of an ``.npy``, on disk."""
    with _HEADERS:
        found: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    return found


# NumPy reads an array's head by `ast.parse`, which may fail where several threads of Python 3.11 do so at once.
_HEADERS = threading.Lock()


def _names(kept: NDArray[Any]) -> list[Any]:
    """Names, kept as JSON or as the numbers that they are."""
    found: list[Any] = json.loads(kept.tobytes()) if kept.dtype == np.uint8 else list(map(str, kept.tolist()))
    return found


def _save(file: Path, **arrays: Any) -> None:
    """Arrays as they are, lists of names as JSON."""
    kept: dict[str, Any] = {
        name: value if isinstance(value, np.ndarray) else np.frombuffer(json.dumps(value).encode(), np.uint8)
        for name, value in arrays.items()
    }
    np.savez(file, **kept)


def _save_batch(file: Path, item: Ints, worker: Ints, label: Ints, items: Any, workers: Any, unknown: Any) -> None:
    """A batch; its places in as few bytes as hold them."""
    places = {"item": (item, len(items)), "worker": (worker, len(workers)), "label": (label, int(label.max(initial=0)))}
    narrow = {name: at.astype(np.uint16 if most < 2**16 else np.uint32) for name, (at, most) in places.items()}
    _save(file, **narrow, items=items, workers=workers, unknown=unknown, count=np.array(len(items)))


# --- batches ---


def _cut(field: FieldAnswers, folder: Path, classes: Sequence[str] | None, batch: int) -> tuple[list[str], list[str]]:
    """Answers in memory: they lie in the order of their objects."""
    answers = field.class_answers(classes)
    given = np.bincount(answers.item, minlength=len(answers.items))
    ends = np.cumsum(given)
    parts = max(1, math.ceil(len(answers) / batch))
    bounds = np.unique(
        np.concatenate([[0], np.searchsorted(ends, np.linspace(0, len(answers), parts + 1)[1:-1]), [len(given)]])
    )
    unknown: dict[str, list[tuple[str, str, str]]] = {}
    for one in answers.unknown:
        unknown.setdefault(one[0], []).append(one)
    batches = []
    for number, (first, last) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        begin = int(ends[first - 1]) if first else 0
        end = int(ends[last - 1])
        workers, worker = _distinct(answers.worker[begin:end])
        file = folder / f"batch-{number:05}.npz"
        items = list(answers.items[first:last])
        _save_batch(
            file,
            answers.item[begin:end] - first,
            worker,
            answers.label[begin:end],
            items,
            [answers.workers[one] for one in workers.tolist()],
            [one for item in items for one in unknown.get(item, ())],
        )
        batches.append(str(file))
    return list(answers.classes), batches


def _shuffled(
    client: Any,
    files: Sequence[Path],
    folder: Path,
    classes: Sequence[str] | None,
    batch: int,
    on_progress: Progress,
) -> tuple[list[str], list[str], list[Finding]]:
    """Partitions on disk: each is cut by a hash of the object's name, then the pieces of a batch are put together."""
    about = sum(map(_answers_about, files))
    parts = max(1, math.ceil(about / batch))
    work = [(str(one.resolve()), str(folder), number, parts) for number, one in enumerate(files)]
    found: set[str] = set()
    findings: list[Finding] = []
    for labels, told, error in _each(client, _split, work, "partitions", on_progress):
        if error:
            raise UsageError(error[0], error[1], file=error[2], line=error[3])
        found.update(labels)
        findings.extend(told[: max(0, 1_000 - len(findings))])
    found.discard("")
    names = sorted(found) if classes is None else list(classes)
    joined = list(_each(client, _join, [(str(folder), part) for part in range(parts)], "batches", on_progress, names))
    return names, sorted(file for file in joined if file), findings


def _whole_numbers(file: Path) -> NDArray[Any] | None:
    """The rows of a ``.npy`` partition, on disk; None if it is none, which is told when it is read."""
    if file.suffix != ".npy":
        return None
    try:
        rows = _mapped(file)
    except (ValueError, OSError, EOFError):
        return None
    fits = rows.ndim == 2 and rows.shape[1] == 3 and rows.dtype.kind in "iu" and rows.dtype != np.uint64
    return rows if fits else None


def _ranged(
    client: Any,
    files: Sequence[Path],
    folder: Path,
    classes: Sequence[str] | None,
    batch: int,
    on_progress: Progress,
) -> tuple[list[str], list[str], bool]:
    """Partitions of whole numbers: a batch has the items of a range. No name is made before the labels are written.

    Gives classes, batches, and whether batches one after the other are in the manifest's order.
    """
    rows = [_whole_numbers(one) for one in files]
    counts = [0 if one is None else len(one) for one in rows]
    parts = max(1, math.ceil(sum(counts) / batch))
    step = max(1, sum(counts) // max(_SAMPLE, _SAMPLE_EACH * parts))
    sample = np.sort(np.concatenate([one[::step, 0] for one in rows if one is not None]).astype(np.int64))
    del rows  # what of the files was looked at
    # They decide how large batches are, and nothing else.
    cuts = sample[np.linspace(0, len(sample), parts + 1)[1:-1].astype(np.int64)] if len(sample) else sample
    bounds = np.unique(cuts)
    work = [
        (str(file.resolve()), first, min(first + CHUNK, count), str(folder / f"piece-{number:05}-{first}.npy"))
        for number, (file, count) in enumerate(zip(files, counts, strict=True))
        for first in range(0, count, CHUNK)
    ]
    pieces: list[list[tuple[str, int, int]]] = [[] for _ in range(len(bounds) + 1)]
    found: set[int] = set()
    least = 0
    for piece, ends, labels, lowest in _each(client, _split_numbers, work, "partitions", on_progress, bounds):
        found.update(labels)
        least = min(least, lowest)
        for part, (first, last) in enumerate(zip([0, *ends], ends, strict=False)):
            if last > first:
                pieces[part].append((piece, first, last))
    values = np.array(sorted(found), dtype=np.int64)
    named = list(map(str, values.tolist()))
    names = sorted(named) if classes is None else list(classes)
    place = {name: number for number, name in enumerate(names)}
    places = np.array([place.get(name, -1) for name in named], dtype=np.int64)
    joins = [(str(folder / f"batch-{part:05}.npz"), sorted(mine)) for part, mine in enumerate(pieces) if mine]
    batches = sorted(_each(client, _join_numbers, joins, "batches", on_progress, values, places))
    for piece in folder.glob("piece-*.npy"):
        piece.unlink()
    return names, batches, least >= 0


def _split_numbers(work: tuple[str, int, int, str], bounds: Ints) -> tuple[str, list[int], list[int], int]:
    """Some rows in the order of their batches: the file, where in it each batch ends, the labels, the lowest item."""
    name, first, last, piece = work
    rows = _mapped(name)[first:last]
    home = np.searchsorted(bounds, np.ascontiguousarray(rows[:, 0]), side="right")
    # Narrow numbers are sorted by their digits.
    order = np.argsort(home.astype(np.uint16) if len(bounds) < 2**16 else home, kind="stable")
    np.save(piece, np.stack([rows[:, column][order] for column in range(3)]))
    ends = np.cumsum(np.bincount(home, minlength=len(bounds) + 1))
    return piece, ends.tolist(), np.unique(rows[:, 2]).tolist(), int(rows[:, 0].min(initial=0))


def _join_numbers(work: tuple[str, list[tuple[str, int, int]]], values: Ints, places: Ints) -> str:
    """A batch of its pieces, as the rounds take it: by object, class and worker, repetitions once.

    ``places`` are those of the classes that the labels ``values`` name, -1 for those that are none.
    """
    file, pieces = work
    parts = [_mapped(name)[:, first:last] for name, first, last in pieces]
    columns = [np.concatenate([part[column] for part in parts]).astype(np.int64) for column in range(3)]
    del parts
    items, item = _distinct(columns[0])
    workers, worker = _distinct(columns[1])
    label = places[np.searchsorted(values, columns[2])]
    said = label >= 0
    strange = {(int(columns[0][at]), int(columns[1][at]), int(columns[2][at])) for at in np.flatnonzero(~said).tolist()}
    names = list(map(str, workers.tolist()))
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    size, many = int(places.max(initial=0)) + 1, max(len(names), 1)
    keys = ascending((item[said] * size + label[said]) * many + rank[worker[said]])
    row, worker = np.divmod(keys, many)
    item, label = np.divmod(row, size)
    used, worker = _distinct(worker)
    unknown = sorted((str(one), str(who), str(what)) for one, who, what in strange)
    _save_batch(Path(file), item, worker, label, items, [names[order[one]] for one in used.tolist()], unknown)
    return file


def _distinct(values: Ints) -> tuple[Ints, Ints]:
    """The different values, ascending, and each one's place among them; without sorting where they lie close."""
    low, high = int(values.min(initial=0)), int(values.max(initial=0))
    if high - low > 4 * len(values):
        distinct, places = np.unique(values, return_inverse=True)
        return distinct, places.astype(np.int64)
    there = np.zeros(high - low + 1, dtype=bool)
    there[values - low] = True
    place = np.cumsum(there) - 1
    return np.flatnonzero(there) + low, place[values - low]


def _answers_about(file: Path) -> float:
    """How many answers a partition has, about: it decides how many batches there are, and nothing else."""
    if file.suffix == ".npy":
        try:
            return float(len(_mapped(file)))
        except (ValueError, OSError, EOFError, TypeError):  # told when it is read
            return 0.0
    return file.stat().st_size / _ROW


def _split(work: tuple[str, str, int, int]) -> tuple[list[str], list[Finding], tuple[Any, ...]]:
    """A partition's answers into a piece for each batch."""
    name, folder, number, parts = work
    findings: list[Finding] = []
    try:
        (item, worker, label), names = _read_partition(Path(name), findings)
    except UsageError as error:  # as plain values: exceptions of other machines may not come back whole
        fault = error.findings[0]
        return [], [], (fault.message, fault.cure, fault.file or name, fault.line)
    items = names[0]
    homes = (zlib.crc32(one.encode("utf-8", "surrogatepass")) % parts for one in items)
    of = np.fromiter(homes, np.int64, len(items))[item]
    order = np.argsort(of, kind="stable")
    ends = np.cumsum(np.bincount(of, minlength=parts))
    for part in range(parts):
        mine = order[int(ends[part - 1]) if part else 0 : int(ends[part])]
        if not len(mine):
            continue
        here, place = np.unique(item[mine], return_inverse=True)
        _save(
            Path(folder, f"piece-{part:05}-{number:05}.npz"),
            item=place,
            worker=worker[mine],
            label=label[mine],
            items=[items[one] for one in here.tolist()],
            workers=names[1],
            labels=names[2],
        )
    return names[2], findings, ()


def _read_partition(file: Path, findings: list[Finding]) -> tuple[tuple[Ints, Ints, Ints], list[list[str]]]:
    """Places and names of items, workers and labels."""
    if file.suffix == ".csv":
        known: list[dict[str, int]] = [{}, {}, {}]
        blocks = [
            tuple(numbered(cells, one) for cells, one in zip(block, known, strict=True))
            for block in read_columns(file, ANSWERS, findings)
        ]
        none = np.zeros(0, dtype=np.int64)
        columns = [np.concatenate(part) for part in zip(*blocks, strict=True)] if blocks else [none] * 3
        return (columns[0], columns[1], columns[2]), [list(one) for one in known]
    try:
        raw = list(np.atleast_1d(_mapped(file)).T) if file.suffix == ".npy" else _arrays(file, *ANSWERS)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise UsageError(f"no partition: {error}", f"give arrays {', '.join(ANSWERS)}", file=str(file)) from None
    if len(raw) != 3 or any(one.ndim != 1 or len(one) != len(raw[0]) or one.dtype.kind not in "iuU" for one in raw):
        cure = "give whole numbers (or texts in .npz) of shape (answers, 3), or three arrays of one length"
        raise UsageError("no partition: its arrays have another shape or type", cure, file=str(file))
    pairs = [np.unique(one, return_inverse=True) for one in raw]
    places = [place.astype(np.int64) for _names, place in pairs]
    return (places[0], places[1], places[2]), [[str(one) for one in names.tolist()] for names, _place in pairs]


def _join(work: tuple[str, int], classes: Sequence[str]) -> str:
    """The pieces of one batch, as the rounds take it: by object, class and worker, repetitions once."""
    folder, part = work
    known: list[dict[str, int]] = [{}, {}]
    place = {name: number for number, name in enumerate(classes)}
    strange_names: list[str] = []
    columns: list[list[Ints]] = [[], [], []]
    pieces = sorted(Path(folder).glob(f"piece-{part:05}-*.npz"))
    for piece in pieces:
        *places, items_here, workers_here, labels_here = _arrays(piece, *ANSWERS, "items", "workers", "labels")
        for one, names in enumerate((items_here, workers_here)):
            columns[one].append(numbered(_names(names), known[one])[places[one]])
        texts = _names(labels_here)
        for text in texts:
            if text not in place:
                place[text] = -1 - len(strange_names)
                strange_names.append(text)
        columns[2].append(np.array([place[text] for text in texts], dtype=np.int64)[places[2]])
        piece.unlink()
    if not pieces:
        return ""
    item, worker, label = (np.concatenate(one) for one in columns)
    items, item = _sorted(known[0], item)
    workers, worker = _sorted(known[1], worker)
    said = label >= 0
    strange = {(items[item[at]], workers[worker[at]], strange_names[-1 - label[at]]) for at in np.flatnonzero(~said)}
    item, worker, label = item[said], worker[said], label[said]
    size = max(len(classes), 1)
    many = max(len(workers), 1)
    keys = ascending((item * size + label) * many + worker)
    row, worker = np.divmod(keys, many)
    item, label = np.divmod(row, size)
    used, worker = _distinct(worker)
    file = Path(folder, f"batch-{part:05}.npz")
    _save_batch(file, item, worker, label, items, [workers[one] for one in used.tolist()], sorted(strange))
    return str(file)


def _sorted(known: Mapping[str, int], at: Ints) -> tuple[list[str], Ints]:
    names = sorted(known)
    place = np.empty(len(names), dtype=np.int64)
    place[[known[name] for name in names]] = np.arange(len(names))
    return names, place[at]


def _told(texts: Iterable[str], size: int, on_progress: Progress) -> Iterator[str]:
    """The texts, of ``size`` bytes in all, with their progress in MB."""
    done = told = 0
    for text in texts:
        yield text
        done += len(text)
        if done - told >= 1_000_000:
            told = done
            on_progress("writing, MB", min(done, size) // 1_000_000, size // 1_000_000)


def _one_by_one(files: Sequence[Path]) -> Iterator[str]:
    """The files' texts, one after the other; each is taken away when it is read."""
    for file in files:
        with file.open(encoding="utf-8", newline="\n") as stream:
            while text := stream.read(1 << 20):
                yield text
        file.unlink()


def _merged(files: Sequence[Path]) -> Iterator[str]:
    """The lines of all files, each in the order of the manifest, in that order; few files are open at a time."""
    width = 200
    numbers = counting()
    while len(files) > width:
        inner = []
        for first in range(0, len(files), width):
            file = files[0].with_name(f"merged-{next(numbers):05}.labels")
            write_texts(file, _merged(files[first : first + width]))
            inner.append(file)
        files = inner
    streams = [file.open(encoding="utf-8", newline="\n") for file in files]
    try:
        yield from heapq.merge(*streams, key=_order_of)
    finally:
        for stream in streams:
            stream.close()


_HEAD = len('{"object": ')


def _order_of(line: str) -> tuple[int, int, str]:
    name, _end = json.JSONDecoder().raw_decode(line, _HEAD)
    return by_manifest(name)


def class_field(answers: Answers, field: str | None) -> FieldAnswers:
    """The field, which must be one of classes. Raises UsageError."""
    found = answers.field(field)
    if found.kind != "class":
        raise UsageError(f"--dask is for classes, and {found.name} is of the kind {found.kind}", "leave --dask out")
    return found
