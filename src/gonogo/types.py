"""The records that rooms hand to each other. Frozen; numbers at full precision."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gonogo.bounded import Bounded

__all__ = [
    "ROW_FACTS",
    "Array",
    "Band",
    "Bounded",
    "Confusion",
    "Connectivity",
    "Curve",
    "F1Max",
    "FolderOptions",
    "ImageRow",
    "ImageSource",
    "Layout",
    "Mode",
    "Number",
    "OnError",
    "OperatingPoint",
    "Origin",
    "Original",
    "PixelCounts",
    "Resize",
    "Settings",
    "Skipped",
    "Task",
    "Undefined",
]

Array = NDArray[Any]
Number: TypeAlias = "float | Bounded"
Connectivity = Literal[4, 8]
Mode = Literal["auto", "exact", "certified"]
OnError = Literal["stop", "skip"]
Resize = Literal["nearest", "bilinear", "bicubic"]
Layout = Literal["auto", "mvtec", "plain"]
Task = Literal["image", "pixel"]


class Undefined(float):
    """A nan that knows why: ``value.reason`` says what the data lacks."""

    reason: str

    def __new__(cls, reason: str) -> Undefined:
        value = super().__new__(cls, math.nan)
        value.reason = reason
        return value

    def __reduce__(self) -> tuple[type[Undefined], tuple[str]]:
        return Undefined, (self.reason,)


@dataclass(frozen=True, eq=False)
class Curve:
    """Points of a curve by falling thresholds: flagging ``score >= thresholds[i]`` gives point i.

    ``x`` and ``y`` are fractions in [0, 1]; ``thresholds`` starts at ``inf`` (nothing flagged)
    and ends at ``-inf`` (everything flagged) where no score stands for such a point. A curve that
    the data does not define has no points and a ``reason``.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    reason: str | None = None

    @classmethod
    def undefined(cls, reason: str) -> Curve:
        """The curve that has no points, and why."""
        nothing = np.empty(0)
        return cls(nothing, nothing, nothing, reason)

    def __len__(self) -> int:
        return len(self.x)

    def __eq__(self, other: object) -> bool:
        """Whether both have the same points (or none, for the same reason)."""
        if not isinstance(other, Curve):
            return NotImplemented
        arrays = ((self.x, other.x), (self.y, other.y), (self.thresholds, other.thresholds))
        return self.reason == other.reason and all(np.array_equal(*pair) for pair in arrays)

    def __hash__(self) -> int:
        return hash((len(self), self.reason))


@dataclass(frozen=True)
class Band:
    """A curve known by one that is nowhere above it and one that is nowhere below it."""

    lower: Curve
    upper: Curve

    @property
    def reason(self) -> str | None:
        """Why the data does not define the curve."""
        return self.lower.reason


@dataclass(frozen=True)
class F1Max:
    """The best F1 any threshold reaches, and the lowest anomalous score that reaches it.

    ``next_lower`` is a number below the threshold such that no score lies between the two; None
    where it is not known. It is there for printing and no part of the comparison.
    """

    value: Number
    threshold: Number
    precision: Number
    recall: Number
    next_lower: float | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class OperatingPoint:
    """The value of a metric at the best threshold that keeps a promise, and that threshold.

    ``next_lower`` as of :class:`F1Max`.
    """

    value: Number
    threshold: Number
    next_lower: float | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Confusion:
    """Counts of ``score >= threshold`` decisions, and the rates that follow from them."""

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    precision: float
    recall: float
    specificity: float
    accuracy: float
    f1: float
    iou: float


@dataclass(frozen=True)
class PixelCounts:
    """Decisions ``score >= threshold`` on the pixels of one image, but for ignored ones.

    A rate that would divide by zero is nan with a ``reason``.
    """

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def precision(self) -> float:
        """Share of the flagged pixels that are anomalous."""
        return _rate(self.true_positives, self.false_positives, "needs flagged pixels; found none")

    @property
    def recall(self) -> float:
        """Share of the anomalous pixels that are flagged."""
        return _rate(self.true_positives, self.false_negatives, _NO_ANOMALOUS)

    @property
    def f1(self) -> float:
        """``2 TP / (2 TP + FP + FN)``; ``dice`` is the name that segmentation has for it."""
        return _rate(2 * self.true_positives, self._wrong, _NO_PIXELS)

    dice = f1

    @property
    def iou(self) -> float:
        """``TP / (TP + FP + FN)``."""
        return _rate(self.true_positives, self._wrong, _NO_PIXELS)

    @property
    def _wrong(self) -> int:
        return self.false_positives + self.false_negatives


_NO_ANOMALOUS = "needs anomalous pixels; found none"
_NO_PIXELS = "needs anomalous or flagged pixels; found none"


def _rate(part: int, rest: int, reason: str) -> float:
    return part / (part + rest) if part + rest else Undefined(reason)


@dataclass(frozen=True)
class ImageRow:
    """What is kept of one image; ``at_threshold`` holds its pixels at each pixel threshold."""

    name: str
    label: bool
    score: float
    defect: str | None
    height: int | None
    width: int | None
    map_min: float | None
    map_max: float | None
    anomalous_pixels: int | None
    regions: int | None
    at_threshold: Mapping[float, PixelCounts] = field(default_factory=dict, hash=False)

    def facts(self) -> tuple[Any, ...]:
        """The plain values of ``ROW_FACTS``."""
        return tuple(getattr(self, name) for name in ROW_FACTS)


ROW_FACTS = tuple(one.name for one in fields(ImageRow) if one.name != "at_threshold")


@dataclass(frozen=True)
class Skipped:
    """An image that was left out because it could not be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Settings:
    """How an evaluation was asked for; saved with its result."""

    fpr_limits: tuple[float, ...] = (0.3, 0.05)
    connectivity: Connectivity = 8
    image_score: str = "max"
    resize: Resize | None = None
    at_fpr: tuple[float, ...] = (0.01, 0.05)
    at_recall: tuple[float, ...] = (0.95, 0.99)
    image_thresholds: tuple[float, ...] = ()
    pixel_thresholds: tuple[float, ...] = ()
    mode: Mode = "auto"
    budget: int | None = None
    mask_values: str | None = None
    ignore_value: float | None = None


@dataclass(frozen=True, kw_only=True)
class FolderOptions:
    """How folders of maps and ground truth are read; :func:`gonogo.evaluate_folder` describes it.

    ``normal`` and ``mask_suffix`` are empty, ``task`` and ``name`` None where the folders decide.
    """

    layout: Layout = "auto"
    normal: tuple[str, ...] = ()
    mask_suffix: tuple[str, ...] = ()
    task: Task | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Origin(FolderOptions):
    """Where the images of a run lie, and how they are read: folders, URLs or arrays as given.

    ``categories`` are those that were named, none where all were evaluated.
    """

    maps: str
    ground_truth: str
    categories: tuple[str, ...] = ()


class ImageSource(Protocol):
    """One image that can be read when its turn comes.

    ``where`` is what messages call it. ``label`` and ``score`` are ``None`` where the mask and the
    map decide; ``load`` returns the map and the mask as found (a mask of ``None`` means that every
    pixel is normal) and may be called from any thread. A source whose masks lie elsewhere than its
    maps may say so in messages with ``mask_where``. One that knows the size an image without a mask
    is to be resized to may have a method ``size_without_mask()``: (height, width), or None.
    """

    @property
    def name(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def label(self) -> bool | None: ...
    @property
    def score(self) -> float | None: ...
    @property
    def defect(self) -> str | None: ...
    def load(self) -> tuple[Any, Any]: ...


@dataclass(frozen=True)
class Original:
    """An image as a report shows it: what was evaluated, and the photograph (a file or pixels)."""

    image: ImageSource
    photograph: Any = None
