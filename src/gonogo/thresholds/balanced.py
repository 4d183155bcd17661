"""Thresholds that balance false alarms and misses: best F, Youden's J, nearest to the ROC's corner.

Only anomalous scores are tried: between two of them a lower threshold adds false alarms alone. Of
equally good ones the lowest is taken, as ``gonogo.f1_max`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from gonogo.states import RankCounts
from gonogo.thresholds.policy import Policy, positive, spelled
from gonogo.thresholds.sample import Sample
from gonogo.types import Array

__all__ = ["F1", "Corner", "FBeta", "Youden", "lowest_best"]


@dataclass(frozen=True)
class F1(Policy):
    """The highest ``2 TP / (2 TP + FP + FN)``."""

    name: ClassVar = "f1"
    example: ClassVar = "f1"

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The lowest threshold with the best F1."""
        del confidence
        return _best_f(sample.counts, 1.0)

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
        return _best_f(sample.counts, self.beta)

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
        return lowest_best(counts, merit)

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
        recall, fpr = _rates(sample.counts)
        return lowest_best(sample.counts, -(fpr**2 + (1.0 - recall) ** 2))

    def promise(self, things: str, confidence: float | None) -> str:
        """On this sample."""
        del confidence
        return f"the ROC point of these {things} that is nearest to its top-left corner"


def lowest_best(counts: RankCounts, merit: Array) -> float:
    """The lowest anomalous score at which the merit is highest."""
    best = len(merit) - 1 - int(np.argmax(merit[::-1]))
    return float(counts.scores[best])


def _best_f(counts: RankCounts, beta: float) -> float:
    found = counts.true_positives
    # TP / (flagged + beta^2 P) is F / (1 + beta^2) and has its maximum at the same place.
    return lowest_best(counts, found / (found + counts.at_least + beta**2 * counts.anomalies))


def _rates(counts: RankCounts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return counts.true_positives / counts.anomalies, counts.at_least / counts.normals
