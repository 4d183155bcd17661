"""Exact ranks of scores that are kept as tensors, wherever each of them is.

Those in memory are ranked by the kernels for arrays, those on a device there: the same integers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gonogo import grid
from gonogo._check import as_array
from gonogo.counting import rank_scores
from gonogo.grid import KEY_BITS
from gonogo.states import (
    AnomalousScores,
    DistinctScores,
    GridCounter,
    Ranked,
    Span,
    SpannedGrid,
    capacity,
    distinct_scores,
)
from gonogo.states.spanned_grid import no_ends, wider_ends
from gonogo.states.weights import limbs
from gonogo.torch.counting import add_anomalous, add_ends, add_every, keys_of
from gonogo.types import Array

__all__ = ["distinct_of", "grid_of", "is_wide", "ranked"]

_BLOCK = 1 << 25
_CACHED = 1 << 16
"""Scores whose keys are made while they lie in the cache."""
_COUNTING = 64 << 20
"""Memory to count arrays on: enough for more bits than any grid that they are folded to."""


def distinct_of(
    anomalous: Sequence[Tensor], areas: Sequence[Tensor], regions: int
) -> DistinctScores:
    """The distinct anomalous scores of all parts, with their region weights if there are any."""
    parts = [
        AnomalousScores(as_array(scores, "scores"), area.cpu().numpy() if regions else None)
        for scores, area in zip(anomalous, areas, strict=True)
    ]
    if regions and parts:
        parts[0] = AnomalousScores(parts[0].scores, parts[0].areas, regions)
    return distinct_scores(parts)


def ranked(distinct: DistinctScores, scores: Sequence[Tensor]) -> Ranked:
    """All of these scores among distinct anomalous ones."""
    here = [part for part in scores if part.is_cpu]
    arrays = (as_array(part, "scores") for part in here)
    found = rank_scores(distinct, arrays, sum(part.numel() for part in here))
    for part in scores:
        if not part.is_cpu:
            for block in part.split(_BLOCK):
                found += _on_device(distinct, block)
    return found


def grid_of(
    scores: Sequence[Tensor],
    anomalous: Sequence[Tensor],
    areas: Sequence[Tensor],
    *,
    span: Span,
    size: int,
    flat: bool,
) -> SpannedGrid:
    """These scores on a grid that holds them; with region weights unless they came ``flat``."""
    counter = GridCounter(capacity(_COUNTING))
    zeros = np.zeros(4, np.int64)
    there, ends = torch.zeros((4, size), dtype=torch.int64), no_ends(size)
    ends_there = torch.from_numpy(ends.copy())
    for part, those, area in zip(scores, anomalous, areas, strict=True):
        zeros += _zeros(part, those, area, flat=flat)
        if part.is_cpu:
            weighed = np.ones(area.numel(), np.int64) if flat else area.numpy()
            some = AnomalousScores(_raised(those, span), weighed)
            counter.add(_raised(part, span), some)
            _widen(ends, as_array(part, "scores"), span)
            continue
        there, ends_there = there.to(part.device), ends_there.to(part.device)
        for block in part.split(_BLOCK):
            keys = _keys(block)
            add_every(there, keys, span)
            add_ends(ends_there, keys, span)
        add_anomalous(there, _keys(those), None if flat else area, span)
    ends = wider_ends(ends, ends_there.cpu().numpy())
    here = SpannedGrid.of(counter.counts(), zeros, ends, span)
    if flat:
        here.counts[2:] = 0
    here.counts[:] += there.cpu().numpy()
    return here


def is_wide(dtype: torch.dtype) -> bool:
    """Whether float32 does not hold all scores of a dtype."""
    return dtype in (torch.float64, torch.int32, torch.int64)


def _zeros(scores: Tensor, anomalous: Tensor, areas: Tensor, *, flat: bool) -> NDArray[np.int64]:
    """How many scores are zero, anomalous ones among them, and the limbs of their weights."""
    every, some = (part if part.is_cpu else _keys(part) for part in (scores, anomalous))
    at = (some == 0).cpu().numpy()
    found = [int((every == 0).sum()), int(at.sum()), 0, 0]
    if not flat and found[1]:
        found[2:] = (int(limb.sum()) for limb in limbs(areas.cpu().numpy()[at]))
    return np.array(found)


def _widen(ends: NDArray[np.int64], scores: Array, span: Span) -> None:
    """Take scores in memory in among the lowest and the highest keys of their bins."""
    from gonogo.kernels.bins import widen_ends  # numba loads late

    drop = KEY_BITS - span.bits
    for start in range(0, scores.size, _CACHED):
        keys = grid.keys_of(scores[start : start + _CACHED])
        widen_ends(keys, span.floor, drop, span.first, ends[0], ends[1])


def _raised(scores: Tensor, span: Span) -> Array:
    """Scores in memory, with zero for those that are too near to it to be told apart."""
    array = as_array(scores, "scores")
    if not span.floor:
        return array
    of_floats = array.dtype.kind == "f"
    most = float(np.finfo(array.dtype).max) if of_floats else int(np.iinfo(array.dtype).max)
    nearest = min(span.nearest if of_floats else int(span.nearest), most)
    low = array.dtype.type(0 if array.dtype.kind == "u" else -nearest)
    high = array.dtype.type(nearest)
    near = (array >= low) & (array <= high)
    return np.where(near, array.dtype.type(0), array) if near.any() else array


def _keys(scores: Tensor) -> Tensor:
    return keys_of(scores if scores.is_floating_point() else scores.double())


def _on_device(distinct: DistinctScores, scores: Tensor) -> Ranked:
    keys = torch.sort(_keys(scores)).values
    rising = torch.from_numpy(grid.keys_of(distinct.scores[::-1])).to(keys.device)
    below = torch.searchsorted(keys, rising)
    upto = torch.searchsorted(keys, rising, right=True)
    dtype = np.dtype(np.float64 if is_wide(scores.dtype) else np.float32)
    return Ranked(below.cpu().numpy(), (upto - below).cpu().numpy(), scores.numel(), dtype)
