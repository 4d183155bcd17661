"""The images of folders as a report shows them, each with its photograph where there is one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from gonogo.datasets.photographs import find_photographs
from gonogo.types import FolderOptions, ImageSource, Origin, Original

__all__ = ["find_originals", "origin_of"]


def origin_of(
    maps: str | os.PathLike[str],
    ground_truth: str | os.PathLike[str],
    how: FolderOptions,
    categories: Sequence[str] | None = None,
) -> Origin:
    """Where images lie and how they are read, to find them from another working directory."""
    return Origin(
        maps=_absolute(maps),
        ground_truth=_absolute(ground_truth),
        categories=tuple(map(str, categories or ())),
        **vars(how),
    )


def find_originals(
    ground_truth: str | os.PathLike[str],
    found: Mapping[str, Sequence[ImageSource]],
    *,
    only_photographs: bool = False,
) -> dict[str, list[Original]]:
    """The images of every category, in their order; no file is opened.

    Photographs lie in the data set as :func:`find_photographs` says.
    """
    originals = {}
    for category, images in found.items():
        photographs = find_photographs(ground_truth, images, only_photographs=only_photographs)
        originals[category] = [Original(image, photographs.get(image.name)) for image in images]
    return originals


def _absolute(place: str | os.PathLike[str]) -> str:
    text = os.fspath(place)
    return text if "://" in text else str(Path(text).absolute())
