"""Scores on a device are ranked by operations for tensors: the integers of the kernels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given

from gonogo.counting import rank_scores
from gonogo.states import AnomalousScores, distinct_scores
from gonogo.torch import ranking
from tests.oracles.strategies import FLOATS, scored_images
from tests.state.test_fixed_grid import anomalous_of
from tests.torch.test_counting import NARROW, as_array, every_score


def same(one, other):
    return (
        np.array_equal(one.below, other.below)
        and np.array_equal(one.at, other.at)
        and one.seen == other.seen
    )


@given(images=scored_images(dtypes=(*FLOATS, np.uint8, np.int32)))
def test_both_ways_rank_alike(images):
    distinct = distinct_scores(anomalous_of(images))
    arrays = [scores.ravel() for scores in images.maps]
    wanted = rank_scores(distinct, arrays, sum(scores.size for scores in arrays))
    parts = [ranking._on_device(distinct, torch.from_numpy(scores)) for scores in arrays]
    found = sum(parts[1:], start=parts[0])
    assert same(found, wanted)
    assert found.counts(distinct).scores.dtype == wanted.counts(distinct).scores.dtype
    assert same(ranking.ranked(distinct, [torch.from_numpy(a) for a in arrays]), wanted)


@pytest.mark.parametrize("dtype", [*NARROW, torch.float32, torch.float64], ids=str)
def test_of_any_dtype_with_numbers_beside_zero(dtype):
    scores = every_score(dtype)
    distinct = distinct_scores([AnomalousScores(as_array(scores[::37]))])
    wanted = rank_scores(distinct, [as_array(scores)], len(scores))
    assert same(ranking._on_device(distinct, scores), wanted)
