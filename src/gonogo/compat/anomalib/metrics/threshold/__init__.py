"""Thresholds as metrics, where anomalib 2 has them."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.metrics.threshold.f1_adaptive_threshold import F1AdaptiveThreshold
from gonogo.compat.anomalib.metrics.threshold.manual_threshold import ManualThreshold

__all__ = ["F1AdaptiveThreshold", "ManualThreshold"]


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
