"""One class an object from many workers' choices, by models that learn how each worker errs.

Every model takes a `ClassAnswers` and gives a `ClassResult`. The default, `shrunken_dawid_skene`, is Dawid and Skene's
(Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm, Applied Statistics 28, 1979) with each
worker's confusion matrix shrunk towards what is known without it, and with only those classes considered that someone
chose. With one answer an object it is the vote.

Nothing is random, and neither the order of answers nor the names of workers and objects decide anything: sums are over
whole numbers of answers or rounded before they are compared, ties go to the class that comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from truthkit_core.consolidation.by_object import by_object
from truthkit_core.consolidation.class_answers import ClassAnswers, ClassLabel, ClassResult
from truthkit_core.consolidation.shrunken import (
    DEFAULT,
    Batch,
    Strengths,
    known_classes,
    shrunken_dawid_skene,
    shrunken_dawid_skene_in_batches,
)
from truthkit_core.consolidation.worker_model import Floats, Ints, WorkerModel, on_grid

__all__ = [
    "DEFAULT",
    "DEFAULT_METHOD",
    "METHODS",
    "Batch",
    "ClassAnswers",
    "ClassLabel",
    "ClassResult",
    "Strengths",
    "WorkerModel",
    "consolidate_classes",
    "dawid_skene",
    "service_dawid_skene",
    "shrunken_dawid_skene",
    "shrunken_dawid_skene_in_batches",
    "vote",
    "weighted_vote",
]

DENSE_CELLS = 20_000_000
"""Up to so many cells a table may be dense."""

# Digits after the point that decide which of two log probabilities is larger.
_DECISIVE = 9


# --- the models ------------------------------------------------------------------------------------------------------


def vote(answers: ClassAnswers) -> ClassResult:
    """The class that most workers chose; its share of the answers is its probability."""
    return _weighted(answers, None)


def weighted_vote(answers: ClassAnswers) -> ClassResult:
    """A vote in which a worker weighs as much as the share of answers in which the worker agrees with the vote; of k
    classes that tie for it each is 1/k of it.

    Source: "worker agreement with aggregate", crowd-kit (https://github.com/Toloka/crowd-kit).
    """
    votes = vote(answers)
    if not len(answers):
        return votes
    top = votes.probability >= votes.confidence[votes.entry_item]
    equal = np.bincount(votes.entry_item[top], minlength=len(answers.items))
    share = np.where(top, 1.0 / equal[votes.entry_item], 0.0)
    size = len(answers.classes)
    own = np.searchsorted(votes.entry_item * size + votes.entry_class, answers.item * size + answers.label)
    agree = np.bincount(answers.worker, weights=on_grid(share[own]), minlength=len(answers.workers))
    given = np.bincount(answers.worker, minlength=len(answers.workers))
    weights = np.divide(agree, given, out=np.zeros(len(agree)), where=given > 0)
    result = _weighted(answers, weights)
    # Nobody of weight has answered: then all count alike.
    return result if weights[answers.worker].any() else votes


def dawid_skene(answers: ClassAnswers, *, rounds: int = 100) -> ClassResult:
    """Plain Dawid–Skene, from the vote, until nothing changes any more or for ``rounds``.

    Raises ValueError where the workers' matrices would have more than `DENSE_CELLS` cells.
    """
    if not len(answers):
        return _nothing(answers)
    table = _dense_shares(answers)
    for _ in range(rounds):
        confusion = _dense_counts(answers, table) + 1e-9
        prior = np.maximum(table.mean(0), 1e-12)
        after = _dense_posterior(answers, prior, confusion / confusion.sum(2, keepdims=True))
        change = np.abs(after - table).max(initial=0.0)
        table = after
        if change < 1e-6:
            break
    return _from_dense(answers, table)


SERVICE_START = 0.7
"""What the service believes of a worker of whom it knows nothing."""


def service_dawid_skene(answers: ClassAnswers) -> ClassResult:
    """The service's modified Dawid–Skene, as its demonstration notebook has it.

    Source: aws/amazon-sagemaker-examples, sm-ground_truth_annotation_consolidation_image_classification. Matrices start
    with `SERVICE_START` on the diagonal; each is then shrunk to the worker's own accuracy (weight: the number of the
    worker's answers) and to all workers' mean accuracy of the epoch before (half of it). Its rule to stop, a relative
    change of the log likelihood below 1e-8, is taken as it reads, with the sign: log likelihoods are negative, so
    growth counts as a negative change, and the second of at most 20 epochs is always the last. This gives the measured
    figures; more epochs do not. Confidence is rounded to two digits.

    Raises ValueError where the workers' matrices would have more than `DENSE_CELLS` cells.
    """
    if not len(answers):
        return _nothing(answers)
    workers, classes = len(answers.workers), len(answers.classes)
    uniform = _dense_shares(answers)
    uniform[:] = 1.0 / max(classes, 1)
    start = _one_coin(np.full(workers, SERVICE_START), classes)
    given = np.bincount(answers.worker, minlength=workers).astype(float)
    table = _dense_posterior(answers, uniform.mean(0), start)
    counts = _dense_counts(answers, table)
    accuracy = np.trace(counts, axis1=1, axis2=2) / np.maximum(given, 1.0)
    counts = counts + _one_coin(accuracy, classes) * given[:, None, None] + start * (given / 2)[:, None, None]
    confusion = counts / np.maximum(counts.sum(2, keepdims=True), 1e-300)
    result = _from_dense(answers, _dense_posterior(answers, table.mean(0), confusion))
    return replace(result, confidence=np.round(result.confidence, 2))


METHODS = {
    "shrunken-dawid-skene": shrunken_dawid_skene,
    "vote": vote,
    "weighted-vote": weighted_vote,
    "dawid-skene": dawid_skene,
    "service": service_dawid_skene,
}
"""The models by their names in ``workflow.toml`` and on the command line; the first is the default."""

DEFAULT_METHOD = "shrunken-dawid-skene"


def consolidate_classes(
    answers: Mapping[str, Mapping[str, str]],
    *,
    method: str = DEFAULT_METHOD,
    classes: Sequence[str] | None = None,
    gold: Mapping[str, str] | None = None,
    anchors: WorkerModel | None = None,
) -> ClassResult:
    """From each object's class by worker; every object is in the result's ``objects``.

    Args:
        answers: object → worker → class.
        method: one of `METHODS`.
        classes: all classes, in the order that decides ties; by default those that occur (in answers, gold and
            anchors), by the alphabet. An answer that is none of them, such as an empty one, does not count; the
            object's ``problems`` tell it.
        gold: object → known class; by methods that learn nothing, it is put in the place of what they found.
        anchors: workers as other batches knew them; only the default makes use of them.

    Raises ValueError for a method that is not there, ``anchors`` for a method that makes no use of them, and where gold
    or anchors name a class that is none of ``classes``.
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is none of the methods {', '.join(METHODS)}")
    if anchors is not None and method != DEFAULT_METHOD:
        raise ValueError(f"{method} makes no use of anchors: {DEFAULT_METHOD} does")
    by_object(answers)
    if classes is None:
        found = {label for by_worker in answers.values() for label in by_worker.values() if label}
        classes = sorted(found | set((gold or {}).values()) | set(anchors.classes if anchors else ()))
    rows = [(item, worker, label) for item, by_worker in answers.items() for worker, label in by_worker.items()]
    known = ClassAnswers.of(rows, classes=classes, items=answers)
    if method == DEFAULT_METHOD:
        return shrunken_dawid_skene(known, gold=gold, anchors=anchors)
    return with_gold(METHODS[method](known), gold or {})


def with_gold(result: ClassResult, gold: Mapping[str, str]) -> ClassResult:
    """With known classes in the place of what was found, for the items that somebody answered."""
    known = known_classes(result.answers, gold)
    if not known:
        return result
    label, confidence = result.label.copy(), result.confidence.copy()
    items = np.array(list(known), dtype=np.int64)
    label[items], confidence[items] = list(known.values()), 1.0
    kept = ~np.isin(result.entry_item, items)
    item = np.concatenate([result.entry_item[kept], items])
    order = np.argsort(item, kind="stable")
    return replace(
        result,
        entry_item=item[order],
        entry_class=np.concatenate([result.entry_class[kept], label[items]])[order],
        probability=np.concatenate([result.probability[kept], np.ones(len(items))])[order],
        label=label,
        confidence=confidence,
    )


def _sums(group: Ints, values: Floats, groups: int) -> Floats:
    """The sums of the values by group, for ``groups`` groups or as many as there are."""
    return np.asarray(np.bincount(group, weights=values, minlength=groups), dtype=np.float64)


def _first_best(group: Ints, scores: Floats, groups: int) -> Ints:
    """The place of each group's highest score, the first of equal ones; -1 for an empty group. ``group`` ascends."""
    best = np.full(groups, -1, dtype=np.int64)
    if len(group) == 0:
        return best
    first = np.flatnonzero(np.diff(group, prepend=-1))
    top = np.full(groups, -np.inf)
    top[group[first]] = np.maximum.reduceat(scores, first)
    places = np.flatnonzero(scores == top[group])
    best[group[places[::-1]]] = places[::-1]
    return best


# --- votes and dense models ------------------------------------------------------------------------------------------


def _nothing(answers: ClassAnswers) -> ClassResult:
    """Nobody has answered."""
    none, items, classes = np.zeros(0, dtype=np.int64), len(answers.items), len(answers.classes)
    rest = np.full(classes, 1.0 / max(classes, 1))
    return ClassResult(answers, none, none, np.zeros(0), np.full(items, -1, dtype=np.int64), np.zeros(items), rest)


def _weighted(answers: ClassAnswers, weights: Floats | None) -> ClassResult:
    """The vote with these weights by worker, None for 1."""
    if not len(answers):
        return _nothing(answers)
    items, classes = len(answers.items), len(answers.classes)
    keys = answers.item * classes + answers.label
    each = None if weights is None else weights[answers.worker]
    if items * classes <= min(DENSE_CELLS, 8 * len(keys) + 1000):
        entries = np.flatnonzero(counts := np.bincount(keys))
        sums = counts[entries] if each is None else _sums(keys, each, 1)[entries]
    else:
        entries, at, counts = np.unique(keys, return_inverse=True, return_counts=True)
        sums = counts if each is None else _sums(at, each, len(entries))
    votes: Floats = np.asarray(np.round(sums, _DECISIVE), dtype=np.float64)
    entry_item, entry_class = (entries // classes, entries % classes) if classes else (entries, entries)
    total = np.bincount(entry_item, weights=votes, minlength=items)
    equal = 1.0 / np.bincount(entry_item, minlength=items)[entry_item] if len(entries) else votes
    share = np.divide(votes, total[entry_item], out=equal, where=total[entry_item] > 0)
    winner = _first_best(entry_item, votes, items)
    has = winner >= 0
    label = np.where(has, entry_class[winner], -1) if len(entries) else winner
    confidence = np.where(has, share[winner], 0.0) if len(entries) else np.zeros(items)
    rest = np.full(classes, 1.0 / max(classes, 1))
    return ClassResult(answers, entry_item, entry_class, share, label, confidence, rest)


def _one_coin(accuracy: Floats, classes: int) -> Floats:
    """Matrices of workers who err alike everywhere, shape (workers, classes, classes)."""
    wrong = (1.0 - accuracy) / max(classes - 1, 1)
    table = np.broadcast_to(wrong[:, None, None], (len(accuracy), classes, classes)).copy()
    diagonal = np.arange(classes)
    table[:, diagonal, diagonal] = accuracy[:, None]
    return table


def _dense_shares(answers: ClassAnswers) -> Floats:
    """The vote's shares, shape (items, classes); equal ones where nobody answered."""
    items, classes = len(answers.items), len(answers.classes)
    if max(items, len(answers.workers) * classes) * classes > DENSE_CELLS:
        raise ValueError(
            f"{items} objects, {len(answers.workers)} workers and {classes} classes are too many for this model: "
            "use shrunken-dawid-skene"
        )
    votes = np.bincount(answers.item * classes + answers.label, minlength=items * classes).reshape(items, classes)
    total = votes.sum(1, keepdims=True)
    shares: Floats = np.divide(votes, total, out=np.full((items, classes), 1.0 / max(classes, 1)), where=total > 0)
    return shares


def _dense_counts(answers: ClassAnswers, table: Floats) -> Floats:
    """Expected answers, shape (workers, truth, label)."""
    workers, classes = len(answers.workers), len(answers.classes)
    key = answers.worker * classes + answers.label
    counts = np.empty((workers, classes, classes))
    for truth in range(classes):
        sums = np.bincount(key, weights=table[answers.item, truth], minlength=workers * classes)
        counts[:, truth, :] = sums.reshape(workers, classes)
    return counts


def _dense_posterior(answers: ClassAnswers, prior: Floats, confusion: Floats) -> Floats:
    """Probabilities, shape (items, classes)."""
    items, classes = len(answers.items), len(answers.classes)
    logs = np.log(np.maximum(confusion, 1e-300))
    scores = np.tile(np.log(np.maximum(prior, 1e-300)), (items, 1))
    for truth in range(classes):
        scores[:, truth] += np.bincount(
            answers.item, weights=logs[answers.worker, truth, answers.label], minlength=items
        )
    top = scores.max(1, keepdims=True) if classes else np.zeros((items, 1))
    weights = np.exp(scores - top)
    shares: Floats = weights / weights.sum(1, keepdims=True)
    return shares


def _from_dense(answers: ClassAnswers, table: Floats) -> ClassResult:
    items, classes = len(answers.items), len(answers.classes)
    answered = np.bincount(answers.item, minlength=items) > 0
    rounded = np.round(table, 12)
    label = np.where(answered, rounded.argmax(1), -1) if classes else np.full(items, -1, dtype=np.int64)
    confidence = np.where(answered, table.max(1), 0.0) if classes else np.zeros(items)
    entry_item, entry_class = np.nonzero(answered[:, None] & np.ones(classes, dtype=bool))
    rest = np.full(classes, 1.0 / max(classes, 1))
    return ClassResult(answers, entry_item, entry_class, table[entry_item, entry_class], label, confidence, rest)
