"""What a detector sees of a place in a picture, without trained weights.

Rectified derivatives of Gaussians in four directions and at three scales are averaged around each
place, much as the first layers of a network do; two local mean brightnesses go with them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gonogo.errors import InputError

__all__ = ["WEIGHTS", "describe", "enlarge", "places"]

Pictures = NDArray[np.float32]

_SCALES = (0.7, 1.4, 2.8)
_POOLING = 4.0
_BRIGHTNESS = (2.0, 4.0)
_MARGIN = 6  # nearer to the border the padding would be described
_STRIDE = 4

# Directions 0, 45, 90 and 135 degrees, as weights of the derivatives along x and y.
_SLOPES = ((1.0, 0.0), (0.5**0.5, 0.5**0.5), (0.0, 1.0), (0.5**0.5, -(0.5**0.5)))

WEIGHTS = np.array([1.0] * len(_SCALES) * len(_SLOPES) * 3 + [3.0] * len(_BRIGHTNESS), np.float32)
"""How much each feature counts once all vary alike: two of 38 would be drowned by the rest."""


def places(extent: int) -> NDArray[np.intp]:
    """Where along one side of a picture of this many pixels places are described."""
    if extent <= 2 * _MARGIN:
        raise InputError(
            f"image: found a side of {extent} pixels; the detector needs {2 * _MARGIN + 1} or more"
        )
    return np.arange(_MARGIN, extent - _MARGIN, _STRIDE, dtype=np.intp)


def describe(pictures: Pictures) -> NDArray[np.float32]:
    """Features ``(N, rows, columns, D)`` of grey pictures ``(N, H, W)``."""
    described = [
        np.sqrt(_around(response, _POOLING))
        for scale in _SCALES
        for response in _responses(pictures, scale)
    ]
    described += [_around(pictures, size) for size in _BRIGHTNESS]
    return np.stack(described, axis=-1)


def enlarge(scores: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Scores ``(N, rows, columns)`` of places as maps ``(N, H, W)``: linear, constant outside."""
    return _enlarge_axis(_enlarge_axis(scores, shape[0], axis=1), shape[1], axis=2)


def _responses(pictures: Pictures, scale: float) -> list[Pictures]:
    """Ridges, valleys and edges in each direction, none negative; a plain picture has none."""
    smooth = ndimage.gaussian_filter(pictures, (0, scale, scale), mode="mirror")
    down, right = _difference(smooth, 1) * scale, _difference(smooth, 2) * scale
    mixed = _difference(down, 2) * scale
    down2, right2 = _curvature(smooth, 1) * scale**2, _curvature(smooth, 2) * scale**2
    responses = []
    for x, y in _SLOPES:
        edge = x * right + y * down
        ridge = (x * x) * right2 + (2 * x * y) * mixed + (y * y) * down2
        responses += [np.abs(edge), np.maximum(ridge, 0), np.maximum(-ridge, 0)]
    return responses


def _difference(pictures: Pictures, axis: int) -> Pictures:
    """Slope along an axis, per pixel."""
    slope: Pictures = ndimage.correlate1d(pictures, (-0.5, 0.0, 0.5), axis=axis, mode="mirror")
    return slope


def _curvature(pictures: Pictures, axis: int) -> Pictures:
    """Change of the slope along an axis, per pixel."""
    bend: Pictures = ndimage.correlate1d(pictures, (1.0, -2.0, 1.0), axis=axis, mode="mirror")
    return bend


def _around(pictures: Pictures, size: float) -> Pictures:
    """Gaussian mean around each place."""
    rows, columns = places(pictures.shape[1]), places(pictures.shape[2])
    down = ndimage.gaussian_filter1d(pictures, size, axis=1, mode="mirror")[:, rows]
    across: Pictures = ndimage.gaussian_filter1d(down, size, axis=2, mode="mirror")[:, :, columns]
    return across


def _enlarge_axis(scores: NDArray[np.float64], extent: int, *, axis: int) -> NDArray[np.float64]:
    last = scores.shape[axis] - 1
    position = np.clip((np.arange(extent) - _MARGIN) / _STRIDE, 0, last)
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, last)
    share = np.expand_dims(position - below, axis=(0, 3 - axis))
    low, high = np.take(scores, below, axis=axis), np.take(scores, above, axis=axis)
    enlarged: NDArray[np.float64] = low + share * (high - low)
    return enlarged
