"""anomalib's metrics, batches and Evaluator, on raw scores: change the import, keep the rest.

``gonogo.compat.anomalib.metrics`` and ``.data`` have the names of anomalib 2, all of which are here
as well; ``gonogo.compat.anomalib.utils.metrics`` has those of 0.x, where AUROC, AUPR, AUPRO, PRO
and MinMax are called another way. ``docs/anomalib.md`` says where numbers differ, and by how much.
"""

from typing import TYPE_CHECKING, Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.data import ImageBatch, ImageItem
from gonogo.compat.anomalib.metrics import (
    AUPR,
    AUPRO,
    AUROC,
    PRO,
    AnomalibMetric,
    AnomalyScoreDistribution,
    BinaryPrecisionRecallCurve,
    F1AdaptiveThreshold,
    F1Max,
    F1Score,
    ManualThreshold,
    MinMax,
    PBn,
    PGn,
    create_anomalib_metric,
)

if TYPE_CHECKING:
    from gonogo.compat.anomalib.evaluator import install_evaluator

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
    "ImageBatch",
    "ImageItem",
    "ManualThreshold",
    "MinMax",
    "PBn",
    "PGn",
    "create_anomalib_metric",
    "install_evaluator",
]


def __getattr__(name: str) -> Any:
    if name not in ("Evaluator", "install_evaluator"):
        raise not_here(__name__, name)
    from gonogo.compat.anomalib import evaluator  # needs Lightning, which metrics do not

    if name == "Evaluator":  # made when it is asked for: whether anomalib is there, is known then
        return evaluator.evaluator_class()
    return evaluator.install_evaluator
