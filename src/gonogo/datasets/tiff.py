"""The one page of a TIFF file, whatever its compression; an incomplete file is never filled up."""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gonogo.datasets.reading import library, refuse_turned
from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["Page", "open_page"]

_MIN_IS_WHITE, _RGB, _PALETTE, _TRANSPARENCY_MASK = 0, 2, 3, 4
_KNOWN = {_MIN_IS_WHITE, 1, _RGB, _PALETTE, _TRANSPARENCY_MASK}
_PHOTOMETRIC, _ORIENTATION = 262, 274
_PLANES_APART = 2
_FAX = {2, 3, 4}
_PACKED = {1, 2, 3, 4, 5, 8, 32773, 32946}
"""Compressions with a largest ratio: none, fax, LZW, deflate and runs of bytes."""


@dataclass(frozen=True)
class Page:
    """The only page of a file that is open: what it declares, and its pixels for the asking."""

    path: Path
    page: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width, and the channels where there are several."""
        shape: tuple[int, ...] = self.page.shape
        return (*shape[1:], shape[0]) if self._apart else shape

    @property
    def n_bytes(self) -> int:
        """Memory of the pixels."""
        return int(self.page.nbytes)

    @property
    def palette(self) -> Array | None:
        """Opaque colours of the indices, (N, 4) of 8 bit; None where the pixels are no indices."""
        if self.page.photometric != _PALETTE:
            return None
        colours = self.page.colormap.T
        # Some programs write 8 bits where the format has 16. Only 0 is black: no other becomes 0.
        eight = np.maximum(colours >> 8, colours > 0) if colours.max() > 255 else colours
        return np.column_stack([eight, np.full(len(eight), 255)]).astype(np.uint8)

    @property
    def any_ratio(self) -> bool:
        """Whether its compression has no largest ratio."""
        return self.page.compression not in _PACKED

    def stored(self) -> Array:
        """The pixels as stored."""
        pixels: Array = self.page.asarray(maxworkers=1)
        return np.moveaxis(pixels, 0, -1) if self._apart else pixels

    @property
    def unsettled(self) -> bool:
        """Whether these are bits that are declared as zero is white, and not packed as a fax.

        tifffile declares every array of bool like this, without changing its values; the same bytes
        come from an inverted array whose photometric was given on purpose. No tag proves which
        program wrote a file: its name is whatever it was told. tifffile writes no fax.
        """
        return (
            self.page.photometric == _MIN_IS_WHITE
            and self.page.bitspersample == 1
            and self.page.compression not in _FAX
        )

    def brightness(self) -> Array:
        """The pixels, the brighter the higher, also where zero is white.

        Raises:
            InputError: the file does not settle which value is bright.
        """
        pixels = self.stored()
        if self.page.photometric != _MIN_IS_WHITE or self._default_photometric:
            return pixels
        if self.unsettled:
            raise self._unsettled(
                "1-bit pixels that are declared as zero is white, as tifffile declares True and "
                "False as they are and inverted ones alike",
                "tifffile.imwrite(path, mask.astype('uint8')); or, if it is a mask and what is "
                "stored as 1 is anomalous, say mask_values='nonzero', or if it is 0, "
                "mask_values='0'",
            )
        if pixels.dtype.kind not in "bu":
            raise self._unsettled(
                f"{pixels.dtype} pixels that are declared as zero is white",
                "tifffile.imwrite(path, scores, photometric='minisblack')",
            )
        if pixels.dtype.kind == "b":
            return ~pixels
        white: Array = np.subtract((1 << self.page.bitspersample) - 1, pixels, dtype=pixels.dtype)
        return white

    @property
    def _apart(self) -> bool:
        return len(self.page.shape) == 3 and self.page.planarconfig == _PLANES_APART

    @property
    def _default_photometric(self) -> bool:
        """Whether the file says nothing, which tifffile takes for zero is white."""
        if _PHOTOMETRIC in self.page.tags:
            return False
        if self.page.dtype is not None and self.page.dtype.kind in "bu":
            raise self._unsettled("no photometric interpretation", "photometric='minisblack'")
        return True

    def _unsettled(self, found: str, instead: str) -> InputError:
        return InputError(
            f"{self.path}: found {found}; whether 0 or 1 is the higher value is not settled: "
            f"write it again, for example {instead}"
        )


def open_page(path: Path, files: ExitStack) -> Page:
    """The only page of the file, closed with ``files``."""
    tiff = files.enter_context(library("tifffile").TiffFile(path))
    pages = len(tiff.pages)
    if pages == 0:
        raise ValueError("there is no image inside")
    if pages > 1:
        raise InputError(
            f"{path}: found {pages} pages; expected one image a file, so save each page "
            "as a file of its own"
        )
    page = tiff.pages[0]
    if page.dtype is None or page.shape is None or 0 in page.shape:
        raise ValueError("its pixels are of no known kind")
    if page.photometric not in _KNOWN:
        raise InputError(
            f"{path}: found a TIFF of the photometric interpretation {page.photometric!s}; "
            "expected grey, a palette or RGB"
        )
    refuse_turned(path, page.tags.valueof(_ORIENTATION, 1))
    _check_complete(path, page, tiff.filehandle.size)
    return Page(path, page)


def _check_complete(path: Path, page: Any, size: int) -> None:
    ends = [
        start + length
        for start, length in zip(page.dataoffsets, page.databytecounts, strict=True)
        if length > 0
    ]
    expected = math.prod(page.chunked)
    # tifffile leaves zeros where a block is missing, also where the header lists too few of them.
    if len(ends) < max(expected, len(page.dataoffsets)):
        raise InputError(
            f"{path}: found a TIFF with missing blocks of pixels ({len(ends)} of {expected}); "
            "write it again"
        )
    if max(ends) > size:
        raise InputError(
            f"{path}: found a truncated TIFF ({size} bytes of at least {max(ends)}); write it again"
        )
