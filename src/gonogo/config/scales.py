"""The scale that scores of a level are shown on, fitted to a result."""

from __future__ import annotations

from gonogo.config.job import Found, LevelName, Scale
from gonogo.config.thresholds import common_shape
from gonogo.normalization import Cdf, DivideByThreshold, MinMax, Normalization
from gonogo.results import Result
from gonogo.thresholds import Threshold, sample_of_sources

__all__ = ["fitted_scale"]


def fitted_scale(scale: Scale, result: Result, threshold: Threshold, found: Found) -> Normalization:
    """The scale for the threshold of a level.

    Min-max takes the lowest and the highest score under test. Cdf takes the scores of normal
    training images where these have maps, else of the normal images under test.
    """
    if scale == "divide_by_threshold":
        return DivideByThreshold(threshold.value)
    if scale == "min_max":
        return MinMax(threshold.value, *_range(result, threshold.level))
    tested = zip(found.images, result.images, strict=True)
    normal = found.training or [image for image, row in tested if not row.label]
    shape = common_shape(result)
    sample = sample_of_sources(normal, threshold.level, result.settings, shape=shape)
    return Cdf.fit(sample.normal, threshold.value)


def _range(result: Result, level: LevelName) -> tuple[float, float]:
    rows = result.images
    if level == "image":
        return min(row.score for row in rows), max(row.score for row in rows)
    lows, highs = zip(*((row.map_min, row.map_max) for row in rows), strict=True)
    return min(lows), max(highs)
