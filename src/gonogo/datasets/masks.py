"""Reading a ground-truth mask: PNG, BMP, GIF or TIFF to one value per pixel.

Colours decide what is normal; which values mean anomalous is decided where arrays are checked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from gonogo.datasets.colors import by_color, by_palette
from gonogo.datasets.pictures import Picture, open_bmp, open_gif, open_png
from gonogo.datasets.reading import Declared, open_image
from gonogo.datasets.tiff import open_page
from gonogo.types import Array

__all__ = ["MASK_SUFFIXES", "open_mask", "read_mask"]


def read_mask(path: Path, *, stored: bool = False, ignore: float | None = None) -> Array:
    """The values of a mask as ``(H, W)``: grey, 1-bit, palette, or colour.

    Greys are kept as they are, also where a palette or equal channels hold them. Of black and one
    other colour, black is normal (bool). Other colours, a TIFF that does not settle whether zero is
    white, an orientation, more than one frame and unreadable files are refused with an
    ``InputError`` that starts with the path. ``stored`` reads indices of a palette, greys of 2 or 4
    bits, and bits as they are stored, for a rule that says what they mean; ``ignore`` is an index
    that belongs to no class and is kept.
    """
    with ExitStack() as files:
        return open_mask(path, files, stored=stored, ignore=ignore).decode()


def open_mask(
    path: Path, files: ExitStack, *, stored: bool = False, ignore: float | None = None
) -> Declared:
    """The mask, to be decoded while ``files`` are open; refused as :func:`read_mask` says."""
    readers = {
        suffix: partial(reader, stored=stored, ignore=ignore) for suffix, reader in _READERS.items()
    }
    return open_image(path, readers, "mask", files)


def _open_tiff(path: Path, files: ExitStack, *, stored: bool, ignore: float | None) -> Declared:
    page = open_page(path, files)

    def decode() -> Array:
        palette = page.palette
        if palette is not None:
            return _meant(page.stored(), palette, path, stored=stored, ignore=ignore)
        return by_color(page.stored() if stored and page.unsettled else page.brightness(), path)

    return Declared(page.shape, page.n_bytes, decode, page.any_ratio)


def _open_picture(
    opened: Callable[[Path, ExitStack], Picture],
    path: Path,
    files: ExitStack,
    *,
    stored: bool,
    ignore: float | None,
) -> Declared:
    picture = opened(path, files)

    def decode() -> Array:
        values = _meant(*picture.stored(), path, stored=stored, ignore=ignore)
        return values // picture.scale if stored and picture.scale > 1 else values

    return Declared(picture.shape, picture.n_bytes, decode)


def _meant(
    pixels: Array, palette: Array | None, path: Path, *, stored: bool, ignore: float | None
) -> Array:
    if palette is None:
        return by_color(pixels, path)
    return by_palette(pixels, palette, path, stored=stored, ignore=ignore)


_READERS: dict[str, Callable[..., Declared]] = {
    ".png": partial(_open_picture, open_png),
    ".bmp": partial(_open_picture, open_bmp),
    ".gif": partial(_open_picture, open_gif),
    ".tiff": _open_tiff,
    ".tif": _open_tiff,
}
MASK_SUFFIXES = frozenset(_READERS)
"""Suffixes that masks are read from, in lower case."""
