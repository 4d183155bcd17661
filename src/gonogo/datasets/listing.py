"""What lies in a folder: files by stem, subfolders by name, and how missing ones are told."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from gonogo.datasets.remote import AnyPath, RemotePath, any_path
from gonogo.errors import InputError, InputWarning, warn

__all__ = [
    "IMAGE_SUFFIXES",
    "existing_folder",
    "files_by_stem",
    "files_in",
    "refuse_folders",
    "some",
    "subfolders",
    "suffixes",
    "tell_left_out",
]

IMAGE_SUFFIXES = frozenset(
    {".png", ".bmp", ".gif", ".tif", ".tiff", ".jpg", ".jpeg", ".webp", ".jp2", ".ppm", ".pgm"}
)
"""Suffixes of photographs, in lower case; they are listed, never read."""
_NOTES = frozenset({".csv", ".db", ".ini", ".md", ".txt"})


def existing_folder(path: str | os.PathLike[str], argument: str) -> AnyPath:
    """The folder itself, absolute, or an error that says what is there instead."""
    try:
        folder = any_path(path)
    except TypeError:
        raise InputError(f"{argument}: found {path!r}; expected the path of a folder") from None
    if folder.is_dir():
        if isinstance(folder, RemotePath):
            return folder
        absolute = os.path.abspath(folder)  # noqa: PTH100 - links keep the names the user gave
        return Path(_written(absolute, argument))
    if folder.exists():
        raise InputError(f"{argument}: found a file, {folder}; expected the folder it lies in")
    raise InputError(f"{argument}: there is no folder {folder}; check the path")


def files_by_stem(folder: AnyPath, wanted: Collection[str]) -> dict[str, AnyPath]:
    """Files with one of the suffixes, in order of their names; hidden files are left out.

    Two files that differ only in their suffix are refused: nothing says which one counts.
    """
    found: dict[str, AnyPath] = {}
    for stem, path in files_in(folder, wanted):
        if stem in found:
            raise InputError(
                f"{folder}: found both {found[stem].name} and {path.name}; "
                "expected one file of that name, so move or delete the other"
            )
        found[stem] = path
    return found


def files_in(folder: AnyPath, wanted: Collection[str]) -> list[tuple[str, AnyPath]]:
    """The same with their stems, which may be there with several suffixes."""
    found = []
    for name in _names(folder, folders=False):
        stem, suffix = os.path.splitext(name)  # noqa: PTH122 - one Path for every entry is slow
        if suffix.lower() in wanted:
            found.append((stem, folder / _written(name, folder)))
    return found


def subfolders(folder: AnyPath) -> list[str]:
    """Names of the folders inside, sorted; none where the folder does not exist."""
    return [_written(name, folder) for name in _names(folder, folders=True)]


def refuse_folders(folder: AnyPath, wanted: Collection[str], among: Iterable[str] = ()) -> None:
    """Refuse a folder that is named like a file with one of the suffixes: it would be passed over.

    ``among`` are the names to look at; by default all there are.
    """
    for name in among or subfolders(folder):
        if Path(name).suffix.lower() in wanted:
            raise InputError(
                f"{folder / name}: found a folder; expected a file of that name; move the folder "
                "away, or rename it"
            )


def tell_left_out(folder: AnyPath, stems: Collection[str], what: str) -> None:
    """Warn of files with another stem than what was found, unless they are notes."""
    others = []
    for name in _names(folder, folders=False):
        stem, suffix = os.path.splitext(name)  # noqa: PTH122 - as above
        if stem not in stems and suffix.lower() not in _NOTES:
            others.append(name)
    if others:
        message = f"{folder}: left out {len(others)} file(s) that are no {what}: {some(others)}"
        warn(message, InputWarning)


def suffixes(folder: AnyPath) -> list[str]:
    """Distinct suffixes of the files inside, in lower case."""
    names = _names(folder, folders=False)
    return sorted({suffix for name in names if (suffix := Path(name).suffix.lower())})


def some(items: Iterable[object], limit: int = 3) -> str:
    """The first few items of a list and how many more there are."""
    texts = [str(item).encode(errors="backslashreplace").decode() for item in items]
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return ", ".join(texts[:limit]) + more


def _names(folder: AnyPath, *, folders: bool) -> list[str]:
    if isinstance(folder, RemotePath):
        return [name for name in folder.names(folders=folders) if not name.startswith(".")]
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir() == folders
            )
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise InputError(f"{folder}: cannot list the folder ({error.strerror})") from error


def _written(name: str, place: object) -> str:
    """The name, which must be one that can be written to the files of a run; where it was found."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise InputError(
            f"{place}: found the name {name!r}, which is not UTF-8; rename it"
        ) from None
    return name
