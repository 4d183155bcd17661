"""The names of ``anomalib.utils.metrics``, anomalib 0.3 to 0.7: scores and targets, not batches.

Targets are integers, bool, or floats that are 0 and 1; scores are of any range, shape and dtype.
"""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.utils.metrics.anomaly_score_distribution import (
    AnomalyScoreDistribution,
)
from gonogo.compat.anomalib.utils.metrics.anomaly_score_threshold import (
    AdaptiveThreshold,
    AnomalyScoreThreshold,
)
from gonogo.compat.anomalib.utils.metrics.aupr import AUPR
from gonogo.compat.anomalib.utils.metrics.aupro import AUPRO
from gonogo.compat.anomalib.utils.metrics.auroc import AUROC
from gonogo.compat.anomalib.utils.metrics.collection import AnomalibMetricCollection
from gonogo.compat.anomalib.utils.metrics.min_max import MinMax
from gonogo.compat.anomalib.utils.metrics.optimal_f1 import OptimalF1
from gonogo.compat.anomalib.utils.metrics.pro import PRO

__all__ = [
    "AUPR",
    "AUPRO",
    "AUROC",
    "PRO",
    "AdaptiveThreshold",
    "AnomalibMetricCollection",
    "AnomalyScoreDistribution",
    "AnomalyScoreThreshold",
    "MinMax",
    "OptimalF1",
]


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
