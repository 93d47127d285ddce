"""One text from several workers' texts: transcriptions, translations, corrections. Standard library only.

What is **compared** are words: pieces between blanks, in Unicode form NFKC, case-folded, without punctuation or
symbols at either end ("Foo," and "foo" are one word, "can't" and "cant" are two). A piece that is all punctuation
belongs to the word before it. Scripts that put no blanks between words (Han, Kana, Thai, Lao, Khmer, Burmese) are
compared by character. What is **returned** are the words as workers wrote them, in form NFC: of the spellings of a
word that won, the best backed; a run of blanks becomes one.

Neither the order of answers nor names decide anything; sums of weights are rounded before they are compared.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import eq
from typing import Any

from truthkit_core.consolidation.by_object import by_object

# Digits after the point that decide which of two sums of weights is larger.
_DECISIVE = 9
# What is ahead by more needs no rounding.
_CLEARLY = 1e-6
_ALIGNMENT_PASSES = 3
# Words' worth of all workers' error rate in a worker's own.
_SHRINKAGE = 20.0
# All workers' error rate before any is seen, with as much weight: a batch of a few words says little of it.
_USUAL_ERROR = 0.2
# Longer texts are compared by words, not characters: the time grows with the square.
_MOST_CHARACTERS = 10_000
# Elements of texts that are compared in one pass.
_TOGETHER = 4_000
# Cells of the table of an alignment that are kept at once, two bits each; larger ones are split.
_MOST_CELLS = 100_000_000
# A worker's weight is (1 - error rate) ** _SHARPNESS.
_SHARPNESS = 2.0
# For the confidence: answers' worth of doubt in every slot.
_DOUBT = 0.5


@dataclass(frozen=True, slots=True)
class TextLabel:
    """One object's text.

    ``confidence`` is the share of the words that is expected to be right, 0 to 1. ``exact_votes`` counts the workers
    whose text is the same by the rule of comparison. ``text`` is None where nobody answered.
    """

    text: str | None
    confidence: float
    exact_votes: int
    answers: int
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "exactVotes": self.exact_votes,
            "answers": self.answers,
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class TextWorkers:
    """How far workers are from the text that was found: edits and compared words (or characters), by worker."""

    counts: Mapping[str, tuple[float, float]]

    def merged(self, other: TextWorkers) -> TextWorkers:
        counts = dict(self.counts)
        for worker, (edits, words) in other.counts.items():
            mine = counts.get(worker, (0.0, 0.0))
            counts[worker] = (mine[0] + edits, mine[1] + words)
        return TextWorkers(counts)

    def to_json(self) -> dict[str, Any]:
        rounded = {worker: [round(edits, 4), round(words, 4)] for worker, (edits, words) in self.counts.items()}
        return {"version": 1, "kind": "text", "workers": rounded}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> TextWorkers:
        """Raises ValueError if it is not what `to_json` gives."""
        try:
            if (value["version"], value["kind"]) != (1, "text"):
                raise ValueError(f"version {value['version']} of {value['kind']} is not known")
            counts = {str(name): (float(edits), float(words)) for name, (edits, words) in value["workers"].items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"these are not workers of texts: {error!r}") from None
        if not all(0 <= number < float("inf") for pair in counts.values() for number in pair):
            raise ValueError("these are not workers of texts: a count is negative or not finite")
        return cls(counts)

    def weights(self) -> dict[str, float]:
        """By worker, 0 to 1: the share of right words, shrunk to all workers' share, to the power of two."""
        edits, words = (sum(pair[side] for pair in self.counts.values()) for side in (0, 1))
        mean = min((edits + _SHRINKAGE * _USUAL_ERROR) / (words + _SHRINKAGE), 1.0)
        return {
            worker: max(1.0 - (wrong + _SHRINKAGE * mean) / (count + _SHRINKAGE), 0.0) ** _SHARPNESS + 1e-3
            for worker, (wrong, count) in self.counts.items()
        }


@dataclass(frozen=True, slots=True)
class TextResult:
    """Every object's text, and what was learned of the workers (None for methods that learn nothing)."""

    objects: dict[str, TextLabel]
    workers: TextWorkers | None = None


# --- what is compared -------------------------------------------------------------------------------------------------

# Blocks of scripts that put no blanks between words.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def _unspaced(text: str) -> bool:
    """Whether most letters are of scripts without blanks."""
    if text.isascii() or max(text) < "\u0e00":
        return False
    letters = [ord(char) for char in text if char.isalnum()]
    return 2 * sum(any(low <= char <= high for low, high in _UNSPACED) for char in letters) > len(letters)


@lru_cache(maxsize=65536)
def _key(piece: str) -> str:
    """What is compared of a word; empty if nothing is left."""
    key = piece if piece.isascii() else unicodedata.normalize("NFKC", piece)
    key = key.casefold()
    start, end = 0, len(key)
    while start < end and unicodedata.category(key[start])[0] in "PSCZ":
        start += 1
    while end > start and unicodedata.category(key[end - 1])[0] in "PSCZ":
        end -= 1
    return key[start:end]


@dataclass(frozen=True, slots=True)
class _Text:
    """Compared words and how they were written; as many of both."""

    keys: tuple[str, ...]
    written: tuple[str, ...]


def _read(text: str, by_character: bool) -> _Text:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    pieces = _characters(text) if by_character else text.split()
    blank = "" if by_character else " "
    keys: list[str] = []
    written: list[str] = []
    before = ""
    for piece in pieces:
        key = _key(piece)
        if key:
            keys.append(key)
            written.append(before + piece)
            before = ""
        elif written:
            written[-1] += blank + piece
        else:
            before += piece + blank
    if not keys and before.strip():
        # Nothing but punctuation: it is compared as it is.
        return _Text((before.strip(),), (before.strip(),))
    return _Text(tuple(keys), tuple(written))


def _characters(text: str) -> list[str]:
    """Characters with the marks that combine with them, and with one blank if blanks follow."""
    found: list[str] = []
    for char in text:
        if found and unicodedata.category(char)[0] == "M":
            found[-1] += char
        elif not char.isspace():
            found.append(char)
        elif found and not found[-1].endswith(" "):
            found[-1] += " "
    return found


# --- edit distance ----------------------------------------------------------------------------------------------------


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Fewest insertions, deletions and replacements of elements that make ``b`` of ``a``; of two strings, by character.

    Source: Hyyrö, A Bit-Vector Algorithm for Computing Levenshtein and Damerau Edit Distances, Nordic Journal of
    Computing 10, 2003, figure 3: a column of the table is one whole number.
    """
    if a == b:
        return 0
    start, end_a, end_b = 0, len(a), len(b)
    while start < end_a and start < end_b and a[start] == b[start]:
        start += 1
    while end_a > start and end_b > start and a[end_a - 1] == b[end_b - 1]:
        end_a -= 1
        end_b -= 1
    rows, columns = end_a - start, end_b - start
    if not rows or not columns:
        return rows + columns
    if rows == 1 or columns == 1:
        # One element among others: all others are put in, and it is replaced if it is not there.
        found = a[start] in b[start:end_b] if rows == 1 else b[start] in a[start:end_a]
        return max(rows, columns) - found
    places = _places(a[start:end_a])
    mask, last = (1 << rows) - 1, 1 << (rows - 1)
    up, down, score = mask, 0, rows
    for element in b[start:end_b]:
        same = places.get(element, 0)
        diagonal = (((same & up) + up) ^ up) | same | down
        right = down | ~(diagonal | up)
        left = diagonal & up
        if right & last:
            score += 1
        elif left & last:
            score -= 1
        right = (right << 1) | 1
        up = ((left << 1) | ~(diagonal | right)) & mask
        down = right & diagonal & mask
    return score


def distances(texts: Sequence[Sequence[str]]) -> list[list[int]]:
    """`edit_distance` of every text to every other.

    All texts stand in one number, a bit an element and one between, so that a text is compared with all in one pass
    (Hyyrö, Fredriksson and Navarro, Increased bit-parallelism for approximate and multiple string matching, ACM Journal
    of Experimental Algorithmics 10, 2005). A distance is the sum of the last column's steps.
    """
    if sum(map(len, texts)) > _TOGETHER:
        # Long ones mostly begin and end alike, which pairs can leave out.
        return [[edit_distance(one, other) for other in texts] for one in texts]
    places: dict[str, int] = {}
    mask = lowest = 0
    bit = 1
    parts: list[tuple[int, int]] = []
    for text in texts:
        parts.append((bit.bit_length() - 1, (1 << len(text)) - 1))
        lowest |= bit if text else 0
        mask |= parts[-1][1] << parts[-1][0]
        for element in text:
            places[element] = places.get(element, 0) | bit
            bit <<= 1
        bit <<= 1
    found = []
    for text in texts:
        up, down = mask, 0
        for element in text:
            same = places[element]
            diagonal = (((same & up) + up) ^ up) | same | down
            left = diagonal & up
            right = ((down | (mask & ~(diagonal | up))) << 1) | lowest
            up = ((left << 1) | ~(diagonal | right)) & mask
            down = right & diagonal & mask
        size = len(text)
        found.append([size + (up >> at & ones).bit_count() - (down >> at & ones).bit_count() for at, ones in parts])
    return found


def _places(elements: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    bit = 1
    for element in elements:
        places[element] = places.get(element, 0) | bit
        bit <<= 1
    return places


@dataclass(frozen=True, slots=True)
class _Alignment:
    """A text beside a base: its first ``start`` elements are the base's, and those from ``end`` are the base's last.

    ``middle`` has, for every element between, its partner's place in the base, or ``-1 - place`` if it is inserted
    before it.
    """

    start: int
    end: int
    middle: list[int]
    base: int
    """Elements of the base."""

    def laid(self, elements: Sequence[str]) -> tuple[list[str | None], list[tuple[int, str]]]:
        """What stands at each place of the base, None for nothing; and what is inserted, before which place."""
        inner: list[str | None] = [None] * (self.base - self.start - len(elements) + self.end)
        inserted: list[tuple[int, str]] = []
        for place, element in zip(self.middle, elements[self.start : self.end], strict=True):
            if place >= 0:
                inner[place - self.start] = element
            else:
                inserted.append((-1 - place, element))
        return [*elements[: self.start], *inner, *elements[self.end :]], inserted


def _align(base: Sequence[str], other: Sequence[str]) -> _Alignment:
    """The same columns as in `edit_distance`, kept and walked back; a pair is preferred to a gap."""
    start, end, end_other = 0, len(base), len(other)
    while start < end and start < end_other and base[start] == other[start]:
        start += 1
    while end > start and end_other > start and base[end - 1] == other[end_other - 1]:
        end -= 1
        end_other -= 1
    middle = other[start:end_other]
    both = start < end and middle
    places = _align_middle(base[start:end], middle, start) if both else [-1 - start] * len(middle)
    return _Alignment(start, end_other, places, len(base))


def _columns(base: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The table's columns: bits of the rows whose cell is one more, and one less, than the cell above it."""
    places = _places(base)
    mask = (1 << len(base)) - 1
    up, down = mask, 0
    for element in other:
        same = places.get(element, 0)
        diagonal = (((same & up) + up) ^ up) | same | down
        right = down | ~(diagonal | up)
        left = diagonal & up
        right = (right << 1) | 1
        up = ((left << 1) | ~(diagonal | right)) & mask
        down = right & diagonal & mask
        yield up, down


def _last_column(base: Sequence[str], other: Sequence[str]) -> list[int]:
    """Edit distances of all beginnings of ``base`` to ``other``."""
    [(up, down)] = deque(_columns(base, other), maxlen=1)
    rises, falls = (f"{bits:0{len(base)}b}"[::-1] for bits in (up, down))
    steps = ((rise == "1") - (fall == "1") for rise, fall in zip(rises, falls, strict=True))
    return list(accumulate(steps, initial=len(other)))


def _align_middle(base: Sequence[str], other: Sequence[str], offset: int) -> list[int]:
    rows = len(base)
    if rows * len(other) > _MOST_CELLS and len(other) > 1:
        # Hirschberg, A linear space algorithm for computing maximal common subsequences, CACM 18, 1975.
        half = len(other) // 2
        ahead, behind = _last_column(base, other[:half]), _last_column(base[::-1], other[half:][::-1])
        cut = min(range(rows + 1), key=lambda row: ahead[row] + behind[rows - row])
        parts = ((base[:cut], other[:half], offset), (base[cut:], other[half:], offset + cut))
        return [place for part in parts for place in _align_middle(*part)]
    if not rows:
        return [-1 - offset] * len(other)
    columns = list(_columns(base, other))
    found = [0] * len(other)
    row, column = rows, len(other)
    # Walk back from the lower right corner: ``up`` has a bit where a cell is one more than the cell above it.
    while row and column:
        bit = 1 << (row - 1)
        if base[row - 1] == other[column - 1]:
            row, column = row - 1, column - 1
            found[column] = offset + row
        elif columns[column - 1][0] & bit:
            row -= 1
        elif column > 1 and columns[column - 2][1] & bit:
            column -= 1
            found[column] = -1 - offset - row
        else:
            row, column = row - 1, column - 1
            found[column] = offset + row
    while column:
        column -= 1
        found[column] = -1 - offset
    return found


# --- the methods ------------------------------------------------------------------------------------------------------

Answers = Mapping[str, Mapping[str, str]]


@dataclass(slots=True)
class _Object:
    """One object's answers: texts and their workers, equal ones together, in an order that is none of the arrival."""

    texts: list[_Text]
    workers: list[list[str]]
    by_character: bool
    problems: list[str]
    consensus: tuple[str, ...] = ()
    table: _Table | None = None

    def aligned(self, base: tuple[str, ...]) -> _Table:
        """All texts beside ``base``; the last table is kept."""
        if self.table is None or self.table.base != base:
            self.table = _Table.of(self.texts, base)
        return self.table


@dataclass(frozen=True, slots=True)
class _Table:
    """Texts beside a base: ``rows[text][place]`` is what stands there, None for nothing; ``columns`` the same by place.

    ``inserted[text]`` is what stands before a place, in order.
    """

    base: tuple[str, ...]
    alignments: list[_Alignment]
    rows: list[list[str | None]]
    columns: list[tuple[str | None, ...]]
    inserted: list[list[tuple[int, str]]]

    @classmethod
    def of(cls, texts: Sequence[_Text], base: tuple[str, ...]) -> _Table:
        alignments = [_align(base, text.keys) for text in texts]
        laid = [alignment.laid(text.keys) for alignment, text in zip(alignments, texts, strict=True)]
        rows = [row for row, _inserted in laid]
        return cls(base, alignments, rows, list(zip(*rows, strict=True)), [inserted for _row, inserted in laid])


def _objects(answers: Answers) -> dict[str, _Object]:
    found = {}
    for name, given in by_object(answers).items():
        problems = [
            f"the answer of {worker} is no text" for worker in sorted(given) if not isinstance(given[worker], str)
        ]
        texts = {worker: text for worker, text in given.items() if isinstance(text, str)}
        by_character = _unspaced("".join(texts.values()))
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for worker in sorted(texts):
            groups[texts[worker]].append(worker)
        read = [(_read(text, by_character), groups[text]) for text in sorted(groups)]
        found[name] = _Object([one for one, _ in read], [workers for _, workers in read], by_character, problems)
    return found


def _medoid(one: _Object, weights: Mapping[str, float], texts: Sequence[Sequence[str]]) -> int:
    """The place of the text with the least weighted distance to all; ties go to the better backed, then the first.

    ``texts`` are the object's, as they are compared.
    """
    backing = [sum(weights.get(worker, 1.0) for worker in workers) for workers in one.workers]
    sums = [0.0] * len(texts)
    for weight, row in zip(backing, distances(texts), strict=True):
        for place, apart in enumerate(row):
            sums[place] += weight * apart
    return min(range(len(sums)), key=lambda at: (round(sums[at], _DECISIVE), -round(backing[at], _DECISIVE), at))


def _words(one: _Object) -> list[tuple[str, ...]]:
    return [text.keys for text in one.texts]


def _characters_of(one: _Object) -> list[str]:
    return [" ".join(text.keys) for text in one.texts]


def _label(one: _Object, keys: tuple[str, ...], text: str, confidence: float) -> TextLabel:
    answers = sum(map(len, one.workers))
    votes = sum(len(workers) for given, workers in zip(one.texts, one.workers, strict=True) if given.keys == keys)
    counts: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for given, workers in zip(one.texts, one.workers, strict=True):
        counts[given.keys] += len(workers)
    problems = list(one.problems)
    if answers > 1 and max(counts.values()) == 1:
        problems.append("no two answers agree")
    return TextLabel(text, confidence, votes, answers, tuple(problems))


def _unanswered(one: _Object) -> TextLabel:
    return TextLabel(None, 0.0, 0, 0, (*one.problems, "nobody answered"))


def _by_medoid(answers: Answers, compared: Callable[[_Object], Sequence[Sequence[str]]]) -> TextResult:
    found = {}
    for name, one in _objects(answers).items():
        if not one.texts:
            found[name] = _unanswered(one)
            continue
        long = max(sum(map(len, text.keys)) for text in one.texts) > _MOST_CHARACTERS
        best = one.texts[_medoid(one, {}, _words(one) if long else compared(one))]
        slots = _Slots.of(one, best.keys, {})
        found[name] = _label(one, best.keys, _joined(best.written, one.by_character), slots.confidence(best.keys))
    return TextResult(found)


def medoid_words(answers: Answers) -> TextResult:
    """The answer with the least sum of word edit distances to the others: always one that somebody wrote."""
    return _by_medoid(answers, _words)


def medoid_characters(answers: Answers) -> TextResult:
    """The same by characters of the compared words: for short texts, names and numbers.

    Objects with an answer of more than 10,000 characters are compared by words.
    """
    return _by_medoid(answers, _characters_of)


@dataclass(slots=True)
class _Slots:
    """The votes on a text's words: at each of them, and on what is inserted before each and last.

    ``at[place]`` is None where all have the word; else it maps compared words to weights, as ``before[place]`` does for
    every column of what is inserted there. What is missing to the whole weight says that there is no word.
    """

    weight: float
    at: list[dict[str, float] | None]
    before: dict[int, list[dict[str, float]]]

    @classmethod
    def of(cls, one: _Object, base: tuple[str, ...], weights: Mapping[str, float]) -> _Slots:
        table = one.aligned(base)
        each: list[float] = []
        for workers in one.workers:
            weight = 0.0
            for worker in workers:
                weight += weights.get(worker, 1.0)
            each.append(weight)
        count = len(each)
        at: list[dict[str, float] | None] = []
        for key, column in zip(base, table.columns, strict=True):
            if column.count(key) == count:
                at.append(None)
                continue
            votes: dict[str, float] = {}
            for given, weight in zip(column, each, strict=True):
                if given is not None:
                    votes[given] = votes.get(given, 0.0) + weight
            at.append(votes)
        before: dict[int, list[dict[str, float]]] = {}
        for inserted, weight in zip(table.inserted, each, strict=True):
            number, gap = 0, -1
            for place, key in inserted:
                number = number + 1 if gap == place else 0
                gap = place
                columns = before.setdefault(place, [])
                if number == len(columns):
                    columns.append({})
                columns[number][key] = columns[number].get(key, 0.0) + weight
        total = 0.0
        for weight in each:
            total += weight
        return cls(total, at, before)

    def _winner(self, votes: Mapping[str, float], present: str | None) -> str | None:
        """The best backed word; None for no word. Ties go to what stands there, then to words, by the alphabet."""
        most, none = max(votes.values(), default=0.0), self.weight - sum(votes.values())
        if none > most + _CLEARLY:
            return None
        if most > none + _CLEARLY:
            leading = [key for key, weight in votes.items() if weight > most - _CLEARLY]
            if len(leading) == 1:
                return leading[0]
        best: tuple[float, bool, bool] = (round(self.weight - sum(votes.values()), _DECISIVE), present is None, False)
        winner = None
        for key in sorted(votes):
            mark = (round(votes[key], _DECISIVE), key == present, True)
            if mark > best:
                best, winner = mark, key
        return winner

    def text(self, base: tuple[str, ...]) -> tuple[str, ...]:
        found: list[str | None] = []
        for place, (key, votes) in enumerate(zip(base, self.at, strict=True)):
            if place in self.before:
                found += [self._winner(column, None) for column in self.before[place]]
            found.append(key if votes is None else self._winner(votes, key))
        found += [self._winner(column, None) for column in self.before.get(len(base), ())]
        return tuple(key for key in found if key is not None)

    def confidence(self, base: tuple[str, ...]) -> float:
        """Mean share of the weight for what ``base`` has, over its words and the gaps that anyone filled."""
        if not self.weight:
            return 0.0
        right = [
            self.weight if votes is None else votes.get(key, 0.0) for votes, key in zip(self.at, base, strict=True)
        ]
        gaps = [column for _place, columns in sorted(self.before.items()) for column in columns]
        right += [self.weight - sum(column.values()) for column in gaps]
        share = sum(right) / (len(right) * self.weight) if right else 1.0
        # Weights are at most about 1 an answer, so that one more who agrees outweighs a share of the doubt.
        return max(share * self.weight / (self.weight + _DOUBT), 0.0)


def alignment_vote(
    answers: Answers,
    *,
    gold: Mapping[str, str] | None = None,
    anchors: TextWorkers | None = None,
    weighted: bool = True,
) -> TextResult:
    """Words by vote at every place of a common alignment; a place may stay empty.

    All answers are aligned to the medoid, the vote makes a text of them, and they are aligned to that until it stays.
    Then workers are weighed by their edits against the texts found (`TextWorkers.weights`), and it is done once more.

    Args:
        gold: known texts by object: they are the result, and workers are measured by them.
        anchors: workers as earlier batches knew them.
        weighted: False gives every worker the same weight.

    Source: Fiscus, A post-processing system to yield reduced word error rates: Recognizer Output Voting Error Reduction
    (ROVER), ASRU 1997; the weights are ours.
    """
    objects = _objects(answers)
    known = {name: _read(text, objects[name].by_character) for name, text in (gold or {}).items() if name in objects}
    weights = anchors.weights() if anchors and weighted else {}
    some = [(name, one) for name, one in objects.items() if one.texts]
    for name, one in some:
        if name in known:
            one.consensus = known[name].keys
        else:
            start = _medoid(one, weights, _words(one))
            one.consensus = _settle(one, one.texts[start].keys, weights)
    workers = _measured(some)
    if weighted:
        weights = (anchors.merged(workers) if anchors else workers).weights()
        for name, one in some:
            if name not in known:
                one.consensus = _settle(one, one.consensus, weights)
        workers = _measured(some)
    found = {}
    for name, one in objects.items():
        if name in known:
            text = _joined(known[name].written, one.by_character)
            found[name] = _label(one, one.consensus, text, 1.0) if one.texts else TextLabel(text, 1.0, 0, 0)
        elif not one.texts:
            found[name] = _unanswered(one)
        else:
            confidence = _Slots.of(one, one.consensus, weights).confidence(one.consensus)
            found[name] = _label(one, one.consensus, _written(one, weights), confidence)
    return TextResult(found, workers)


def _settle(one: _Object, keys: tuple[str, ...], weights: Mapping[str, float]) -> tuple[str, ...]:
    if all(text.keys == keys for text in one.texts):
        return keys
    for _ in range(_ALIGNMENT_PASSES):
        after = _Slots.of(one, keys, weights).text(keys)
        if after == keys:
            break
        keys = after
    return keys


def _measured(objects: Iterable[tuple[str, _Object]]) -> TextWorkers:
    """Edits against the consensus, of objects that several answered."""
    counts: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for _name, one in objects:
        if sum(map(len, one.workers)) < 2:
            continue
        base = one.consensus
        table = one.aligned(base)
        for text, workers, row, inserted in zip(one.texts, one.workers, table.rows, table.inserted, strict=True):
            # Replaced, inserted and left out: an alignment has the fewest edits.
            edits = len(base) - sum(map(eq, row, base)) + len(inserted)
            for worker in workers:
                counts[worker][0] += edits
                counts[worker][1] += max(len(base), len(text.keys))
    return TextWorkers({worker: (edits, words) for worker, (edits, words) in sorted(counts.items())})


def _written(one: _Object, weights: Mapping[str, float]) -> str:
    """The consensus as workers wrote its words."""
    table = one.aligned(one.consensus)
    backing = [sum(weights.get(worker, 1.0) for worker in workers) for workers in one.workers]
    rows = [alignment.laid(text.written)[0] for alignment, text in zip(table.alignments, one.texts, strict=True)]
    words = []
    for key, keys, written in zip(one.consensus, table.columns, zip(*rows, strict=True), strict=True):
        if written.count(written[0]) == len(written) and written[0] is not None and keys.count(key) == len(keys):
            words.append(written[0])
            continue
        spellings: defaultdict[str, float] = defaultdict(float)
        for given, spelling, weight in zip(keys, written, backing, strict=True):
            if given == key and spelling is not None:
                spellings[spelling] += weight
        if not spellings:
            for text, weight in zip(one.texts, backing, strict=True):
                for given, spelling in zip(text.keys, text.written, strict=True):
                    if given == key:
                        spellings[spelling] += weight
        words.append(min(spellings, key=lambda word: (-round(spellings[word], _DECISIVE), word)))
    return _joined(words, one.by_character)


def _joined(written: Sequence[str], by_character: bool) -> str:
    return ("" if by_character else " ").join(written).strip()


METHODS: dict[str, Callable[..., TextResult]] = {
    "alignment-vote": alignment_vote,
    "medoid-words": medoid_words,
    "medoid-characters": medoid_characters,
}
DEFAULT_METHOD = "alignment-vote"
