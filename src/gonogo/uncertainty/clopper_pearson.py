"""Clopper-Pearson bounds of a share: whatever the true share, they hold at least as often as said.

For ``count`` hits among ``of`` independent draws. They come from the binomial distribution itself,
not from an approximation of it, so they are right for small samples and rare hits too, and a little
wider than need be. Source: Clopper and Pearson, Biometrika 26 (1934).
"""

from __future__ import annotations

__all__ = ["interval", "lower_bound", "upper_bound"]


def lower_bound(count: int, of: int, confidence: float) -> float:
    """The share that the true one is not below, with one-sided ``confidence`` in (0, 1).

    0 where ``count`` is 0, or where nothing was drawn.

    >>> round(lower_bound(59, 59, 0.95), 6)
    0.950492
    """
    return _quantile(count, of - count + 1, 1.0 - confidence) if count > 0 else 0.0


def upper_bound(count: int, of: int, confidence: float) -> float:
    """The share that the true one is not above, with one-sided ``confidence`` in (0, 1).

    1 where ``count`` is ``of``, or where nothing was drawn.

    >>> round(upper_bound(0, 299, 0.95), 6)
    0.009969
    """
    return _quantile(count + 1, of - count, confidence) if count < of else 1.0


def interval(count: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Both bounds, each of which may fail in half of the cases that ``confidence`` leaves.

    >>> low, high = interval(3, 100)
    >>> round(low, 6), round(high, 6)
    (0.00623, 0.085176)
    """
    one_sided = 0.5 + confidence / 2.0
    return lower_bound(count, of, one_sided), upper_bound(count, of, one_sided)


def _quantile(hits: int, misses: int, probability: float) -> float:
    """Quantile of the beta distribution."""
    from scipy.special import betaincinv  # SciPy loads late

    return float(betaincinv(hits, misses, probability))
