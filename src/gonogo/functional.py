"""One number or curve at a time.

``scores`` and ``labels`` are of any one shape: a vector of images, or the maps and masks of a
data set, as arrays, tensors, or lists of them. Labels are bool, 0/1, or 0/255 as uint8. What the
data does not define is nan with a ``.reason`` (a curve without points), and a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np

from gonogo import _check, metrics
from gonogo.counting import count_images, count_scores
from gonogo.decisions import at_least
from gonogo.errors import InputError, UndefinedMetricWarning, warn
from gonogo.states import AnomalousScores, RankCounts
from gonogo.types import Confusion, Connectivity, Curve, F1Max, OperatingPoint, Undefined

__all__ = [
    "aupr",
    "aupro",
    "aupros",
    "auroc",
    "average_precision",
    "confusion",
    "f1_max",
    "fpr_at_tpr",
    "iou_max",
    "partial_auroc",
    "pr_curve",
    "precision_at_recall",
    "pro_curve",
    "roc_curve",
    "standardized_partial_auroc",
    "tpr_at_fpr",
]

MaskValues: TypeAlias = "str | float | Sequence[float] | None"
Value = TypeVar("Value", float, F1Max, OperatingPoint, Curve, Confusion)


def auroc(scores: Any, labels: Any) -> float:
    """Chance that an anomalous score outranks a normal one; a tie counts half.

    Undefined without anomalous or normal elements. Equals scikit-learn's ``roc_auc_score``.

    >>> import gonogo
    >>> gonogo.auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    return _told("auroc", metrics.auroc(_ranks(scores, labels)))


def partial_auroc(scores: Any, labels: Any, fpr_limit: float) -> float:
    """Area under the ROC curve for false positive rates in [0, ``fpr_limit``], over the limit.

    1 is perfect, and chance has half the limit. This is *not* what scikit-learn's
    ``roc_auc_score(max_fpr=...)`` gives: that is :func:`standardized_partial_auroc`. A tie that
    reaches over the limit counts by the straight line. Undefined without anomalous or normal
    elements.

    >>> import gonogo
    >>> gonogo.partial_auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], fpr_limit=0.5)
    0.5
    """
    limit = _check.fraction(fpr_limit, "fpr_limit")
    return _told("partial_auroc", metrics.partial_auroc(_ranks(scores, labels), limit))


def standardized_partial_auroc(scores: Any, labels: Any, fpr_limit: float) -> float:
    """The area of :func:`partial_auroc`, standardized so that chance is 0.5 and perfect is 1.

    ``0.5 (1 + (A - L^2/2) / (L - L^2/2))`` for the area ``A`` up to the limit ``L`` (McClish,
    1989). Equals scikit-learn's ``roc_auc_score(max_fpr=fpr_limit)``. Undefined without anomalous
    or normal elements.

    >>> import gonogo
    >>> scores, labels = [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]
    >>> round(gonogo.standardized_partial_auroc(scores, labels, fpr_limit=0.5), 6)
    0.666667
    """
    limit = _check.fraction(fpr_limit, "fpr_limit")
    ranks = _ranks(scores, labels)
    return _told("standardized_partial_auroc", metrics.standardized_partial_auroc(ranks, limit))


def average_precision(scores: Any, labels: Any) -> float:
    """Mean precision over the anomalous elements, each taken at its own score.

    Undefined without anomalous or normal elements. Equals scikit-learn's
    ``average_precision_score``.

    >>> import gonogo
    >>> round(gonogo.average_precision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 6)
    0.833333
    """
    return _told("average_precision", metrics.average_precision(_ranks(scores, labels)))


def aupr(
    scores: Any,
    labels: Any,
    *,
    method: Literal["average_precision", "trapezoid"] = "average_precision",
) -> float:
    """Area under the precision-recall curve: average precision, or by straight lines.

    ``"trapezoid"`` is optimistic, because precision does not fall linearly between two points
    (Davis and Goadrich, ICML 2006).
    """
    if method not in ("average_precision", "trapezoid"):
        raise InputError(f"method: found {method!r}; expected 'average_precision' or 'trapezoid'")
    chosen = metrics.aupr_trapezoid if method == "trapezoid" else metrics.average_precision
    return _told("aupr", chosen(_ranks(scores, labels)))


def f1_max(scores: Any, labels: Any) -> F1Max:
    """The best F1 of any threshold, with the lowest threshold, the precision and the recall there.

    >>> import gonogo
    >>> gonogo.f1_max([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    F1Max(value=0.8, threshold=0.35, precision=0.6666666666666666, recall=1.0)
    """
    return _told("f1_max", metrics.f1_max(_ranks(scores, labels)))


def iou_max(scores: Any, labels: Any) -> float:
    """The best ``TP / (TP + FP + FN)`` of any threshold: that of :func:`f1_max`."""
    return _told("iou_max", metrics.iou_max(_ranks(scores, labels)))


def roc_curve(scores: Any, labels: Any) -> Curve:
    """False positive rate (x) against true positive rate (y), at every turning point."""
    return _told("roc_curve", metrics.roc_curve(_ranks(scores, labels)))


def pr_curve(scores: Any, labels: Any) -> Curve:
    """Recall (x) against precision (y), from recall 0 to 1, at every turning point."""
    return _told("pr_curve", metrics.pr_curve(_ranks(scores, labels)))


def tpr_at_fpr(scores: Any, labels: Any, fpr: float) -> OperatingPoint:
    """Highest true positive rate of any threshold with a false positive rate of at most ``fpr``."""
    limit = _check.fraction(fpr, "fpr", zero=True)
    return _told("tpr_at_fpr", metrics.tpr_at_fpr(_ranks(scores, labels), limit))


def fpr_at_tpr(scores: Any, labels: Any, tpr: float) -> OperatingPoint:
    """Lowest false positive rate of any threshold with a true positive rate of at least ``tpr``."""
    least = _check.fraction(tpr, "tpr")
    return _told("fpr_at_tpr", metrics.fpr_at_tpr(_ranks(scores, labels), least))


def precision_at_recall(scores: Any, labels: Any, recall: float) -> OperatingPoint:
    """Highest precision of any threshold with a recall of at least ``recall``."""
    least = _check.fraction(recall, "recall")
    return _told("precision_at_recall", metrics.precision_at_recall(_ranks(scores, labels), least))


def confusion(scores: Any, labels: Any, threshold: float) -> Confusion:
    """Counts and rates of ``score >= threshold`` decisions; precision, recall, F1, IoU, ...

    ``inf`` flags nothing, ``-inf`` everything.

    >>> import gonogo
    >>> gonogo.confusion([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.35).precision
    0.6666666666666666
    """
    limit = _check.number(threshold, "threshold")
    parts = _check.elements(scores, labels)
    flagged = [at_least(score, limit) for score, _ in parts]
    found = sum(
        int(np.count_nonzero(flag & label)) for flag, (_, label) in zip(flagged, parts, strict=True)
    )
    every = sum(int(np.count_nonzero(flag)) for flag in flagged)
    anomalies = sum(int(np.count_nonzero(label)) for _, label in parts)
    size = sum(score.size for score, _ in parts)
    return _told(
        "confusion",
        metrics.confusion(
            limit,
            found=found,
            anomalies=anomalies,
            false_alarms=every - found,
            normals=size - anomalies,
        ),
    )


def aupro(
    maps: Any,
    masks: Any,
    *,
    fpr_limit: float = 0.3,
    connectivity: Connectivity = 8,
    mask_values: MaskValues = None,
    ignore_value: float | None = None,
) -> float:
    """Area under the per-region overlap curve for false positive rates in [0, ``fpr_limit``].

    Divided by the limit, so that 1 is perfect. ``maps`` and ``masks`` are ``(H, W)``,
    ``(N, H, W)``, ``(N, 1, H, W)``, or lists of images or batches; a mask of None is normal.
    ``mask_values`` and ``ignore_value`` say what other values than 0/1 or 0/255 mean, see
    :func:`gonogo.evaluate`. Regions are 8- or 4-connected; a mask that is anomalous everywhere is
    one region. Undefined without regions or without normal pixels. Definition: Bergmann et al.,
    IJCV 2021; equals MVTec's evaluation script but for the float32 rates there.
    """
    limit = _check.fraction(fpr_limit, "fpr_limit")
    values = aupros(
        maps,
        masks,
        fpr_limits=limit,
        connectivity=connectivity,
        mask_values=mask_values,
        ignore_value=ignore_value,
    )
    return values[limit]


def aupros(
    maps: Any,
    masks: Any,
    *,
    fpr_limits: float | Sequence[float] = (0.3, 0.05),
    connectivity: Connectivity = 8,
    mask_values: MaskValues = None,
    ignore_value: float | None = None,
) -> dict[float, float]:
    """:func:`aupro` at several limits, for the cost of one."""
    limits = _check.settings(fpr_limits=fpr_limits).fpr_limits
    ranks = _region_ranks(
        maps,
        masks,
        connectivity=connectivity,
        mask_values=mask_values,
        ignore_value=ignore_value,
    )
    return {limit: _told(f"aupro[{limit!r}]", metrics.aupro(ranks, limit)) for limit in limits}


def pro_curve(
    maps: Any,
    masks: Any,
    *,
    connectivity: Connectivity = 8,
    mask_values: MaskValues = None,
    ignore_value: float | None = None,
) -> Curve:
    """False positive rate (x) against the mean covered fraction of all regions (y)."""
    ranks = _region_ranks(
        maps,
        masks,
        connectivity=connectivity,
        mask_values=mask_values,
        ignore_value=ignore_value,
    )
    return _told("pro_curve", metrics.pro_curve(ranks))


def _ranks(scores: Any, labels: Any) -> RankCounts:
    parts = _check.elements(scores, labels)
    anomalous = [AnomalousScores(score[label]) for score, label in parts]
    return count_scores(anomalous, (score for score, _ in parts))


def _region_ranks(maps: Any, masks: Any, **options: Any) -> RankCounts:
    settings = _check.settings(mode="exact", **options)
    if maps is None:
        raise InputError("maps: found None; expected anomaly maps, one for every mask")
    sources = _check.images(maps, masks)
    ranks = count_images(sources, settings, in_memory=True).ranks()
    return ranks if isinstance(ranks, RankCounts) else count_scores([], [])


def _told(name: str, value: Value) -> Value:
    """The value, with a warning if the data does not define it."""
    for reason in _reasons(value):
        warn(f"{name} is undefined: it {reason}", UndefinedMetricWarning)
    return value


def _reasons(value: object) -> list[str]:
    if isinstance(value, Undefined):
        return [value.reason]
    if isinstance(value, Curve):
        return [] if value.reason is None else [value.reason]
    if isinstance(value, float):
        return []
    return list(
        dict.fromkeys(one.reason for one in vars(value).values() if isinstance(one, Undefined))
    )
