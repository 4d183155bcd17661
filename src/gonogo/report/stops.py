"""Pixel thresholds at which the page knows exact counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gonogo.thresholds import Threshold
from gonogo.types import Array

__all__ = ["with_stop"]


def with_stop(stops: Array, level: Mapping[str, Any], threshold: Threshold | None) -> Array:
    """The stops ``(n, 3)``: falling thresholds with the anomalous and normal pixels they flag.

    One more at a threshold that was fitted on these pixels, as the numbers it achieved say.
    """
    if threshold is None or not len(stops) or threshold.value in stops[:, 0]:
        return stops
    recall, fpr = threshold.achieved.recall, threshold.achieved.fpr
    if (recall.of, fpr.of) != (level["anomalous"], level["normal"]):
        return stops
    place = int(np.searchsorted(-stops[:, 0], -threshold.value))
    added = np.insert(stops, place, (threshold.value, recall.count, fpr.count), axis=0)
    return added if (np.diff(added[:, 1:], axis=0) >= 0).all() else stops
