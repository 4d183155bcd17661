"""Connected regions of a mask, and the weight their pixels have in per-region metrics."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.types import Connectivity

__all__ = ["anomalous_places", "areas_at", "pixel_areas"]


def pixel_areas(
    mask: NDArray[np.bool_], connectivity: Connectivity
) -> tuple[NDArray[np.int64], int]:
    """The area of the region each anomalous pixel lies in, and how many regions there are.

    Pixels come in the order of ``mask[mask]``. A mask that is anomalous everywhere is one region.
    """
    return areas_at(anomalous_places(mask), mask.shape[1], connectivity)


def anomalous_places(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The flat places of the anomalous pixels, rising."""
    return np.flatnonzero(mask)


def areas_at(
    places: NDArray[np.int64], width: int, connectivity: Connectivity
) -> tuple[NDArray[np.int64], int]:
    """The same as ``pixel_areas`` from the rising flat places in an image ``width`` wide."""
    areas = np.empty(places.size, np.int64)
    if places.size == 0:
        return areas, 0
    from gonogo.kernels.regions import region_areas  # numba loads late

    return areas, region_areas(places, width, 1 if connectivity == 8 else 0, areas)
