"""Masks of a folder, handed out to the maps that they belong to."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.datasets.listing import (
    IMAGE_SUFFIXES,
    files_by_stem,
    refuse_folders,
    some,
    tell_left_out,
)
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.datasets.masks import MASK_SUFFIXES
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError

__all__ = ["mask_of", "masks_in", "refuse_unused"]


def masks_in(folder: AnyPath) -> dict[str, AnyPath]:
    """Masks by stem. An image of a format that masks are not read from is refused, not skipped.

    Any other file is left out, with a warning.
    """
    masks = files_by_stem(folder, IMAGE_SUFFIXES | MAP_SUFFIXES)
    refuse_folders(folder, MASK_SUFFIXES)
    for path in masks.values():
        suffix = path.suffix.lower()
        if suffix not in MASK_SUFFIXES:
            swapped = "are the folders of maps and masks swapped?"
            raise InputError(
                f"{path}: found the suffix {path.suffix!r}; expected masks as "
                f"{', '.join(sorted(MASK_SUFFIXES))}; "
                f"{swapped if suffix in MAP_SUFFIXES else 'lossy formats change their values'}"
            )
    tell_left_out(folder, masks, "masks")
    return masks


def mask_of(stem: str, masks: dict[str, AnyPath]) -> AnyPath | None:
    """The mask of a map, taken out of ``masks``: ``<stem>_mask`` or ``<stem>``, never both."""
    exact, suffixed = masks.pop(stem, None), masks.pop(f"{stem}_mask", None)
    if exact is not None and suffixed is not None:
        raise InputError(
            f"{exact}: found a second mask of the same image, {suffixed.name}; expected one"
        )
    return suffixed if exact is None else exact


def refuse_unused(masks: Sequence[AnyPath], maps: AnyPath) -> None:
    """A mask that no map asked for is an error."""
    if masks:
        raise InputError(
            f"{maps}: found no map for {len(masks)} mask(s): {some(masks)}; "
            "expected a map of the same name for every mask"
        )
