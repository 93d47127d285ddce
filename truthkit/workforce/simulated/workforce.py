"""Simulated workers at a job: they fetch assignments and hand in answers as any workforce does, without a browser."""

from __future__ import annotations

import asyncio
import time

from truthkit.findings import TruthkitError
from truthkit.job.job import Job, OpenObject
from truthkit.job.store import Answer
from truthkit.workforce.simulated.team import Questions, Team

# Objects in one transaction: enough that commits are not the work, few enough that their answers fit into memory.
CHUNK = 64


class SimulatedWorkforce:
    """Answers a job's tasks by the error models of a team.

    Args:
        job: hands out the tasks and takes the answers.
        team: who answers.
        questions: what the pages ask, with the gold.
    """

    def __init__(self, job: Job, team: Team, questions: Questions) -> None:
        self._job = job
        self._team = team
        self._questions = questions

    async def run(self) -> None:
        """Work until no object wants anything any more."""
        while opened := await self._job.claim_objects(self._team.order, CHUNK):
            answers, declined, failed = await asyncio.to_thread(self._respond, opened)
            await self._job.submit_all(answers, declined)
            for object_id, error in failed.items():
                await self._job.fail_object(object_id, error)

    def _respond(self, opened: list[OpenObject]) -> tuple[list[Answer], dict[str, str], dict[str, TruthkitError]]:
        """Answers, assignments that are given back, and objects whose page and gold do not fit together."""
        answers: list[Answer] = []
        declined: dict[str, str] = {}
        failed: dict[str, TruthkitError] = {}
        now = time.time()
        for one in opened:
            object_id = one.object.object_id
            try:
                question = self._questions.of(object_id, one.rendered.html)
                for claim in one.assignments:
                    response = self._team.respond(claim.worker_id, question)
                    if response.content is None:
                        declined[claim.assignment_id] = response.reason
                        continue
                    began = now - response.seconds
                    answers.append(
                        Answer(claim.assignment_id, object_id, claim.worker_id, response.content, began, now)
                    )
            except TruthkitError as error:
                if error.findings[0].code == "crowd":  # which is wrong for all objects
                    raise
                failed[object_id] = error
        return answers, declined, failed
