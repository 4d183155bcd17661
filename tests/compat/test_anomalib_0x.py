"""The classes of anomalib 0.x: signatures, return types, targets, and numbers that are right."""

import inspect
import math
import pickle

import numpy as np
import pytest
import torch
import torchmetrics
from matplotlib.figure import Figure
from sklearn.metrics import average_precision_score, roc_auc_score

import gonogo
from gonogo.compat.anomalib.utils.metrics import (
    AUPR,
    AUPRO,
    AUROC,
    PRO,
    AdaptiveThreshold,
    AnomalibMetricCollection,
    AnomalyScoreDistribution,
    AnomalyScoreThreshold,
    MinMax,
    OptimalF1,
)
from gonogo.errors import InputError
from tests.torch.running import images

DTYPES = [torch.bool, torch.uint8, torch.int64, torch.float32]


@pytest.fixture(scope="module")
def data():
    return tuple(map(torch.as_tensor, images()))


def filled(metric, data, dtype=torch.int64):
    maps, masks = data
    for part in (slice(0, 1), slice(1, 7), slice(7, 12)):
        metric.update(maps[part], masks[part].to(dtype))
    return metric


def in_full(metric):
    """The number before it is rounded to float32, which compute gives."""
    rounded = metric.compute()
    assert rounded.dtype == torch.float32
    assert torch.equal(rounded, metric.unrounded.float())
    return metric.unrounded


# (parameters by name, defaults) as the document writes them.
SIGNATURES = {
    AdaptiveThreshold: {"default_value": 0.5},
    AnomalyScoreThreshold: {"default_value": 0.5},
    AUPRO: {
        "compute_on_step": True,
        "dist_sync_on_step": False,
        "process_group": None,
        "dist_sync_fn": None,
        "fpr_limit": 0.3,
        "num_thresholds": None,
    },
    OptimalF1: {"num_classes": 1},
    PRO: {"threshold": 0.5},
}


@pytest.mark.parametrize("metric", SIGNATURES)
def test_signatures(metric):
    found = inspect.signature(metric.__init__).parameters.values()
    named = {p.name: p.default for p in found if p.kind is p.POSITIONAL_OR_KEYWORD}
    del named["self"]
    assert named == SIGNATURES[metric]
    assert issubclass(metric, torchmetrics.Metric)


UPDATES = {
    **dict.fromkeys([AdaptiveThreshold, AUPR, AUPRO, AUROC, OptimalF1, PRO], "preds target"),
    AnomalyScoreDistribution: "anomaly_scores anomaly_maps",
    MinMax: "predictions",
}


@pytest.mark.parametrize("metric", UPDATES)
def test_what_update_is_called_with(metric):
    assert list(inspect.signature(metric().update).parameters) == UPDATES[metric].split()


@pytest.mark.parametrize("metric", [AUROC, AUPR, AUPRO, PRO, MinMax, AnomalyScoreDistribution])
def test_options_that_torchmetrics_has_dropped(metric):
    metric(compute_on_step=True, dist_sync_on_step=False, process_group=None)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_areas(data, dtype):
    maps, masks = data
    labels, scores = masks.flatten().numpy(), maps.flatten().double().numpy()
    auroc, aupr, aupro = (in_full(filled(one(), data, dtype)) for one in (AUROC, AUPR, AUPRO))
    assert float(auroc) == gonogo.auroc(maps, masks)
    assert float(auroc) == pytest.approx(roc_auc_score(labels, scores), rel=1e-12)
    assert float(aupr) == pytest.approx(average_precision_score(labels, scores), rel=1e-12)
    assert float(aupro) == gonogo.aupro(maps, masks)
    assert all(isinstance(one, torch.Tensor) and one.ndim == 0 for one in (auroc, aupr, aupro))


def test_curves_have_the_areas(data):
    maps, masks = data
    fpr, tpr = filled(AUROC(), data)._compute()
    assert float(torch.trapezoid(tpr, fpr)) == pytest.approx(gonogo.auroc(maps, masks), rel=1e-5)
    recall, precision = filled(AUPR(), data)._compute()
    area = gonogo.aupr(maps, masks, method="trapezoid")
    assert float(torch.trapezoid(precision, recall)) == pytest.approx(area, rel=1e-5)


@pytest.mark.parametrize("limit", [0.05, 0.3, 1.0])
def test_the_pro_curve_ends_at_the_limit(data, limit):
    metric = filled(AUPRO(fpr_limit=limit), data)
    fpr, pro = metric._compute()
    assert (fpr[0], fpr[-1]) == (0.0, torch.tensor(limit))
    area = float(torch.trapezoid(pro, fpr)) / limit
    assert area == pytest.approx(float(metric.compute()), rel=1e-5)


def test_what_aupro_keeps(data):
    maps, masks = data
    metric = filled(AUPRO(), data, torch.float32)
    assert torch.equal(torch.cat(metric.preds), maps.flatten())
    assert torch.equal(torch.cat(metric.target), masks.flatten())
    assert (metric.is_differentiable, metric.higher_is_better) == (False, True)
    assert AUPRO.full_state_update is False
    stepwise = AUPRO()
    for batch in (slice(0, 5), slice(5, None)):
        stepwise(maps[batch], masks[batch])
    assert torch.equal(torch.cat(stepwise.preds), maps.flatten().to(stepwise.preds[0].dtype))
    assert torch.equal(torch.cat(stepwise.target), masks.flatten())
    assert torch.equal(stepwise.compute(), metric.compute())
    metric.reset()
    assert metric.preds == metric.target == []
    certified = filled(AUPRO(mode="certified"), data)
    assert certified.preds == certified.target == []


def test_num_thresholds_changes_nothing(data):
    assert filled(AUPRO(num_thresholds=100), data).compute() == filled(AUPRO(), data).compute()
    with pytest.raises(InputError, match="num_thresholds: found 0; leave it out"):
        AUPRO(num_thresholds=0)


def test_interp1d():
    rng = np.random.default_rng(0)
    x = np.unique(rng.random(40))
    y, new = rng.random(len(x)), rng.uniform(x[0], x[-1], 99)
    found = AUPRO.interp1d(*map(torch.as_tensor, (x, y, new)))
    np.testing.assert_allclose(found, np.interp(new, x, y), rtol=0, atol=1e-12)
    at_points = AUPRO.interp1d(*map(torch.as_tensor, (x, y, x)))
    assert at_points.tolist() == y.tolist()
    line = torch.tensor([0.0, 1.0]), torch.tensor([1.0, 3.0])
    assert AUPRO.interp1d(*line, torch.tensor([-1.0, 2.0])).tolist() == [-1.0, 5.0]


@pytest.mark.parametrize(("metric", "title"), [(AUROC, "ROC"), (AUPR, "AUPR"), (AUPRO, "PRO")])
def test_figures(data, metric, title):
    figure, found = filled(metric(), data).generate_figure()
    assert isinstance(figure, Figure)
    assert found == title


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("metric", [AdaptiveThreshold, AnomalyScoreThreshold])
def test_thresholds(data, metric, dtype):
    threshold = metric(default_value=3)
    assert threshold.value == 3.0
    filled(threshold, data, dtype)
    best = gonogo.f1_max(*data)
    assert threshold.compute() == threshold.value == best.threshold
    assert float(threshold.best.value) == best.value
    fresh = metric()
    fresh.load_state_dict(threshold.state_dict())
    assert fresh.value == best.threshold
    assert pickle.loads(pickle.dumps(threshold)).value == best.threshold
    threshold.reset()
    assert threshold.value == 3.0


def test_without_anomalies_there_is_no_threshold(data):
    threshold = AdaptiveThreshold()
    threshold.update(data[0][1:3], data[1][1:3].int())
    with pytest.warns(gonogo.UndefinedMetricWarning, match="AdaptiveThreshold is undefined"):
        assert math.isnan(threshold.compute())


def test_optimal_f1(data):
    metric = filled(OptimalF1(num_classes=1), data, torch.float32)
    best = gonogo.f1_max(*data)
    assert (in_full(metric), metric.threshold) == (best.value, best.threshold)
    with pytest.raises(InputError, match="num_classes: found 3; expected 1"):
        OptimalF1(num_classes=3)


def test_min_max(data):
    metric = MinMax()
    for one in data[0]:
        metric.update(predictions=one)
    low, high = found = metric.compute()
    assert isinstance(found, tuple)
    assert (low, high) == (data[0].min(), data[0].max()) == (metric.min, metric.max)


def test_distribution(data):
    maps = data[0]
    metric = AnomalyScoreDistribution()
    for part in maps.split(5):
        metric.update(anomaly_scores=part.flatten(1).amax(1), anomaly_maps=part[:, None])
    scores = maps.flatten(1).amax(1).double().log()
    logs = maps.double().log()
    wanted = scores.mean(), scores.std(), logs.mean(0), logs.std(0)
    for one, full, other in zip(metric.compute(), metric.unrounded, wanted, strict=True):
        torch.testing.assert_close(full, other, rtol=1e-9, atol=1e-12)
        assert torch.equal(one, full.float())
    metric.reset()
    metric.update(anomaly_scores=torch.tensor([1.0, math.e]), anomaly_maps=torch.ones(2, 3, 3))
    assert float(metric.compute()[0]) == pytest.approx(0.5)
    with pytest.raises(InputError, match="logarithms need positive scores"):
        metric.update(anomaly_scores=torch.tensor([0.0]))


def test_pro(data):
    maps, masks = data
    metric = filled(PRO(threshold=32.5), data)
    curve = gonogo.pro_curve(maps, masks)
    last = int((curve.thresholds >= 32.5).sum()) - 1
    assert float(in_full(metric)) == pytest.approx(curve.y[last], rel=1e-12)


def test_the_numbers_that_the_docstrings_quote():
    aupr = AUPR()
    aupr.update(torch.full((20,), 3.0), torch.arange(20) == 0)
    assert float(aupr.compute()) == pytest.approx(0.05)
    perfect = AUPRO()
    masks = torch.zeros(2, 8, 8, dtype=torch.bool)
    masks[0] = True
    perfect.update(masks.float(), masks)
    assert perfect.compute() == 1.0
    empty = PRO()
    empty.update(torch.rand(1, 4, 4), torch.zeros(1, 4, 4))
    with pytest.warns(gonogo.UndefinedMetricWarning, match="PRO is undefined"):
        assert math.isnan(empty.compute())


@pytest.mark.parametrize("metric", [AUROC, AUPR, OptimalF1, AdaptiveThreshold])
def test_soft_targets_are_refused(metric):
    with pytest.raises(InputError, match="target: found values beyond 0 and 1; binarise"):
        metric().update(torch.rand(3), torch.tensor([0.0, 0.5, 1.0]))


def test_a_collection_under_one_threshold(data):
    maps, masks = data
    collection = AnomalibMetricCollection([AUROC(), PRO(), torchmetrics.MeanMetric()])
    assert (collection.threshold, collection.update_called) == (0.5, False)
    collection.set_threshold(32)
    assert collection["PRO"].threshold == collection.threshold == 32.0
    pixels = AnomalibMetricCollection([AUROC(), PRO()], prefix="pixel_")
    pixels.set_threshold(torch.tensor(32.5))
    pixels.update(maps, masks)
    assert pixels.update_called
    found = pixels.compute()
    assert found["pixel_AUROC"] == torch.tensor(gonogo.auroc(maps, masks), dtype=torch.float32)
    assert set(found) == {"pixel_AUROC", "pixel_PRO"}
    with pytest.raises(InputError, match="metrics: "):
        AnomalibMetricCollection([AUROC(), "F1"])
