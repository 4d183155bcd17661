"""Thresholds to move along: each with exactly what it flags, from the one that flags nothing."""

from __future__ import annotations

import math

import numpy as np

import gonogo
from gonogo import metrics
from gonogo.states import vector_ranks
from tests.oracles.agreement import quietly


def test_the_first_flags_the_normal_scores_above_every_anomalous_one():
    scores, labels = np.array([9.0, 8.0, 7.0, 5.0, 3.0]), np.array([0, 0, 1, 0, 1], bool)
    found = metrics.stops(vector_ranks(scores, labels))
    assert found.tolist() == [[math.nextafter(7.0, 8.0), 0, 2], [7.0, 1, 2], [3.0, 2, 3]]


def test_those_of_a_level_are_finite():
    """Deciding at infinity is no threshold to move to."""
    maps = np.random.default_rng(0).random((2, 8, 8))
    thresholds = (-math.inf, 0.45, math.inf)
    masks = maps > [[[0.7]], [[1.0]]]
    level = quietly(gonogo.evaluate, maps, masks, pixel_thresholds=thresholds).pixel
    found = level.stops()
    assert np.isfinite(found).all()
    assert (np.diff(found[:, 0]) < 0).all()
    counts = {stop: (int(true), int(false)) for stop, true, false in found.tolist()}
    at = level.at_threshold[0.45]
    assert counts[0.45] == (at.true_positives, at.false_positives)
