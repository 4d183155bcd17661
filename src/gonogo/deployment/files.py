"""Which files decide on which maps: one for all of them, or those of a folder for each category.

The layout is that of ``gonogo evaluate --config``: ``threshold-image.json`` and
``threshold-pixel.json`` in the folder of a run, for several categories in a folder each. A file
``<category>.json`` in the place of such a folder is taken as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gonogo.errors import InputError
from gonogo.thresholds import FILE_NAMES

__all__ = ["Files", "files_for", "is_for_each_category"]


@dataclass(frozen=True)
class Files:
    """The threshold that decides on images, and another one for masks where there are two."""

    decision: Path
    masks: Path | None = None

    @property
    def last(self) -> Path:
        """That of the pixel level, of two."""
        return self.masks or self.decision


def is_for_each_category(path: Path) -> bool:
    """Whether this is a folder with thresholds for each category."""
    return path.is_dir() and not _of_run(path)


def files_for(path: Path, category: str) -> Files:
    """The thresholds for the maps of a category; empty for maps in no folder.

    Raises:
        InputError: there are none, or two of which nothing says which counts.
    """
    if not path.is_dir():
        return Files(path)
    if not is_for_each_category(path):
        return Files(*_of_run(path))
    if not category:
        raise InputError(
            f"{path}: found no threshold for maps in no folder; expected a folder of maps for each "
            "threshold, or one file"
        )
    alone, found = path / f"{category}.json", _of_run(path / category)
    if not alone.is_file() and not found:
        raise InputError(
            f"{path}: found no threshold for the folder {category!r} of the maps; expected "
            f"{alone}, or {' and '.join(FILE_NAMES.values())} in {path / category}"
        )
    if alone.is_file() and found:
        raise InputError(f"{path}: found both {alone} and {found[0]}; expected one of them")
    return Files(*(found or [alone]))


def _of_run(folder: Path) -> list[Path]:
    """The thresholds of a run, image level first."""
    places = (folder / name for name in FILE_NAMES.values())
    return [place for place in places if place.is_file()]
