"""quadra's scale: its documented values, the law that decisions stay, and its faults, absent."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from gonogo.compat.quadra import (
    EvalThreshold,
    ensure_scores_consistency,
    normalize_anomaly_score,
)
from gonogo.decisions import at_least
from gonogo.errors import InputError
from tests.oracles.strategies import FLOATS

FINITE = st.floats(-1e3, 1e3)
THRESHOLDS = st.one_of(FINITE, st.sampled_from([0.0, 1.0, 0.1, -0.3, 100.0, 1e-3]))


def documented(raw, threshold):
    """The function as its documentation shows it, in float64."""
    if threshold > 0:
        scaled = raw / threshold * 100.0
    elif threshold == 0:
        scaled = (raw + 1) * 100.0
    else:
        scaled = 200.0 - raw / threshold * 100.0
    return np.clip(scaled, 0.0, 1000.0)


@st.composite
def raw_scores(draw, near):
    """Scores of one float dtype, many of them within a few units of a threshold."""
    dtype = np.dtype(draw(st.sampled_from(FLOATS)))
    centre = np.array(near, dtype)
    close = [centre]
    for _ in range(4):
        close += [np.nextafter(close[-1], dtype.type(np.inf))]
        close = [np.nextafter(close[0], dtype.type(-np.inf)), *close]
    values = st.one_of(
        st.sampled_from([float(one) for one in close]),
        st.floats(-1e3, 1e3, width=dtype.itemsize * 8),
    )
    return draw(npst.arrays(dtype, draw(st.integers(1, 12)), elements=values))


@pytest.mark.parametrize("threshold", [0.25, 3.0, 0.0, -0.5, -20.0])
def test_the_documented_values(threshold):
    raw = np.linspace(-7.0, 13.0, 201)
    found = normalize_anomaly_score(raw, threshold)
    np.testing.assert_allclose(found, documented(raw, threshold), rtol=1e-13, atol=1e-9)
    assert (found.min(), found.max()) >= (0.0, 100.0)
    assert normalize_anomaly_score(threshold, threshold) == 100.0


@given(st.data(), THRESHOLDS)
def test_100_is_reached_exactly_where_the_threshold_is(data, threshold):
    raw = data.draw(raw_scores(threshold))
    found = normalize_anomaly_score(raw, threshold)
    assert found.dtype == raw.dtype
    np.testing.assert_array_equal(found >= 100.0, at_least(raw, threshold))


@given(st.data(), THRESHOLDS, FINITE, st.floats(-3e3, 3e4))
def test_the_evaluation_threshold_decides_on_both_scales(data, threshold, raw_at, normalized_at):
    raw = data.draw(raw_scores(raw_at))
    found = normalize_anomaly_score(raw, threshold, EvalThreshold(raw_at, normalized_at))
    reached = at_least(raw, raw_at)
    np.testing.assert_array_equal(at_least(found, normalized_at), reached)
    np.testing.assert_array_equal(found >= normalized_at, reached)
    order = np.argsort(raw, kind="stable")
    assert np.all(np.diff(found[order].astype(np.float64)) >= 0)


@given(st.data(), THRESHOLDS)
def test_a_higher_score_is_never_lower_on_the_scale(data, threshold):
    raw = np.sort(data.draw(raw_scores(threshold)))
    assert np.all(np.diff(normalize_anomaly_score(raw, threshold).astype(np.float64)) >= 0)


def test_predictions_do_not_flip_when_the_evaluation_threshold_is_over_ten_times_the_training_one():
    raw = np.array([1.0, 14.9, 15.0, 15.1, 90.0])
    at = EvalThreshold(raw=15.0, normalized=1500.0)
    found = normalize_anomaly_score(raw, 1.0, at)
    assert (found >= 1500.0).tolist() == [False, False, True, True, True]
    assert found.tolist() == [100.0, 1000.0, 1500.0, 1500.0, 1500.0]


def test_predictions_do_not_flip_when_the_evaluation_threshold_is_at_the_lower_end():
    raw = np.array([-2.0, -1e-9, 0.0, 0.5])
    found = normalize_anomaly_score(raw, 1.0, EvalThreshold(raw=0.0, normalized=0.0))
    assert (found >= 0.0).tolist() == [False, False, True, True]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_just_under_the_threshold_are_not_tied(dtype):
    raw = (0.7 * (1.0 - np.arange(1, 9) * 1e-6)).astype(dtype)
    found = normalize_anomaly_score(raw, 0.7, EvalThreshold(raw=0.7, normalized=100.0))
    assert np.all(np.diff(found) < 0)
    assert found[0] > 99.9998
    assert np.all(found < 100.0)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_nan_is_not_silent(wrong):
    with pytest.raises(InputError, match=r"scores: found 1 value\(s\) that are NaN or infinite"):
        normalize_anomaly_score(np.array([1.0, wrong]), 1.0)
    with pytest.raises(InputError, match="scores: found 1 value"):
        normalize_anomaly_score(wrong, 1.0)
    with pytest.raises(InputError, match=r"threshold: found .*; expected a finite number"):
        normalize_anomaly_score(1.0, wrong)
    at = EvalThreshold(1.0, 100.0)
    with pytest.raises(InputError, match="raw_score: found 1 value"):
        ensure_scores_consistency(np.ones(2), np.array([1.0, wrong]), at)
    with pytest.raises(InputError, match="normalized_score: found 1 value"):
        ensure_scores_consistency(np.array([1.0, wrong]), np.ones(2), at)
    for raw, normalized, name in ((wrong, 1.0, "raw"), (1.0, wrong, "normalized")):
        with pytest.raises(InputError, match=f"eval_threshold.{name}: found .*; expected a finite"):
            EvalThreshold(raw, normalized)


def test_the_input_is_not_mutated():
    raw, normalized = np.array([0.5, 1.0, 2.0]), np.array([50.0, 99.0, 200.0])
    found = ensure_scores_consistency(normalized, raw, EvalThreshold(raw=1.0, normalized=100.0))
    assert found.tolist() == [50.0, 100.0, 200.0]
    assert normalized.tolist() == [50.0, 99.0, 200.0]
    normalize_anomaly_score(raw, 1.0, EvalThreshold(2.0, 150.0))
    assert raw.tolist() == [0.5, 1.0, 2.0]


def test_a_number_gives_a_number_and_a_list_an_array():
    assert type(normalize_anomaly_score(0.5, 0.25)) is np.float64
    assert type(normalize_anomaly_score(1, 4, EvalThreshold(2.0, 50.0))) is np.float64
    assert normalize_anomaly_score([[0.5], [0.25]], 0.25).tolist() == [[200.0], [100.0]]
    assert normalize_anomaly_score(np.array([1, 2], np.uint8), 2).tolist() == [50.0, 100.0]
    assert normalize_anomaly_score(np.empty((0, 3)), 1.0).shape == (0, 3)


def test_whole_normalised_scores_become_floats():
    found = ensure_scores_consistency([100, 120], [1.0, 2.0], EvalThreshold(2.0, 120.5))
    assert found.tolist() == [100.0, 120.5]


def test_keywords_are_those_of_quadra():
    at = EvalThreshold(raw=2.0, normalized=200.0)
    found = normalize_anomaly_score(raw_score=2.0, threshold=1.0, eval_threshold=at)
    again = ensure_scores_consistency(normalized_score=found, raw_score=2.0, eval_threshold=at)
    assert found == again == 200.0


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "bfloat16"])
def test_tensors_give_what_arrays_give(dtype):
    torch = pytest.importorskip("torch")
    raw = torch.linspace(0.1, 3.0, 50).to(getattr(torch, dtype)).reshape(5, 10)
    before = raw.clone()
    at = EvalThreshold(raw=1.1, normalized=110.03)
    found = normalize_anomaly_score(raw, 1.0, at)
    assert torch.is_tensor(found)
    assert found.shape == raw.shape
    assert found.dtype == (torch.float32 if dtype == "bfloat16" else raw.dtype)
    assert torch.equal(raw, before)
    wide = raw.float() if dtype == "bfloat16" else raw
    np.testing.assert_array_equal(found, normalize_anomaly_score(wide.numpy(), 1.0, at))
    assert ((found >= 110.03) == (raw.double() >= 1.1)).all()


def test_torch_is_not_imported():
    code = "import sys, gonogo.compat.quadra as q; q.normalize_anomaly_score(1.0, 2.0); "
    code += "print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_what_does_not_fit_is_refused():
    at = EvalThreshold(1.0, 1e5)
    with pytest.raises(InputError, match=r"found shape .2,. for raw scores of shape .3,."):
        ensure_scores_consistency(np.ones(2), np.ones(3), at)
    with pytest.raises(InputError, match=r"normalized: found 100000\.0, beyond float16; use wider"):
        ensure_scores_consistency(np.ones(2, np.float16), np.ones(2), at)


def test_the_callback_is_here_under_its_name():
    from gonogo.compat import quadra
    from gonogo.torch import ThresholdNormalizationCallback

    assert quadra.ThresholdNormalizationCallback is ThresholdNormalizationCallback
    with pytest.raises(AttributeError, match="has no attribute 'AnomalyDataset'"):
        _ = quadra.AnomalyDataset
