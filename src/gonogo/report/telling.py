"""Which images a report shows where it cannot show all: those that say most about the detector.

From each category equally many: first those on the wrong side of the threshold, the most wrong
first; then, defect by defect in turn (normal images are one of them), those nearest to it and those
farthest on their right side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Literal, TypeAlias

from gonogo.errors import InputError
from gonogo.types import ImageRow

__all__ = ["HowMany", "checked_count", "most_telling"]

HowMany: TypeAlias = int | Literal["all", "none"]
"""How many images to show."""

_WRONG = 2
"""So many wrong decisions for each right one, as long as there are both."""


def checked_count(images: object) -> int | None:
    """How many images to show; None for all."""
    if images == "all":
        return None
    if images == "none":
        return 0
    if isinstance(images, bool) or not isinstance(images, int) or images < 0:
        raise InputError(f"images: found {images!r}; expected a number of images, 'all' or 'none'")
    return images


def most_telling(
    rows: Mapping[str, Sequence[ImageRow]], thresholds: Mapping[str, float | None], count: int
) -> dict[str, list[int]]:
    """Places of at most ``count`` images in their categories, in order."""
    orders = {name: _in_turn(rows[name], thresholds[name]) for name in rows}
    chosen: dict[str, list[int]] = {name: [] for name in rows}
    for turn in zip_longest(*orders.values()):
        for name, place in zip(orders, turn, strict=True):
            if place is not None and count > 0:
                chosen[name].append(place)
                count -= 1
    return {name: sorted(places) for name, places in chosen.items()}


def _in_turn(rows: Sequence[ImageRow], threshold: float | None) -> Iterator[int]:
    """All places, the most telling first."""
    if threshold is None:
        threshold = max((row.score for row in rows if not row.label), default=0.0)
    margin = [(row.score - threshold) * (1 if row.label else -1) for row in rows]
    flagged = [row.score >= threshold for row in rows]
    wrong = [k for k, row in enumerate(rows) if flagged[k] != row.label]
    wrong.sort(key=lambda k: margin[k])
    kinds: dict[str | None, list[int]] = {}
    for k, row in enumerate(rows):
        if flagged[k] == row.label:
            kinds.setdefault(row.defect if row.label else None, []).append(k)
    near_and_clear = []
    for places in kinds.values():
        places.sort(key=lambda k: margin[k])
        half = (len(places) + 1) // 2
        ends = zip_longest(places[:half], places[half:][::-1])
        near_and_clear.append([k for pair in ends for k in pair if k is not None])
    right = [k for turn in zip_longest(*near_and_clear) for k in turn if k is not None]
    return _mixed(wrong, right)


def _mixed(wrong: list[int], right: list[int]) -> Iterator[int]:
    taken = given = 0
    while taken < len(wrong) or given < len(right):
        if given < len(right) and (taken >= len(wrong) or taken >= _WRONG * (given + 1)):
            yield right[given]
            given += 1
        else:
            yield wrong[taken]
            taken += 1
