"""Find at least this share of the anomalies, at the best precision that allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gonogo._check import fraction
from gonogo.errors import InputError
from gonogo.thresholds.policy import Policy, percent, spelled
from gonogo.thresholds.sample import Sample
from gonogo.thresholds.shares import fewest_with, fewest_with_sure, total_that_would_do
from gonogo.uncertainty import lower_bound

__all__ = ["Recall"]


@dataclass(frozen=True)
class Recall(Policy):
    """``recall>=0.95``: at least 95 % of the anomalies are flagged.

    With a confidence: the one-sided Clopper-Pearson lower bound of the recall is at least 95 %, at
    the chosen threshold and at every lower one. That the best precision is then sought among these
    takes nothing away from the guarantee, since a lower threshold only finds more.
    """

    least: float

    name: ClassVar = "recall"
    sign: ClassVar = ">="
    example: ClassVar = "recall>=1"
    check: ClassVar = fraction
    guarantees: ClassVar = True

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The threshold of the best precision that finds enough; the lowest among equals."""
        counts = sample.counts
        needed = (
            fewest_with(self.least, counts.anomalies)
            if confidence is None
            else self._needed(counts.anomalies, confidence)
        )
        first = int(np.searchsorted(counts.true_positives, needed, side="left"))
        found = counts.true_positives[first:]
        precision = found / (found + counts.at_least[first:])
        best = len(precision) - 1 - int(np.argmax(precision[::-1]))
        return float(counts.scores[first + best])

    def promise(self, things: str, confidence: float | None) -> str:
        """In the sample, or for new data."""
        if confidence is None:
            return f"at least {percent(self.least)} of these anomalous {things} are flagged"
        return (
            f"with {percent(confidence)} confidence, at least {percent(self.least)} of the "
            f"anomalous {things} that are drawn like these are flagged"
        )

    def _needed(self, anomalies: int, confidence: float) -> int:
        needed = fewest_with_sure(self.least, anomalies, confidence)
        if needed is not None:
            return needed
        start = f"{self.text} with confidence {spelled(confidence)}: "
        if self.least == 1.0:
            raise InputError(
                f"{start}no number of samples can promise that nothing is ever missed; ask for "
                "less, for example recall>=0.99, or leave the confidence out"
            )
        enough = total_that_would_do(lambda of: lower_bound(of, of, confidence) >= self.least)
        raise InputError(
            f"{start}found {anomalies} anomalous scores, with which no threshold can promise it; "
            f"{enough} would do, if all of them are flagged"
        )
