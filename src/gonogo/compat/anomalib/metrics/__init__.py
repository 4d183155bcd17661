"""The names of ``anomalib.metrics``, anomalib 2: metrics that find their own fields in a batch.

They are the metrics of :mod:`gonogo.torch`. Names with an underscore are for values in place of a
batch, as anomalib has them; any metric does that here when it is given no fields.
"""

from typing import Any

from gonogo.torch import (
    AUPR,
    AUPRO,
    AUROC,
    PRO,
    AnomalyMetric,
    AnomalyScoreDistribution,
    BinaryPrecisionRecallCurve,
    F1AdaptiveThreshold,
    F1Max,
    F1Score,
    ManualThreshold,
    MinMax,
    PBn,
    PGn,
    create_anomaly_metric,
)

__all__ = [
    "AUPR",
    "AUPRO",
    "AUROC",
    "PRO",
    "AnomalibMetric",
    "AnomalyScoreDistribution",
    "BinaryPrecisionRecallCurve",
    "Evaluator",
    "F1AdaptiveThreshold",
    "F1Max",
    "F1Score",
    "ManualThreshold",
    "MinMax",
    "PBn",
    "PGn",
    "create_anomalib_metric",
]

AnomalibMetric = AnomalyMetric
create_anomalib_metric = create_anomaly_metric

_AUROC, _AUPR, _AUPRO, _PRO = AUROC, AUPR, AUPRO, PRO
_F1Max, _F1AdaptiveThreshold, _MinMax = F1Max, F1AdaptiveThreshold, MinMax
_PGn, _PBn = PGn, PBn


def __getattr__(name: str) -> Any:
    if name != "Evaluator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Made when it is asked for: it needs Lightning, and whether anomalib is there is known then.
    from gonogo.compat.anomalib.evaluator import evaluator_class

    return evaluator_class()
