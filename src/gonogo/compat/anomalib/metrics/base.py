"""Fields for metrics of any class, where anomalib 2 has them."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.torch import AnomalyMetric, create_anomaly_metric

__all__ = ["AnomalibMetric", "create_anomalib_metric"]

AnomalibMetric = AnomalyMetric
create_anomalib_metric = create_anomaly_metric


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
