"""The two functions of PatchCore's ``patchcore.metrics``, exact and many times faster.

Change the import and nothing else: ``from gonogo.compat.patchcore import
compute_pixelwise_retrieval_metrics``. The curves equal scikit-learn's point for point. The
published code and its documentation differ in one place, the two rates at the optimal threshold;
here the documentation holds unless asked otherwise.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from gonogo import _check, metrics
from gonogo.compat.truncation import truncated
from gonogo.errors import InputError, UndefinedMetricWarning, warn
from gonogo.states import RankCounts, RocCorners, roc_corners
from gonogo.types import Undefined

__all__ = ["compute_imagewise_retrieval_metrics", "compute_pixelwise_retrieval_metrics"]

Rates = Literal["document", "peer"]

_IMAGES = ("anomaly_prediction_weights", "anomaly_ground_truth_labels")
_PIXELS = ("anomaly_segmentations", "ground_truth_masks")


def compute_imagewise_retrieval_metrics(
    anomaly_prediction_weights: Any, anomaly_ground_truth_labels: Any
) -> dict[str, Any]:
    """AUROC and ROC curve of image scores ``(N,)``, higher = more anomalous, and labels ``(N,)``.

    Returns:
        ``auroc``: chance that an anomalous image outranks a normal one, a tie counting half.
        ``fpr``, ``tpr``, ``threshold``: float64 arrays equal to those of scikit-learn's
        ``roc_curve`` (1.3 and later): thresholds fall, the first is ``inf``, and points in the
        middle of a straight line are left out.

        With images of one class only, ``auroc`` and the rate of the other class are nan, and an
        ``UndefinedMetricWarning`` says so.

    Raises:
        InputError: NaN, infinities, no image, or lengths that differ.

    >>> from gonogo.compat.patchcore import compute_imagewise_retrieval_metrics
    >>> found = compute_imagewise_retrieval_metrics([0.1, 0.4, 0.9, 0.3], [0, 0, 1, 1])
    >>> found["auroc"], found["threshold"]
    (0.75, array([inf, 0.9, 0.4, 0.3, 0.1]))
    """
    truth = truncated(anomaly_ground_truth_labels, _IMAGES[1])
    corners = _corners(anomaly_prediction_weights, truth.masks, _IMAGES)
    curve = metrics.corner_curve(corners)
    auroc = metrics.auroc(corners.ranks)
    if isinstance(auroc, Undefined):
        _tell(auroc, "auroc")
    return {"auroc": auroc, "fpr": curve.x, "tpr": curve.y, "threshold": curve.thresholds}


def compute_pixelwise_retrieval_metrics(
    anomaly_segmentations: Any, ground_truth_masks: Any, *, rates: Rates = "document"
) -> dict[str, Any]:
    """AUROC, ROC curve and the threshold of the best F1 over the pixels of all maps.

    Args:
        anomaly_segmentations: maps, ``(N, H, W)`` or a list of ``(H, W)``, of any range; images of
            a list may differ in size.
        ground_truth_masks: as many masks, 1 = anomalous: arrays, or the nested ``[1, H, W]`` lists
            that PatchCore's ``predict`` returns. Fractions, as resizing leaves them on the border
            of a mask, count as normal, like in the published code; a warning says how many.
        rates: what ``optimal_fpr`` and ``optimal_fnr`` are fractions of. PatchCore's documentation
            says FP / (FP + TN) and FN / (FN + TP); its code divides both by the number of all
            pixels, which ``"peer"`` repeats.

    Returns:
        ``auroc``, ``fpr``, ``tpr``: as in :func:`compute_imagewise_retrieval_metrics`.
        ``optimal_threshold``: the score that as ``map >= threshold`` gives the highest F1, the
        lowest among equals; ``optimal_fpr``, ``optimal_fnr``: the rates there.

        With pixels of one class only, all but the other class's curve are nan, and an
        ``UndefinedMetricWarning`` says so.

    Raises:
        InputError: NaN, infinities, no pixel, shapes that differ, or mask values beyond 0 and 1.

    >>> from gonogo.compat.patchcore import compute_pixelwise_retrieval_metrics
    >>> found = compute_pixelwise_retrieval_metrics([[[0.1, 0.4], [0.9, 0.3]]], [[[0, 0], [1, 1]]])
    >>> found["auroc"], found["optimal_threshold"], found["optimal_fpr"], found["optimal_fnr"]
    (0.75, 0.3, 0.5, 0.0)
    """
    if rates not in ("document", "peer"):
        raise InputError(f"rates: found {rates!r}; expected 'document' or 'peer'")
    truth = truncated(ground_truth_masks, _PIXELS[1])
    corners = _corners(anomaly_segmentations, truth.masks, _PIXELS)
    curve = metrics.corner_curve(corners)
    auroc = metrics.auroc(corners.ranks)
    threshold = metrics.f1_max(corners.ranks).threshold
    best = threshold if isinstance(threshold, Undefined) else float(threshold)
    fpr, fnr = best, best
    if isinstance(best, Undefined):
        _tell(best, "auroc, optimal_threshold, optimal_fpr and optimal_fnr")
    elif rates == "document":
        fpr, fnr = _rates(corners.ranks, best)
    else:
        fpr, fnr = _rates_of_all(corners.ranks, best, truth.below(anomaly_segmentations, best))
    return {
        "auroc": auroc,
        "fpr": curve.x,
        "tpr": curve.y,
        "optimal_threshold": best,
        "optimal_fpr": fpr,
        "optimal_fnr": fnr,
    }


def _corners(scores: Any, labels: Any, names: tuple[str, str]) -> RocCorners:
    parts = _check.elements(scores, labels, names=names)
    if not parts:
        raise InputError(f"{names[0]}: found no score; expected at least one")
    return roc_corners(parts)


def _mistakes(ranks: RankCounts, threshold: float) -> tuple[int, int]:
    """False positives and false negatives at a threshold that is an anomalous score."""
    place = int(np.flatnonzero(ranks.scores == threshold)[0])
    return int(ranks.at_least[place]), ranks.anomalies - int(ranks.true_positives[place])


def _rates(ranks: RankCounts, threshold: float) -> tuple[float, float]:
    false_positives, false_negatives = _mistakes(ranks, threshold)
    return false_positives / ranks.normals, false_negatives / ranks.anomalies


def _rates_of_all(ranks: RankCounts, threshold: float, fractions: int) -> tuple[float, float]:
    """As in the published code, which also misses a fraction that is not flagged."""
    false_positives, false_negatives = _mistakes(ranks, threshold)
    every = ranks.normals + ranks.anomalies
    return false_positives / every, (false_negatives + fractions) / every


def _tell(value: Undefined, names: str) -> None:
    warn(f"{names}: undefined: {value.reason}", UndefinedMetricWarning)
