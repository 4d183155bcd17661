"""Counts that grow where they are, and leave alone what they have handed out."""

from __future__ import annotations

import numpy as np

from gonogo.grid import KEY_BITS, keys_of
from gonogo.states.growing import GrowingCounts


def add(growing, *scores):
    growing.add(np.sort(keys_of(np.array(scores))), np.ones(len(scores), np.int64), KEY_BITS)


def test_counts_that_were_lent_stay_as_they_are():
    growing = GrowingCounts()
    add(growing, 1.0, 4.0)
    add(growing, 2.0)  # from here on there is room for more
    lent = growing.lent()
    before = lent.bins.tolist(), lent.columns.tolist()
    assert before[0] == keys_of(np.array([1.0, 2.0, 4.0])).tolist()
    add(growing, 2.0, 3.0)
    assert (lent.bins.tolist(), lent.columns.tolist()) == before
    assert growing.lent().bins.tolist() == keys_of(np.array([1.0, 2.0, 3.0, 4.0])).tolist()
    assert growing.lent().columns[0].tolist() == [1, 2, 1, 1]


def test_folding_leaves_what_was_lent():
    growing = GrowingCounts()
    add(growing, 1.0, 1.5, 4.0)
    lent = growing.lent()
    growing.fold(KEY_BITS - 12)
    assert lent.bins.tolist() == keys_of(np.array([1.0, 1.5, 4.0])).tolist()
    assert growing.lent().columns[0].tolist() == [2, 1]
