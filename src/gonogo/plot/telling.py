"""Which images to draw: those asked for, or those that say most about the detector."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gonogo.datasets.name_parts import ends_with, parts_of
from gonogo.errors import InputError
from gonogo.plot.images import Shown
from gonogo.plot.marks import Mark
from gonogo.plot.outlines import outcome_of
from gonogo.report.telling import most_telling

__all__ = ["chosen", "place_of"]

_ORDER = {"missed": 0, "false_alarm": 1, "right": 2, None: 3}


def place_of(shown: Shown, image: str | int | None, mark: Mark | None) -> int:
    """The place of the image asked for, or of the most telling one."""
    if image is None:
        return _telling(shown, 1, mark)[0]
    if isinstance(image, int):
        if -len(shown) <= image < len(shown):
            return image
        raise InputError(f"image: found {image}; expected a place below {len(shown)}")
    for place, (row, _) in enumerate(shown):
        if row.name == image:
            return place
    fitting = _named(shown, image)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        both = " and ".join(repr(shown[place][0].name) for place in fitting[:2])
        raise InputError(f"image: found {image!r}, which names both {both}; write more of the path")
    names = ", ".join(repr(row.name) for row, _ in shown[:3])
    raise InputError(f"image: found no {image!r}; expected a name such as {names}")


def _named(shown: Shown, image: str) -> list[int]:
    """The places of the images with a name that ends so, suffixes aside; or is the end of it."""
    asked = parts_of(image)
    names = [parts_of(row.name) for row, _ in shown]
    return [
        place
        for place, name in enumerate(names)
        if asked and (ends_with(name, asked) or ends_with(asked, name))
    ]


def chosen(shown: Shown, images: int | Sequence[str], mark: Mark | None) -> Shown:
    """The images named, or so many of them: missed, false alarms, then right ones."""
    if not isinstance(images, int):
        if isinstance(images, str) or not images:
            raise InputError(f"images: found {images!r}; expected a number, or names in a list")
        return [shown[place_of(shown, name, mark)] for name in images]
    if images < 1:
        raise InputError(f"images: found {images}; expected at least 1, or names")

    def rank(place: int) -> tuple[int, bool, float]:
        row = shown[place][0]
        return _ORDER[outcome_of(row, mark)], not row.label, row.score

    return [shown[place] for place in sorted(_telling(shown, images, mark), key=rank)]


def _telling(shown: Shown, count: int, mark: Mark | None) -> list[int]:
    rows = [row for row, _ in shown]
    threshold = None if mark is None or math.isnan(mark.threshold) else mark.threshold
    return most_telling({"": rows}, {"": threshold}, count)[""]
