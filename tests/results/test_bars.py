"""Bars hold every score once, and none lies on both sides of the threshold."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from gonogo.results.bars import bar_edges

SCORES = st.lists(
    st.floats(-1e300, 1e300, allow_nan=False) | st.sampled_from([0.0, 1.0, -1.0]),
    min_size=1,
    max_size=40,
)


@example([0.0, 0.0, 0.0, 1.0, 2.225073858507e-311], None, None)
@example([0.0, 1.0, 900719925480.0], 2.2250738585e-313, None)
@given(SCORES, st.none() | st.floats(-1e300, 1e300), st.none() | st.integers(1, 50))
def test_every_score_is_in_a_bar_on_its_side(scores, threshold, bars):
    edges = bar_edges(scores, threshold, bars)
    assert np.all(np.diff(edges) > 0.0)
    counts = np.histogram(scores, edges)[0]
    assert counts.sum() == len(scores)
    if threshold is not None:
        cut = int(np.searchsorted(edges, threshold))
        assert counts[cut:].sum() == sum(score >= threshold for score in scores)


def test_there_are_about_as_many_as_asked_for():
    scores = np.random.default_rng(0).normal(size=500)
    assert len(bar_edges(scores)) - 1 in range(10, 62)
    assert len(bar_edges(scores, bars=20)) - 1 in range(19, 24)
    assert len(bar_edges([3.0, 3.0, 3.0], 3.0)) == 2
