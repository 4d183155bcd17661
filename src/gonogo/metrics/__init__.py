"""One metric family a file: pure functions of counts, exact up to float64 rounding."""

from gonogo.metrics.auroc import auroc
from gonogo.metrics.average_precision import aupr_trapezoid, average_precision
from gonogo.metrics.confusion import confusion
from gonogo.metrics.corners import corner_curve
from gonogo.metrics.f1_max import f1_max, iou_max, iou_of
from gonogo.metrics.operating_points import (
    fpr_at_tpr,
    precision_at_recall,
    tnr_at_fnr,
    tpr_at_fpr,
)
from gonogo.metrics.partial_auroc import partial_auroc, standardized_partial_auroc
from gonogo.metrics.pr import pr_curve
from gonogo.metrics.pro import aupro, pro_curve
from gonogo.metrics.roc import roc_curve
from gonogo.metrics.stops import stops
from gonogo.metrics.thin import thinned

__all__ = [
    "aupr_trapezoid",
    "aupro",
    "auroc",
    "average_precision",
    "confusion",
    "corner_curve",
    "f1_max",
    "fpr_at_tpr",
    "iou_max",
    "iou_of",
    "partial_auroc",
    "pr_curve",
    "precision_at_recall",
    "pro_curve",
    "roc_curve",
    "standardized_partial_auroc",
    "stops",
    "thinned",
    "tnr_at_fnr",
    "tpr_at_fpr",
]
