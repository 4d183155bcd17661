"""The images of a result that was made of arrays, given once more for its report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gonogo._check import ArrayImage, images, pairs
from gonogo.errors import InputError
from gonogo.types import ImageRow, Original

__all__ = ["matched", "originals_of"]


def matched(rows: Sequence[ImageRow], originals: Sequence[Original]) -> dict[int, Original]:
    """The original of each row by its place, as far as there is one of its name.

    Images may have been skipped, or have come, gone or moved since they were evaluated.
    """
    if [row.name for row in rows] == [one.image.name for one in originals]:
        return dict(enumerate(originals))
    by_name = {one.image.name: one for one in originals}
    return {place: by_name[row.name] for place, row in enumerate(rows) if row.name in by_name}


def originals_of(
    rows: Sequence[ImageRow], maps: Any, masks: Any, photographs: Sequence[Any] | None
) -> list[Original]:
    """One original for each row; none where neither maps nor photographs are given.

    Raises:
        InputError: there are not as many maps, masks or photographs as rows.
    """
    if maps is None and photographs is None:
        return []
    if masks is None and not hasattr(maps, "shape") and isinstance(maps, Iterable):
        maps = list(maps)
        if maps and isinstance(maps[0], (tuple, list)) and len(maps[0]) == 2:
            maps, masks = pairs(maps)
    found: Sequence[ArrayImage | None]
    found = [None] * len(rows) if maps is None else images(maps, masks)
    shown = [None] * len(rows) if photographs is None else list(photographs)
    for name, given in (("maps", found), ("photographs", shown)):
        if len(given) != len(rows):
            raise InputError(
                f"{name}: found {len(given)} for the {len(rows)} images of the result; expected "
                "one for each, in the same order"
            )
    return [
        Original(
            ArrayImage(
                row.name,
                row.label,
                row.score,
                row.defect,
                None if one is None else one.map,
                None if one is None else one.mask,
            ),
            photograph,
        )
        for row, one, photograph in zip(rows, found, shown, strict=True)
    ]
