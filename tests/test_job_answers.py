"""A job takes answers that come at the same moment."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, cast

from truthkit.event_loop import run_async
from truthkit.job.consolidation import Consolidator
from truthkit.job.job import Findings, Job
from truthkit.job.spec import JobFolder, JobSpec
from truthkit.job.store import Store, fixed_redundancy
from truthkit.job.tasks import TaskMaker

WORKERS = 6


def test_answers_to_one_object_that_come_at_once_are_all_confirmed(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    spec = JobSpec("job", "label", tmp_path / "t.html", manifest, workers=WORKERS)
    folder = JobFolder(tmp_path)
    store = Store.file(folder.store_file, fixed_redundancy(WORKERS))
    objects = 10
    store.load((str(number), {"source": "text"}) for number in range(objects))
    job = Job(
        spec,
        folder,
        store,
        cast(TaskMaker, None),  # pages are not asked for here
        Consolidator(spec, folder, store, None),
        Findings(folder.findings_file),
    )

    async def answer(object_id: str, claims: list[Any]) -> None:
        mine = [claim.assignment_id for claim in claims if claim.object_id == object_id]
        await asyncio.gather(*(job.submit(token, {"said": token}) for token in mine))

    async def all_answers() -> None:
        claims = [
            store.claim(f"private.us-east-1.{worker:016x}", lease_seconds=60)
            for worker in range(WORKERS)
            for _ in range(objects)
        ]
        for number in range(objects):
            await answer(str(number), claims)

    run_async(all_answers())
    store.close()
    files = sorted(folder.annotations(spec).glob("worker-response/iteration-1/*/*"))
    assert [file.parent.name for file in files] == [str(number) for number in range(objects)]
    assert all(len(json.loads(file.read_text("utf-8"))["answers"]) == WORKERS for file in files)
