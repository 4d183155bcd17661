"""The photographs that anomaly maps were made of; pictures show them, no metric reads them.

Only their size is read, where maps are resized: of an image without a mask.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from gonogo.datasets.listing import IMAGE_SUFFIXES, files_in
from gonogo.datasets.masks import open_mask
from gonogo.datasets.reading import library
from gonogo.datasets.remote import AnyPath, at_hand
from gonogo.errors import GonogoError, InputError
from gonogo.orientation import quiet_reading, turn_of, turned_size
from gonogo.types import ImageSource

__all__ = ["PhotographSize", "find_photographs"]

Size = tuple[int, int]
_ONE_AT_A_TIME = Lock()
"""Sizes are read on many threads, and which warnings are shown is one setting of the process."""


@dataclass(frozen=True)
class PhotographSize:
    """A photograph, and one of the same data set beside its mask (if any): what its size tells.

    Masks may be kept smaller than photographs; then these say nothing about masks that are not
    there.
    """

    path: AnyPath
    example: AnyPath | None = None
    mask: AnyPath | None = None

    def read(self) -> Size | None:
        """Height and width; None where the masks of this data set have another size than these.

        Raises:
            InputError: a photograph, or the mask, cannot be read.
        """
        if self.example is not None and self.mask is not None:
            times = _changed(self.example), _changed(self.mask)
            if not _as_large(self.example, self.mask, times):
                return None
        return _size_of(self.path)


def _changed(path: AnyPath) -> int:
    """When the file was changed; 0 where that is not known, or reading will say what is wrong."""
    try:
        return path.stat().st_mtime_ns
    except (OSError, InputError):
        return 0


@lru_cache(maxsize=64)
def _as_large(photograph: AnyPath, mask: AnyPath, _times: tuple[int, int]) -> bool:
    """Whether both have one size; asked for each image, and read once while they are the same."""
    with ExitStack() as files:  # the header alone, whatever the values of the mask mean
        return _size_of(photograph) == open_mask(at_hand(mask), files).shape[:2]


def _size_of(path: AnyPath) -> Size:
    """Height and width as pictures show it: turned as its EXIF says, and upright without any."""
    try:
        local, pillow = at_hand(path), library("PIL.Image")
        with _ONE_AT_A_TIME, quiet_reading(), pillow.open(local) as image:
            return turned_size((image.height, image.width), turn_of(image, None))
    except GonogoError:
        raise
    except Exception as error:  # files go wrong in many ways
        raise InputError(
            f"{path}: cannot read the size of the photograph ({error}), which the map of this "
            "image is to be resized to; give it an empty mask, or move the photograph away"
        ) from error


def find_photographs(
    ground_truth: str | os.PathLike[str],
    images: Iterable[ImageSource],
    *,
    only_photographs: bool = False,
) -> dict[str, Path]:
    """Photographs by the names of images, of those that have one.

    A photograph lies in the data set as the map lies among the maps: ``test/crack/000.png`` for
    ``test/crack/000.tiff``; or beside its mask. Behind a URL none is looked for, nor in a folder
    without folders, where masks lie, unless there are ``only_photographs`` in it.
    """
    if "://" in os.fspath(ground_truth):
        return {}
    truth = Path(ground_truth)
    root = truth.parent if truth.name == "ground_truth" else truth
    by_folder: dict[Path, dict[str, Path]] = {}
    found = {}
    for image in images:
        photograph = None if only_photographs else _known(image)
        place = Path(image.name)
        if photograph is None and (only_photographs or place.parts[1:]):
            if place.parent not in by_folder:
                by_folder[place.parent] = _lone_files(root / place.parent)
            photograph = by_folder[place.parent].get(place.stem)
        if photograph is not None and photograph not in getattr(image, "mask_paths", ()):
            found[image.name] = photograph
    return found


def _known(image: ImageSource) -> Path | None:
    """The photograph that was found together with the image."""
    known: PhotographSize | None = getattr(image, "photograph", None)
    return known.path if known is not None and isinstance(known.path, Path) else None


def _lone_files(folder: Path) -> dict[str, Path]:
    """Images by their stem; nothing says which of two is the photograph."""
    found: dict[str, list[Path]] = {}
    for stem, path in files_in(folder, IMAGE_SUFFIXES):
        if isinstance(path, Path):
            found.setdefault(stem, []).append(path)
    return {stem: paths[0] for stem, paths in found.items() if len(paths) == 1}
