"""PatchCore's two functions, written from their documentation with scikit-learn alone."""

from __future__ import annotations

import numpy as np
from sklearn import metrics


def imagewise(scores, labels):
    """The dictionary for scores of any real dtype; float64 keeps all of them apart."""
    scores, labels = np.asarray(scores, float), np.asarray(labels) != 0
    with np.errstate(over="ignore", invalid="ignore"):
        fpr, tpr, threshold = metrics.roc_curve(labels, scores)
        auroc = metrics.roc_auc_score(labels, scores)
    return {
        "auroc": auroc,
        "fpr": fpr,
        "tpr": tpr,
        "threshold": threshold,
    }


def pixelwise(maps, masks):
    scores, truth = np.ravel(np.stack(maps)), np.ravel(np.stack(masks)).astype(int)
    fpr, tpr, _ = metrics.roc_curve(truth, scores)
    precision, recall, thresholds = metrics.precision_recall_curve(truth, scores)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    best = thresholds[np.argmax(f1)]
    flagged = scores >= best
    return {
        "auroc": metrics.roc_auc_score(truth, scores),
        "fpr": fpr,
        "tpr": tpr,
        "optimal_threshold": best,
        "optimal_fpr": np.mean(flagged[truth == 0]),
        "optimal_fnr": np.mean(~flagged[truth == 1]),
    }


def rates_of_all(maps, masks, threshold):
    """The two rates as PatchCore's code has them: fractions of a mask stay what they are."""
    flagged = (np.ravel(np.stack(maps)) >= threshold).astype(int)
    truth = np.ravel(np.stack(masks))
    return np.mean(flagged > truth), np.mean(flagged < truth)
