"""Thresholds to move along, each with exactly what it flags."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gonogo.metrics.steps import just_above
from gonogo.sorting import sortable
from gonogo.states import RankCounts

__all__ = ["stops"]

_EACH_WAY = 160


def stops(counts: RankCounts, keep: Iterable[float] = ()) -> NDArray[np.float64]:
    """Some thresholds, falling, and the anomalous and normal elements that each flags: ``(n, 3)``.

    Anomalous scores, even along the true positive rate, along the logarithm of the false positive
    rate and along the scores; the first flags no anomalous element. Scores in ``keep`` are among
    them. Empty where there is no anomalous element.
    """
    scores = counts.scores.astype(np.float64)
    if scores.size == 0:
        return np.empty((0, 3))
    found, false = counts.true_positives, counts.at_least
    ways = (
        np.searchsorted(found, np.linspace(1.0, counts.anomalies, _EACH_WAY)),
        np.searchsorted(false, np.geomspace(1.0, max(counts.normals, 1), _EACH_WAY)),
        np.searchsorted(-scores, -np.linspace(scores[0], scores[-1], _EACH_WAY)),
        np.searchsorted(-scores, -np.array([one for one in keep if np.isfinite(one)])),
    )
    chosen = np.unique(sortable(np.concatenate(ways)))
    chosen = chosen[chosen < scores.size]
    every = np.stack([scores[chosen], found[chosen], false[chosen]], axis=1)
    nothing = [float(just_above(counts.scores[:1])[0]), 0.0, float(counts.above[0])]
    return np.vstack([nothing, every]) if np.isfinite(nothing[0]) else every
