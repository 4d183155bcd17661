"""Scores that many pixels of an image share: zeros, saturated values, a flat background.

A grid bin says nothing of the order inside it, and one heavy tie would widen every interval. So
each image's heavy ties are found in a sample of its pixels at fixed places and counted exactly; a
bin then knows how many of its scores are exactly where. What counts as a tie depends on the image
alone, so states stay the same in any order and partition.
"""

from __future__ import annotations

import numpy as np

from gonogo.grid import keys_of, scores_of
from gonogo.sorting import sortable
from gonogo.states.anomalous import AnomalousScores
from gonogo.states.packed import ANOMALOUS_COLUMNS
from gonogo.states.sparse import SparseCounts
from gonogo.states.weights import limbs
from gonogo.types import Array

__all__ = ["anomalous_at", "tied_scores"]

_SAMPLE = 1024
_OFTEN = 16
_MOST = 8


def tied_scores(scores: Array) -> SparseCounts:
    """Keys of the scores that a sample of the image repeats, and how many pixels have each."""
    flat = scores.reshape(-1)
    sample = np.sort(sortable(flat[:: max(1, flat.size // _SAMPLE)]))
    if not (sample[_OFTEN - 1 :] == sample[: 1 - _OFTEN]).any():
        return SparseCounts.empty(1)
    begins = np.flatnonzero(np.concatenate([[True], sample[1:] != sample[:-1]]))
    repeats = np.diff(begins, append=sample.size)
    often = np.argsort(sortable(-repeats), kind="stable")[:_MOST]
    often = np.sort(sortable(often[repeats[often] >= _OFTEN]))
    values = sample[begins[often]].astype(flat.dtype)
    counts = [int(np.count_nonzero(flat == value)) for value in values]
    return SparseCounts(keys_of(values), np.array([counts], np.int64))


def anomalous_at(keys: SparseCounts, anomalous: AnomalousScores) -> SparseCounts:
    """The anomalous pixels that have exactly these scores: count, and limbs of region weight."""
    if keys.bins.size == 0 or anomalous.areas is None:
        return SparseCounts.empty(ANOMALOUS_COLUMNS)
    # A few comparisons of all scores are faster than looking each of them up.
    kept = np.zeros(anomalous.scores.size, np.bool_)
    for value in scores_of(keys.bins).astype(anomalous.scores.dtype):
        kept |= anomalous.scores == value
    here = keys_of(anomalous.scores[kept])
    high, low = limbs(anomalous.areas[kept])
    return SparseCounts.gathered(here, np.stack([np.ones(high.size, np.int64), high, low]))
