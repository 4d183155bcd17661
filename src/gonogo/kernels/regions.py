"""Connected regions, found among the anomalous pixels alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["region_areas"]


@compiled
def _root(parents: NDArray[np.int64], run: int) -> int:
    """The first run of a region, and every run on the way there halfway nearer to it."""
    while parents[run] != run:
        parents[run] = parents[parents[run]]
        run = parents[run]
    return run


@compiled
def region_areas(
    pixels: NDArray[np.int64], width: int, reach: int, areas: NDArray[np.int64]
) -> int:
    """Put the area of the region of each pixel into ``areas``; how many regions there are.

    ``pixels`` are the rising flat places of all anomalous pixels of an image ``width`` wide. Pixels
    side by side in a row are one run; runs of neighbouring rows belong together where they overlap,
    with ``reach`` 1 where they touch at a corner too. Two pointers walk over both rows.
    """
    starts = np.empty(pixels.size + 1, np.int64)
    runs = 0
    for k in range(pixels.size):
        if k == 0 or pixels[k] != pixels[k - 1] + 1 or pixels[k] % width == 0:
            starts[runs] = k
            runs += 1
    starts[runs] = pixels.size
    parents = np.arange(runs).astype(np.int64)
    above = 0
    for run in range(runs):
        first = pixels[starts[run]] - width - reach
        last = pixels[starts[run + 1] - 1] - width + reach
        row = pixels[starts[run]] // width * width
        first, last = max(first, row - width), min(last, row - 1)
        while pixels[starts[above + 1] - 1] < first:
            above += 1
        other = above
        while other < run and pixels[starts[other]] <= last:
            one, two = _root(parents, run), _root(parents, other)
            parents[max(one, two)] = min(one, two)
            other += 1
    sums = np.zeros(runs, np.int64)
    regions = 0
    for run in range(runs):
        root = _root(parents, run)
        parents[run] = root
        regions += root == run
        sums[root] += starts[run + 1] - starts[run]
    for run in range(runs):
        area = sums[parents[run]]
        for k in range(starts[run], starts[run + 1]):
            areas[k] = area
    return regions
