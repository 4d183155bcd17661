"""The grid once more: keys by packing one float at a time, bins and counts by dictionaries."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable

import numpy as np

from gonogo.grid import PAGE_BITS

__all__ = [
    "bin_of",
    "counts_at_bins",
    "finest",
    "key_of",
    "paged",
    "resolution",
    "score_of",
    "short_keys",
]

KEY = 64
NARROW = 35


def key_of(score: float) -> int:
    """The bits of the float64 without its sign, which becomes that of the integer."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", score))
    return bits if bits < 1 << 63 else -(bits - (1 << 63))


def score_of(key: int) -> float:
    """The float64 that has this key."""
    (score,) = struct.unpack("<d", struct.pack("<Q", abs(key)))
    return -score if key < 0 else score


def bin_of(score: float, bits: int) -> int:
    """The first ``bits`` bits of the key, rounded down."""
    return key_of(score) // (1 << (KEY - bits))


def finest(keys: Iterable[int], most: int) -> int:
    """The most bits at which the keys fall into at most ``most`` bins."""
    keys = list(keys)
    for bits in range(KEY, 0, -1):
        if len({key // (1 << (KEY - bits)) for key in keys}) <= most:
            return bits
    return 0


def resolution(scores: Iterable[float], distinct: int, pages: int, *, narrow: bool) -> int:
    """How many bits a certified state keeps of these scores; ``narrow``: some came as float32."""
    keys = {key_of(score) for score in scores}
    if len(keys) <= distinct:
        return KEY
    return min(finest(keys, pages) + PAGE_BITS, NARROW if narrow else KEY - 1)


def counts_at_bins(scores: np.ndarray, bits: int) -> dict[int, int]:
    """How many scores fall in each bin, one by one."""
    return dict(sorted(Counter(bin_of(score, bits) for score in scores.ravel().tolist()).items()))


def short_keys(scores: np.ndarray) -> np.ndarray:
    """Keys of float32 scores by their own 32 bits, raised so that none is negative."""
    bits = scores.view(np.uint32).astype(np.int64)
    magnitude = bits % (1 << 31)
    return np.where(bits < 1 << 31, magnitude, -magnitude) + (1 << 31)


def paged(
    keys: np.ndarray, drop: int, begins: dict[int, int], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Counts of keys in pages that begin somewhere, and which keys have no page."""
    bins = keys >> drop
    pages, inside = bins >> PAGE_BITS, bins % (1 << PAGE_BITS)
    begin = np.array([begins.get(page, -1) for page in pages.tolist()], np.int64)
    here = begin >= 0
    return np.bincount((begin + inside)[here], minlength=size), ~here
