"""Flag as much as possible while at least this share of it is anomalous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gonogo._check import fraction
from gonogo.decisions import just_above
from gonogo.errors import InputError
from gonogo.sorting import sortable
from gonogo.thresholds.policy import Policy, percent, spelled
from gonogo.thresholds.sample import Sample
from gonogo.thresholds.shares import total_that_would_do
from gonogo.uncertainty import lower_bound

__all__ = ["Precision"]

_STEP = 0.6


@dataclass(frozen=True)
class Precision(Policy):
    """``precision>=0.9``: at least 90 % of what is flagged is anomalous, at the highest recall.

    With a confidence: for data with the same share of anomalies as these. Of many thresholds some
    look better than they are, so that a bound for one is no bound for the best of them. Therefore a
    fixed few are tried, each flagging 0.6 times as many as the one before, and the error that the
    confidence leaves is divided among them (Bonferroni). Of the scores above the k-th highest, each
    is anomalous or not like a fresh draw from above it, so one Clopper-Pearson bound holds for
    each; nothing is assumed of how precision varies with the threshold.
    """

    least: float

    name: ClassVar = "precision"
    sign: ClassVar = ">="
    example: ClassVar = "precision>=0.9"
    check: ClassVar = fraction
    guarantees: ClassVar = True

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The lowest threshold that is precise enough."""
        if confidence is not None:
            return self._sure_place(sample, confidence)
        counts = sample.counts
        found = counts.true_positives
        precision = found / (found + counts.at_least)
        enough = np.flatnonzero(precision >= self.least)
        if enough.size == 0:
            best = float(precision.max())
            raise InputError(
                f"{self.text}: no threshold reaches it on these scores; the best precision is "
                f"{best:.6g}"
            )
        return float(counts.scores[enough[-1]])

    def promise(self, things: str, confidence: float | None) -> str:
        """In the sample, or for new data."""
        if confidence is None:
            return f"at least {percent(self.least)} of the flagged {things} here are anomalous"
        return (
            f"with {percent(confidence)} confidence, at least {percent(self.least)} of the flagged "
            f"among {things} that are drawn like these, anomalies in the same share, are anomalous"
        )

    def _sure_place(self, sample: Sample, confidence: float) -> float:
        total = sample.normals + sample.anomalies
        # Ascending runs: a stable sort merges them in one pass.
        ascending = np.sort(
            sortable(np.concatenate([sample.normal, sample.anomalous])), kind="stable"
        )
        sizes = self._sizes(total, confidence)
        each = _shared(confidence, len(sizes))
        for size in sizes:
            threshold = (
                float(ascending[0]) if size == total else just_above(ascending[total - size - 1])
            )
            false_alarms, found = sample.flagged(threshold)
            if found and lower_bound(found, found + false_alarms, each) >= self.least:
                return threshold
        raise self._impossible(total, confidence)

    def _sizes(self, total: int, confidence: float) -> list[int]:
        """How many to flag: all, then ever fewer, as long as even the fewest could be enough."""
        sizes: list[int] = []
        size = total
        while size >= 1:
            each = _shared(confidence, len(sizes) + 1)
            if lower_bound(size, size, each) < self.least:
                break
            sizes.append(size)
            size = min(int(_STEP * size), size - 1)
        return sizes

    def _impossible(self, total: int, confidence: float) -> InputError:
        start = f"{self.text} with confidence {spelled(confidence)}: "
        if self.least == 1.0:
            return InputError(
                f"{start}no number of samples can promise that no alarm is ever false; ask for "
                "less, for example precision>=0.99, or leave the confidence out"
            )
        enough = total_that_would_do(lambda of: lower_bound(of, of, confidence) >= self.least)
        return InputError(
            f"{start}no threshold on these {total} scores can promise it; that takes at least "
            f"{enough} flagged scores, nearly all of them anomalous"
        )


def _shared(confidence: float, parts: int) -> float:
    """The confidence of each of so many statements that all hold with this confidence."""
    return 1.0 - (1.0 - confidence) / max(parts, 1)
