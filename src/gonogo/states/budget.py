"""What a memory budget buys: how many distinct scores, or pages of bins, a state may hold."""

from __future__ import annotations

from dataclasses import dataclass

from gonogo.grid import PAGE_BITS

__all__ = ["Capacity", "capacity"]

_BYTES_PER_BIN = 32
"""Of the anomalous scores: a bin, their count and the two limbs of their region weights."""
_MOST_BINS = 1 << 28
"""Of 8 GiB; more bins make nothing more exact that anyone could notice."""


@dataclass(frozen=True)
class Capacity:
    """Limits that depend on the budget alone, so that states of one budget agree.

    ``distinct``: as many different scores are counted one by one. ``pages``: beyond that, as many
    groups of 16 neighbouring bins are held.
    """

    distinct: int
    pages: int


def capacity(budget: int) -> Capacity:
    """The largest power of two of bins whose counts fit in ``budget`` bytes: 2**21 in 64 MiB."""
    bins = min(1 << ((budget // _BYTES_PER_BIN).bit_length() - 1), _MOST_BINS)
    return Capacity(distinct=bins // 8, pages=bins >> PAGE_BITS)
