"""Corners of the ROC curve, and the ranks that come with them, against counting one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from gonogo.states import roc_corners, vector_ranks
from tests.oracles.strategies import labelled_scores


@given(labelled_scores())
def test_counts_are_those_of_counting(drawn):
    scores, labels = drawn.scores, drawn.labels != 0
    corners = roc_corners([(scores, labels)])
    distinct = sorted({float(score) for score in scores}, reverse=True)
    steps = [
        (int(((scores == at) & ~labels).sum()), int(((scores == at) & labels).sum()))
        for at in distinct
    ]
    last = len(distinct) - 1
    kept = [k for k in range(len(distinct)) if k in (0, last) or steps[k] != steps[k + 1]]
    assert corners.thresholds.tolist() == [distinct[k] for k in kept]
    for found, place in ((corners.false_positives, 0), (corners.true_positives, 1)):
        assert found.tolist() == [sum(step[place] for step in steps[: k + 1]) for k in kept]


@given(labelled_scores())
def test_ranks_are_those_of_a_vector(drawn):
    labels = drawn.labels != 0
    found = roc_corners([(drawn.scores, labels)]).ranks
    expected = vector_ranks(drawn.scores, labels)
    for name in ("scores", "anomalous", "above", "at_least"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert found.normals == expected.normals


@given(labelled_scores())
def test_parts_do_not_matter(drawn):
    labels = drawn.labels != 0
    cut = len(labels) // 2
    whole = roc_corners([(drawn.scores, labels)])
    halves = roc_corners([(drawn.scores[cut:], labels[cut:]), (drawn.scores[:cut], labels[:cut])])
    for name in ("thresholds", "false_positives", "true_positives"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(halves, name))
