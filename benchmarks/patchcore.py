"""PatchCore's pixelwise metrics, against the same from scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import Line, gain
from benchmarks.timing import repeated

__all__ = ["against_plain_scikit_learn"]

_TARGET = 15.0
_PEER_SECONDS = 20.0
_OUR_SECONDS = 3.0
_RUNS = 3


def against_plain_scikit_learn(
    data: str, maps: NDArray[np.float32], masks: NDArray[np.uint8]
) -> list[Line]:
    """The drop-in against ROC curve, AUROC, precision-recall curve and best F1 in a row."""
    from gonogo.compat.patchcore import compute_pixelwise_retrieval_metrics

    compute_pixelwise_retrieval_metrics(maps[:2], masks[:2])  # load or compile the kernels
    scores, labels = maps.reshape(-1), (masks > 0).reshape(-1).astype(np.int64)
    found: dict[str, Any] = {}

    def ours() -> None:
        found["gonogo"] = compute_pixelwise_retrieval_metrics(maps, masks)

    def theirs() -> None:
        found["peer"] = _plain(scores, labels)

    runs = {
        "gonogo": repeated(ours, budget=_OUR_SECONDS, most=_RUNS),
        "peer": repeated(theirs, budget=_PEER_SECONDS, most=_RUNS),
    }
    runs["gonogo"] += repeated(ours, budget=_OUR_SECONDS, most=_RUNS)
    what = "patchcore, pixelwise : plain scikit-learn"
    apart = _apart(found["gonogo"], found["peer"])
    return [
        gain(data, what, min(runs["gonogo"]), min(runs["peer"]), _TARGET, runs),
        Line(
            data, "largest difference of curves and rates", apart, None, "", apart, "at most", 0.0
        ),
    ]


def _plain(scores: NDArray[np.float32], labels: NDArray[np.int64]) -> dict[str, Any]:
    from sklearn import metrics

    fpr, tpr, _ = metrics.roc_curve(labels, scores)
    auroc = metrics.roc_auc_score(labels, scores)
    precision, recall, thresholds = metrics.precision_recall_curve(labels, scores)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    threshold = thresholds[np.argmax(f1)]
    flagged, anomalous = scores >= threshold, labels == 1
    return {
        "auroc": auroc,
        "fpr": fpr,
        "tpr": tpr,
        "optimal_threshold": threshold,
        "optimal_fpr": np.mean(flagged[~anomalous]),
        "optimal_fnr": np.mean(~flagged[anomalous]),
    }


def _apart(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    """0 where every array and rate is the same; AUROC, a sum of rounded numbers, is left out."""
    if len(ours["fpr"]) != len(theirs["fpr"]):
        return float("inf")
    return max(float(np.max(np.abs(ours[key] - theirs[key]))) for key in theirs if key != "auroc")
