"""What is promised for new data fails no more often than it may, over 2,000 samples.

The true rate at a fitted threshold is known from the distribution the samples come from. A promise
with 90 % confidence may fail in a tenth of the samples, and by chance in a few more: the limit is
what 2,000 fair draws exceed once in 10,000 such tests.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, binom, norm, poisson

import gonogo

DRAWS = 2000
CONFIDENCE = 0.9
MAY_FAIL = int(binom.ppf(1 - 1e-4, DRAWS, 1 - CONFIDENCE))


class Line:
    """Scores of a production line: how to draw them, and the chance of reaching a threshold."""

    def __init__(self, normal, anomalous):
        self.normal, self.anomalous = normal, anomalous

    def fpr(self, threshold):
        return chance(self.normal, threshold)

    def recall(self, threshold):
        return chance(self.anomalous, threshold)

    def precision(self, threshold, prevalence):
        found = prevalence * self.recall(threshold)
        alarms = (1 - prevalence) * self.fpr(threshold)
        return found / (found + alarms)


def chance(distribution, threshold):
    """Of a score that is at least the threshold, ties included."""
    least = np.ceil(threshold) - 1 if hasattr(distribution.dist, "pmf") else threshold
    return float(distribution.sf(least))


SMOOTH = Line(norm(), norm(2.0))
TIED = Line(poisson(3.0), poisson(9.0))
FLAT = Line(poisson(0.4), poisson(4.0))  # most normal scores are the lowest there is

lines = pytest.mark.parametrize("line", [SMOOTH, TIED, FLAT], ids=["smooth", "tied", "flat"])


def fits(line, policy, normals, anomalies, seed, **options):
    """A threshold for each of many samples; None where a sample cannot promise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(normals + anomalies) >= normals
    for _ in range(DRAWS):
        scores = np.concatenate([line.normal.rvs(normals, rng), line.anomalous.rvs(anomalies, rng)])
        yield gonogo.fit_threshold(scores, labels, policy=policy, **options)


@lines
@pytest.mark.parametrize(("limit", "normals"), [(0.05, 45), (0.05, 200), (0.2, 60)])
def test_false_alarms(line, limit, normals):
    found = fits(line, f"fpr<={limit}", normals, 0, seed=1, confidence=CONFIDENCE)
    failed = sum(line.fpr(threshold.value) > limit for threshold in found)
    assert failed <= MAY_FAIL


def test_false_alarms_are_not_avoided_at_any_price():
    found = fits(SMOOTH, "fpr<=0.1", 300, 0, seed=2, confidence=CONFIDENCE)
    assert np.median([SMOOTH.fpr(threshold.value) for threshold in found]) > 0.07


@lines
@pytest.mark.parametrize(("least", "anomalies"), [(0.9, 22), (0.8, 100)])
def test_recall(line, least, anomalies):
    found = fits(line, f"recall>={least}", 60, anomalies, seed=3, confidence=CONFIDENCE)
    failed = sum(line.recall(threshold.value) < least for threshold in found)
    assert failed <= MAY_FAIL


@lines
@pytest.mark.parametrize(("prevalence", "least", "size"), [(0.3, 0.8, 300), (0.6, 0.9, 150)])
def test_precision(line, prevalence, least, size):
    """Of a mixed sample; a sample that promises nothing has not failed."""
    rng = np.random.default_rng(4)
    failed = promised = 0
    for _ in range(DRAWS):
        labels = rng.random(size) < prevalence
        scores = np.where(labels, line.anomalous.rvs(size, rng), line.normal.rvs(size, rng))
        try:
            threshold = gonogo.fit_threshold(
                scores, labels, policy=f"precision>={least}", confidence=CONFIDENCE
            )
        except gonogo.InputError:
            continue
        promised += 1
        failed += line.precision(threshold.value, prevalence) < least
    assert failed <= MAY_FAIL
    assert promised > DRAWS / 5


def test_the_error_of_a_precision_is_divided_among_the_thresholds_tried():
    """Of 60 scores all are tried, and 36. Each bound holds with 95 %, so that both do with 90 %.

    58 of 60 are precise enough with 90 % confidence and not with 95 %: they are not enough.
    """
    assert beta.ppf(0.10, 58, 3) > 0.9 > beta.ppf(0.05, 58, 3)
    assert beta.ppf(0.05, 36, 1) > 0.9
    scores = np.arange(60.0)
    threshold = gonogo.fit_threshold(scores, scores > 1, policy="precision>=0.9", confidence=0.9)
    assert (threshold.achieved.precision.count, threshold.achieved.precision.of) == (36, 36)
    threshold = gonogo.fit_threshold(scores, scores > 0, policy="precision>=0.9", confidence=0.9)
    assert (threshold.achieved.precision.count, threshold.achieved.precision.of) == (59, 60)


def test_precision_where_the_best_scores_are_the_worst():
    """Precision that falls and rises again with the threshold: no order of it is assumed."""
    rng = np.random.default_rng(5)
    size, failed = 400, 0
    for _ in range(DRAWS):
        scores = rng.random(size)
        share = np.where(scores > 0.9, 0.55, np.where(scores > 0.5, 0.78, 0.3))
        threshold_fits = None
        labels = rng.random(size) < share
        try:
            threshold_fits = gonogo.fit_threshold(
                scores, labels, policy="precision>=0.72", confidence=CONFIDENCE
            ).value
        except gonogo.InputError:
            continue
        failed += true_precision(threshold_fits) < 0.72
    assert failed <= MAY_FAIL


def true_precision(threshold):
    parts = [(0.9, 1.0, 0.55), (0.5, 0.9, 0.78), (0.0, 0.5, 0.3)]
    widths = [(max(0.0, high - max(low, threshold)), share) for low, high, share in parts]
    return sum(w * share for w, share in widths) / sum(w for w, _ in widths)


@lines
@pytest.mark.parametrize(("limit", "normals"), [(0.1, 9), (0.1, 37), (0.05, 200)])
def test_conformal(line, limit, normals):
    """The mean chance of a new false alarm over all samples; its error is counted from them."""
    found = fits(line, f"conformal={limit}", normals, 0, seed=6)
    chances = np.array([line.fpr(threshold.value) for threshold in found])
    assert chances.mean() <= limit + 4 * chances.std() / np.sqrt(DRAWS)


def test_conformal_is_as_sharp_as_it_can_be():
    found = fits(SMOOTH, "conformal=0.1", 39, 0, seed=7)
    chances = np.array([SMOOTH.fpr(threshold.value) for threshold in found])
    assert chances.mean() == pytest.approx(0.1, abs=4 * chances.std() / np.sqrt(DRAWS))
