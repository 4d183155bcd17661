"""The best F1 of any threshold as anomalib 0.x calls it."""

from __future__ import annotations

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.rounded import RoundedMixin, as_rate, as_score
from gonogo.compat.anomalib.utils.metrics.targets import Labelled

__all__ = ["OptimalF1"]


class OptimalF1(RoundedMixin, Labelled, metrics.F1Max):
    """The best F1 of any threshold; ``threshold`` is then the lowest one that reaches it.

    ``score >= threshold`` is anomalous. Without anomalies F1 is nan with a reason, where anomalib
    gives 0.0 and the lowest score as threshold, which flags everything. Otherwise values are equal
    but for the 1e-10 that anomalib adds to a denominator.

    Args:
        num_classes: 1, as everywhere in anomalib.
        kwargs: those of ``torchmetrics.Metric``.
    """

    def __init__(self, num_classes: int = 1, **kwargs: Any) -> None:
        super().__init__(num_classes=num_classes, **kwargs)

    def rounded(self, values: Any) -> Any:
        """The best F1; its threshold is left where float32 does not hold it."""
        self.threshold = None if self.threshold is None else as_score(self.threshold)
        return as_rate(values)
