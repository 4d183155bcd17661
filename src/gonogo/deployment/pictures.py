"""Masks and maps as the bytes of a file; the same bytes for the same pixels."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from gonogo.datasets.reading import library
from gonogo.types import Array

__all__ = ["png_bytes", "tiff_bytes"]


def png_bytes(mask: NDArray[np.bool_]) -> bytes:
    """A grey PNG of 0 and 255."""
    buffer = io.BytesIO()
    picture = library("PIL.Image").fromarray(mask.astype(np.uint8) * np.uint8(255))
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def tiff_bytes(plane: Array, *, compressed: bool) -> bytes:
    """A TIFF of one page, in the dtype of the map."""
    buffer = io.BytesIO()
    compression = "zlib" if compressed else None
    library("tifffile").imwrite(
        buffer, plane, photometric="minisblack", compression=compression, metadata=None
    )
    return buffer.getvalue()
