"""The names of ``anomalib.metrics``, anomalib 2: metrics that find their own fields in a batch.

They are the metrics of :mod:`gonogo.torch` with anomalib's options, in the modules where anomalib
has them; ``compute`` gives float32, ``unrounded`` then is the same in float64. Names with an
underscore are for values in place of a batch; any metric does that here when given no fields.
"""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.metrics.anomaly_score_distribution import AnomalyScoreDistribution
from gonogo.compat.anomalib.metrics.aupr import AUPR
from gonogo.compat.anomalib.metrics.aupro import AUPRO
from gonogo.compat.anomalib.metrics.auroc import AUROC
from gonogo.compat.anomalib.metrics.base import AnomalibMetric, create_anomalib_metric
from gonogo.compat.anomalib.metrics.f1_score import F1Max, F1Score
from gonogo.compat.anomalib.metrics.min_max import MinMax
from gonogo.compat.anomalib.metrics.pg_pb import PBn, PGn
from gonogo.compat.anomalib.metrics.pg_pb import _PBn as _PBn
from gonogo.compat.anomalib.metrics.pg_pb import _PGn as _PGn
from gonogo.compat.anomalib.metrics.precision_recall_curve import BinaryPrecisionRecallCurve
from gonogo.compat.anomalib.metrics.pro import PRO
from gonogo.compat.anomalib.metrics.threshold import F1AdaptiveThreshold, ManualThreshold

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

_AUROC, _AUPR, _AUPRO, _PRO = AUROC, AUPR, AUPRO, PRO
_F1Max, _F1AdaptiveThreshold, _MinMax = F1Max, F1AdaptiveThreshold, MinMax


def __getattr__(name: str) -> Any:
    if name != "Evaluator":
        raise not_here(__name__, name)
    # Made when it is asked for: it needs Lightning, and whether anomalib is there is known then.
    from gonogo.compat.anomalib.evaluator import evaluator_class

    return evaluator_class()
