"""Texts: word error rates on three public sets, beside crowd-kit's ROVER."""

from __future__ import annotations

import csv
import random
import re
import time
from collections.abc import Mapping
from pathlib import Path

from truthkit_core.consolidation.text import METHODS, _key, alignment_vote, edit_distance

Answers = dict[str, dict[str, str]]
SETS = ("crowdspeech", "crowdwsa T1", "crowdwsa J1")


def text_set(folder: Path, name: str) -> tuple[Answers, dict[str, str]]:
    """Answers by object and worker (a worker's first answer), and the gold texts."""
    answers: Answers = {}
    if name == "crowdspeech":
        place = folder / "text_crowdspeech"
        for item, text, worker in _rows(place / "crowdspeech-test-other-crowd.tsv")[1:]:
            answers.setdefault(item, {}).setdefault(worker, text)
        return answers, {row[0]: row[1] for row in _rows(place / "crowdspeech-test-other-gt.txt")}
    start = folder / "text_crowdwsa" / f"CrowdWSA2019_{name.split()[1]}"
    for worker, item, text in _rows(Path(f"{start}_label_anonymous.tsv"))[1:]:
        answers.setdefault(item, {}).setdefault(worker, text)
    return answers, {row[0]: row[1] for row in _rows(Path(f"{start}_gt.tsv"))[1:]}


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t"))


def _words(text: str) -> list[str]:
    return re.sub(r"[^\w\s']", "", text.lower()).split()


def word_error_rate(found: Mapping[str, str | None], gold: Mapping[str, str]) -> float:
    """Edits over words of gold, %: lower case, no punctuation but apostrophes."""
    edits = sum(edit_distance(_words(found.get(name) or ""), _words(text)) for name, text in gold.items())
    return 100 * edits / sum(len(_words(text)) for text in gold.values())


def report(folder: Path) -> None:
    print("| word error rate % (seconds) |", " | ".join(SETS), "|")
    print("| --- |", " | ".join("---" for _ in SETS), "|")
    sets = {name: text_set(folder, name) for name in SETS}
    rows: dict[str, list[str]] = {}
    for answers, gold in sets.values():
        chance = random.Random("texts")
        several = {f"{name} {draw}": chance.choice(list(answers[name].values())) for name in gold for draw in range(10)}
        once = {f"{name} {draw}": text for name, text in gold.items() for draw in range(10)}
        best = {
            name: min(answers[name].values(), key=lambda text: edit_distance(_words(text), _words(gold[name])))
            for name in gold
        }
        rows.setdefault("one answer", []).append(f"{word_error_rate(several, once):.1f}")
        for method, run in METHODS.items():
            start = time.process_time()
            labels = run(answers).objects
            seconds = time.process_time() - start
            rate = word_error_rate({name: label.text for name, label in labels.items()}, gold)
            rows.setdefault(method, []).append(f"{rate:.1f} ({seconds:.1f})")
        labels = alignment_vote(answers, weighted=False).objects
        rate = word_error_rate({name: label.text for name, label in labels.items()}, gold)
        rows.setdefault("alignment-vote, workers alike", []).append(f"{rate:.1f}")
        rows.setdefault("crowd-kit ROVER", []).append(_rover(answers, gold))
        rows.setdefault("best single answer (oracle)", []).append(f"{word_error_rate(best, gold):.1f}")
    for name, cells in rows.items():
        print("|", " | ".join([name, *cells]), "|", flush=True)
    _print_confidence(sets)


def _rover(answers: Answers, gold: Mapping[str, str]) -> str:
    try:
        import pandas as pd
        from crowdkit.aggregation import ROVER
    except ImportError:
        return "not there"
    rows = [(name, worker, text) for name, given in answers.items() for worker, text in given.items()]
    table = pd.DataFrame(rows, columns=["task", "worker", "text"])
    start = time.process_time()
    tokens = ROVER(tokenizer=lambda text: [key for key in map(_key, text.split()) if key], detokenizer=" ".join)
    found = tokens.fit_predict(table).to_dict()
    return f"{word_error_rate(found, gold):.1f} ({time.process_time() - start:.1f})"


def _print_confidence(sets: Mapping[str, tuple[Answers, dict[str, str]]]) -> None:
    """Stated share of right words and 1 - word error rate, objects in five groups by what is stated."""
    print("\n| stated share of right words | 0–0.2 | 0.2–0.4 | 0.4–0.6 | 0.6–0.8 | 0.8–1 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for set_name, (answers, gold) in sets.items():
        labels = alignment_vote(answers).objects
        cells = []
        for group in range(5):
            names = [name for name in gold if min(int(5 * labels[name].confidence), 4) == group]
            if not names:
                cells.append("–")
                continue
            rate = word_error_rate({n: labels[n].text for n in names}, {n: gold[n] for n in names})
            cells.append(f"{1 - rate / 100:.2f} of {len(names)}")
        print("|", " | ".join([f"{set_name}: right", *cells]), "|", flush=True)
