"""Folders that can only lie on this machine: those of settings files, and of new maps."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from gonogo.datasets import listing
from gonogo.errors import InputError

__all__ = ["existing_folder", "files_by_stem"]


def existing_folder(path: str | os.PathLike[str], argument: str) -> Path:
    """The folder; a URL is refused."""
    folder = listing.existing_folder(path, argument)
    if not isinstance(folder, Path):
        raise InputError(f"{argument}: found the URL {folder}; expected a folder on this machine")
    return folder


def files_by_stem(folder: Path, wanted: Collection[str]) -> dict[str, Path]:
    """Files by their name without suffix."""
    found = listing.files_by_stem(folder, wanted)
    return {stem: path for stem, path in found.items() if isinstance(path, Path)}
