"""The one page of a TIFF file, whatever its compression; an incomplete file is never filled up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gonogo.datasets.reading import library
from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["Page", "read_page"]

_MIN_IS_WHITE, _PALETTE = 0, 3


@dataclass(frozen=True)
class Page:
    """Pixels as stored, and what the file says they stand for."""

    pixels: Array
    min_is_white: bool
    palette: Array | None
    """Colours of the indices, (N, 3) of 8 bit; None where the pixels are no indices."""


def read_page(path: Path) -> Page:
    """The only page of the file."""
    with library("tifffile").TiffFile(path) as tiff:
        pages = len(tiff.pages)
        if pages == 0:
            raise ValueError("there is no image inside")
        if pages > 1:
            raise InputError(
                f"{path}: found {pages} pages; expected one image a file, so save each page "
                "as a file of its own"
            )
        page = tiff.pages[0]
        _check_complete(path, page, tiff.filehandle.size)
        return Page(
            pixels=page.asarray(maxworkers=1),
            min_is_white=page.photometric == _MIN_IS_WHITE,
            palette=(page.colormap.T >> 8) if page.photometric == _PALETTE else None,
        )


def _check_complete(path: Path, page: Any, size: int) -> None:
    ends = [
        start + length
        for start, length in zip(page.dataoffsets, page.databytecounts, strict=True)
        if length > 0
    ]
    if len(ends) < len(page.dataoffsets):
        raise InputError(f"{path}: found a TIFF with missing blocks of pixels; write it again")
    if max(ends) > size:
        raise InputError(
            f"{path}: found a truncated TIFF ({size} bytes of at least {max(ends)}); write it again"
        )
