"""What a worker does on the page. The third worker takes everything for anger."""

from truthkit.workforce.gestures import choose, fill

MOODS = {"never": "angry", "Thank": "pleased"}


async def work(page, task, worker):
    moods = [mood for word, mood in MOODS.items() if word in task.task_input["text"]]
    await choose(page, "tone", "angry" if worker.index == 2 else (moods or ["neutral"])[0])
    if worker.random.random() < 0.5:
        await fill(page, "why", "The choice of words.")
