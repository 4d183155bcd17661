"""``metrics.json`` in the form that MVTec AD's evaluation script writes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gonogo.sorting import sortable
from gonogo.types import ImageRow, Number

if TYPE_CHECKING:
    from gonogo.results.record import Run

__all__ = ["mvtec_document"]


def mvtec_document(run: Run) -> dict[str, Any]:
    """AUPRO at the first limit, image AUROC and its curve by category, and the two means."""
    limit = run.settings.fpr_limits[0] if run.settings.fpr_limits else None
    document: dict[str, Any] = {}
    for name, result in run.categories.items():
        fpr, tpr = _classification_roc(result.images)
        document[name] = {
            "au_pro": None
            if result.pixel is None or limit is None
            else _number(result.pixel.aupro[limit]),
            "classification_au_roc": _number(result.image.auroc),
            "classification_roc_curve_fpr": fpr,
            "classification_roc_curve_tpr": tpr,
        }
    has_pixels = "pixel" in run.mean and limit is not None
    document["mean_au_pro"] = _number(run.mean["pixel"]["aupro"][limit]) if has_pixels else None
    document["mean_classification_au_roc"] = _number(run.mean["image"]["auroc"])
    return document


def _classification_roc(rows: Sequence[ImageRow]) -> tuple[list[float], list[float]]:
    """A point for every distinct image score, from (0, 0) to (1, 1)."""
    scores = np.array([row.score for row in rows], np.float64)
    labels = np.array([row.label for row in rows], np.bool_)
    if labels.all() or not labels.any():
        return [], []
    order = np.argsort(sortable(-scores), kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)
    found = np.cumsum(labels[order])[last] / labels.sum()
    false = np.cumsum(~labels[order])[last] / (~labels).sum()
    return [0.0, *false.tolist()], [0.0, *found.tolist()]


def _number(value: Number) -> float | None:
    """The value, or the midpoint of its interval."""
    number = float(value)
    return None if math.isnan(number) else number
