"""Maps and masks to measure on: the same for everyone, and like those of a real detector.

Every other image is normal; the rest hold square and irregular defects, so that 2 % of all pixels
are anomalous. Scores are smooth with pixel noise, lie in (0, 1), and overlap: some defects are
plain, some hardly stand out. Every image has its own seed, so image k does not depend on the rest.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["FRACTION", "generated"]

FRACTION = 0.02
"""Anomalous pixels among all pixels."""

_CELLS = 4
_SMALLEST_SIDE = 32


def generated(
    count: int, side: int = 1024, *, seed: int = 1
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """``count`` maps (float32) and masks (uint8, 0 or 255), both ``(count, side, side)``."""
    if count < 2 or side < _SMALLEST_SIDE:
        raise ValueError(f"found {count} maps of {side} x {side}; expected 2 of 32 x 32 or more")
    maps = np.empty((count, side, side), np.float32)
    masks = np.zeros((count, side, side), np.uint8)
    budget = round(FRACTION * side * side * count / (count // 2))
    for place in range(count):
        rng = np.random.default_rng([seed, place])
        logit = _texture(rng, side)
        if place % 2:
            _add_defects(rng, logit, masks[place], budget)
        maps[place] = 1.0 / (1.0 + np.exp(3.0 - logit))
    return maps, masks


def _texture(rng: np.random.Generator, side: int) -> NDArray[np.float32]:
    """What a detector says about a normal surface: slow changes and pixel noise."""
    noise = rng.standard_normal((side, side), np.float32)
    noise *= 0.4
    noise += _smooth(rng, side, knots=24)
    return noise


def _smooth(rng: np.random.Generator, side: int, *, knots: int) -> NDArray[np.float32]:
    """Random values at ``knots x knots`` points, and straight lines in between."""
    at = np.linspace(0.0, knots - 1.0, side, dtype=np.float32)
    hats = np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(knots, dtype=np.float32)))
    field: NDArray[np.float32] = hats @ rng.standard_normal((knots, knots), np.float32) @ hats.T
    return field


def _add_defects(
    rng: np.random.Generator, logit: NDArray[np.float32], mask: NDArray[np.uint8], budget: int
) -> None:
    """Four to eight defects in cells of their own, with ``budget`` pixels together."""
    cell = len(mask) // _CELLS
    number = int(rng.integers(4, 9))
    weights = rng.uniform(0.5, 1.5, number)
    left = budget
    for k, place in enumerate(rng.permutation(_CELLS * _CELLS)[:number].tolist()):
        last = k == number - 1
        area = left if last else int(budget * weights[k] / weights.sum())
        draw = _irregular if last or k % 2 else _square
        inside = draw(rng, cell, area)
        left -= int(np.count_nonzero(inside))
        top, start = (cell * part for part in divmod(place, _CELLS))
        window = (slice(top, top + cell), slice(start, start + cell))
        mask[window][inside] = 255
        logit[window][inside] += np.float32(rng.uniform(0.5, 5.0))


def _square(rng: np.random.Generator, cell: int, area: int) -> NDArray[np.bool_]:
    """The largest square of at most ``area`` pixels, somewhere in the cell."""
    width = math.isqrt(area)
    top, start = rng.integers(0, cell - width + 1, 2)
    inside = np.zeros((cell, cell), np.bool_)
    inside[top : top + width, start : start + width] = True
    return inside


def _irregular(rng: np.random.Generator, cell: int, area: int) -> NDArray[np.bool_]:
    """A blob of exactly ``area`` pixels: nearest to the middle, by a crooked measure."""
    across = np.linspace(-1.0, 1.0, cell, dtype=np.float32)
    distance = np.hypot(across[:, None], across) + 0.25 * _smooth(rng, cell, knots=8)
    inside = np.zeros(cell * cell, np.bool_)
    inside[np.argpartition(distance, area, axis=None)[:area]] = True
    return inside.reshape(cell, cell)
