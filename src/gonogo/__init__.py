"""The referee for visual anomaly detection: exact metrics, thresholds, and the reasons for them."""

from gonogo._version import __version__
from gonogo.datasets import evaluate_folder
from gonogo.errors import (
    GonogoError,
    InputError,
    InputWarning,
    MergeError,
    MissingExtra,
    UndefinedMetricWarning,
)
from gonogo.evaluate import evaluate
from gonogo.functional import (
    aupr,
    aupro,
    aupros,
    auroc,
    average_precision,
    confusion,
    f1_max,
    fpr_at_tpr,
    iou_max,
    pr_curve,
    precision_at_recall,
    pro_curve,
    roc_curve,
    tpr_at_fpr,
)
from gonogo.normalization import Cdf, DivideByThreshold, MinMax
from gonogo.results import DefectResult, Level, PixelLevel, Result, Run
from gonogo.state import State
from gonogo.thresholds import Threshold, fit_threshold
from gonogo.types import (
    Confusion,
    Curve,
    F1Max,
    ImageRow,
    OperatingPoint,
    Settings,
    Undefined,
)

__all__ = [
    "Cdf",
    "Confusion",
    "Curve",
    "DefectResult",
    "DivideByThreshold",
    "F1Max",
    "GonogoError",
    "ImageRow",
    "InputError",
    "InputWarning",
    "Level",
    "MergeError",
    "MinMax",
    "MissingExtra",
    "OperatingPoint",
    "PixelLevel",
    "Result",
    "Run",
    "Settings",
    "State",
    "Threshold",
    "Undefined",
    "UndefinedMetricWarning",
    "__version__",
    "aupr",
    "aupro",
    "aupros",
    "auroc",
    "average_precision",
    "confusion",
    "evaluate",
    "evaluate_folder",
    "f1_max",
    "fit_threshold",
    "fpr_at_tpr",
    "iou_max",
    "pr_curve",
    "precision_at_recall",
    "pro_curve",
    "roc_curve",
    "tpr_at_fpr",
]
