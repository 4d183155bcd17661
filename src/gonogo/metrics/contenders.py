"""Where a metric that grows with true and falls with false positives can be high."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["contenders"]

_BLOCK = 256


def contenders(
    found: NDArray[np.int64], false: NDArray[np.int64], anomalies: int, least: float | None = None
) -> NDArray[np.int64]:
    """The rising places where ``TP / (TP + FP + P)`` may be at least ``least``, and some more.

    ``found`` and ``false`` do not fall. By default ``least`` is the highest value at some places.
    Among a block of neighbours no place does better than its last TP with its first FP would, so
    that most blocks are left out at once.
    """
    lasts = np.arange(_BLOCK - 1, found.size + _BLOCK - 1, _BLOCK)
    lasts[-1:] = found.size - 1
    most = found[lasts]
    if least is None:
        least = float((most / (most + false[lasts] + anomalies)).max())
    blocks = np.flatnonzero(most / (most + false[::_BLOCK] + anomalies) >= least)
    places = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
    return places[places < found.size]
