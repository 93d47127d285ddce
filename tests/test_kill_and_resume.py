"""``kill -9`` at any point: no answer is lost, no worker is asked twice, the result is as if nothing had been."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.plain import Plain, make_plain
from truthkit import run_job

LINES, WORKERS = 6, 2
DEADLINE = 120.0
COMMAND = [sys.executable, "-c", "from truthkit.cli import main; main()", "run"]

LOGGING_WORKER = """
from pathlib import Path

LOG = Path(__file__).with_name("asked.log")


async def work(page, task, worker):
    with LOG.open("a") as stream:
        stream.write(f"{task.line} {worker.index}\\n")
    await page.fill("crowd-input input", f"{task.line} {worker.random.random()}")
"""


# Who looks late still finds the job at work: its last batch is held as long as there is a file.
HOLDING = """
import os
import time

_consolidate = lambda_handler


def lambda_handler(event, context):
    result = _consolidate(event, context)
    while any(one["datasetObjectId"] == "{last}" for one in result) and os.path.exists({held!r}):
        time.sleep(0.01)
    return result
"""


def logging_plain(root: Path) -> Plain:
    plain = make_plain(root, LINES)
    plain.worker.write_text(LOGGING_WORKER)
    holding = HOLDING.format(last=LINES - 1, held=str(root / "held"))
    plain.post.write_text(plain.post.read_text() + holding)
    return plain


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    return logging_plain(tmp_path)


def answers(store: Path) -> dict[tuple[str, str], str]:
    """What the store has committed: (object, worker) to content."""
    if not store.exists():
        return {}
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)) as db:
        try:
            rows = db.execute("select object_id, worker_id, content from answers").fetchall()
        except sqlite3.OperationalError:  # not made yet
            return {}
    return {(row[0], row[1]): row[2] for row in rows}


def await_while_running(process: subprocess.Popen[Any], reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not reached():
        # It is the process that needs the core: nobody asks more often than this.
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.005)
            raise AssertionError(process.communicate())
        assert time.monotonic() < deadline


def kill_when(plain: Plain, job: Path, reached: Callable[[], bool]) -> None:
    """Run the job and kill it as soon as ``reached``; the process must not have ended by itself."""
    command = [*COMMAND, *plain.flags(), "--workers", str(WORKERS), "--batch", "2", "--out", str(job)]
    (plain.root / "held").touch()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    await_while_running(process, reached)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    (plain.root / "held").unlink()


def asked(plain: Plain) -> list[tuple[str, str]]:
    """(manifest line, worker) for each time that a worker was given a task."""
    file = plain.worker.with_name("asked.log")
    return [(row.split()[0], row.split()[1]) for row in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The labels of a job that nobody stops: the answers depend on the line, the worker and the seed only."""
    plain = logging_plain(tmp_path_factory.mktemp("untouched"))
    return run_job(**plain.arguments(), workers=WORKERS, out=plain.root / "job").labels()


def check_resumed(plain: Plain, job: Path, untouched: list[Any]) -> None:
    before = answers(job / "job.sqlite")
    plain.worker.with_name("asked.log").unlink(missing_ok=True)
    result = run_job(resume=job)
    after = answers(job / "job.sqlite")
    assert result.ok, result.findings
    assert (result.objects, result.answers, result.labeled) == (LINES, LINES * WORKERS, LINES)
    assert before.items() <= after.items()
    # The workers have an index in the script and an id in the store: both are ordered alike per object.
    again = asked(plain)
    assert len(again) == len(set(again)) == LINES * WORKERS - len(before)
    assert result.labels() == untouched


@pytest.mark.parametrize("count", sorted(random.Random("kill").sample(range(1, LINES * WORKERS), 3)))
def test_killed_after_some_answers(plain: Plain, count: int, untouched: list[Any]) -> None:
    job = plain.root / "job"
    kill_when(plain, job, lambda: len(answers(job / "job.sqlite")) >= count)
    check_resumed(plain, job, untouched)


def test_killed_before_the_first_answer(plain: Plain, untouched: list[Any]) -> None:
    job = plain.root / "job"
    kill_when(plain, job, (job / "job.json").exists)
    check_resumed(plain, job, untouched)


def test_killed_while_a_batch_is_consolidated(plain: Plain, untouched: list[Any]) -> None:
    job, marker, right = plain.root / "job", plain.root / "in-post", plain.post.read_text()
    stuck = f"def lambda_handler(event, context):\n    open({str(marker)!r}, 'w').close()\n    while True: pass\n"
    plain.post.write_text(stuck)
    kill_when(plain, job, marker.exists)
    plain.post.write_text(right)
    check_resumed(plain, job, untouched)


def test_killed_after_the_last_answer(plain: Plain, untouched: list[Any]) -> None:
    """All answers are there, some batches are not consolidated: resume makes no failures of them."""
    job = plain.root / "job"
    kill_when(plain, job, lambda: len(answers(job / "job.sqlite")) == LINES * WORKERS)
    check_resumed(plain, job, untouched)


def interrupt(plain: Plain, job: Path, reached: Callable[[], bool]) -> None:
    """Ctrl-C: the terminal signals the whole process group, the browser's driver too."""
    command = [*COMMAND, *plain.flags(), "--workers", str(WORKERS), "--batch", "2", "--out", str(job)]
    (plain.root / "held").touch()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    await_while_running(process, reached)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=DEADLINE)
    (plain.root / "held").unlink()
    assert process.returncode == 130, said
    assert "truthkit run --resume" in said
    assert "Traceback" not in said


def test_interrupted_from_the_keyboard(plain: Plain, untouched: list[Any]) -> None:
    job = plain.root / "job"
    interrupt(plain, job, lambda: bool(answers(job / "job.sqlite")))
    check_resumed(plain, job, untouched)


def test_interrupted_while_a_handler_works(plain: Plain, untouched: list[Any]) -> None:
    """Nobody waits for the handler: it is ended, and its batch is consolidated by the resumed job."""
    job, marker, right = plain.root / "job", plain.root / "in-post", plain.post.read_text()
    stuck = f"def lambda_handler(event, context):\n    open({str(marker)!r}, 'w').close()\n    while True: pass\n"
    plain.post.write_text(stuck)
    interrupt(plain, job, marker.exists)
    plain.post.write_text(right)
    check_resumed(plain, job, untouched)


def test_an_interrupt_is_told_as_one_though_the_browser_ends_of_it_first() -> None:
    script = """
import asyncio, signal
from truthkit.findings import Finding, TruthkitError
from truthkit.event_loop import run_async

async def page():
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise TruthkitError(Finding("browser-ended", "the browser ended", "-")) from None

async def work():
    async with asyncio.TaskGroup() as group:
        group.create_task(page())
        await asyncio.sleep(0)
        signal.raise_signal(signal.SIGINT)

try:
    run_async(work())
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "interrupted\n", done.stderr


def test_two_processes_do_not_work_on_one_job(plain: Plain) -> None:
    job = plain.root / "job"
    lock = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True); input()"
    run_job(**plain.arguments(), limit=1, out=job)
    with subprocess.Popen(
        [sys.executable, "-c", lock, str(job / "job.lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        done = subprocess.run([*COMMAND, "--resume", str(job), "--json"], capture_output=True, text=True)
        holder.communicate("\n")
    assert done.returncode == 2
    assert "another process" in json.loads(done.stdout)["findings"][0]["message"]
