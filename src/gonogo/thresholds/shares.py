"""Counts that keep a share of a total, compared as anyone would: ``count / of`` in float64.

3 of 10 keeps 0.3, and 1 of 3 keeps 1/3, whatever their binary digits.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from gonogo.uncertainty import lower_bound, upper_bound

__all__ = [
    "fewest_with",
    "fewest_with_sure",
    "most_within",
    "most_within_sure",
    "total_that_would_do",
]

_LARGEST_TOTAL = 1 << 53


def most_within(limit: float, of: int) -> int:
    """The largest count whose share is at most the limit."""
    return bisect_right(range(1, of + 1), limit, key=lambda count: count / of)


def fewest_with(least: float, of: int) -> int:
    """The smallest count whose share is at least this."""
    return bisect_left(range(of), least, key=lambda count: count / of)


def most_within_sure(limit: float, of: int, confidence: float) -> int | None:
    """The largest count whose Clopper-Pearson upper bound is at most the limit, if any is."""
    counts = bisect_right(
        range(of + 1), limit, key=lambda count: upper_bound(count, of, confidence)
    )
    return counts - 1 if counts else None


def fewest_with_sure(least: float, of: int, confidence: float) -> int | None:
    """The smallest count whose Clopper-Pearson lower bound is at least this, if any is."""
    count = bisect_left(range(of + 1), least, key=lambda count: lower_bound(count, of, confidence))
    return count if count <= of else None


def total_that_would_do(enough: Callable[[int], bool]) -> str:
    """The smallest total from 1 on for which something holds that goes on to hold, in words."""
    if not enough(_LARGEST_TOTAL):
        return f"more than {_LARGEST_TOTAL}"
    return str(1 + bisect_left(range(1, _LARGEST_TOTAL), True, key=enough))
