"""Hypothesis strategies: small data sets with everything that makes scores and masks awkward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

__all__ = [
    "DTYPES",
    "FLOATS",
    "Images",
    "Labelled",
    "labelled_scores",
    "palettes",
    "scored_images",
    "untied_images",
]

FLOATS = (np.float16, np.float32, np.float64)
DTYPES = (*FLOATS, np.uint8, np.int8, np.uint16, np.int16, np.int32, np.int64)
CONVENTIONS = ((bool, np.uint8, np.int64), (bool, 255))
"""How the masks of one data set are stored: 0/1, or 0/255; booleans go with either."""
MASK_KINDS = ("none", "normal", "full", "pixel", "random", "random", "random")


@dataclass(frozen=True)
class Images:
    """Score maps and their masks (``None`` for a normal image), image by image."""

    maps: list[np.ndarray]
    masks: list[np.ndarray | None]

    def flat(self) -> tuple[np.ndarray, np.ndarray]:
        """Scores and labels of all pixels, image after image."""
        filled = [
            np.zeros(map_.shape, bool) if mask is None else mask != 0
            for map_, mask in zip(self.maps, self.masks, strict=True)
        ]
        return (
            np.concatenate([map_.ravel() for map_ in self.maps]),
            np.concatenate([mask.ravel() for mask in filled]),
        )

    def has_both_classes(self) -> bool:
        """Whether there is an anomalous pixel and a normal one."""
        labels = self.flat()[1]
        return bool(labels.any() and not labels.all())


@dataclass(frozen=True)
class Labelled:
    """Scores and labels of images, or of anything else that is one number each."""

    scores: np.ndarray
    labels: np.ndarray


def _awkward_floats(dtype: np.dtype) -> list[list[Any]]:
    info = np.finfo(dtype)
    tiny, step = float(info.smallest_subnormal), float(info.eps)
    return [
        [0.0, -0.0, tiny, -tiny, 2 * tiny],
        [1.0, 1.0 + step, 1.0 - step / 2, -1.0, -1.0 - step],
        [float(info.max), float(info.min), 0.0, -0.0, float(info.smallest_normal)],
        [-3.0, -2.5, -2.0, -0.25],
    ]


def _integer_range(dtype: np.dtype) -> tuple[int, int]:
    """What the type holds, or what float64 keeps apart where that is less."""
    info = np.iinfo(dtype)
    return max(int(info.min), -(2**53)), min(int(info.max), 2**53)


def _awkward_integers(dtype: np.dtype) -> list[list[Any]]:
    low, high = _integer_range(dtype)
    return [[low, low + 1, high - 1, high], [0, 1, 2, 3], [high, high - 1, high - 2]]


@st.composite
def palettes(draw: st.DrawFn, dtype: np.dtype) -> st.SearchStrategy[Any]:
    """A strategy for single scores: a few values that tie often, or anything the type holds."""
    if np.issubdtype(dtype, np.floating):
        special, few = _awkward_floats(dtype), [[0.5], [0.0, 0.5, 1.0]]
        anything = npst.from_dtype(dtype, allow_nan=False, allow_infinity=False)
    else:
        special, few = _awkward_integers(dtype), [[7], [1, 2, 3]]
        low, high = _integer_range(dtype)
        anything = st.integers(low, high)
    kind = draw(st.sampled_from(("few", "few", "special", "special", "anything")))
    if kind == "anything":
        return anything
    return st.sampled_from(draw(st.sampled_from(few if kind == "few" else special)))


@st.composite
def _mask(draw: st.DrawFn, shape: tuple[int, int], stored: tuple[Any, ...]) -> np.ndarray | None:
    kind = draw(st.sampled_from(MASK_KINDS))
    if kind == "none":
        return None
    mask = np.full(shape, kind == "full", dtype=bool)
    if kind == "pixel":
        row, col = draw(st.integers(0, shape[0] - 1)), draw(st.integers(0, shape[1] - 1))
        mask[row, col] = True
    if kind == "random":
        mask = draw(npst.arrays(bool, shape))
    one = draw(st.sampled_from(stored))
    return mask.astype(np.uint8) * np.uint8(255) if one == 255 else mask.astype(one)


@st.composite
def scored_images(
    draw: st.DrawFn,
    *,
    dtypes: tuple[type, ...] = DTYPES,
    max_images: int = 4,
    max_side: int = 5,
    one_size: bool = False,
    palette: st.SearchStrategy[Any] | None = None,
) -> Images:
    """Up to four images of up to 5 x 5 pixels; one in four data sets mixes the types."""
    mixed = draw(st.integers(0, 3)) == 3
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    scores = draw(palettes(dtype)) if palette is None else palette
    side = st.integers(1, max_side)
    count = draw(st.integers(1, max_images))
    common = draw(st.tuples(side, side))
    stored = draw(st.sampled_from(CONVENTIONS))
    maps, masks = [], []
    for _ in range(count):
        if mixed:
            dtype = np.dtype(draw(st.sampled_from(dtypes)))
            scores = draw(palettes(dtype)) if palette is None else palette
        shape = common if one_size else draw(st.tuples(side, side))
        maps.append(draw(npst.arrays(dtype, shape, elements=scores)))
        masks.append(draw(_mask(shape, stored)))
    return Images(maps, masks)


@st.composite
def untied_images(draw: st.DrawFn, *, dtype: type = np.float64) -> Images:
    """Images in which no two pixels share a score; the scores are positive."""
    images = draw(scored_images(dtypes=(dtype,), palette=st.just(0.0)))
    total = sum(map_.size for map_ in images.maps)
    order = np.asarray(draw(st.permutations(range(total))))
    values = (order + 1) / 16
    cuts = np.cumsum([map_.size for map_ in images.maps])[:-1]
    parts = np.split(values.astype(dtype), cuts)
    shaped = [part.reshape(map_.shape) for part, map_ in zip(parts, images.maps, strict=True)]
    return Images(shaped, images.masks)


@st.composite
def labelled_scores(
    draw: st.DrawFn, *, dtypes: tuple[type, ...] = DTYPES, max_size: int = 30
) -> Labelled:
    """Up to 30 scores with labels; one class may be missing."""
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    size = draw(st.integers(1, max_size))
    scores = draw(npst.arrays(dtype, size, elements=draw(palettes(dtype))))
    labels = draw(npst.arrays(bool, size))
    stored = draw(st.sampled_from((bool, np.uint8, np.int64, 255)))
    return Labelled(
        scores, labels.astype(np.uint8) * np.uint8(255) if stored == 255 else labels.astype(stored)
    )
