"""PNG, BMP and GIF files: what their headers declare, and their pixels as they are stored.

A file that ends early, whose check sums do not fit, or that fills only a part of its picture is an
error and never filled up with zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gonogo.datasets.reading import library, refuse_turned
from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["Picture", "open_bmp", "open_gif", "open_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_PALETTE = 3
_OS2_HEADER = 12
"""Bytes of the header of a BMP whose width and height have 16 bits each."""
_WHITE_FIRST = ((255, 255, 255), (0, 0, 0))
_ORIENTATION = 274
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_XMP, _RAW_EXIF = b"XML:com.adobe.xmp", b"Raw profile type exif"
"""Names of texts that programs keep EXIF in, beside the chunk that PNG has for it."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples per pixel by the colour type of a PNG."""


@dataclass(frozen=True)
class Picture:
    """A file that is open: its size, and its pixels for the asking."""

    shape: tuple[int, ...]
    itemsize: int
    stored: Callable[[], tuple[Array, Array | None]]
    """Grey, channels or indices as stored, and the palette of the indices as RGBA (N, 4)."""
    palette: bool
    """Whether the pixels are indices of a palette."""
    scale: int = 1
    """What greys of fewer than 8 bits were multiplied by, so that white is 255."""

    @property
    def n_bytes(self) -> int:
        """Memory of the pixels."""
        size = self.itemsize
        for length in self.shape:
            size *= length
        return size


def open_png(path: Path, files: ExitStack) -> Picture:
    """A PNG of any depth; those of one bit are bool, and other grey ones at least 8 bit."""
    file = files.enter_context(path.open("rb"))
    width, height, depth, kind, exif = _png_header(file, path)
    scale = 1 if kind == _PNG_PALETTE else {2: 85, 4: 17}.get(depth, 1)

    def stored() -> tuple[Array, Array | None]:
        file.seek(0)
        # libpng checks every sum and the number of rows, which Pillow does not; Pillow halves
        # colours of 16 bits. Indices are to be had from Pillow alone.
        pixels: Array = library("imagecodecs").png_decode(file.read())
        if exif:
            file.seek(0)
            image = files.enter_context(_pillow("Png", file))
            image.load()  # what describes the pixels may come after them
            refuse_turned(path, image.getexif().get(_ORIENTATION, 1))
        if kind == _PNG_PALETTE:
            file.seek(0)
            return _indices(files.enter_context(_pillow("Png", file)))
        return (pixels > 0 if depth == 1 and pixels.ndim == 2 else pixels), None

    channels = _CHANNELS.get(kind, 4)
    shape = (height, width) if channels == 1 else (height, width, channels)
    return Picture(shape, 2 if depth == 16 else 1, stored, kind == _PNG_PALETTE, scale)


def _png_header(file: BinaryIO, path: Path) -> tuple[int, int, int, int, bool]:
    """Width, height, bits per sample, colour type, and whether there may be an orientation."""
    head = file.read(26)
    if head[:8] != _SIGNATURE or head[12:16] != b"IHDR" or len(head) < 26:
        raise ValueError("it is not a PNG file")
    width, height, depth, kind = struct.unpack(">IIBB", head[16:])
    exif = False
    file.seek(8)
    while len(start := file.read(8)) == 8:
        length, name = struct.unpack(">I4s", start)
        if name == b"acTL":
            raise InputError(f"{path}: found an animated PNG; expected one image per file")
        after = file.tell() + length + 4
        if name in _TEXTS:
            exif |= file.read(len(_XMP)) in (_XMP, _RAW_EXIF[: len(_XMP)])
        exif |= name == b"eXIf"
        file.seek(after)
    return width, height, depth, kind, exif


def open_bmp(path: Path, files: ExitStack) -> Picture:
    """A BMP; those of one bit per pixel in black and white are bool."""
    image = files.enter_context(_pillow("Bmp", path))

    def stored() -> tuple[Array, Array | None]:
        if image.mode == "1":
            # Pillow takes a palette of black and white for one bit per pixel, also with eight.
            content = path.read_bytes()
            pixels: Array = library("imagecodecs").bmp_decode(content)
            return (pixels > 0 if _bmp_depth(content) == 1 else pixels), None
        if image.mode != "P":
            return np.asarray(image), None
        indices, palette = _indices(image)
        if np.array_equal(palette[:, :3], _WHITE_FIRST) and _bmp_depth(path.read_bytes()) == 1:
            return indices == 0, None
        return indices, palette

    return Picture(_shape(image), 1, stored, image.mode == "P")


def _bmp_depth(content: bytes) -> int:
    """Bits per pixel."""
    (size,) = struct.unpack_from("<I", content, 14)
    (depth,) = struct.unpack_from("<H", content, 24 if size == _OS2_HEADER else 28)
    return int(depth)


def open_gif(path: Path, files: ExitStack) -> Picture:
    """A GIF of one frame."""
    image = files.enter_context(_pillow("Gif", path))
    if image.n_frames != 1:
        raise InputError(f"{path}: found {image.n_frames} frames; expected one image per file")
    if any(tuple(tile[1]) != (0, 0, *image.size) for tile in image.tile):
        raise InputError(
            f"{path}: found a frame that fills only a part of the picture; save it as a whole"
        )

    def stored() -> tuple[Array, Array | None]:
        return _indices(image) if image.mode == "P" else (np.asarray(image), None)

    return Picture(_shape(image), 1, stored, image.mode == "P")


def _pillow(name: str, file: Any) -> Any:
    """The plugin's own class: Image.open would import every plugin and refuse large images."""
    return getattr(library(f"PIL.{name}ImagePlugin"), f"{name}ImageFile")(file)


def _shape(image: Any) -> tuple[int, ...]:
    bands = len(image.getbands())
    return (image.height, image.width) if bands == 1 else (image.height, image.width, bands)


def _indices(image: Any) -> tuple[Array, Array]:
    """The indices, and the palette that the file defines with its transparency."""
    indices = np.asarray(image)
    palette = np.full((256, 4), 255, np.uint8)
    colors = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    palette[: len(colors), :3] = colors
    transparency = image.info.get("transparency")
    if isinstance(transparency, bytes):
        palette[: len(transparency), 3] = list(transparency)
    elif transparency is not None:
        palette[transparency, 3] = 0
    if indices.max() >= len(colors):
        raise ValueError(f"a pixel has the index {indices.max()} of {len(colors)} colours")
    return indices, palette[: len(colors)]
