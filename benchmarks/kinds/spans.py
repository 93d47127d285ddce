"""Spans: exact-match F1 on public sets, speed, and whether the stated confidence holds."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from truthkit_core.consolidation.span_models import METHODS, SpanLabel, SpanResult, automatic
from truthkit_core.consolidation.spans import ConsolidatedSpan, Span

Answers = dict[str, dict[str, list[Span]]]
Gold = dict[str, list[Span]]
PARTS = ("participants", "interventions", "outcomes")


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def named_entities(folder: Path) -> tuple[Answers, Gold, list[str]]:
    """Answers, gold and the names of the test documents of ner_mturk; a token counts as one unit of text."""
    place = folder / "ner_mturk"
    gold = {row["doc"]: [Span(*span) for span in row["spans"]] for row in _lines(place / "gold.jsonl")}
    answers: Answers = {name: {} for name in gold}
    for row in _lines(place / "annotations.jsonl"):
        answers[row["doc"]][str(row["worker"])] = [Span(*span) for span in row["spans"]]
    return answers, gold, [row["doc"] for row in _lines(place / "docs.jsonl") if row["split"] == "test"]


def pico(folder: Path, part: str, procedure: str) -> tuple[Answers, Gold]:
    """Answers of one procedure; gold are runs of tokens that two of three experts marked."""
    answers: Answers = defaultdict(dict)
    marks: dict[str, Any] = {}
    for row in _lines(folder / "pico_sentences" / f"{part}.jsonl"):
        name = row["sentence"]
        if row["set"] == procedure:
            answers[name][str(row["worker"])] = [Span(start, end, part) for start, end in row["spans"]]
        elif row["set"] == "expert":
            counts = marks.setdefault(name, np.zeros(row["n_tokens"] + 2, dtype=int))
            for start, end in row["spans"]:
                counts[start + 1 : end + 1] += 1
    gold = {}
    for name, counts in marks.items():
        steps = np.diff((counts >= 2).astype(int))
        starts, ends = np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist()
        gold[name] = [Span(start, end, part) for start, end in zip(starts, ends, strict=True)]
    return dict(answers), gold


def _spans(label: SpanLabel | None) -> set[Span]:
    return {Span(one.start, one.end, one.label) for one in (label.spans or ())} if label else set()


def exact_f1(found: Mapping[str, SpanLabel], gold: Mapping[str, Sequence[Span]]) -> float:
    """%, as conlleval: start, end and label are the same."""
    hits = sum(len(_spans(found.get(name)) & set(spans)) for name, spans in gold.items())
    sizes = sum(len(_spans(found.get(name))) + len(spans) for name, spans in gold.items())
    return 200 * hits / sizes


def _label(spans: Sequence[Span]) -> SpanLabel:
    return SpanLabel(tuple(ConsolidatedSpan(s.start, s.end, s.label, 1, 1.0) for s in sorted(set(spans))), 1.0)


def _one_answer(answers: Answers, gold: Gold) -> float:
    """F1 of all workers' answers together."""
    pairs = [(name, worker) for name in gold for worker in answers.get(name, ())]
    found = {f"{name} {worker}": _label(answers[name][worker]) for name, worker in pairs}
    return exact_f1(found, {f"{name} {worker}": gold[name] for name, worker in pairs})


def _exact_vote(answers: Answers, share: float) -> dict[str, SpanLabel]:
    found = {}
    for name, given in answers.items():
        every = {span for spans in given.values() for span in spans}
        kept = [s for s in every if sum(s in spans for spans in given.values()) >= share * len(given) - 1e-9]
        found[name] = _label(kept)
    return found


def _best(answers: Answers, gold: Gold) -> dict[str, SpanLabel]:
    """Of each text the answer that is nearest to gold."""

    def score(spans: Sequence[Span], truth: Sequence[Span]) -> float:
        return exact_f1({"": _label(spans)}, {"": truth}) if spans or truth else 100.0

    return {
        name: _label(max(given.values(), key=lambda spans, truth=gold[name]: score(spans, truth)))  # type: ignore[misc]
        for name, given in answers.items()
        if given
    }


def report(folder: Path) -> None:
    answers, gold, test = named_entities(folder)
    sets: dict[str, tuple[Answers, Gold, list[Gold]]] = {
        "ner_mturk": (answers, gold, [{name: gold[name] for name in test}, gold])
    }
    for procedure in ("baseline", "senbase", "sensupport"):
        for part in PARTS:
            given, truth = pico(folder, part, procedure)
            sets[f"{procedure} {part[0].upper()}"] = (given, truth, [truth])
    columns = ["ner_mturk test", "ner_mturk all", *list(sets)[1:], "seconds"]
    print("| exact-match F1 % |", " | ".join(columns), "|")
    print("| --- |", " | ".join("---" for _ in columns), "|")
    plain: dict[str, Callable[[Answers], Mapping[str, SpanLabel]]] = {
        "exact span vote, at least half": lambda all_answers: _exact_vote(all_answers, 0.5),
        "exact span vote, at least 0.4": lambda all_answers: _exact_vote(all_answers, 0.4),
    }
    methods = {name: _objects(method) for name, method in METHODS.items()} | plain
    cells = [f"{_one_answer(given, part):.1f}" for given, _, parts in sets.values() for part in parts]
    print("|", " | ".join(["one answer", *cells, ""]), "|", flush=True)
    for name, method in methods.items():
        cells, start = [], time.process_time()
        for given, _, parts in sets.values():
            found = method(given)
            cells += [f"{exact_f1(found, part):.1f}" for part in parts]
        print("|", " | ".join([name, *cells, f"{time.process_time() - start:.1f}"]), "|", flush=True)
    cells = [f"{exact_f1(_best(given, truth), part):.1f}" for given, truth, parts in sets.values() for part in parts]
    print("|", " | ".join(["best single answer (oracle)", *cells, ""]), "|", flush=True)
    _print_confidence(sets)


def _objects(method: Callable[..., SpanResult]) -> Callable[[Answers], Mapping[str, SpanLabel]]:
    return lambda answers: method(answers).objects


def _print_confidence(sets: Mapping[str, tuple[Answers, Gold, list[Gold]]]) -> None:
    stated, hit, weight = [], [], []
    for given, gold, _ in sets.values():
        found = automatic(given).objects
        rows = [
            (one.confidence, Span(one.start, one.end, one.label) in gold.get(name, ()))
            for name, label in found.items()
            for one in label.spans or ()
        ]
        stated += [row[0] for row in rows]
        hit += [float(row[1]) for row in rows]
        weight += [1 / len(rows)] * len(rows)
    sure, right, share = np.array(stated), np.array(hit), np.array(weight)
    bins = np.clip((sure * 10).astype(int), 0, 9)
    used = sorted(set(bins.tolist()))
    print("\n| stated confidence of a span |", " | ".join(f"{at / 10:.1f}–{(at + 1) / 10:.1f}" for at in used), "|")
    print("| --- |", " | ".join("---" for _ in used), "|")
    for name, values in (("mean of it", sure), ("right", right)):
        means = [f"{np.average(values[bins == at], weights=share[bins == at]):.2f}" for at in used]
        print("|", " | ".join([name, *means]), "|")
    shares = [f"{100 * share[bins == at].sum() / share.sum():.0f}" for at in used]
    print("|", " | ".join(["share of the spans, %", *shares]), "|", flush=True)
