"""Reading an anomaly map: TIFF, NPY, NPZ or grey PNG to two dimensions, values as found."""

from __future__ import annotations

import math
import threading
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np

from gonogo.datasets.pictures import open_png
from gonogo.datasets.reading import Declared, Reader, open_image
from gonogo.datasets.tiff import open_page
from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["MAP_SUFFIXES", "open_map", "read_map"]

_NPY = b"\x93NUMPY"
_PARSING = threading.Lock()


def read_map(path: Path) -> Array:
    """The scores of an anomaly map as ``(H, W)``, in the dtype of the file.

    A file means as a map what it means as a mask. One that cannot be read, has channels or more
    than one page, or holds Python objects is refused with an ``InputError`` that starts with its
    path. Nothing is ever unpickled.
    """
    with ExitStack() as files:
        return open_map(path, files).decode()


def open_map(path: Path, files: ExitStack) -> Declared:
    """The map, to be decoded while ``files`` are open; refused as :func:`read_map` says."""
    found = open_image(path, _READERS, "anomaly map", files)
    shape = found.shape
    while len(shape) > 2 and shape[0] == 1:
        shape = shape[1:]
    if len(shape) == 3 and shape[2] == 1:
        shape = shape[:2]
    if len(shape) != 2:
        raise InputError(
            f"{path}: found {_kind(found.shape)}; expected a map (H, W), one score per pixel: "
            "save the scores themselves, not a colour picture of them"
        )

    def decode() -> Array:
        plane = found.decode().reshape(shape)
        return plane if plane.dtype.isnative else plane.astype(plane.dtype.newbyteorder("="))

    return Declared(shape, found.n_bytes, decode)


def _kind(shape: tuple[int, ...]) -> str:
    colour = {3: "an RGB image of ", 4: "an RGBA image of "}
    return (colour.get(shape[2], "") if len(shape) == 3 else "") + f"shape {shape}"


def _open_tiff(path: Path, files: ExitStack) -> Declared:
    page = open_page(path, files)
    if page.palette is not None:
        raise _palette(path, "TIFF")
    return Declared(page.shape, page.n_bytes, page.brightness, page.any_ratio)


def _open_png(path: Path, files: ExitStack) -> Declared:
    picture = open_png(path, files)
    if picture.palette:
        raise _palette(path, "PNG")

    def decode() -> Array:
        pixels, _ = picture.stored()
        if pixels.ndim == 2:
            return pixels
        if (pixels[:, :, 1] != pixels[0, 0, 1]).any():
            raise InputError(f"{path}: found transparent pixels; expected a score for each")
        return pixels[:, :, 0]

    return Declared(picture.shape, picture.n_bytes, decode)


def _palette(path: Path, kind: str) -> InputError:
    return InputError(
        f"{path}: found a {kind} of colours from a palette; expected a map with one score per "
        "pixel: save the scores themselves, not a colour picture of them"
    )


def _open_npy(path: Path, files: ExitStack) -> Declared:
    file = files.enter_context(path.open("rb"))
    return _array(path, file, path.stat().st_size, lambda: file.seek(0))


def _open_npz(path: Path, files: ExitStack) -> Declared:
    archive = files.enter_context(zipfile.ZipFile(files.enter_context(path.open("rb"))))
    members = archive.infolist()
    if len(members) != 1:
        names = ", ".join(member.filename.removesuffix(".npy") for member in members[:5])
        raise InputError(
            f"{path}: found {len(members)} arrays ({names}); expected one map per file"
        )
    file = cast("BinaryIO", files.enter_context(archive.open(members[0])))
    return _array(path, file, members[0].file_size, lambda: file.seek(0))


def _array(path: Path, file: BinaryIO, size: int, rewind: Callable[[], object]) -> Declared:
    """An array in NPY's format, whose header may not declare more than ``size`` bytes."""
    start = file.read(len(_NPY))
    if start[:1] == b"\x80":
        raise _pickled(path)
    if start and start != _NPY:
        raise ValueError("it is not an NPY file")
    rewind()
    header = _npy_header(file)
    shape, dtype = header.shape, header.dtype
    if dtype.hasobject:
        raise _pickled(path)
    n_bytes, begin = math.prod(shape) * dtype.itemsize, file.tell()
    if n_bytes > size:
        raise ValueError(f"{size:,} bytes for an array of {n_bytes:,}")

    def decode() -> Array:
        file.seek(begin)
        values = _exactly(file, n_bytes).view(dtype)
        return values.reshape(shape[::-1]).T if header.by_columns else values.reshape(shape)

    return Declared(shape, n_bytes, decode)


class _Header(NamedTuple):
    shape: tuple[int, ...]
    by_columns: bool
    dtype: np.dtype[Any]


def _npy_header(file: BinaryIO) -> _Header:
    """What an NPY file declares; the file is left where its values begin.

    NumPy parses it with ``ast``, which in CPython 3.11 fails now and then in several threads.
    """
    with _PARSING:
        if np.lib.format.read_magic(file) == (1, 0):
            return _Header(*np.lib.format.read_array_header_1_0(file))
        return _Header(*np.lib.format.read_array_header_2_0(file))


def _exactly(file: BinaryIO, size: int) -> Array:
    """So many bytes; a file that ends before is refused."""
    content = np.empty(size, np.uint8)
    rest = content.data
    while rest:
        got = file.readinto(rest)  # type: ignore[attr-defined]
        if not got:
            raise ValueError(f"the file ends {len(rest):,} bytes before its array does")
        rest = rest[got:]
    return content


def _pickled(path: Path) -> InputError:
    return InputError(
        f"{path}: found pickled Python objects, which are never loaded because they can run code; "
        "save plain numbers: numpy.save(path, map.astype('float32'))"
    )


_READERS: dict[str, Reader] = {
    ".tiff": _open_tiff,
    ".tif": _open_tiff,
    ".npy": _open_npy,
    ".npz": _open_npz,
    ".png": _open_png,
}
MAP_SUFFIXES = frozenset(_READERS)
"""Suffixes that anomaly maps are read from, in lower case."""
