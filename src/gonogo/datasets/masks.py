"""Reading a ground-truth mask: PNG, BMP, GIF or TIFF to one value per pixel.

Colours decide what is normal; which values mean anomalous is decided where arrays are checked.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from gonogo.datasets.colors import by_color, by_palette
from gonogo.datasets.pictures import Picture, open_bmp, open_gif, open_png
from gonogo.datasets.reading import Declared, Reader, open_image
from gonogo.datasets.tiff import open_page
from gonogo.types import Array

__all__ = ["MASK_SUFFIXES", "open_mask", "read_mask"]


def read_mask(path: Path) -> Array:
    """The values of a mask as ``(H, W)``: grey, 1-bit, palette, or colour.

    Greys are kept as they are, also where a palette or equal channels hold them. Of black and one
    other colour, black is normal (bool). Other colours, a TIFF that does not settle whether zero is
    white, more than one frame and unreadable files are refused with an ``InputError`` that starts
    with the path.
    """
    with ExitStack() as files:
        return open_mask(path, files).decode()


def open_mask(path: Path, files: ExitStack) -> Declared:
    """The mask, to be decoded while ``files`` are open; refused as :func:`read_mask` says."""
    return open_image(path, _READERS, "mask", files)


def _open_tiff(path: Path, files: ExitStack) -> Declared:
    page = open_page(path, files)

    def decode() -> Array:
        palette = page.palette
        if palette is not None:
            return by_palette(page.stored(), palette, path)
        return by_color(page.brightness(), path)

    return Declared(page.shape, page.n_bytes, decode, page.any_ratio)


def _declared(picture: Picture, path: Path) -> Declared:
    def decode() -> Array:
        pixels, palette = picture.stored()
        return by_color(pixels, path) if palette is None else by_palette(pixels, palette, path)

    return Declared(picture.shape, picture.n_bytes, decode)


_READERS: dict[str, Reader] = {
    ".png": lambda path, files: _declared(open_png(path, files), path),
    ".bmp": lambda path, files: _declared(open_bmp(path, files), path),
    ".gif": lambda path, files: _declared(open_gif(path, files), path),
    ".tiff": _open_tiff,
    ".tif": _open_tiff,
}
MASK_SUFFIXES = frozenset(_READERS)
"""Suffixes that masks are read from, in lower case."""
