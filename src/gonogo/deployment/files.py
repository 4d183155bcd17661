"""Which files decide on which maps: one for all of them, or those of a folder for each category.

The layout is that of ``gonogo evaluate --config``: ``threshold-image.json`` and
``threshold-pixel.json`` in the folder of a run, for several categories in a folder each. A file
``<category>.json`` in the place of such a folder is taken as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gonogo.datasets.listing import some
from gonogo.deployment.given import is_metadata
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
        return Files(path, path if is_metadata(path, "pixel") else None)
    if not is_for_each_category(path):
        return Files(*_of_run(path))
    several = _categories(path)
    if not several and (path / "results.json").is_file():
        raise InputError(
            f"{path}: found a run without thresholds; make one: gonogo threshold {path} --policy "
            "f1 --out threshold.json, and name that file"
        )
    hint = ""
    if several:
        hint = (
            f". It has those of {some(several, limit=5)}: where MAPS is of one category, name that "
            f"of the run as well, for example {path / several[0]}"
        )
    if not category:
        raise InputError(
            f"{path}: found no threshold for maps in no folder; expected a folder of maps for each "
            f"threshold, or one file{hint}"
        )
    alone, found = path / f"{category}.json", _of_run(path / category)
    if not alone.is_file() and not found:
        raise InputError(
            f"{path}: found no threshold for the folder {category!r} of the maps; expected "
            f"{alone}, or {' and '.join(FILE_NAMES.values())} in {path / category}{hint}"
        )
    if alone.is_file() and found:
        raise InputError(f"{path}: found both {alone} and {found[0]}; expected one of them")
    return Files(*(found or [alone]))


def _categories(path: Path) -> list[str]:
    """Those that have thresholds of their own, as a folder of a run has."""
    folders = sorted(one for one in path.iterdir() if one.is_dir())
    return [one.name for one in folders if _of_run(one)]


def _of_run(folder: Path) -> list[Path]:
    """The thresholds of a run, image level first."""
    places = (folder / name for name in FILE_NAMES.values())
    return [place for place in places if place.is_file()]
