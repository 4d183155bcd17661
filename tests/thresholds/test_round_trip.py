"""Fit, save, load, apply to the same maps: the confusion that ``evaluate`` reports there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gonogo
from tests.oracles.strategies import FLOATS, scored_images

POLICIES = ["f1", "recall>=0.8", "precision>=0.5", "max", "fpr<=0.3", "quantile=0.7", "sigma=1"]


@pytest.mark.parametrize("level", ["image", "pixel"])
@given(
    images=scored_images(dtypes=FLOATS), policy=st.sampled_from(POLICIES), midpoint=st.booleans()
)
@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
def test_counts(level, images, policy, midpoint, tmp_path_factory):
    maps, masks = images.maps, images.masks
    assume(any(min(one.shape) > 1 for one in maps))  # a single row may as well be image scores
    try:
        fitted = gonogo.fit_threshold(maps, masks, policy=policy, level=level, midpoint=midpoint)
    except gonogo.InputError:
        assume(False)
    path = tmp_path_factory.mktemp("threshold") / "t.json"
    threshold = gonogo.Threshold.load(fitted.save(path))
    result = gonogo.evaluate(maps, masks, **{f"{level}_thresholds": [threshold.value]})
    expected = getattr(result, level).at_threshold[threshold.value]
    if level == "pixel":
        flagged = np.concatenate([threshold.decide(one).ravel() for one in maps])
        labels = images.flat()[1]
    else:
        flagged = threshold.decide([one.max() for one in maps])
        labels = np.array([mask is not None and bool(mask.any()) for mask in masks])
    found, alarms = int((flagged & labels).sum()), int((flagged & ~labels).sum())
    assert (found, alarms) == (expected.true_positives, expected.false_positives)
    assert (found, alarms) == (threshold.achieved.recall.count, threshold.achieved.fpr.count)
    assert expected.false_negatives == int(labels.sum()) - found
    assert expected.true_negatives == int((~labels).sum()) - alarms
