"""What anomalib's page on metrics shows, with its import lines pointed here; and its pitfalls."""

import sys

import pytest
import torch
from sklearn.metrics import accuracy_score, balanced_accuracy_score, roc_auc_score
from torchmetrics import Accuracy

from gonogo.compat.anomalib.data import ImageBatch
from gonogo.compat.anomalib.metrics import AUROC, AnomalibMetric, F1Score, create_anomalib_metric
from gonogo.errors import InputError
from tests.compat import anomalib_stand_in


@pytest.fixture
def predictions():
    """Four batches, more normal images than anomalous ones."""
    torch.manual_seed(0)
    batches = []
    for _ in range(4):
        labels = (torch.rand(16) > 0.7).int()
        scores = 40 * torch.rand(16) + 12 * labels
        masks = torch.zeros(16, 8, 8, dtype=torch.bool)
        masks[labels.bool(), 2:5, 3:7] = True
        maps = torch.rand(16, 8, 8) + 0.3 * masks
        batches.append(
            ImageBatch(
                image=torch.rand(16, 3, 8, 8),
                pred_score=scores,
                pred_label=scores > 25,
                gt_label=labels,
                anomaly_map=maps,
                gt_mask=masks,
                pred_mask=maps > 0.8,
            )
        )
    return batches


def joined(predictions, name):
    return torch.cat([batch[name] for batch in predictions]).flatten().numpy()


def test_fields(predictions):
    auroc = AUROC(fields=["pred_label", "gt_label"])
    for batch in predictions:
        auroc.update(batch)
    labels, decided = (joined(predictions, name) for name in ("gt_label", "pred_label"))
    assert float(auroc.compute()) == pytest.approx(roc_auc_score(labels, decided), rel=1e-6)
    assert float(auroc.unrounded) == pytest.approx(roc_auc_score(labels, decided), rel=1e-12)


def test_prefix(predictions):
    image_auroc = AUROC(fields=["pred_score", "gt_label"], prefix="image_")
    pixel_auroc = AUROC(fields=["anomaly_map", "gt_mask"], prefix="pixel_")
    assert (image_auroc.name, pixel_auroc.name) == ("image_AUROC", "pixel_AUROC")
    for batch in predictions:
        image_auroc.update(batch)
        pixel_auroc.update(batch)
    for metric in (image_auroc, pixel_auroc):
        scores, labels = (joined(predictions, name) for name in metric.fields)
        assert float(metric.compute()) == pytest.approx(roc_auc_score(labels, scores), rel=1e-6)
        assert float(metric.unrounded) == pytest.approx(roc_auc_score(labels, scores), rel=1e-12)


class AnomalibAccuracy(AnomalibMetric, Accuracy):
    pass


@pytest.mark.parametrize("made", [AnomalibAccuracy, create_anomalib_metric(Accuracy)])
def test_a_class_of_torchmetrics(predictions, made):
    accuracy = made(fields=["pred_label", "gt_label"])
    accuracy.update(predictions[0])
    wanted = accuracy_score(predictions[0].gt_label, predictions[0].pred_label)
    assert float(accuracy.compute()) == pytest.approx(wanted)


def test_its_own_arguments(predictions):
    made = create_anomalib_metric(Accuracy)
    micro_acc = made(fields=["pred_label", "gt_label"], average="micro")
    macro_acc = made(fields=["pred_label", "gt_label"], average="macro")
    for batch in predictions:
        micro_acc.update(batch)
        macro_acc.update(batch)
    labels, decided = (joined(predictions, name) for name in ("gt_label", "pred_label"))
    assert float(micro_acc.compute()) == pytest.approx(accuracy_score(labels, decided))
    assert float(macro_acc.compute()) == pytest.approx(balanced_accuracy_score(labels, decided))
    assert micro_acc.compute() != macro_acc.compute()


def test_in_a_pipeline(monkeypatch):
    for name, module in anomalib_stand_in.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    from gonogo.compat.anomalib.metrics import Evaluator

    metrics = [
        AUROC(fields=["pred_score", "gt_label"]),
        F1Score(fields=["pred_label", "gt_label"]),
    ]
    evaluator = Evaluator(test_metrics=metrics)
    model = anomalib_stand_in.Patchcore(evaluator=evaluator)
    assert model.evaluator is evaluator
    assert list(evaluator.test_metrics) == metrics


def test_metrics_of_one_name():
    from gonogo.compat.anomalib.metrics import Evaluator

    image_f1 = F1Score(fields=["pred_label", "gt_label"])
    pixel_f1 = F1Score(fields=["pred_mask", "gt_mask"])
    assert image_f1.name == pixel_f1.name == "F1Score"
    with pytest.raises(InputError, match=r"logged as 'F1Score'; .* by a prefix"):
        Evaluator(test_metrics=[image_f1, pixel_f1])
    image_f1 = F1Score(fields=["pred_label", "gt_label"], prefix="image_")
    pixel_f1 = F1Score(fields=["pred_mask", "gt_mask"], prefix="pixel_")
    assert (image_f1.name, pixel_f1.name) == ("image_F1Score", "pixel_F1Score")
    Evaluator(test_metrics=[image_f1, pixel_f1])


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        (AUROC(fields=["predictions", "labels"]), "the field 'predictions' is not there"),
        (F1Score(fields=["anomaly_scores", "gt_labels"]), "'anomaly_scores' is not there"),
        (F1Score(fields=["pred_label", "gt_labels"]), "Did you mean 'gt_label'"),
    ],
)
def test_names_that_are_not_there(predictions, metric, message):
    with pytest.raises(InputError, match=message):
        metric.update(predictions[0])


@pytest.mark.parametrize(("metric", "field"), [(AUROC, "pred_score"), (F1Score, "pred_label")])
def test_a_field_too_few(metric, field):
    with pytest.raises(
        InputError, match=rf"fields: found 1 \({field}\); {metric.__name__} needs 2"
    ):
        metric(fields=[field])


def test_fields_that_match():
    batch = ImageBatch(
        image=torch.rand(32, 3, 224, 224),
        pred_score=torch.rand(32),
        pred_label=torch.randint(2, (32,)),
        gt_label=torch.randint(2, (32,)),
    )
    metrics = [
        AUROC(fields=["pred_score", "gt_label"]),
        F1Score(fields=["pred_label", "gt_label"]),
    ]
    for metric in metrics:
        metric.update(batch)
        assert 0.0 <= float(metric.compute()) <= 1.0
