"""What anomalib's metrics keep in ``state_dict``, and the checkpoints that it has written."""

import math

import pytest
import torch
import torchmetrics
from torch import nn

import gonogo.torch as own
from gonogo.compat.anomalib import metrics
from gonogo.compat.anomalib.utils import metrics as old
from gonogo.errors import InputError, InputWarning
from tests.torch.running import images


def statistics():
    """As anomalib 0.x writes them, in float32."""
    return {
        "image_mean": torch.tensor(1.5),
        "image_std": torch.tensor(0.25),
        "pixel_mean": torch.rand(4, 4),
        "pixel_std": torch.rand(4, 4),
    }


class Model(nn.Module):
    """The metrics of a model of 0.x, which has one state_dict for all."""

    def __init__(self, aupro=old.AUPRO):
        super().__init__()
        self.normalization_metrics = old.MinMax()
        self.training_distribution = old.AnomalyScoreDistribution()
        self.image_threshold = old.AnomalyScoreThreshold()
        self.pixel_metrics = aupro()


def checkpoint():
    """Keys as anomalib 0.3 to 0.7 writes them for such a model."""
    found = {f"training_distribution.{name}": value for name, value in statistics().items()}
    return found | {
        "normalization_metrics.min": torch.tensor(3.0),
        "normalization_metrics.max": torch.tensor(47.5),
        "image_threshold.value": torch.tensor(31.25),
        "pixel_metrics.fpr_limit": torch.tensor(0.3),
    }


def test_a_checkpoint_of_anomalib_loads_strictly():
    model, saved = Model(), checkpoint()
    model.load_state_dict(saved, strict=True)
    assert model.normalization_metrics.compute() == (3.0, 47.5)
    assert (model.normalization_metrics.min, model.normalization_metrics.max) == (3.0, 47.5)
    assert model.image_threshold.value == 31.25
    for name, value in zip(
        ("image_mean", "image_std", "pixel_mean", "pixel_std"),
        model.training_distribution.compute(),
        strict=True,
    ):
        assert torch.equal(value, saved[f"training_distribution.{name}"])
        assert torch.equal(getattr(model.training_distribution, name).float(), value)


def test_ours_has_the_same_keys_and_comes_back():
    maps, masks = map(torch.as_tensor, images())
    model = Model()
    model.normalization_metrics.update(maps)
    model.training_distribution.update(anomaly_scores=maps.amax((1, 2)), anomaly_maps=maps)
    wanted = model.training_distribution.compute()
    model.image_threshold.update(maps.amax((1, 2)), masks.amax((1, 2)))
    threshold = model.image_threshold.compute()
    assert set(model.state_dict()) == set(checkpoint())
    fresh = Model()
    fresh.load_state_dict(model.state_dict(), strict=True)
    assert fresh.normalization_metrics.compute() == (maps.min(), maps.max())
    assert all(map(torch.equal, fresh.training_distribution.compute(), wanted))
    assert fresh.image_threshold.value == threshold
    # So scores are placed by their range, and are not all 0.5.
    low, high = fresh.normalization_metrics.compute()
    placed = ((maps - threshold) / (high - low) + 0.5).clamp(0, 1)
    assert len(placed.unique()) > 1000


def test_a_checkpoint_that_has_none_of_them_changes_nothing():
    model = Model()
    model.load_state_dict({}, strict=True)
    assert math.isinf(float(model.normalization_metrics.min))
    assert model.image_threshold.value == 0.5
    assert model.pixel_metrics.fpr_limit == 0.3


def test_what_is_loaded_takes_the_place_of_what_was_computed():
    low_high = own.MinMax()
    low_high.update(torch.tensor([-5.0, 90.0]))
    low_high.compute()
    low_high.load_state_dict({"min": torch.tensor(1.0), "max": torch.tensor(2.0)})
    assert low_high.compute().tolist() == [1.0, 2.0]
    low_high.update(torch.tensor([7.0]))
    assert low_high.compute().tolist() == [1.0, 7.0]
    low_high.reset()
    assert not low_high.update_called


def test_scores_that_follow_make_new_statistics():
    metric = own.AnomalyScoreDistribution()
    metric.load_state_dict(statistics())
    metric.update(torch.tensor([1.0, math.e]), torch.ones(2, 3, 3))
    assert metric.compute()[0] == pytest.approx(0.5)
    assert metric.image_mean == pytest.approx(0.5)
    metric.reset()
    assert metric.image_mean.numel() == 0
    assert not metric.update_called


@pytest.mark.parametrize("kind", [old.AUPRO, metrics.AUPRO], ids=["0.x", "2.x"])
def test_the_limit_of_aupro(kind):
    metric = kind(fpr_limit=0.05)
    assert metric.state_dict()["fpr_limit"] == torch.tensor(0.05)
    metric.load_state_dict({"fpr_limit": torch.tensor(0.05)}, strict=True)
    assert metric.fpr_limit == 0.05
    with pytest.warns(InputWarning, match=r"found 0.3 in the checkpoint and 0.05 in AUPRO"):
        metric.load_state_dict({"fpr_limit": torch.tensor(0.3)}, strict=True)
    assert metric.fpr_limit == 0.3
    whole = nn.ModuleList([metric])
    whole.load_state_dict({"0.fpr_limit": torch.tensor(0.3)}, strict=True)
    whole.load_state_dict({}, strict=True)


def test_states_of_anomalib_1():
    found = metrics.F1AdaptiveThreshold()
    found.load_state_dict({"value": torch.tensor(31.5)}, strict=True)
    assert found.value == 31.5
    metrics.MinMax().load_state_dict({"min": torch.tensor(1.0), "max": torch.tensor(2.0)})
    metrics.ManualThreshold().load_state_dict({"value": torch.tensor(2.5, dtype=torch.float64)})


@pytest.mark.parametrize("change", ["half", "double", "bfloat16"])
def test_a_model_of_another_dtype_keeps_its_thresholds(change):
    scores = torch.tensor([1.0, 30.0, 30.000000001, 40.0], dtype=torch.float64)
    model = Model()
    model.image_threshold.update(scores, torch.tensor([0, 0, 1, 1]))
    model.image_threshold.compute()
    model.training_distribution.load_state_dict(statistics())
    before = model.training_distribution.image_mean.clone()
    getattr(model, change)()
    assert model.image_threshold.value == scores[2]
    assert torch.equal(model.training_distribution.image_mean, before)


def test_a_foreign_class_under_one_threshold():
    scores, labels = torch.tensor([20.0, 30.0, 40.0, 50.0]), torch.tensor([0, 0, 1, 1])
    collection = old.AnomalibMetricCollection([torchmetrics.F1Score(task="binary"), old.AUROC()])
    with pytest.raises(InputError, match=r"found 35 for BinaryF1Score of torchmetrics.*sigmoid"):
        collection.set_threshold(35)
    assert collection.threshold == 0.5
    for count in (collection.update, collection):
        with pytest.raises(InputError, match="BinaryF1Score: found scores from 20 to 50"):
            count(scores, labels)
    collection.set_threshold(0.7)  # of scores that are normalised
    collection.update(scores / 50.0, labels)
    assert {name: float(value) for name, value in collection.compute().items()} == {
        "BinaryF1Score": 1.0,
        "AUROC": 1.0,
    }
    ours = old.AnomalibMetricCollection([own.F1Score(), own.Precision(), own.Recall(), old.PRO()])
    ours.set_threshold(35)
    assert {one.threshold for one in ours.values(copy_state=False)} == {35.0}


def test_an_unset_threshold_is_none_of_raw_scores():
    maps, masks = map(torch.as_tensor, images())
    with pytest.raises(InputError, match=r"PRO: found scores from 26.1\d* to 34.\d* and no"):
        old.PRO().update(maps, masks.int())
    named = old.PRO()
    named.threshold = 0.5
    named.update(maps, masks.int())
    assert named.compute() == 1.0
