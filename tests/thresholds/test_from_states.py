"""Thresholds from what has been counted, and what a resized map cannot promise."""

import numpy as np
import pytest

import gonogo


@pytest.fixture
def data():
    rng = np.random.default_rng(2)
    masks = np.zeros((8, 12, 12), bool)
    masks[4:, 2:6, 3:7] = True
    return rng.normal(size=masks.shape) + 1.5 * masks, masks


def test_a_state_gives_what_its_result_gives(data):
    state = gonogo.State()
    state.update(*data)
    for level in ("image", "pixel"):
        fitted = gonogo.fit_threshold(state, policy="f1", level=level)
        assert fitted == gonogo.fit_threshold(state.compute(), policy="f1", level=level)


def test_scores_of_resized_maps_are_not_taken_for_those_of_later_maps(data):
    maps, masks = data
    result = gonogo.evaluate(maps[:, ::2, ::2], masks, resize="bilinear")
    assert gonogo.fit_threshold(result, policy="f1", level="image").fitted_on.image_score == "given"


def test_equal_youden_takes_the_lowest_threshold():
    normal, anomalous = [0.0] * 3 + [1.0] * 3 + [2.0] * 3, [1.0] * 7 + [2.0] * 7
    # At 1: recall 1, FPR 2/3. At 2: recall 1/2, FPR 1/3. J is 1/3, and 1/6.
    scores, labels = normal + anomalous, [0] * 9 + [1] * 14
    assert gonogo.fit_threshold(scores, labels, policy="youden").value == 1.0
    scores, labels = [0.0] * 7 + [1.0] * 3 + [1.0] * 3 + [2.0] * 7, [0] * 10 + [1] * 10
    # At 1: recall 1, FPR 3/10. At 2: recall 7/10, FPR 0. J is 7/10 twice.
    assert gonogo.fit_threshold(scores, labels, policy="youden").value == 1.0
