"""Connected regions of a mask, and the weight their pixels have in per-region metrics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonogo.types import Array, Connectivity

__all__ = ["Box", "bounding_box", "pixel_areas"]


@dataclass(frozen=True)
class Box:
    """The smallest rectangle that holds all anomalous pixels of a mask."""

    rows: slice
    columns: slice

    def of(self, image: Array) -> Array:
        """That part of an image of the mask's shape, as a view."""
        return image[self.rows, self.columns]


def bounding_box(mask: NDArray[np.bool_]) -> Box | None:
    """The box around the anomalous pixels; None where there is none."""
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    return Box(slice(top, bottom), slice(int(columns[0]), int(columns[-1]) + 1))


def pixel_areas(
    mask: NDArray[np.bool_], connectivity: Connectivity
) -> tuple[NDArray[np.int64], int]:
    """The area of the region each anomalous pixel lies in, and how many regions there are.

    Pixels come in the order of ``mask[mask]``. A mask that is anomalous everywhere is one region.
    """
    import cc3d  # loaded when the first mask comes

    writeable = np.require(mask, requirements="W")  # cc3d takes no others
    labels = cc3d.connected_components(writeable, connectivity=connectivity)
    of_pixel = labels[mask]
    areas = np.bincount(of_pixel)
    return areas[of_pixel], len(areas) - 1
