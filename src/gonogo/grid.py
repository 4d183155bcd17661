"""The grid that scores are counted on: nested, the same for all data, and in the order of scores.

A score's key is its float64 bits read as a signed integer that grows with the score: magnitude for
positive scores, minus magnitude for negative ones, so that 0.0 and -0.0 share the key 0. Keeping
the first ``bits`` bits of the keys makes bins; one bit less joins bins in pairs. Every real dtype
widens to float64 without loss, so all data lie on one grid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.types import Array

__all__ = [
    "KEY_BITS",
    "NARROW_BITS",
    "PAGE_BITS",
    "highest_score",
    "keys_of",
    "lowest_score",
    "scores_of",
]

KEY_BITS = 64
NARROW_BITS = 35
"""Leading bits that tell all float32 scores apart: a sign, 11 of exponent, 23 of mantissa."""
PAGE_BITS = 4
"""A page holds 2**4 neighbouring bins: 16 counters, allocated together where scores fall."""
_MAGNITUDE = np.int64(2**63 - 1)
_LARGEST = np.float64(np.finfo(np.float64).max).view(np.int64)


def keys_of(scores: Array) -> NDArray[np.int64]:
    """Keys of finite scores of any real dtype."""
    bits = np.asarray(scores, np.float64).view(np.int64)
    sign = bits >> 63
    return ((bits & _MAGNITUDE) ^ sign) - sign


def scores_of(keys: NDArray[np.int64]) -> NDArray[np.float64]:
    """The scores that have these keys; zero for the key 0."""
    return _turned(keys.copy())


def lowest_score(bins: NDArray[np.int64], bits: int) -> NDArray[np.float64]:
    """The lowest score that falls in each bin."""
    keys = bins << (KEY_BITS - bits)
    return _turned(np.maximum(keys, -_LARGEST, out=keys))


def highest_score(bins: NDArray[np.int64], bits: int) -> NDArray[np.float64]:
    """The highest score that falls in each bin."""
    keys = bins + 1
    keys <<= KEY_BITS - bits
    keys -= 1
    return _turned(np.minimum(keys, _LARGEST, out=keys))


def _turned(keys: NDArray[np.int64]) -> NDArray[np.float64]:
    """Keys turned to their scores, where they are: there may be millions."""
    negative = keys < 0
    scores = np.abs(keys, out=keys).view(np.float64)
    return np.negative(scores, out=scores, where=negative)
