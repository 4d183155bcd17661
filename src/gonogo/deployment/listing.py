"""Every map below a folder, in whatever layout; its name is its path in there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gonogo.datasets import ImageFile
from gonogo.datasets.listing import refuse_folders, subfolders
from gonogo.datasets.local import existing_folder, files_by_stem
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.errors import InputError

__all__ = ["listed_maps"]


def listed_maps(folder: Path) -> list[ImageFile]:
    """The maps by folder and name, all without a label; none is opened."""
    root = existing_folder(folder, "maps")
    found = [
        ImageFile(str(PurePosixPath(*path.relative_to(root).parts)), path) for path in _below(root)
    ]
    if not found:
        raise InputError(
            f"maps: found no maps below {folder}; expected files with one of "
            f"{', '.join(sorted(MAP_SUFFIXES))}"
        )
    return found


def _below(folder: Path) -> Iterator[Path]:
    yield from files_by_stem(folder, MAP_SUFFIXES).values()
    for name in subfolders(folder):
        inside = list(_below(folder / name))
        if not inside:
            refuse_folders(folder, MAP_SUFFIXES, [name])
        yield from inside
