"""Strictly increasing transforms of the scores leave every ranking metric bit-identical."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from tests.oracles.agreement import defined_or_warned, same_bits
from tests.oracles.strategies import scored_images, untied_images

TRANSFORMS = {
    "exp": np.exp,
    "square": np.square,
    "square root": np.sqrt,
    "logarithm": np.log,
    "times 2**7": lambda scores: scores * 128,
    "times 2**-9": lambda scores: scores / 512,
    "minus 1024": lambda scores: scores - 1024,
    "sigmoid": lambda scores: 1 / (1 + np.exp(-scores)),
}
OPTIONS = {"fpr_limits": (0.05, 0.3, 1.0), "at_fpr": (0.1, 0.5), "at_recall": (0.5, 1.0)}


def ranking_metrics(maps, masks):
    """Everything that depends on the order of the scores alone; thresholds do not."""
    result, _ = defined_or_warned(gonogo.evaluate, maps, masks, **OPTIONS)
    levels = [result.image, result.pixel]
    return [
        *(level_numbers(level) for level in levels),
        result.pixel.aupro,
        *((curve.x, curve.y) for level in levels for curve in level.curves().values()),
    ]


def level_numbers(level):
    best = level.f1_max
    return [
        level.auroc,
        level.average_precision,
        level.aupr_trapezoid,
        (best.value, best.precision, best.recall),
        level.iou_max,
        [[p.value for p in points.values()] for points in (level.tpr_at_fpr, level.fpr_at_tpr)],
        [point.value for point in level.precision_at_recall.values()],
    ]


@pytest.mark.parametrize("name", TRANSFORMS)
@given(images=untied_images())
def test_positive_scores_without_ties(name, images):
    changed = [TRANSFORMS[name](map_) for map_ in images.maps]
    distinct = np.unique(np.concatenate([map_.ravel() for map_ in changed]))
    assert len(distinct) == sum(map_.size for map_ in images.maps) or name in ("exp", "sigmoid")
    if len(distinct) == sum(map_.size for map_ in images.maps):
        same_bits(
            ranking_metrics(changed, images.masks), ranking_metrics(images.maps, images.masks)
        )


@pytest.mark.parametrize("name", ["times 2**7", "times 2**-9", "minus 1024", "exp"])
@given(images=scored_images(dtypes=(np.float64,), palette=st.sampled_from((-2.0, -0.0, 0.0, 1.5))))
def test_ties_stay_ties(name, images):
    changed = [TRANSFORMS[name](map_) for map_ in images.maps]
    same_bits(ranking_metrics(changed, images.masks), ranking_metrics(images.maps, images.masks))


@pytest.mark.parametrize("wider", [np.float64, np.float32, "ranks"])
@given(images=scored_images(dtypes=(np.float16,)))
def test_the_type_that_holds_the_scores_does_not_matter(wider, images):
    if wider == "ranks":
        values = np.unique(np.concatenate([map_.ravel() for map_ in images.maps]))
        changed = [np.searchsorted(values, map_) for map_ in images.maps]
    else:
        changed = [map_.astype(wider) for map_ in images.maps]
    same_bits(ranking_metrics(changed, images.masks), ranking_metrics(images.maps, images.masks))


@given(images=scored_images(), power=st.integers(-3, 3))
def test_thresholds_follow_a_scaling(images, power):
    maps = [np.clip(map_.astype(np.float64), -1e300, 1e300) for map_ in images.maps]
    scaled = [map_ * 2.0**power for map_ in maps]
    if any((large / 2.0**power != map_).any() for large, map_ in zip(scaled, maps, strict=True)):
        return
    one, _ = defined_or_warned(gonogo.f1_max, maps, images.masks)
    other, _ = defined_or_warned(gonogo.f1_max, scaled, images.masks)
    assert one.threshold * 2.0**power == other.threshold or np.isnan(other.threshold)
