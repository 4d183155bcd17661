"""No place that could be the best one is left out."""

from __future__ import annotations

import numpy as np
import pytest

from gonogo.metrics.contenders import contenders


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000, 5000])
@pytest.mark.parametrize("seed", range(8))
def test_every_place_that_reaches_the_least_is_among_them(size, seed):
    rng = np.random.default_rng([size, seed])
    found = rng.integers(0 if seed % 2 else 1, 4, size).cumsum()
    false = rng.integers(0, 1 + seed, size).cumsum()
    anomalies = int(found[-1]) + seed
    if anomalies == 0:
        return
    values = found / (found + false + anomalies)
    for least in (None, 0.0, float(np.median(values)), float(values.max())):
        places = contenders(found, false, anomalies, least)
        wanted = np.flatnonzero(values >= (values.max() if least is None else least))
        assert np.isin(wanted, places).all()
        assert (np.diff(places) > 0).all()


def test_most_places_are_left_out_where_one_is_best():
    found = np.arange(1, 100_001)
    false = np.maximum(0, found - 60_000) * 50
    assert contenders(found, false, 100_000).size < 2_000
