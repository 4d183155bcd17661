"""The distribution of normal scores as anomalib 0.x calls it."""

from __future__ import annotations

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.rounded import RoundedMixin
from gonogo.compat.anomalib.utils.metrics.targets import known_options

__all__ = ["AnomalyScoreDistribution"]


class AnomalyScoreDistribution(RoundedMixin, metrics.AnomalyScoreDistribution):
    """Mean and standard deviation of the logarithms of normal training scores, of images and maps.

    ``reset`` forgets the scores; in anomalib they stay and leak into the next epoch. A score of 0,
    which turns anomalib's statistics into -inf and nan, is refused.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**known_options(kwargs))

    def update(  # type: ignore[override]  # no labels in 0.x
        self, anomaly_scores: Any = None, anomaly_maps: Any = None
    ) -> None:
        """Keep image scores ``(N,)``, maps ``(N, H, W)`` or ``(N, 1, H, W)``, or both."""
        super().update(anomaly_scores=anomaly_scores, anomaly_maps=anomaly_maps)
