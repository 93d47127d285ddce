"""One mask from several workers' masks: of classes (semantic) or of single things (instances).

**Semantic masks**: every pixel takes the label that most workers gave it, by weight. Weights are 1, except for a worker
who is clearly below the crowd, in this picture or in the others: agreement (intersection over union with what the
others make of the picture without the worker) under `CLEARLY_BELOW` of the crowd's median. Where the best label leads
by no more than one worker, the 3 × 3 pixels around decide together; of equal labels the first wins, the background
before all. Pixels on which all agree are never changed.

**Instance masks**: instances are matched one to one (see `shapes`), then the workers in a cluster vote on its pixels.

Masks are read in bands of rows, so the memory needed beside the answers does not grow with the picture.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zlib import Z_RLE

import numpy as np
from numpy.typing import NDArray

from truthkit_core.builtin_output import BACKGROUND_COLOR
from truthkit_core.consolidation.by_object import by_object
from truthkit_core.consolidation.geometry import Bools, Floats, Ints, box_iou
from truthkit_core.consolidation.shapes import (
    ShapeKind,
    ShapeLabel,
    ShapeResult,
    ShapeSettings,
    ShapeWorkers,
    consolidate_shapes,
)
from truthkit_core.consolidation.worker_agreement import WorkerAgreement
from truthkit_core.messages.checks import ContractError, expect_object, kind, member, text_member

if TYPE_CHECKING:
    from PIL import Image

Mask = NDArray[np.integer[Any] | np.bool_]

CLEARLY_BELOW = 0.6
# The power with which the weight falls below that, and pictures' worth of trust in a worker before any is seen.
FALL = 4.0
TRUST = 3.0
# Weights are whole parts of it, so that sums are exact and ties are ties.
PARTS = 64
# Cells of a table that a band may need.
BAND_CELLS = 4_000_000
# Expected overlap with the truth, 1 / (1 + exp(-(a + b logit + c / n))), by the log odds of the mean overlap of the n
# workers with the result. Fitted on crowds of one to seven workers drawn from two public sets.
EXPECTED = (-0.95, 1.4, -0.35)
LONE_OVERLAP = 0.85

# The service takes no larger pictures.
MOST_PIXELS = 100_000_000


@dataclass(frozen=True, slots=True)
class MaskWorkers(WorkerAgreement):
    """Each worker's agreement as a share of the crowd's median, at most 1: worker → (sum over pictures, pictures)."""

    def share(self, worker: str, without: float) -> float:
        """The worker's mean, 1 for the unknown; ``without`` is a picture's share in the sum that shall not count."""
        amount, pictures = self.agreement.get(worker, (without, 1))
        return (amount - without + TRUST) / (pictures - 1 + TRUST)


@dataclass(frozen=True, slots=True)
class MaskLabel:
    """The mask of one object, shape (height, width): places in the label list, 0 for background; None if there is none.

    Attributes:
        confidence: the overlap with the true mask that is to be expected, 0 to 1.
        weights: worker → weight, 0 to 1, of those whose masks counted.
        problems: what did not count, and why.
    """

    mask: NDArray[np.uint8] | NDArray[np.uint16] | None
    confidence: float
    weights: Mapping[str, float]
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Without the pixels; `write_mask` has them as PNG."""
        return {
            "size": None if self.mask is None else [self.mask.shape[1], self.mask.shape[0]],
            "confidence": round(self.confidence, 4),
            "weights": {name: round(weight, 4) for name, weight in sorted(self.weights.items())},
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class MaskResult:
    """The mask of every object, and what was learned of the workers (None where nothing is)."""

    objects: dict[str, MaskLabel]
    workers: MaskWorkers | None = None


# --- semantic --------------------------------------------------------------------------------------------------------


def pixel_vote(
    answers: Mapping[str, Mapping[str, Mask]],
    *,
    labels: Sequence[str] = (),
    sizes: Mapping[str, tuple[int, int]] | None = None,
    smooth: bool = True,
) -> MaskResult:
    """Every pixel by vote, every worker with the same weight; see `weighted_pixel_vote`."""
    return MaskResult(
        {name: _semantic(given, labels, (sizes or {}).get(name), smooth) for name, given in by_object(answers).items()}
    )


def weighted_pixel_vote(
    answers: Mapping[str, Mapping[str, Mask]],
    *,
    labels: Sequence[str] = (),
    sizes: Mapping[str, tuple[int, int]] | None = None,
    smooth: bool = True,
    anchors: MaskWorkers | None = None,
) -> MaskResult:
    """Every pixel by a vote in which those who are clearly below the crowd weigh less.

    Args:
        answers: object → worker → integers of shape (height, width): places in the label list from 1, 0 for background.
            A mapping that reads masks when they are asked for is read object by object, twice.
        labels: if given, masks with other numbers do not count.
        sizes: object → width and height: masks of another size do not count. Without it, the commonest size counts, of
            several the largest.
        smooth: whether pixels with a narrow vote are decided with those around.
        anchors: what earlier batches taught of the workers.
    """
    sizes = sizes or {}
    shares = {name: _shares(_read(given, labels, sizes.get(name))[0]) for name, given in by_object(answers).items()}
    total: dict[str, tuple[float, int]] = {}
    for one in shares.values():
        for worker, share in one.items():
            amount, pictures = total.get(worker, (0.0, 0))
            total[worker] = (amount + share, pictures + 1)
    learned = MaskWorkers(total)
    known = learned.merged(anchors) if anchors else learned
    return MaskResult(
        {
            name: _semantic(
                given,
                labels,
                sizes.get(name),
                smooth,
                {
                    worker: min(_weight(share), _weight(known.share(worker, share)))
                    for worker, share in shares[name].items()
                },
            )
            for name, given in answers.items()
        },
        learned,
    )


METHODS: dict[str, Callable[..., MaskResult]] = {"weighted-vote": weighted_pixel_vote, "vote": pixel_vote}
DEFAULT_METHOD = "weighted-vote"


def _weight(share: float) -> float:
    """Of a worker whose agreement is this share of the crowd's median."""
    return round(math.pow(min(1.0, max(share, 0.0) / CLEARLY_BELOW), FALL) * PARTS) / PARTS


def _read(
    given: Mapping[str, Mask], labels: Sequence[str], size: tuple[int, int] | None
) -> tuple[dict[str, Mask], list[str]]:
    """The masks that count, by worker, all of one size; and what is wrong with the others."""
    problems: list[str] = []
    masks: dict[str, Mask] = {}
    for worker in sorted(given):
        mask = _table(given[worker])
        if mask.ndim != 2 or not mask.size or mask.dtype.kind not in "uib":
            problems.append(f"worker {worker}: the mask is no table of whole numbers, it does not count")
            continue
        if mask.dtype.kind == "b":
            mask = mask.view(np.uint8)
        most = len(labels) if labels else 65_535
        if int(mask.min()) < 0 or int(mask.max()) > most:
            problems.append(f"worker {worker}: the mask has numbers beyond 0 to {most}, it does not count")
            continue
        masks[worker] = mask
    if not masks:
        return masks, problems
    if size is None:
        counts = Counter(mask.shape for mask in masks.values())
        shape = max(counts, key=lambda one: (counts[one], one[0] * one[1], one))
        wanted = "as most are"
    else:
        shape, wanted = (size[1], size[0]), "as the picture is"
    for worker in [worker for worker, mask in masks.items() if mask.shape != shape]:
        height, width = masks.pop(worker).shape
        found = f"{width} × {height} pixels, not {shape[1]} × {shape[0]} {wanted}"
        problems.append(f"worker {worker}: the mask has {found}: it does not count")
    return masks, problems


def _table(value: Any) -> NDArray[Any]:
    """As an array; without axes if it is none."""
    try:
        return np.asarray(value)
    except (ValueError, TypeError):
        return np.asarray(None)


def _bands(masks: Sequence[Mask], cells: int) -> Iterator[tuple[int, int]]:
    height, width = masks[0].shape
    rows = max(1, BAND_CELLS // (width * max(cells, len(masks), 9)))
    for start in range(0, height, rows):
        yield start, min(start + rows, height)


def _disputed(masks: Sequence[Mask], start: int, stop: int) -> tuple[Ints, Mask, int]:
    """Of a band: flat places in the picture where workers differ, their labels there (workers, places), and how many
    pixels all take for the same foreground."""
    first = masks[0][start:stop].ravel()
    differ = np.zeros(first.shape, dtype=np.bool_)
    for mask in masks[1:]:
        differ |= mask[start:stop].ravel() != first
    places = np.flatnonzero(differ)
    given = np.stack([mask[start:stop].ravel()[places] for mask in masks]).astype(np.int64)
    return places + start * masks[0].shape[1], given, int(np.count_nonzero(first) - np.count_nonzero(first[places]))


def _counts(given: Mask, weights: Sequence[float], classes: int) -> Floats:
    """Weight of every label at every place, shape (places, classes)."""
    rows = np.arange(given.shape[1])
    counts = np.zeros((given.shape[1], classes))
    for mine, weight in zip(given, weights, strict=True):
        counts[rows, mine] += weight
    return counts


def _shares(masks: Mapping[str, Mask]) -> dict[str, float]:
    """Each worker's overlap with what the others make of the picture, as a share of the median over workers, 0 to 1."""
    workers = sorted(masks)
    shares = dict.fromkeys(workers, 1.0)
    if len(workers) < 3:
        return shares
    ordered = [masks[worker] for worker in workers]
    classes = 1 + max(int(mask.max()) for mask in ordered)
    # A second round without the weight of those who are found in the first.
    for _round in range(2):
        weights = [_weight(shares[worker]) for worker in workers]
        common = np.zeros(len(workers))
        union = np.zeros(len(workers))
        for start, stop in _bands(ordered, classes):
            _places, given, agreed = _disputed(ordered, start, stop)
            common += agreed
            union += agreed
            counts = _counts(given, weights, classes)
            rows = np.arange(given.shape[1])
            for worker, mine in enumerate(given):
                counts[rows, mine] -= weights[worker]
                others = counts.argmax(1)
                counts[rows, mine] += weights[worker]
                common[worker] += np.count_nonzero((others == mine) & (mine > 0))
                union[worker] += np.count_nonzero((others > 0) | (mine > 0))
        overlap = np.divide(common, union, out=np.ones(len(workers)), where=union > 0)
        middle = float(np.median(overlap))
        if middle <= 0:
            return dict.fromkeys(workers, 1.0)
        shares = {worker: min(1.0, float(one) / middle) for worker, one in zip(workers, overlap, strict=True)}
    return shares


def _semantic(
    given: Mapping[str, Mask],
    labels: Sequence[str],
    size: tuple[int, int] | None,
    smooth: bool,
    weights: Mapping[str, float] | None = None,
) -> MaskLabel:
    masks, problems = _read(given, labels, size)
    if not masks:
        return MaskLabel(None, 0.0, {}, (*problems, "nobody's mask counts" if given else "nobody answered"))
    workers = sorted(masks)
    ordered = [masks[worker] for worker in workers]
    weighing = [1.0 if weights is None else weights[worker] for worker in workers]
    if not any(weighing):
        weighing = [1.0] * len(workers)
    classes = 1 + max(int(mask.max()) for mask in ordered)
    first = ordered[0]
    result = first.astype(np.uint8) if classes <= 256 else first.astype(np.uint16)
    flat = result.reshape(-1)
    common, union = np.zeros(len(workers)), np.zeros(len(workers))
    for start, stop in _bands(ordered, classes):
        places, votes, agreed = _disputed(ordered, start, stop)
        counts = _counts(votes, weighing, classes)
        winner = counts.argmax(1)
        if smooth and len(places):
            rows = np.arange(len(places))
            best = counts[rows, winner]
            counts[rows, winner] = -1.0
            narrow = np.flatnonzero(best - counts.max(1) <= 1.0)
            winner[narrow] = _around(ordered, weighing, places[narrow], classes)
        flat[places] = winner
        for worker, mine in enumerate(votes):
            common[worker] += agreed + np.count_nonzero((winner == mine) & (mine > 0))
            union[worker] += agreed + np.count_nonzero((winner > 0) | (mine > 0))
    overlap = np.divide(common, union, out=np.ones(len(workers)), where=union > 0)
    mean = math.fsum(o * w for o, w in zip(overlap.tolist(), weighing, strict=True)) / math.fsum(weighing)
    return MaskLabel(
        result, expected_overlap(mean, len(workers)), dict(zip(workers, weighing, strict=True)), tuple(problems)
    )


def _around(masks: Sequence[Mask], weights: Sequence[float], places: Ints, classes: int) -> Ints:
    """The label with the most weight in the 3 × 3 pixels around each place; the border's pixels repeat beyond it."""
    height, width = masks[0].shape
    rows, columns = np.divmod(places, width)
    counts = np.zeros((len(places), classes))
    here = np.arange(len(places))
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            row, column = np.clip(rows + down, 0, height - 1), np.clip(columns + right, 0, width - 1)
            for mask, weight in zip(masks, weights, strict=True):
                counts[here, mask[row, column]] += weight
    best: Ints = counts.argmax(1)
    return best


def expected_overlap(overlap: float, workers: int) -> float:
    """The overlap with the truth to be expected of a mask with which so many workers overlap so far, 0 to 1."""
    a, b, c = EXPECTED
    pairs = workers * (workers - 1) / 2
    shrunk = min(max((overlap * pairs + LONE_OVERLAP) / (pairs + 1), 0.01), 0.99)
    return 1 / (1 + math.exp(-(a + b * math.log(shrunk / (1 - shrunk)) + c / workers)))


# --- PNG -------------------------------------------------------------------------------------------------------------


def read_mask(answer: Any, labels: Sequence[str], path: str = "mask") -> tuple[NDArray[np.uint8], list[str]]:
    """The mask of an answer of ``crowd-semantic-segmentation``, and what did not count in it.

    Args:
        answer: ``{"labelMappings": {label: {"color"}}, "labeledImage": {"pngImageData"}}``.
        labels: at most 255; the mask has their places from 1.

    Colors count if they are exactly those of ``labelMappings``. White and transparent pixels are background, and so are
    those of other colors and of labels that are not in ``labels``, which are a problem.

    Raises ContractError if it cannot be read, or has more labels.
    """
    if len(labels) > 255:
        raise ContractError(path, f"has room for 255 labels, not {len(labels)}")
    content = expect_object(answer, path)
    mappings = expect_object(member(content, "labelMappings", path), f"{path}.labelMappings")
    problems: list[str] = []
    numbers: dict[int, int] = {}
    for label, mapping in mappings.items():
        where = f"{path}.labelMappings.{label}"
        color = _color(text_member(expect_object(mapping, where), "color", where), f"{where}.color")
        if color in numbers:
            problems.append(f"the label {label} has the color of another, these pixels are that one's")
        elif label in labels:
            numbers[color] = labels.index(label) + 1
        else:
            problems.append(f"the label {label} is none of the labels, its pixels are background")
            numbers[color] = 0
    return _numbered(content, numbers, path, problems), problems


def read_instances(answer: Any, path: str = "mask") -> tuple[list[tuple[Bools, str]], list[str]]:
    """The instances of an answer of ``crowd-instance-segmentation`` and their labels, and what did not count.

    Raises ContractError if it cannot be read.
    """
    content = expect_object(answer, path)
    instances = member(content, "instances", path)
    if not isinstance(instances, list):
        raise ContractError(f"{path}.instances", f"must be a list, not {kind(instances)}")
    colors: dict[int, int] = {}
    names: list[str] = []
    problems: list[str] = []
    for place, one in enumerate(instances):
        where = f"{path}.instances[{place}]"
        color = _color(text_member(expect_object(one, where), "color", where), f"{where}.color")
        if color in colors:
            problems.append(f"instance {place + 1} has the color of instance {colors[color]}, it does not count")
            continue
        names.append(text_member(one, "label", where))
        colors[color] = len(names)
    if len(names) > 255:
        raise ContractError(f"{path}.instances", f"has {len(names)} instances, and at most 255 are read")
    table = _numbered(content, colors, path, problems)
    found: list[tuple[Bools, str]] = []
    for number, label in enumerate(names, 1):
        bits = table == number
        if bits.any():
            found.append((bits, label))
        else:
            problems.append(f"instance {number} has no pixels, it does not count")
    return found, problems


def _color(text: str, path: str) -> int:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ContractError(path, f"is {kind(text)}, which is no color", "write #rrggbb")
    return int(text[1:], 16)


def _colors(picture: Image.Image) -> NDArray[np.int64]:
    """0xrrggbb of every pixel of a picture RGB or RGBA, -1 where nothing is to be seen."""
    band = np.asarray(picture).astype(np.int64)
    colors: NDArray[np.int64] = band[..., 0] << 16 | band[..., 1] << 8 | band[..., 2]
    if band.shape[2] == 4:
        colors[band[..., 3] == 0] = -1
    return colors


def _palette(picture: Image.Image) -> NDArray[np.int64] | None:
    """The colors of a picture with a palette, 256 of them; None of another."""
    from PIL import Image

    if picture.mode != "P":
        return None
    ramp = Image.frombytes("P", (256, 1), bytes(range(256)))
    ramp.putpalette(picture.getpalette() or [])
    ramp.info = dict(picture.info)
    colors: NDArray[np.int64] = _colors(ramp.convert("RGBA"))[0]
    return colors


def _numbered(
    content: Mapping[str, Any], numbers: Mapping[int, int], path: str, problems: list[str]
) -> NDArray[np.uint8]:
    from PIL import Image

    where = f"{path}.labeledImage"
    data = text_member(expect_object(member(content, "labeledImage", path), where), "pngImageData", where)
    where = f"{where}.pngImageData"
    try:
        with Image.open(BytesIO(base64.b64decode(data, validate=True)), formats=["PNG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ContractError(where, f"has {picture.width} × {picture.height} pixels, more than {MOST_PIXELS:,}")
            picture.load()
            pixels: Image.Image = picture
    except ContractError:
        raise
    except (binascii.Error, ValueError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ContractError(where, f"is not a PNG in base64: {error}") from None
    width, height = pixels.size
    result = np.zeros((height, width), dtype=np.uint8)
    unknown: Counter[int] = Counter()
    white = _color(BACKGROUND_COLOR, "colors")
    rows = max(1, BAND_CELLS // (4 * width))
    palette = _palette(pixels)
    for start in range(0, height, rows):
        part = pixels.crop((0, start, width, min(start + rows, height)))
        if palette is not None:
            # The colors are known before a pixel is read: fifteen times as fast.
            values, counts = palette, np.array(part.histogram())
        else:
            if part.mode not in ("RGB", "RGBA"):
                part = part.convert("RGBA")
            values, places, counts = np.unique(_colors(part), return_inverse=True, return_counts=True)
        table = np.array([numbers.get(value, 0) for value in values.tolist()], dtype=np.uint8)
        if palette is not None:
            found = np.frombuffer(part.tobytes().translate(table.tobytes()), dtype=np.uint8)
        else:
            found = table[places]
        result[start : start + rows] = found.reshape(part.height, width)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            if count and value not in (-1, white) and value not in numbers:
                unknown[value] += count
    if unknown:
        most = min(unknown, key=lambda value: (-unknown[value], value))
        problems.append(
            f"{sum(unknown.values())} pixels have a color of no label (as #{most:06x}), they are background"
        )
    return result


def write_mask(mask: Mask, colors: Sequence[str]) -> bytes:
    """The mask as a PNG with a palette: entry 0 is white for the background, entry n the color of label n.

    Args:
        mask: integers of shape (height, width), 0 to ``len(colors)``.
        colors: ``#rrggbb`` by label, at most 255.

    Raises ValueError for other numbers or colors.
    """
    from PIL import Image

    if len(colors) > 255:
        raise ValueError(f"a palette has room for 255 labels, not {len(colors)}")
    if mask.size and (int(mask.min()) < 0 or int(mask.max()) > len(colors)):
        raise ValueError(f"the mask has numbers beyond 0 to {len(colors)}")
    palette = [_color(color, "colors") for color in (BACKGROUND_COLOR, *colors)]
    picture = Image.fromarray(mask.astype(np.uint8))
    picture.putpalette([part for color in palette for part in (color >> 16, color >> 8 & 255, color & 255)])
    data = BytesIO()
    # A mask is runs of one number: looking for anything else takes three times as long and finds no more.
    picture.save(data, "PNG", compress_type=Z_RLE)
    return data.getvalue()


# --- instances -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Instance:
    """The pixels of one thing, cut to its bounding box: ``bits`` are the rows of the box, packed."""

    left: int
    top: int
    width: int
    height: int
    label: str
    bits: bytes

    @classmethod
    def of(cls, mask: Bools, label: str) -> Instance:
        """From a mask of shape (height, width) of the picture; one without pixels has no width and height."""
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if not len(rows):
            return cls(0, 0, 0, 0, label, b"")
        top, left = int(rows[0]), int(columns[0])
        part = mask[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
        return cls(left, top, part.shape[1], part.shape[0], label, np.packbits(part).tobytes())

    def part(self) -> Bools:
        """The pixels within the box, shape (height, width) of the box."""
        packed = np.frombuffer(self.bits, dtype=np.uint8)
        bits = np.unpackbits(packed, count=self.width * self.height).astype(np.bool_)
        return bits.reshape(self.height, self.width)

    def mask(self, size: tuple[int, int]) -> Bools:
        """In a picture of this width and height, shape (height, width); what is outside is cut off."""
        whole = np.zeros((size[1], size[0]), dtype=np.bool_)
        part = self.part()[: max(size[1] - self.top, 0), : max(size[0] - self.left, 0)]
        whole[self.top : self.top + part.shape[0], self.left : self.left + part.shape[1]] = part
        return whole

    def to_json(self) -> dict[str, Any]:
        """Without the pixels."""
        box = {"left": self.left, "top": self.top, "width": self.width, "height": self.height}
        return {"label": self.label, **box, "pixels": int(self.part().sum())}


InstanceLabel = ShapeLabel[Instance]
InstanceResult = ShapeResult[Instance]


def consolidate_instances(
    answers: Mapping[str, Mapping[str, Sequence[tuple[Bools, str]]]],
    *,
    labels: Sequence[str] = (),
    threshold: float | None = None,
    overlap: float = 0.3,
    cross_overlap: float = 0.5,
    weighted: bool = True,
    anchors: ShapeWorkers | None = None,
) -> InstanceResult:
    """The instances that enough workers painted, by object: matched one to one, then every pixel by vote.

    Args:
        answers: object → worker → (pixels of shape (height, width), label). Masks of other sizes than most have do not
            count, and neither do instances without pixels; ``problems`` says so.

    The other options are those of `boxes.consolidate_boxes`. Instances of different things may overlap by some pixels.
    """
    read: dict[str, dict[str, list[Instance]]] = {}
    wrong: dict[str, list[str]] = {}
    for name, given in by_object(answers).items():
        tables = {
            worker: [(_table(bits), label) for bits, label in instances] for worker, instances in sorted(given.items())
        }
        shapes = Counter(bits.shape for of in tables.values() for bits, _label in of if bits.ndim == 2)
        shape = max(shapes, key=lambda one: (shapes[one], math.prod(one), one)) if shapes else (0, 0)
        read[name] = {}
        for worker, instances in tables.items():
            fit = [Instance.of(bits != 0, label) for bits, label in instances if bits.shape == shape]
            read[name][worker] = fit
            if len(fit) < len(instances):
                lost = f"{len(instances) - len(fit)} masks are none, or of another size than most"
                wrong.setdefault(name, []).append(f"worker {worker}: {lost}: they do not count")
    settings = ShapeSettings(threshold, overlap, cross_overlap)
    result = consolidate_shapes(
        read, lambda _name: _INSTANCES, settings, labels=labels, weighted=weighted, anchors=anchors
    )
    objects = {
        name: ShapeLabel(label.shapes, label.confidence, (*wrong.get(name, ()), *label.problems))
        for name, label in result.objects.items()
    }
    return ShapeResult(objects, result.workers)


def _check(instance: Instance, _size: tuple[float, float] | None) -> tuple[Instance | None, str]:
    return (instance, "") if instance.bits else (None, "has no pixels, it does not count")


def _likeness(a: Sequence[Instance], b: Sequence[Instance]) -> Floats:
    """Intersection over union, only where boxes meet."""

    def corners(instances: Sequence[Instance]) -> Floats:
        return np.array([(i.left, i.top, i.left + i.width, i.top + i.height) for i in instances], dtype=np.float64)

    table = box_iou(corners(a), corners(b))
    parts = {instance: instance.part() for instance in {*a, *b}}
    sizes = {instance: int(part.sum()) for instance, part in parts.items()}
    for row, column in zip(*np.nonzero(table), strict=True):
        one, other = a[row], b[column]
        left, top = max(one.left, other.left), max(one.top, other.top)
        right = min(one.left + one.width, other.left + other.width)
        bottom = min(one.top + one.height, other.top + other.height)
        first, second = (parts[i][top - i.top : bottom - i.top, left - i.left : right - i.left] for i in (one, other))
        common = int(np.count_nonzero(first & second))
        table[row, column] = common / (sizes[one] + sizes[other] - common)
    return table


def _merge(clusters: Sequence[Sequence[Instance]], labels: Sequence[str]) -> list[Instance]:
    return [_voted(instances, label) for instances, label in zip(clusters, labels, strict=True)]


def _voted(instances: Sequence[Instance], label: str) -> Instance:
    """The pixels that at least half of the members have."""
    left, top = min(i.left for i in instances), min(i.top for i in instances)
    right, bottom = max(i.left + i.width for i in instances), max(i.top + i.height for i in instances)
    votes = np.zeros((bottom - top, right - left), dtype=np.int64)
    for i in instances:
        votes[i.top - top : i.top - top + i.height, i.left - left : i.left - left + i.width] += i.part()
    found = Instance.of(votes * 2 >= len(instances), label)
    return Instance(found.left + left, found.top + top, found.width, found.height, label, found.bits)


_INSTANCES: ShapeKind[Instance] = ShapeKind("instance", _check, _likeness, _merge)


def write_instances(instances: Sequence[Instance], size: tuple[int, int], colors: Sequence[str]) -> bytes:
    """Instances as a PNG like that of `write_mask`, each with its color; where they overlap, the later lies above.

    Args:
        size: width and height of the picture.
        colors: ``#rrggbb`` by instance, at most 255.
    """
    whole = np.zeros((size[1], size[0]), dtype=np.uint8)
    for number, instance in enumerate(instances, 1):
        whole[instance.mask(size)] = number
    return write_mask(whole, colors)


INSTANCE_METHODS: dict[str, Callable[..., InstanceResult]] = {"clusters": consolidate_instances}
