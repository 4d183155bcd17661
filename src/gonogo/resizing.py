"""A map brought to the size of its mask. Never the other way round: small defects would vanish."""

from __future__ import annotations

import numpy as np

from gonogo.types import Array, Resize

__all__ = ["resized"]

_ORDER = {"nearest": 0, "bilinear": 1, "bicubic": 3}


def resized(scores: Array, shape: tuple[int, int], policy: Resize) -> Array:
    """The map at another size, pixel areas aligned (half-pixel centres, edges held)."""
    if scores.shape == shape:
        return scores
    from scipy.ndimage import zoom  # SciPy loads late

    exact = np.result_type(scores.dtype, np.float32)
    factors = (shape[0] / scores.shape[0], shape[1] / scores.shape[1])
    larger: Array = zoom(
        scores.astype(exact, copy=False),
        factors,
        order=_ORDER[policy],
        mode="nearest",
        grid_mode=True,
    )
    return larger
