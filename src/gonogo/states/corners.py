"""The corners of a ROC curve over all scores, with exact counts at each.

``RankCounts`` looks at anomalous scores only, which is enough for every number. This also keeps
what normal scores do in between, for those who want the curve as scikit-learn draws it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.cores import available_cores
from gonogo.sorting import sort_in_place
from gonogo.states.ranks import RankCounts
from gonogo.types import Array

__all__ = ["RocCorners", "roc_corners"]

_PIECE = 1 << 20

Part = tuple[Array, NDArray[np.bool_]]


@dataclass(frozen=True)
class RocCorners:
    """What ``score >= thresholds[k]`` flags, thresholds falling, at every corner of the curve.

    A distinct score is no corner where the steps of the curve to it and from it are equal. The
    first corner is at the highest score, the last at the lowest. ``ranks`` are those of the same
    scores.
    """

    thresholds: Array
    false_positives: NDArray[np.int64]
    true_positives: NDArray[np.int64]
    ranks: RankCounts


def roc_corners(parts: Sequence[Part]) -> RocCorners:
    """Corners of pairs of scores and labels of equal shape: finite, of any real dtype, not empty.

    Costs one sort of each class, and memory for the scores once more.
    """
    from gonogo.kernels.ranks import walk_corners  # numba loads late

    normal, anomalous = _by_class(parts)
    # Large enough for the worst case; memory that is never written is never taken.
    corners = _columns(normal.size + anomalous.size, normal.dtype, counts=2)
    ranks = _columns(anomalous.size, normal.dtype, counts=3)
    kept, found = walk_corners(normal, anomalous, corners, ranks)
    thresholds, false, true = (column[:kept].copy() for column in corners)
    scores, hits, above, at_least = (column[:found].copy() for column in ranks)
    counts = RankCounts(scores, hits, above, at_least, normal.size)
    return RocCorners(thresholds, false, true, counts)


def _columns(size: int, dtype: np.dtype[np.generic], *, counts: int) -> tuple[Array, ...]:
    """Room for thresholds, and for some counts at each."""
    return np.empty(size, dtype), *(np.empty(size, np.int64) for _ in range(counts))


def _by_class(parts: Sequence[Part]) -> list[Array]:
    """The normal and the anomalous scores, each sorted, in a dtype that keeps all of them apart."""
    dtype = np.result_type(np.float32, *(scores.dtype for scores, _ in parts))

    def split(piece: Part) -> Part:
        scores, labels = piece
        return scores[~labels], scores[labels]

    def sort(some: Sequence[Array]) -> Array:
        every = np.concatenate(some, dtype=dtype, casting="same_kind")
        sort_in_place(every)
        return every

    with ThreadPoolExecutor(available_cores()) as pool:
        return list(pool.map(sort, zip(*pool.map(split, _pieces(parts)), strict=True)))


def _pieces(parts: Sequence[Part]) -> Iterator[Part]:
    for scores, labels in parts:
        flat, flags = scores.reshape(-1), labels.reshape(-1)
        for start in range(0, flat.size, _PIECE):
            yield flat[start : start + _PIECE], flags[start : start + _PIECE]
