"""Connected regions of a mask by flood fill, one pixel at a time."""

from __future__ import annotations

from typing import Any

__all__ = ["Pixel", "regions"]

Pixel = tuple[int, int]

SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))
CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def regions(mask: Any, connectivity: int = 8) -> list[list[Pixel]]:
    """The regions of one mask, each as the list of its pixels; no mask, no regions."""
    if mask is None:
        return []
    steps = SIDES + CORNERS if connectivity == 8 else SIDES
    height, width = mask.shape
    waiting = {(row, col) for row in range(height) for col in range(width) if mask[row, col] != 0}
    found = []
    while waiting:
        region = [waiting.pop()]
        for row, col in region:  # grows while it is walked
            for down, right in steps:
                neighbour = (row + down, col + right)
                if neighbour in waiting:
                    waiting.remove(neighbour)
                    region.append(neighbour)
        found.append(region)
    return found
