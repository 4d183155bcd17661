"""Folders that can only lie on this machine: those of settings files, and of new maps."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from gonogo.datasets import listing, pairing
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError

__all__ = ["existing_folder", "files_by_stem", "mask_of", "masks_in"]


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


def masks_in(folder: Path) -> dict[str, Path]:
    """Masks by their name without suffix."""
    return {s: path for s, path in pairing.masks_in(folder).items() if isinstance(path, Path)}


def mask_of(stem: str, masks: dict[str, Path]) -> Path | None:
    """The mask of a map, taken out of ``masks``."""
    left: dict[str, AnyPath] = dict(masks)
    mask = pairing.mask_of(stem, left)
    for taken in masks.keys() - left.keys():
        del masks[taken]
    return mask if isinstance(mask, Path) else None
