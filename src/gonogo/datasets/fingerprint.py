"""What tells that a file is still the one that was read: size, time, and a digest of what was read.

The digest is a CRC-32 of the shape, the dtype and sums over the decoded pixels: it finds what
changes by accident, not what is forged, and costs little beside reading.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

import numpy as np

from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.zarr_arrays import ZarrImage
from gonogo.errors import InputError
from gonogo.types import Array, Settings

__all__ = ["Fingerprint", "Fingerprints", "StoredImage", "Watched", "still_the_same"]

_PRIMES = (509, 521)
_START_OVER = "put the old file back, or start over with fresh=True"


@dataclass(frozen=True)
class Fingerprint:
    """Size in bytes and time of change in ns (0: unknown) of a file, and a digest of its pixels."""

    size: int
    modified: int
    digest: int

    def __str__(self) -> str:
        when = datetime.fromtimestamp(self.modified // 10**9, UTC)
        return f"{self.size} bytes of {when:%Y-%m-%d %H:%M:%S} UTC"


StoredImage: TypeAlias = ImageFile | ZarrImage
"""What can be compared with what it was: images in files of their own, or in chunks of arrays."""

Fingerprints = tuple[Fingerprint, Fingerprint | None]
"""Of the map of an image, and of its mask."""


class Watched:
    """An image on disk that notes what it read, and refuses to be read differently later.

    ``prints`` are the fingerprints of its files, None before they are read for the first time.
    """

    def __init__(self, image: StoredImage, prints: Fingerprints | None = None) -> None:
        self.prints = prints
        self.name, self.where, self.label = image.name, image.where, image.label
        self.score, self.defect = image.score, image.defect
        self.mask_where = image.mask_where
        if isinstance(image, ImageFile):
            self.size_without_mask = image.size_without_mask
        self._image, self.together = image, getattr(image, "together", 1)

    def load(self) -> tuple[Array, Array | None]:
        """The map and the mask as found in their files."""
        return self._compared(*_read(self._image.load, self._image))

    def load_for(self, settings: Settings) -> tuple[Array, Array | None]:
        """As of the image."""
        return self._compared(*_read(partial(self._image.load_for, settings), self._image))

    def _compared(
        self, found: Fingerprints, pixels: tuple[Array, Array | None]
    ) -> tuple[Array, Array | None]:
        if self.prints is None:
            self.prints = found
        _refuse_changed(self._image, self.prints, found)
        return pixels


def still_the_same(image: StoredImage, before: Fingerprints, settings: Settings) -> Fingerprints:
    """The present fingerprints of an image; it is read again only where size or time changed.

    The settings are those of the run, because they say what the pixels of a mask are read as.

    Raises:
        InputError: the pixels differ from those that were read before.
    """
    times = [(one.size, one.modified) for one in before if one is not None]
    known = all(modified > 0 for _, modified in times)
    if known and image.sizes_and_times() == times:
        return before
    found, _ = _read(partial(image.load_for, settings), image)
    _refuse_changed(image, before, found)
    return found


def _read(
    load: Callable[[], tuple[Array, Array | None]], image: StoredImage
) -> tuple[Fingerprints, tuple[Array, Array | None]]:
    """The times are those before reading, so that a change meanwhile is noticed later."""
    times = image.sizes_and_times()
    scores, mask = load()
    prints = Fingerprint(*times[0], _digest(scores))
    return (prints, None if mask is None else Fingerprint(*times[1], _digest(mask))), (scores, mask)


def _digest(array: Array) -> int:
    """Of the sums of every 509th 8-byte word; another prime where rows of pixels are as long."""
    content = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    apart = _PRIMES[array.shape[-1] % _PRIMES[0] == 0]
    whole = content.size - content.size % (8 * apart)
    sums = content[:whole].view(np.uint64).reshape(-1, apart).sum(axis=0)
    digest = zlib.crc32(f"{array.dtype.str} {array.shape}".encode())
    return zlib.crc32(content[whole:].data, zlib.crc32(sums.data, digest))


def _refuse_changed(image: StoredImage, before: Fingerprints, found: Fingerprints) -> None:
    for path, old, new in zip((image.where, image.mask_where), before, found, strict=True):
        if old is not None and new is not None and old.digest != new.digest:
            raise InputError(
                f"{path}: found other pixels ({new}) than were counted ({old}); {_START_OVER}"
            )
