"""Reading an anomaly map: TIFF, NPY, NPZ or grey PNG to two dimensions, values as found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gonogo.datasets.reading import library, read
from gonogo.datasets.tiff import read_page
from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["MAP_SUFFIXES", "read_map"]

_GREY_MODES = ("L", "I;16", "I;16B", "I", "1")


def read_map(path: Path) -> Array:
    """The scores of an anomaly map as ``(H, W)``, in the dtype of the file.

    A file that cannot be read, has channels or more than one page, or holds Python objects is
    refused with an ``InputError`` that starts with its path. Nothing is ever unpickled.
    """
    array = read(path, _READERS, "anomaly map")
    plane = array
    while plane.ndim > 2 and plane.shape[0] == 1:
        plane = plane[0]
    if plane.ndim == 3 and plane.shape[2] == 1:
        plane = plane[:, :, 0]
    if plane.ndim != 2:
        raise InputError(
            f"{path}: found {_kind(array.shape)}; expected a map (H, W), one score a pixel: "
            "save the scores themselves, not a colour picture of them"
        )
    return plane if plane.dtype.isnative else plane.astype(plane.dtype.newbyteorder("="))


def _kind(shape: tuple[int, ...]) -> str:
    colour = {3: "an RGB image of ", 4: "an RGBA image of "}
    return (colour.get(shape[2], "") if len(shape) == 3 else "") + f"shape {shape}"


def _read_tiff(path: Path) -> Array:
    page = read_page(path)
    if page.palette is not None:
        raise InputError(
            f"{path}: found a TIFF of colours from a palette; expected a map with one score a "
            "pixel: save the scores themselves, not a colour picture of them"
        )
    return page.pixels


def _read_npy(path: Path) -> Array:
    with path.open("rb") as file:
        start = file.read(6)
        if start[:1] == b"\x80":
            raise _pickled(path)
        if start and start != b"\x93NUMPY":
            raise ValueError("it is not an NPY file")
        file.seek(0)
        array: Array = _numbers(path, np.lib.format.read_array, file)
    return array


def _read_npz(path: Path) -> Array:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        names = list(archive.files)
        if len(names) != 1:
            raise InputError(
                f"{path}: found {len(names)} arrays ({', '.join(names[:5])}); "
                "expected one map a file"
            )
        array: Array = _numbers(path, archive.__getitem__, names[0])
    return array


def _numbers(path: Path, load: Any, argument: Any) -> Any:
    try:
        return load(argument)
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise _pickled(path) from error
        raise


def _pickled(path: Path) -> InputError:
    return InputError(
        f"{path}: found pickled Python objects, which are never loaded because they can run code; "
        "save plain numbers: numpy.save(path, map.astype('float32'))"
    )


def _read_png(path: Path) -> Array:
    with library("PIL.PngImagePlugin").PngImageFile(path) as image:
        if image.mode not in _GREY_MODES:
            raise InputError(
                f"{path}: found a PNG of mode {image.mode}; expected a map with one score a pixel, "
                "8 or 16 bit grey: save the scores themselves, not a colour picture of them"
            )
        return np.asarray(image)


_READERS = {
    ".tiff": _read_tiff,
    ".tif": _read_tiff,
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".png": _read_png,
}
MAP_SUFFIXES = frozenset(_READERS)
"""Suffixes that anomaly maps are read from, in lower case."""
