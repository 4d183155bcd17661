"""Thresholds that balance false alarms and misses: best F, Youden's J, nearest to the ROC's corner.

Only anomalous scores are tried: between two of them a lower threshold adds false alarms alone. Of
equally good ones the lowest is taken, as ``gonogo.f1_max`` does; where rounding could take equal
ones for unequal, they are compared without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from gonogo.states import RankCounts
from gonogo.thresholds.policy import Policy, positive, spelled
from gonogo.thresholds.sample import Sample
from gonogo.types import Array

__all__ = ["F1", "Corner", "FBeta", "Youden", "best_place"]

Exact = Callable[[int, int], "Fraction | int"]

_LARGEST = Fraction(10**300)
_ROUNDING = 1e-12
"""More than the relative error of any merit here."""


@dataclass(frozen=True)
class F1(Policy):
    """The highest ``2 TP / (2 TP + FP + FN)``."""

    name: ClassVar = "f1"
    example: ClassVar = "f1"

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The lowest threshold with the best F1."""
        del confidence
        counts = sample.counts
        found = counts.true_positives
        # TP / (flagged + P) is F1 / 2 and has its maximum at the same place.
        place = best_place(counts, found / (found + counts.at_least + counts.anomalies))
        return float(counts.scores[place])

    def promise(self, things: str, confidence: float | None) -> str:
        """On this sample."""
        del confidence
        return f"the highest F1 of any threshold on these {things}"


@dataclass(frozen=True)
class FBeta(Policy):
    """The highest F-beta, in which recall counts ``beta`` times as much as precision."""

    beta: float

    name: ClassVar = "fbeta"
    sign: ClassVar = "="
    example: ClassVar = "fbeta=2"
    check: ClassVar = positive

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The lowest threshold with the best F-beta (van Rijsbergen, 1979)."""
        del confidence
        counts = sample.counts
        found = counts.true_positives
        weight = Fraction(spelled(self.beta)) ** 2 * counts.anomalies
        missing = float(min(weight, _LARGEST))
        place = best_place(
            counts,
            found / (found + counts.at_least + missing),
            lambda found, alarms: Fraction(found) / (found + alarms + weight),
        )
        return float(counts.scores[place])

    def promise(self, things: str, confidence: float | None) -> str:
        """On this sample."""
        del confidence
        return f"the highest F-beta (beta {spelled(self.beta)}) of any threshold on these {things}"


@dataclass(frozen=True)
class Youden(Policy):
    """The highest recall minus false positive rate."""

    name: ClassVar = "youden"
    example: ClassVar = "youden"

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The lowest threshold with the best J (Youden, Cancer 3, 1950)."""
        del confidence
        counts = sample.counts
        # J times both class sizes, as integers: equal ones are equal.
        merit = counts.true_positives * counts.normals - counts.at_least * counts.anomalies
        return float(counts.scores[best_place(counts, merit)])

    def promise(self, things: str, confidence: float | None) -> str:
        """On this sample."""
        del confidence
        return f"the highest recall minus false positive rate of any threshold on these {things}"


@dataclass(frozen=True)
class Corner(Policy):
    """The point of the ROC curve that is nearest to recall 1 without false alarms."""

    name: ClassVar = "corner"
    example: ClassVar = "corner"

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The lowest threshold at the smallest Euclidean distance."""
        del confidence
        counts = sample.counts
        anomalies, normals = counts.anomalies, counts.normals
        missed = (anomalies - counts.true_positives) / anomalies
        place = best_place(
            counts,
            -((counts.at_least / normals) ** 2 + missed**2),
            lambda found, alarms: (
                -((alarms * anomalies) ** 2 + ((anomalies - found) * normals) ** 2)
            ),
        )
        return float(counts.scores[place])

    def promise(self, things: str, confidence: float | None) -> str:
        """On this sample."""
        del confidence
        return f"the ROC point of these {things} that is nearest to its top-left corner"


def best_place(counts: RankCounts, merit: Array, exact: Exact | None = None) -> int:
    """The place of the lowest anomalous score at which the merit is highest.

    Where rounding may have told equal merits apart, ``exact`` gives them for what is found and what
    is falsely flagged.
    """
    highest = merit.max()
    if exact is None:
        return int(np.flatnonzero(merit == highest)[-1])
    near = np.flatnonzero(merit >= highest - _ROUNDING * abs(highest))
    pairs = zip(counts.true_positives[near].tolist(), counts.at_least[near].tolist(), strict=True)
    _, best = max((exact(found, alarms), k) for k, (found, alarms) in enumerate(pairs))
    return int(near[best])
