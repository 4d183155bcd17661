"""The curves of a run as arrays by name: what ``curves.npz`` holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from gonogo.types import Array, Band, Curve

if TYPE_CHECKING:
    from gonogo.results.record import Result

__all__ = ["curve_arrays"]


def curve_arrays(categories: Mapping[str, Result]) -> dict[str, Array]:
    """Thinned curves: an (n, 3) array ``category/level/curve`` of x, y and threshold.

    A band is two of them, ``.../lower`` and ``.../upper``. ``category/pixel/stops`` are thresholds
    with the anomalous and the normal pixels that each flags.
    """
    arrays: dict[str, Array] = {}
    for category, result in categories.items():
        for level, numbers in (("image", result.image), ("pixel", result.pixel)):
            if numbers is None:
                continue
            for name, curve in numbers.curves(thin=True).items():
                key = f"{category}/{level}/{name}"
                if isinstance(curve, Band):
                    arrays[f"{key}/lower"] = _columns(curve.lower)
                    arrays[f"{key}/upper"] = _columns(curve.upper)
                else:
                    arrays[key] = _columns(curve)
        if result.pixel is not None:
            arrays[f"{category}/pixel/stops"] = result.pixel.stops()
    return arrays


def _columns(curve: Curve) -> Array:
    return np.stack([curve.x, curve.y, curve.thresholds], axis=1)
