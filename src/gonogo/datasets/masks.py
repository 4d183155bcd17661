"""Reading a ground-truth mask: PNG, BMP, GIF or TIFF to one value a pixel, as found in the file.

Which values mean anomalous is decided by the engine's door, not here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gonogo.datasets.reading import library, read
from gonogo.datasets.tiff import read_page
from gonogo.errors import InputError
from gonogo.sorting import sortable
from gonogo.types import Array

__all__ = ["MASK_SUFFIXES", "read_mask"]


def read_mask(path: Path) -> Array:
    """The values of a mask as ``(H, W)``: grey, 1-bit, palette, or colour with equal channels.

    A palette of greys stands for its greys, any other for its indices. Differing channels, more
    than one frame and unreadable files are refused with an ``InputError`` that starts with the
    path.
    """
    return read(path, _READERS, "mask")


def _grey(array: Array, path: Path) -> Array:
    """One plane of an image whose channels say the same; a constant alpha says nothing."""
    if array.ndim == 2:
        return array
    if array.ndim == 3 and 1 <= array.shape[2] <= 4:
        colours = array.shape[2] - (array.shape[2] in (2, 4))
        plane, alpha = array[:, :, 0], array[:, :, colours:]
        same = (array[:, :, 1:colours] == plane[:, :, None]).all()
        if same and (alpha.size == 0 or (alpha == alpha.flat[0]).all()):
            return np.ascontiguousarray(plane)
    raise InputError(
        f"{path}: found a colour image of shape {array.shape} with differing channels; "
        "expected a mask with one value a pixel, 0/1 or 0/255"
    )


def _from_palette(indices: Array, colours: Array) -> Array:
    """Greys of a grey palette, indices of any other. ``colours`` is (N, 3)."""
    used = colours[np.unique(sortable(indices))]
    if (used == used[:, :1]).all():
        greys: Array = colours[:, 0]
        return greys[indices]
    return indices


def _read_tiff(path: Path) -> Array:
    page = read_page(path)
    if page.palette is not None:
        return _from_palette(page.pixels, page.palette.astype(np.uint8))
    if page.min_is_white and page.pixels.dtype.kind in "bu":
        return ~page.pixels
    return _grey(page.pixels, path)


def _read_with_pillow(image: Any, path: Path) -> Array:
    frames = getattr(image, "n_frames", 1)
    if frames != 1:
        raise InputError(f"{path}: found {frames} frames; expected one mask a file")
    if image.mode == "P":
        palette = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
        return _from_palette(np.asarray(image), palette)
    return _grey(np.asarray(image), path)


# The plugins' own classes: Image.open would import every plugin and refuse very large masks.
def _read_png(path: Path) -> Array:
    with library("PIL.PngImagePlugin").PngImageFile(path) as image:
        return _read_with_pillow(image, path)


def _read_bmp(path: Path) -> Array:
    with library("PIL.BmpImagePlugin").BmpImageFile(path) as image:
        if image.mode != "1":
            return _read_with_pillow(image, path)
    # Pillow takes a palette of black and white for one bit a pixel, also where there are eight.
    return _grey(library("imagecodecs").bmp_decode(path.read_bytes()), path)


def _read_gif(path: Path) -> Array:
    with library("PIL.GifImagePlugin").GifImageFile(path) as image:
        return _read_with_pillow(image, path)


_READERS = {
    ".png": _read_png,
    ".bmp": _read_bmp,
    ".gif": _read_gif,
    ".tiff": _read_tiff,
    ".tif": _read_tiff,
}
MASK_SUFFIXES = frozenset(_READERS)
"""Suffixes that masks are read from, in lower case."""
