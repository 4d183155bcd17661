"""The same numbers as scikit-learn, where it has the metric, on scores of realistic size."""

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

import gonogo
from tests.oracles.agreement import quietly


def drawn(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.random((3, 50, 60)) < 0.05
    scores = rng.normal(size=labels.shape) + 1.5 * labels
    if kind == "tied":
        scores = np.round(scores, 1)
    if kind == "zeros":
        scores = np.maximum(scores, 0)
    if kind == "bytes":
        scores = np.clip(scores * 20 + 100, 0, 255).astype(np.uint8)
    if kind in ("float16", "float32"):
        scores = scores.astype(kind)
    return scores, labels


KINDS = ("float64", "float32", "float16", "tied", "zeros", "bytes")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_the_same_numbers(kind, seed):
    scores, labels = drawn(kind, seed)
    flat, truth = scores.ravel().astype(float), labels.ravel()
    pixel = quietly(gonogo.evaluate, scores, labels).pixel
    precision, recall, _ = sklearn_metrics.precision_recall_curve(truth, flat)
    close = {"rel": 1e-12}
    assert pixel.auroc == pytest.approx(sklearn_metrics.roc_auc_score(truth, flat), **close)
    assert pixel.average_precision == pytest.approx(
        sklearn_metrics.average_precision_score(truth, flat), **close
    )
    assert pixel.aupr_trapezoid == pytest.approx(sklearn_metrics.auc(recall, precision), **close)
    f1 = np.divide(2 * precision * recall, precision + recall, where=recall > 0, out=0 * recall)
    assert pixel.f1_max.value == pytest.approx(f1.max(), **close)
    flagged = flat >= pixel.f1_max.threshold
    assert pixel.iou_max == pytest.approx(sklearn_metrics.jaccard_score(truth, flagged), **close)
    assert pixel.f1_max.precision == pytest.approx(
        sklearn_metrics.precision_score(truth, flagged), **close
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_curves(kind):
    scores, labels = drawn(kind, 7)
    flat, truth = scores.ravel().astype(float), labels.ravel()
    x, y, thresholds = sklearn_metrics.roc_curve(truth, flat, drop_intermediate=False)
    curve = gonogo.roc_curve(scores, labels)
    theirs = dict(zip(thresholds.tolist(), zip(x, y, strict=True), strict=True))
    shared = [i for i, threshold in enumerate(curve.thresholds.tolist()) if threshold in theirs]
    assert len(shared) >= len(np.unique(scores[labels]))
    for i in shared:
        assert (curve.x[i], curve.y[i]) == pytest.approx(theirs[curve.thresholds[i]], rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_counts_at_a_threshold(kind):
    scores, labels = drawn(kind, 3)
    flat, truth = scores.ravel().astype(float), labels.ravel()
    threshold = float(np.quantile(flat, 0.9))
    count = gonogo.confusion(scores, labels, threshold)
    flagged = flat >= threshold
    assert [[count.true_negatives, count.false_positives],
            [count.false_negatives, count.true_positives]] == (
        sklearn_metrics.confusion_matrix(truth, flagged).tolist()
    )  # fmt: skip
    assert count.f1 == pytest.approx(sklearn_metrics.f1_score(truth, flagged), rel=1e-12)
    assert count.accuracy == pytest.approx(sklearn_metrics.accuracy_score(truth, flagged))
