"""A Zarr array of images, opened where it is read."""

from __future__ import annotations

import threading
from itertools import product
from pathlib import Path
from typing import Any

from gonogo.datasets.remote import any_path, size_and_time
from gonogo.errors import GonogoError, InputError, MissingExtra
from gonogo.types import Array

__all__ = ["ZarrStack"]

_HELD = 2
_DESCRIBED_IN = ("zarr.json", ".zarray")


class ZarrStack:
    """The images of an array (N, H, W) or (N, 1, H, W); pickled as its path alone.

    The last chunks are held, because the images of one chunk can only be decoded together.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._array: Any = None
        self._blocks: dict[int, Array] = {}
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[ZarrStack], tuple[str]]:
        return ZarrStack, (self.path,)

    def __len__(self) -> int:
        return int(self._opened().shape[0])

    @property
    def together(self) -> int:
        """How many images lie in one chunk."""
        return int(self._opened().chunks[0])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of every image."""
        height, width = self._opened().shape[-2:]
        return int(height), int(width)

    def image(self, index: int) -> Array:
        """One image; may be called from any thread.

        Raises:
            InputError: it cannot be read.
        """
        array = self._opened()
        try:
            image: Array = array[index] if self.together == 1 else self._from_block(index)
            # A chunk that is not there reads as zeros, also where the disk went away.
            if isinstance(here := any_path(self.path), Path):
                here.stat()
        except Exception as error:  # every kind of store and codec has errors of its own
            raise InputError(f"{self.path}[{index}]: cannot read it ({_reason(error)})") from error
        return image

    def size_and_time(self, index: int) -> tuple[int, int]:
        """Bytes and time of change in ns of the files of an image's chunks; 0 where unknown."""
        array = self._opened()
        key = getattr(getattr(array, "metadata", None), "encode_chunk_key", None)
        if key is None:  # zarr 2 has no public name for them
            return 0, 0
        size = getattr(array, "shards", None) or array.chunks
        rest = [range(-(-n // m)) for n, m in zip(array.shape[1:], size[1:], strict=True)]
        # A chunk of the fill value alone has no file, and is the same until it has one.
        names = [*_DESCRIBED_IN, *(key(at) for at in product([index // size[0]], *rest))]
        files = [any_path(self.path) / name for name in names]
        return size_and_time([file for file in files if file.exists()])

    def _from_block(self, index: int) -> Array:
        number, place = divmod(index, self.together)
        with self._lock:
            if number not in self._blocks:
                start = number * self.together
                self._blocks[number] = self._array[start : start + self.together]
                while len(self._blocks) > _HELD:
                    del self._blocks[next(iter(self._blocks))]
            image: Array = self._blocks[number][place]
            return image

    def _opened(self) -> Any:
        if self._array is None:
            self._array = _array(self.path)
        return self._array


def _array(path: str) -> Any:
    try:
        import zarr
    except ImportError as error:
        raise MissingExtra.of("dask", needs=f"reading {path} needs zarr") from error
    try:
        array = zarr.open(path, mode="r")
        if not hasattr(array, "chunks"):
            inside = ", ".join(sorted(array.array_keys())) or "none"
            raise InputError(
                f"{path}: found a Zarr group with the arrays {inside}; expected the path of one"
            )
    except GonogoError:
        raise
    except Exception as error:  # as above
        raise InputError(f"{path}: cannot open the Zarr array ({_reason(error)})") from error
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[1] != 1):
        raise InputError(f"{path}: found shape {array.shape}; expected (N, H, W) or (N, 1, H, W)")
    return array


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
