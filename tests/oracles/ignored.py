"""Pixels that belong to neither class, by deleting them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.oracles.ranking import Number
from tests.oracles.regions import regions

__all__ = ["aupro_without", "image_without", "pixels_without"]


def image_without(map_: Any, mask: Any, value: int) -> list[tuple[Number, bool]]:
    """Score and label of every pixel whose mask has another value; no mask means all normal."""
    height, width = map_.shape
    return [
        (map_[row, col].item(), mask is not None and bool(mask[row, col] != 0))
        for row in range(height)
        for col in range(width)
        if mask is None or mask[row, col] != value
    ]


def pixels_without(
    maps: Sequence[Any], masks: Sequence[Any], value: int
) -> tuple[list[Number], list[bool]]:
    """Scores and labels of all images together."""
    images = zip(maps, masks, strict=True)
    found = [pixel for map_, mask in images for pixel in image_without(map_, mask, value)]
    return [score for score, _ in found], [label for _, label in found]


def aupro_without(
    maps: Sequence[Any], masks: Sequence[Any], value: int, limit: float, connectivity: int = 8
) -> Fraction | None:
    """Area under the PRO curve to the limit, over the limit: what each region pixel is worth."""
    scores, labels = pixels_without(maps, masks, value)
    normal = [score for score, label in zip(scores, labels, strict=True) if not label]
    found = [
        [map_[pixel].item() for pixel in region]
        for map_, mask in zip(maps, masks, strict=True)
        if mask is not None
        for region in regions((mask != 0) & (mask != value), connectivity)
    ]
    if not found or not normal:
        return None
    end, total = Fraction(limit), Fraction(0)
    for region in found:
        for score in region:
            above = Fraction(sum(other > score for other in normal), len(normal))
            reached = Fraction(sum(other >= score for other in normal), len(normal))
            worth = Fraction(0)
            if reached <= end:
                worth = (end - reached) + (reached - above) / 2
            elif above < end:
                worth = (end - above) ** 2 / (2 * (reached - above))
            total += worth / (len(found) * len(region))
    return total / end
