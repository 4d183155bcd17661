"""Fields, prefix and strict: what a batch is asked for, and what is said where it has it not."""

from __future__ import annotations

import pickle
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import pytest
import torch
import torchmetrics
from torchmetrics.classification import BinaryF1Score, MulticlassAccuracy

import gonogo.torch as gt
from gonogo import InputError
from gonogo.torch.step import Step

SCORES, LABELS = torch.tensor([0.2, 7.0, 0.1, 9.0]), torch.tensor([0, 1, 0, 1])
ASKED = ["pred_score", "gt_label"]


@dataclass
class Record:
    pred_score: Any = None
    gt_label: Any = None
    gt_mask: Any = None


Named = namedtuple("Named", ASKED)
BATCHES = [
    {"pred_score": SCORES, "gt_label": LABELS},
    Record(SCORES, LABELS),
    Named(SCORES, LABELS),
    gt.ImageBatch(pred_score=SCORES, gt_label=LABELS),
    type("Foreign", (), {"pred_score": SCORES, "gt_label": LABELS}),
]


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: type(batch).__name__)
def test_any_object_or_mapping_is_a_batch(batch):
    metric = gt.AUROC(fields=ASKED, prefix="image_")
    metric.update(batch)
    metric.update(batch=batch)
    assert (metric.name, float(metric.compute())) == ("image_AUROC", 1.0)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["pred_score"], r"fields: found 1 \(pred_score\); AUROC needs 2, for preds, target"),
        (["a", "b", "c"], r"fields: found 3 \(a, b, c\); AUROC needs 2"),
        ("pred_score", "fields: found 'pred_score'; AUROC takes a list of names"),
        ([], "fields: found none"),
        (["pred_score", 3], "fields: found 3"),
        ([None, "gt_label"], "fields: found None"),
    ],
)
def test_fields_that_cannot_do_are_refused_at_once(fields, expected):
    with pytest.raises(InputError, match=expected):
        gt.AUROC(fields=fields)


@pytest.mark.parametrize(
    ("batch", "fields", "expected"),
    [
        (BATCHES[0], ["predictions", "gt_label"], "'predictions' is not there in this batch"),
        (BATCHES[0], ["anomaly_scores", "gt_labels"], "has pred_score, gt_label"),
        (BATCHES[0], ["pred_score", "gt_labels"], "Did you mean 'gt_label'?"),
        (BATCHES[1], ["pred_score", "gt_mask"], "'gt_mask' is None in this batch .Record., which"),
        (BATCHES[2], ["pred_scores", "gt_label"], "Did you mean 'pred_score'?"),
        (object(), ASKED, "which has no fields; give a mapping"),
        (
            dict.fromkeys(ASKED, LABELS),
            ["pred_label", "gt_label"],
            "which has pred_score, gt_label$",
        ),
        ({"gt_label": LABELS, "label": LABELS}, ["pred_label", "gt_label"], "gt_label, label$"),
        ({"gt_mask": LABELS, "mask": LABELS}, ["pred_mask", "gt_mask"], "has gt_mask, mask$"),
        ({"pred_label": LABELS}, ["pred_label", "gt_label"], "which has pred_label$"),
    ],
)
def test_a_batch_that_lacks_a_field_is_told_with_what_it_has(batch, fields, expected):
    metric = gt.AUROC(fields=fields, prefix="image_")
    with pytest.raises(InputError, match=expected) as told:
        metric.update(batch)
    assert str(told.value).startswith("image_AUROC: the field")


def test_scores_and_labels_where_a_batch_is_expected():
    with pytest.raises(InputError, match=r"found 2 arguments; with fields=.*leave fields out"):
        gt.AUROC(fields=ASKED).update(SCORES, LABELS)


@pytest.mark.filterwarnings("ignore:The ``compute`` method of metric .* was called before")
@pytest.mark.parametrize("of", [gt.AUROC, gt.F1Score, gt.create_anomaly_metric(BinaryF1Score)])
def test_not_strict_passes_over_what_it_lacks(of):
    metric = of(fields=["pred_mask", "gt_mask"], strict=False)
    metric.update({"gt_mask": LABELS})
    assert metric({"gt_mask": LABELS}) is None
    assert metric.compute() is None
    assert not metric.update_called
    metric.update({"pred_mask": LABELS, "gt_mask": LABELS})
    assert float(metric.compute()) == 1.0
    assert metric.update_called
    metric.reset()
    metric.update({})
    assert not metric.update_called
    assert metric.compute() is None


def test_a_metric_of_ones_own_and_one_of_torchmetrics():
    class OwnF1(gt.AnomalyMetric, BinaryF1Score):
        """Defined by hand."""

    made = gt.create_anomaly_metric(BinaryF1Score)
    for of, name in ((OwnF1, "x_OwnF1"), (made, "x_BinaryF1Score")):
        metric = of(fields=ASKED, prefix="x_", threshold=0.15)
        metric.update({"pred_score": SCORES / 10, "gt_label": LABELS})
        assert isinstance(metric, BinaryF1Score)
        assert (metric.name, float(metric.compute())) == (name, 1.0)
    assert gt.create_anomaly_metric(BinaryF1Score) is made
    assert gt.create_anomaly_metric(gt.AUROC) is gt.AUROC


def test_without_fields_a_wrapped_metric_is_what_it_was():
    metric = gt.create_anomaly_metric(BinaryF1Score)()
    metric.update(SCORES / 10, LABELS)
    assert float(metric.compute()) == 1.0


@pytest.mark.parametrize(
    ("options", "of", "value"),
    [
        ({}, "BinaryAccuracy", 0.75),
        ({"average": "micro"}, "MulticlassAccuracy", 0.75),
        ({"average": "macro"}, "MulticlassAccuracy", 0.5),
        ({"task": "binary", "threshold": 0.9}, "BinaryAccuracy", 0.75),
        ({"num_classes": 3, "average": "macro"}, "MulticlassAccuracy", 0.5),
    ],
)
def test_classes_of_several_tasks_keep_their_arguments(options, of, value):
    batch = {
        "pred_label": torch.zeros(4, dtype=torch.int64),
        "gt_label": torch.tensor([0, 0, 0, 1]),
    }
    metric = gt.create_anomaly_metric(torchmetrics.Accuracy)(
        fields=["pred_label", "gt_label"], prefix="image_", **options
    )
    metric.update(batch)
    again = pickle.loads(pickle.dumps(metric))
    again.update(batch)
    assert [type(metric).__mro__[2].__name__, metric.name] == [of, "image_Accuracy"]
    assert float(metric.compute()) == float(again.compute()) == value
    assert again.name == metric.name


def test_metrics_of_torchmetrics_over_other_fields_are_not_taken_for_one():
    """Their states after one batch are equal, which is all that torchmetrics looks at."""
    made = gt.create_anomaly_metric(MulticlassAccuracy)
    collection = torchmetrics.MetricCollection(
        {name: made(fields=[name, "label"], num_classes=2) for name in ("one", "other")}
    )
    right, wrong = torch.tensor([0, 1]), torch.tensor([1, 0])
    collection.update({"one": right, "other": right, "label": right})
    collection.update({"one": right, "other": wrong, "label": right})
    found = {name: float(value) for name, value in collection.compute().items()}
    assert found == {"one": 1.0, "other": 0.5}


def test_a_collection_with_fields_of_its_own():
    collection = gt.create_anomaly_metric(torchmetrics.MetricCollection)(
        fields=ASKED, metrics=[BinaryF1Score()]
    )
    collection.update({"pred_score": SCORES / 10, "gt_label": LABELS})
    assert float(collection.compute()["BinaryF1Score"]) == 1.0


def test_what_is_no_metric():
    with pytest.raises(InputError, match=r"expected a subclass of torchmetrics\.Metric"):
        gt.create_anomaly_metric(dict)
    with pytest.raises(InputError, match=r"expected class Wrong\(AnomalyMetric, Metric\)"):

        class Wrong(BinaryF1Score, gt.AnomalyMetric):
            """The other way round, ``update`` would know nothing of fields."""


@pytest.mark.parametrize(
    ("of", "given", "message"),
    [
        (gt.AUROC, (), "AUROC: update takes preds, target; found nothing"),
        (gt.AUROC, (SCORES,), r"found 1 without a name \(missing a required argument: 'target'"),
        (
            gt.MinMax,
            (SCORES, LABELS),
            r"MinMax: update takes preds; .*update\(preds=scores, target",
        ),
    ],
)
def test_other_arguments_than_a_metric_takes(of, given, message):
    with pytest.raises(InputError, match=message) as told:
        of().update(*given)
    assert "_Scores" not in str(told.value)


def test_a_collection_with_a_metric_that_takes_no_labels():
    collection = torchmetrics.MetricCollection([gt.AUROC(), gt.MinMax()])
    with pytest.raises(InputError, match=r"MinMax: .*give them by name: collection\.update"):
        collection.update(SCORES, LABELS)
    collection.reset()
    collection.update(preds=SCORES, target=LABELS)
    assert collection.compute()["MinMax"].tolist() == [float(SCORES.min()), float(SCORES.max())]


def test_outputs_and_batch_are_named_for_what_they_are():
    metric = gt.AUROC(fields=ASKED)
    with pytest.raises(InputError, match=r"in this batch \(outputs of the step and its batch\)"):
        metric.update(Step({"pred_score": SCORES}, {"image": SCORES}))
