"""Metrics in a training loop: torchmetrics classes on raw scores, counted where tensors are."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gonogo.errors import MissingExtra

if TYPE_CHECKING:
    from gonogo.torch.areas import AUPR, AUPRO, AUROC
    from gonogo.torch.batches import ImageBatch, ImageItem
    from gonogo.torch.best import F1AdaptiveThreshold, F1Max, IoUMax
    from gonogo.torch.collection import MetricCollection
    from gonogo.torch.counting import BatchCounts, count_maps, keys_of
    from gonogo.torch.curves import ROC, BinaryPrecisionRecallCurve, PROCurve
    from gonogo.torch.decided import PRO, Accuracy, DecidedMetric, F1Score, Precision, Recall
    from gonogo.torch.evaluator import Evaluator
    from gonogo.torch.extremes import AnomalyScoreDistribution, MinMax
    from gonogo.torch.manual import ManualThreshold
    from gonogo.torch.metric import AnomalyMetric, create_anomaly_metric
    from gonogo.torch.normalizing import (
        CdfNormalizationCallback,
        MinMaxNormalizationCallback,
        ThresholdNormalizationCallback,
    )
    from gonogo.torch.operating import PBn, PGn
    from gonogo.torch.scored import ScoredMetric
    from gonogo.torch.thresholding import ThresholdCallback

__all__ = [
    "AUPR",
    "AUPRO",
    "AUROC",
    "PRO",
    "ROC",
    "Accuracy",
    "AnomalyMetric",
    "AnomalyScoreDistribution",
    "BatchCounts",
    "BinaryPrecisionRecallCurve",
    "CdfNormalizationCallback",
    "DecidedMetric",
    "Evaluator",
    "F1AdaptiveThreshold",
    "F1Max",
    "F1Score",
    "ImageBatch",
    "ImageItem",
    "IoUMax",
    "ManualThreshold",
    "MetricCollection",
    "MinMax",
    "MinMaxNormalizationCallback",
    "PBn",
    "PGn",
    "PROCurve",
    "Precision",
    "Recall",
    "ScoredMetric",
    "ThresholdCallback",
    "ThresholdNormalizationCallback",
    "count_maps",
    "create_anomaly_metric",
    "keys_of",
]

_LATE = {
    "AUPR": "areas",
    "AUPRO": "areas",
    "AUROC": "areas",
    "Accuracy": "decided",
    "AnomalyMetric": "metric",
    "AnomalyScoreDistribution": "extremes",
    "BatchCounts": "counting",
    "BinaryPrecisionRecallCurve": "curves",
    "CdfNormalizationCallback": "normalizing",
    "DecidedMetric": "decided",
    "Evaluator": "evaluator",
    "F1AdaptiveThreshold": "best",
    "F1Max": "best",
    "F1Score": "decided",
    "ImageBatch": "batches",
    "ImageItem": "batches",
    "IoUMax": "best",
    "ManualThreshold": "manual",
    "MetricCollection": "collection",
    "MinMax": "extremes",
    "MinMaxNormalizationCallback": "normalizing",
    "PBn": "operating",
    "PGn": "operating",
    "PRO": "decided",
    "PROCurve": "curves",
    "Precision": "decided",
    "ROC": "curves",
    "Recall": "decided",
    "ScoredMetric": "scored",
    "ThresholdCallback": "thresholding",
    "ThresholdNormalizationCallback": "normalizing",
    "count_maps": "counting",
    "create_anomaly_metric": "metric",
    "keys_of": "counting",
}
"""Names whose files are loaded at their first use: torchmetrics and Lightning take seconds."""

if find_spec("torch") is None:
    raise MissingExtra.of("torch", needs="gonogo.torch needs torch")


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'gonogo.torch' has no attribute {name!r}")
    from importlib import import_module

    try:
        return getattr(import_module(f"gonogo.torch.{_LATE[name]}"), name)
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in ("torch", "torchmetrics", "lightning"):
            raise
        raise MissingExtra.of("torch", needs=f"gonogo.torch.{name} needs {library}") from error


def __dir__() -> list[str]:
    return sorted(__all__)
