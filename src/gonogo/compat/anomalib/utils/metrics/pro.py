"""Per-region overlap at one threshold as anomalib 0.x calls it."""

from __future__ import annotations

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.rounded import RoundedMixin
from gonogo.compat.anomalib.utils.metrics.targets import Labelled

__all__ = ["PRO"]


class PRO(RoundedMixin, Labelled, metrics.PRO):
    """The mean over all regions of the fraction of each that is flagged at a threshold.

    A score equal to the threshold is flagged, in anomalib it is not. Without a region it is nan
    with a reason, in anomalib 1.0; a mask that is anomalous everywhere is a region, in anomalib
    none; integer scores are scores, in anomalib the value is then 0.0.
    """

    def __init__(self, threshold: float = 0.5, **kwargs: Any) -> None:
        # 0.5 is what nobody has chosen: a threshold of raw scores is another, or set_threshold's.
        super().__init__(threshold=None if threshold == 0.5 else threshold, **kwargs)
