"""A fitted threshold: the number, what it promises, what it achieved, and on which data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from gonogo._check import finite_number, finite_range, score_array
from gonogo.decisions import at_least
from gonogo.errors import InputError
from gonogo.files import local_path
from gonogo.thresholds.arguments import Arguments
from gonogo.types import Undefined
from gonogo.uncertainty import interval

if TYPE_CHECKING:
    from gonogo.normalization import Normalization

__all__ = ["Achieved", "FittedOn", "Rate", "Threshold", "ThresholdLevel"]

ThresholdLevel = Literal["image", "pixel"]


@dataclass(frozen=True)
class Rate:
    """A share as it was counted: ``count`` of ``of``."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share; nan with a ``.reason`` where there was nothing to count."""
        return self.count / self.of if self.of else Undefined("needs elements; found none")

    @property
    def interval(self) -> tuple[float, float]:
        """The Clopper-Pearson interval of 95 % for independent draws at a fixed threshold."""
        return interval(self.count, self.of)


@dataclass(frozen=True)
class Achieved:
    """Rates at the threshold on the scores it was fitted on."""

    fpr: Rate
    recall: Rate
    precision: Rate


@dataclass(frozen=True)
class FittedOn:
    """The data behind a threshold.

    ``digest`` is the SHA-256 of the ascending normal and then anomalous scores as little-endian
    float64; None where an evaluation had not kept them. ``image_score`` is the rule by which image
    scores were taken from maps (``max``, ``top-<k>``), ``given`` where they were no map's, and None
    where that is not known or not the level.
    """

    normal: int
    anomalous: int
    digest: str | None = None
    image_score: str | None = None


@dataclass(frozen=True)
class Threshold:
    """Where a score becomes an anomaly: ``score >= value``. Made by :func:`gonogo.fit_threshold`.

    Frozen in all its parts: it can be hashed, copied and pickled.

    ``policy`` is its spelling and ``args`` its numbers, ``level`` image or pixel, ``promise`` what
    the policy says, ``achieved`` what was counted on the data of ``fitted_on``. ``next_lower`` is a
    number below the value such that none of those scores lies between the two, where one is known:
    a decimal between them decides there as the value does.
    At pixel level ``gonogo apply`` flags an image where a connected region (8 neighbours) of at
    least ``min_area`` pixels reaches ``value``; ``decide`` knows no regions.
    """

    value: float
    policy: str
    args: Mapping[str, float]
    level: ThresholdLevel
    confidence: float | None
    midpoint: bool
    promise: str
    fitted_on: FittedOn
    achieved: Achieved
    next_lower: float | None = field(default=None, repr=False, compare=False)
    min_area: int = 1

    def __post_init__(self) -> None:
        if isinstance(self.min_area, bool) or not isinstance(self.min_area, int):
            raise InputError(f"min_area: found {self.min_area!r}; expected a number of pixels")
        if self.min_area < 1:
            raise InputError(f"min_area: found {self.min_area}; expected at least 1 pixel")
        if self.min_area > 1 and self.level == "image":
            raise InputError(
                f"min_area: found {self.min_area} with a threshold of image level, which decides "
                "on one score for each image; regions need a threshold of pixel level"
            )
        object.__setattr__(self, "value", finite_number(self.value, "value"))
        object.__setattr__(self, "args", Arguments(self.args))

    def decide(self, scores: Any) -> NDArray[np.bool_]:
        """Where ``score >= value`` as real numbers: the shape of the scores, True = anomalous.

        Scores of any real dtype; of a tensor, a bool tensor on its device. NaN and infinities are
        refused. Nothing is written to.

        Raises:
            InputError: the scores are not finite real numbers.
        """
        if hasattr(scores, "isfinite"):
            if scores.is_complex() or "strided" not in str(scores.layout):
                score_array(scores, "scores")
            if scores.is_floating_point() and not bool(scores.isfinite().all()):
                finite_range(score_array(scores, "scores"), "scores")
            return at_least(scores, self.value)
        array = score_array(scores, "scores")
        if array.size:
            finite_range(array, "scores")
        return at_least(array, self.value)

    def save(
        self, path: str | os.PathLike[str], *, normalization: Normalization | None = None
    ) -> Path:
        """Write the threshold as JSON, with its scale for display where one is given.

        The form is the JSON schema ``threshold-1.schema.json`` that ships beside this module; the
        file appears whole or not at all, and replaces an earlier one. Where no scale is given, one
        that the earlier file holds stays if it is for this threshold; else it goes with a warning.

        Raises:
            InputError: the path cannot be written, or the scale is of another threshold.
        """
        from gonogo.thresholds.document import save_threshold

        return save_threshold(local_path(path, "path", "file"), self, normalization)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Threshold:
        """The threshold of a file, every number as it was.

        Raises:
            InputError: the file is missing, damaged, or of a version that came later.
        """
        from gonogo.thresholds.document import load_threshold

        return load_threshold(Path(path))
