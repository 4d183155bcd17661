"""Options, names and dtypes of anomalib's metrics: what is left out, and what is rounded."""

import pickle

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

import gonogo.torch as own
from gonogo.compat.anomalib import metrics
from gonogo.compat.anomalib.utils import metrics as old
from gonogo.errors import InputError
from tests.torch.running import images

PIXEL = ["anomaly_map", "gt_mask"]


@pytest.fixture(scope="module")
def data():
    return tuple(map(torch.as_tensor, images()))


@pytest.fixture(scope="module")
def ignoring(data):
    """Maps with masks whose borders are 255, and the scores and labels without them."""
    maps, masks = data
    targets = masks.to(torch.uint8)
    targets[:, 3:11, 4] = 255
    targets[0, :2] = 255
    kept = targets != 255
    return maps, targets, maps[kept].double().numpy(), targets[kept].numpy()


def test_what_is_ignored_is_left_out():
    scores, targets = torch.tensor([[[9.0, 1.0], [2.0, 3.0]]]), torch.tensor([[[255, 0], [0, 1]]])
    for kind in (metrics.AUROC, metrics.AUPR):
        metric = kind(fields=PIXEL, ignore_index=255)
        metric.update({"anomaly_map": scores, "gt_mask": targets})
        assert metric.compute() == 1.0
    best = metrics.F1AdaptiveThreshold(ignore_index=255)
    best.update(scores, targets)
    assert best.compute() == 3.0


@pytest.mark.parametrize("form", ["tensor", "list", "array", "one by one"])
def test_ignored_pixels_against_scikit_learn(ignoring, form):
    maps, targets, scores, labels = ignoring
    wanted = {
        "AUROC": roc_auc_score(labels, scores),
        "AUPR": average_precision_score(labels, scores),
        "F1Score": f1_score(labels, scores >= 32.0),
    }
    given = {
        "tensor": [(maps, targets)],
        "list": [(list(maps), list(targets))],
        "array": [(maps.numpy(), targets.numpy())],
        "one by one": list(zip(maps, targets, strict=True)),
    }[form]
    for name, value in wanted.items():
        options = {"threshold": 32.0} if name == "F1Score" else {}
        metric = getattr(metrics, name)(ignore_index=255, **options)
        for pair in given:
            metric.update(*pair)
        metric.compute()
        assert float(metric.unrounded) == pytest.approx(value, rel=1e-12)
        assert float(pickle.loads(pickle.dumps(metric)).compute()) == pytest.approx(value, rel=1e-6)


def test_ignored_scores_may_be_anything():
    metric = metrics.AUROC(ignore_index=-1)
    metric.update(torch.tensor([np.nan, 1.0, 2.0]), torch.tensor([-1, 0, 1]))
    metric.update(torch.tensor([np.inf, np.nan]), torch.tensor([-1, -1]))
    assert metric.compute() == 1.0


def test_what_is_ignored_is_part_of_what_is_counted():
    plain, without = metrics.AUROC(fields=PIXEL), metrics.AUROC(fields=PIXEL, ignore_index=255)
    assert not plain.shares_with(without)
    assert without.shares_with(metrics.AUPR(fields=PIXEL, ignore_index=255))
    assert plain.shares_with(own.AUPRO(fields=PIXEL))


@pytest.mark.parametrize("wrong", ["255", 2.5, True, [255]])
def test_ignore_index_is_a_whole_number(wrong):
    with pytest.raises(InputError, match=r"ignore_index: found .*; expected the whole number"):
        metrics.AUROC(ignore_index=wrong)


def test_shapes_that_differ_are_said_as_ever():
    metric = metrics.AUROC(ignore_index=255)
    with pytest.raises(InputError, match=r"AUROC: found preds of shape \(3,\) and target of shape"):
        metric.update(torch.rand(3), torch.tensor([0, 1]))
    with pytest.raises(InputError, match="found 1 targets for 2 maps"):
        metric.update([torch.rand(2, 2)] * 2, [torch.zeros(2, 2).bool()])


@pytest.mark.parametrize(
    "name", ["AUROC", "AUPR", "F1AdaptiveThreshold", "BinaryPrecisionRecallCurve"]
)
def test_options_that_change_nothing(data, name):
    kind = getattr(metrics, name)
    plain, given = kind(), kind(validate_args=False, normalization="sigmoid", thresholds=10)
    for metric in (plain, given):
        metric.update(*data)
    assert str(given.compute()) == str(plain.compute())


CASES = {
    "AUROC": {},
    "AUPR": {},
    "AUPRO": {},
    "PRO": {"threshold": 32.0},
    "F1Score": {"threshold": 32.0},
    "F1Max": {},
    "F1AdaptiveThreshold": {},
    "_PGn": {},
    "_PBn": {},
}


@pytest.mark.parametrize("name", CASES)
def test_results_are_float32_and_in_full_beside(data, name):
    metric, full = getattr(metrics, name)(**CASES[name]), getattr(own, name.strip("_"))
    full = full(**CASES[name])
    for one in (metric, full):
        one.update(*data)
    assert metric.unrounded is None
    wanted = full.compute()
    assert metric.compute().dtype == torch.float32
    assert torch.allclose(metric.compute(), torch.tensor(float(wanted)))
    assert torch.equal(metric.unrounded, wanted)
    if getattr(metric, "threshold", None) is not None and name not in ("PRO", "F1Score"):
        assert metric.threshold.dtype == torch.float32 or name == "F1AdaptiveThreshold"
    metric.reset()
    assert metric.unrounded is None


def test_a_threshold_is_never_rounded_into_another():
    scores = torch.tensor([1.0, 30.0, 30.000000001, 40.0], dtype=torch.float64)
    labels = torch.tensor([0, 0, 1, 1])
    kinds = metrics.F1AdaptiveThreshold, metrics.F1Max, metrics._PGn, old.AnomalyScoreThreshold
    for metric in (kind() for kind in kinds):
        metric.update(scores, labels)
        threshold = metric.compute()
        if threshold.dtype == torch.float32:
            threshold = metric.threshold
        assert torch.equal(scores >= threshold, labels.bool())
        assert threshold.dtype == torch.float64
    low, high = metrics.MinMax()(scores)
    assert (float(low), float(high)) == (1.0, 40.0)
    assert metrics.MinMax()(scores[1:3]).dtype == torch.float64


def test_min_max_and_curves_are_float32(data):
    low_high = metrics.MinMax()
    low_high.update(data[0])
    assert low_high.compute().dtype == torch.float32
    assert low_high.compute().tolist() == [float(data[0].min()), float(data[0].max())]
    curve = metrics.BinaryPrecisionRecallCurve()
    curve.update(*data)
    assert [one.dtype for one in curve.compute()] == [torch.float32] * 3
    assert [one.dtype for one in curve.unrounded] == [torch.float64] * 3


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        (metrics.PGn(), "PG5"),
        (metrics.PGn(fnr=0.2), "PG20"),
        (metrics.PBn(fpr=0.29), "PB29"),
        (metrics.PBn(fpr=0.005, prefix="image_"), "image_PB0.5"),
        (metrics._PGn(fnr=0.1), "PG10"),
    ],
    ids=["default", "PG", "PB", "prefix", "twin"],
)
def test_presorted_metrics_are_named_by_their_rate(metric, name):
    assert metric.name == name
    assert pickle.loads(pickle.dumps(metric)).name == metric.clone().name == name
    with pytest.raises(InputError, match=name.removeprefix("image_") + " takes a list of names"):
        type(metric)(fields="pred_score", **_rate_of(metric))


def _rate_of(metric):
    return {rate: getattr(metric, rate) for rate in ("fnr", "fpr") if hasattr(metric, rate)}


def test_presorted_metrics_are_of_image_scores_if_not_told():
    scores, labels = torch.tensor([1.0, 5.0, 2.0, 9.0]), torch.tensor([0, 0, 1, 1])
    for kind, twin in ((metrics.PGn, metrics._PGn), (metrics.PBn, metrics._PBn)):
        metric, values = kind(), twin()
        assert metric.fields == ("pred_score", "gt_label")
        metric.update({"pred_score": scores, "gt_label": labels})
        values.update(scores, labels)
        assert metric.compute() == values.compute() == 0.5
    assert kind(fields=["x", "y"]).fields == ("x", "y")


def test_a_threshold_by_its_value():
    for metric in (metrics.ManualThreshold(2.5), metrics.ManualThreshold(default_value=2.5)):
        metric.update(torch.rand(3), torch.tensor([0, 1, 0]))
        assert metric.compute() == 2.5
        assert metric.compute().dtype == torch.float64
    assert metrics.ManualThreshold().compute() == 0.5


def test_a_batch_says_how_many_images_it_has():
    batch = own.ImageBatch(pred_score=torch.rand(3), anomaly_map=torch.rand(3, 4, 4))
    assert batch.batch_size == len(batch) == 3
    assert own.ImageBatch().batch_size == 0


def test_a_histogram_of_scores_by_label():
    metric = metrics.AnomalyScoreDistribution()
    scores, labels = torch.tensor([1.0, 2.0, 2.0, 8.0, 9.0]), torch.tensor([0, 0, 0, 1, 1])
    metric.update(anomaly_scores=scores[:3], anomaly_maps=torch.ones(3, 2, 2), labels=labels[:3])
    metric.update(anomaly_scores=scores[3:], anomaly_maps=torch.ones(2, 2, 2), labels=labels[3:])
    figure, title = metric.plot(bins=8, title="Scores", legend_labels=("fine", "broken"))
    assert isinstance(figure, Figure)
    (axes,) = figure.axes
    heights = np.array([bar.get_height() for bar in axes.patches]).reshape(2, 8)
    np.testing.assert_allclose(heights.sum(axis=1), 1.0)
    np.testing.assert_allclose(heights[:, [0, 1, 7]], [[1 / 3, 2 / 3, 0], [0, 0, 1]])
    assert (title, axes.get_title(), axes.get_xlabel()) == ("Scores", "Scores", "Score")
    assert [one.get_text() for one in axes.get_legend().get_texts()] == ["fine", "broken"]
    mean, std, *_ = metric.compute()
    assert mean.dtype == torch.float32
    assert torch.allclose(mean, scores.log().mean())
    assert torch.allclose(std, scores.log().std())


def test_a_histogram_needs_scores_with_labels():
    metric = metrics.AnomalyScoreDistribution()
    with pytest.raises(InputError, match="found 0 image scores and labels for 0 of them"):
        metric.plot()
    metric.update(anomaly_scores=torch.tensor([1.0, 2.0]))
    with pytest.raises(InputError, match="found 2 image scores and labels for 0 of them"):
        metric.plot()
    with pytest.raises(InputError, match="found labels without anomaly_scores"):
        metric.update(anomaly_maps=torch.ones(1, 2, 2), labels=torch.tensor([1]))
    with pytest.raises(InputError, match="expected one shape"):
        metric.update(anomaly_scores=torch.tensor([1.0, 2.0]), labels=torch.tensor([1]))
