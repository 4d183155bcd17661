"""What lies in a folder: files by stem, subfolders by name, and how missing ones are told."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from gonogo.errors import InputError

__all__ = ["IMAGE_SUFFIXES", "existing_folder", "files_by_stem", "some", "subfolders", "suffixes"]

IMAGE_SUFFIXES = frozenset(
    {".png", ".bmp", ".gif", ".tif", ".tiff", ".jpg", ".jpeg", ".webp", ".jp2", ".ppm", ".pgm"}
)
"""Suffixes of photographs, in lower case; they are listed, never read."""


def existing_folder(folder: Path, argument: str) -> Path:
    """The folder itself, absolute, or an error that says what is there instead."""
    if folder.is_dir():
        return Path(os.path.abspath(folder))  # noqa: PTH100 - links keep the names the user gave
    if folder.exists():
        raise InputError(f"{argument}: found a file, {folder}; expected the folder it lies in")
    raise InputError(f"{argument}: there is no folder {folder}; check the path")


def files_by_stem(folder: Path, wanted: Collection[str]) -> dict[str, Path]:
    """Files with one of the suffixes, in order of their names; hidden files are left out.

    Two files that differ only in their suffix are refused: nothing says which one counts.
    """
    found: dict[str, str] = {}
    for name in _names(folder, folders=False):
        stem, suffix = os.path.splitext(name)  # noqa: PTH122 - one Path for every entry is slow
        if suffix.lower() not in wanted:
            continue
        if stem in found:
            raise InputError(
                f"{folder}: found both {found[stem]} and {name}; "
                "expected one file of that name, so move or delete the other"
            )
        found[stem] = name
    return {stem: folder / name for stem, name in found.items()}


def subfolders(folder: Path) -> list[str]:
    """Names of the folders inside, sorted; none where the folder does not exist."""
    return _names(folder, folders=True)


def suffixes(folder: Path) -> list[str]:
    """Distinct suffixes of the files inside, in lower case."""
    names = _names(folder, folders=False)
    return sorted({suffix for name in names if (suffix := Path(name).suffix.lower())})


def some(items: Iterable[object], limit: int = 3) -> str:
    """The first few items of a list and how many more there are."""
    texts = [str(item) for item in items]
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return ", ".join(texts[:limit]) + more


def _names(folder: Path, *, folders: bool) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir() == folders
            )
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{folder}: cannot list the folder ({error.strerror})") from error
