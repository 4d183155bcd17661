"""The referee for visual anomaly detection: exact metrics, thresholds, and the reasons for them."""

from typing import TYPE_CHECKING, Any

from gonogo._version import __version__
from gonogo.errors import (
    GonogoError,
    InputError,
    InputWarning,
    MergeError,
    MissingExtra,
    UndefinedMetricWarning,
)
from gonogo.evaluate import evaluate
from gonogo.types import (
    Confusion,
    Curve,
    F1Max,
    ImageRow,
    OperatingPoint,
    PixelCounts,
    Settings,
    Undefined,
)

if TYPE_CHECKING:
    from gonogo import plot
    from gonogo.datasets import evaluate_folder, evaluate_table
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
        partial_auroc,
        pr_curve,
        precision_at_recall,
        pro_curve,
        roc_curve,
        standardized_partial_auroc,
        tpr_at_fpr,
    )
    from gonogo.normalization import Cdf, DivideByThreshold, MinMax
    from gonogo.results import DefectResult, Level, PixelLevel, Result, Run, load
    from gonogo.state import State
    from gonogo.thresholds import Threshold, fit_threshold

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
    "PixelCounts",
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
    "evaluate_table",
    "f1_max",
    "fit_threshold",
    "fpr_at_tpr",
    "iou_max",
    "load",
    "partial_auroc",
    "plot",
    "pr_curve",
    "precision_at_recall",
    "pro_curve",
    "roc_curve",
    "standardized_partial_auroc",
    "tpr_at_fpr",
]

_LATE = {
    "Cdf": "normalization",
    "DefectResult": "results",
    "DivideByThreshold": "normalization",
    "Level": "results",
    "MinMax": "normalization",
    "PixelLevel": "results",
    "Result": "results",
    "Run": "results",
    "State": "state",
    "Threshold": "thresholds",
    "aupr": "functional",
    "aupro": "functional",
    "aupros": "functional",
    "auroc": "functional",
    "average_precision": "functional",
    "confusion": "functional",
    "evaluate_folder": "datasets",
    "evaluate_table": "datasets",
    "f1_max": "functional",
    "fit_threshold": "thresholds",
    "fpr_at_tpr": "functional",
    "iou_max": "functional",
    "load": "results",
    "partial_auroc": "functional",
    "plot": "plot",
    "pr_curve": "functional",
    "precision_at_recall": "functional",
    "pro_curve": "functional",
    "roc_curve": "functional",
    "standardized_partial_auroc": "functional",
    "tpr_at_fpr": "functional",
}
"""Names whose rooms are loaded at their first use, so that ``import gonogo`` stays light.

``plot`` is the room itself.
"""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'gonogo' has no attribute {name!r}")
    from importlib import import_module

    room = import_module(f"gonogo.{_LATE[name]}")
    return room if name == _LATE[name] else getattr(room, name)


def __dir__() -> list[str]:
    return sorted(__all__)
