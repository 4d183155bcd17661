"""What scores the metrics of anomalib's Evaluator see; the numbers are those of anomalib 2.7.0."""

import math
import sys

import pytest
import torch
import torchmetrics
from torch.utils.data import DataLoader
from torchmetrics.classification import BinaryAUROC, BinaryPrecision

import gonogo
import gonogo.torch as own
from gonogo.compat.anomalib import metrics
from gonogo.errors import InputError
from tests.compat import anomalib_stand_in as anomalib
from tests.torch.running import YieldsMaps, images, loader, trainer

IMAGE, PIXEL = ["pred_score", "gt_label"], ["anomaly_map", "gt_mask"]
THRESHOLD, LOW, HIGH = 31.5, 26.10057830810547, 34.49501419067383
"""A pixel threshold, and the lowest and the highest score of ``images()``."""
Precision = metrics.create_anomalib_metric(BinaryPrecision)

# By anomalib 2.7.0 itself, of images() with a post-processor of these three numbers: its Evaluator
# was given the normalised batch. Of raw scores, PRO is 1.0 there and F1Score 0.0606.
ANOMALIB = {
    "map_PRO": 0.6675843000411987,
    "map_F1Score": 0.34601226449012756,
    "map_BinaryPrecision": 0.23539231717586517,
    "lower_PRO": 0.9362846612930298,
    "higher_PRO": 0.3265624940395355,
    "image_F1Score": 0.5,
}


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """anomalib can be imported."""
    for name, module in anomalib.modules().items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture(scope="module")
def data():
    return tuple(map(torch.as_tensor, images()))


@pytest.fixture
def batches(data):
    maps, masks = data
    return [
        own.ImageBatch(
            anomaly_map=maps[part],
            gt_mask=masks[part],
            pred_score=maps[part].flatten(1).amax(1),
            gt_label=masks[part].flatten(1).any(1),
            image_path=[
                f"test/{'dent' if mask.any() else 'good'}/{i}.png"
                for i, mask in enumerate(masks[part])
            ],
        )
        for part in (slice(0, 5), slice(5, 12))
    ]


def deciding():
    return [
        metrics.PRO(fields=PIXEL, prefix="map_"),
        metrics.F1Score(fields=PIXEL, prefix="map_"),
        Precision(fields=PIXEL, prefix="map_"),
        metrics.PRO(fields=PIXEL, prefix="lower_", threshold=0.4),
        metrics.PRO(fields=PIXEL, prefix="higher_", threshold=0.6),
        metrics.F1Score(fields=IMAGE, prefix="image_"),
    ]


def post_processor():
    return anomalib.PostProcessor(threshold=THRESHOLD, low=LOW, high=HIGH)


def logged_of(batches, found, folder, post=None, **options):
    evaluator = metrics.Evaluator(test_metrics=found, figures=False, **options)
    model = anomalib.Patchcore(evaluator=evaluator, post_processor=post)
    of = DataLoader(batches, batch_size=1, collate_fn=anomalib.collated)
    (logged,) = trainer(folder).test(model, of, verbose=False)
    return logged


def test_what_decides_at_half_sees_normalised_scores_as_in_anomalib(batches, tmp_path):
    found = logged_of(batches, deciding(), tmp_path, post_processor(), by_defect=False)
    assert found == {name: pytest.approx(value, rel=1e-6) for name, value in ANOMALIB.items()}


def test_they_decide_as_the_masks_do_and_ranking_metrics_see_raw_scores(batches, data, tmp_path):
    pairs = [
        metrics.PRO(fields=["pred_mask", "gt_mask"], prefix="mask_"),
        metrics.PRO(fields=PIXEL, prefix="map_"),
        metrics.PRO(fields=PIXEL, prefix="raw_", threshold=THRESHOLD),
        own.PRO(fields=PIXEL, prefix="own_", threshold=THRESHOLD),
        metrics.AUPRO(fields=PIXEL),
        metrics.F1Max(fields=PIXEL),
    ]
    found = logged_of(batches, pairs, tmp_path, post_processor(), by_defect=False)
    assert found["mask_PRO"] == found["map_PRO"] == found["raw_PRO"] == found["own_PRO"]
    assert found["AUPRO"] == gonogo.aupro(*data)
    assert found["F1Max"] == gonogo.f1_max(*data).value


def test_by_defect_as_well(batches, tmp_path):
    found = logged_of(batches, deciding()[:2], tmp_path, post_processor())
    (name,) = (one for one in found if one.endswith("dent") and "PRO" in one)
    assert found[name] == found["map_PRO"] == pytest.approx(ANOMALIB["map_PRO"], rel=1e-6)


class ScoresOfMaps(anomalib.PostProcessor):
    """Gives a batch, whose model gave it maps alone, the image scores of these, normalised."""

    def on_test_batch_end(self, _trainer, _module, outputs, *_):
        place = (outputs.anomaly_map - self.threshold) / (self.high - self.low) + 0.5
        maps = place.clamp(0, 1)
        outputs.update(anomaly_map=maps, pred_score=maps.flatten(1).amax(1))


def test_scores_that_the_post_processor_adds_are_seen(batches, tmp_path):
    maps_alone = [batch.update(in_place=False, pred_score=None) for batch in batches]
    found = [
        Theirs(IMAGE, "theirs"),
        metrics.F1Score(fields=IMAGE, prefix="image_"),
        metrics.PRO(fields=PIXEL, prefix="map_"),
    ]
    post = ScoresOfMaps(threshold=THRESHOLD, low=LOW, high=HIGH)
    logged = logged_of(maps_alone, found, tmp_path, post, by_defect=False)
    assert logged["theirs"] == pytest.approx((HIGH - THRESHOLD) / (HIGH - LOW) + 0.5, rel=1e-5)
    assert logged["image_F1Score"] == pytest.approx(ANOMALIB["image_F1Score"], rel=1e-6)
    assert logged["map_PRO"] == pytest.approx(ANOMALIB["map_PRO"], rel=1e-6)


@pytest.mark.parametrize("field", ["pred_scor", "no_field"])
def test_a_field_that_is_not_there_is_told_by_what_the_batch_has(batches, field, tmp_path):
    metric = metrics.F1Score(fields=[field, "gt_label"])
    with pytest.raises(InputError, match=f"the field '{field}' is not there") as told:
        logged_of(batches, [metric], tmp_path, post_processor())
    has = "which has pred_score, anomaly_map, gt_label, gt_mask, pred_mask, pred_label, image_path"
    assert has in str(told.value)
    assert "processed" not in str(told.value)


@pytest.mark.parametrize("metric", deciding()[:3], ids=["PRO", "F1Score", "Precision"])
def test_scores_that_nobody_normalised_are_refused(batches, metric, tmp_path):
    said = r"map_\w+: found the field 'anomaly_map', which no post-processor has normalised, .*"
    with pytest.raises(InputError, match=said + "'pred_mask'.*threshold="):
        logged_of(batches, [metric], tmp_path)


def test_a_post_processor_without_a_validation_normalises_nothing(batches, tmp_path):
    post = anomalib.PostProcessor(threshold=0.5, low=0.0, high=1.0)
    post.pixel_min = post.image_min = torch.tensor(math.nan)
    with pytest.raises(InputError, match="which no post-processor has normalised"):
        logged_of(batches, [metrics.PRO(fields=PIXEL)], tmp_path, post)


@pytest.mark.parametrize("metric", deciding()[:3], ids=["PRO", "F1Score", "Precision"])
def test_validation_has_raw_scores(metric):
    said = rf"{metric.name}: found the field 'anomaly_map', raw scores of any range, .*threshold="
    with pytest.raises(InputError, match=said):
        metrics.Evaluator(val_metrics=metric)
    metrics.Evaluator(val_metrics=metrics.PRO(fields=PIXEL, threshold=32.0))
    metrics.Evaluator(val_metrics=metrics.PRO(fields=["pred_mask", "gt_mask"]))


@pytest.mark.parametrize("name", ["val_metrics", "test_metrics"])
@pytest.mark.parametrize("kind", [own.F1Score, own.PRO, Precision])
def test_any_evaluator_of_raw_scores_refuses_them(name, kind):
    with pytest.raises(InputError, match=rf"{kind.__name__}: found the field 'anomaly_map', raw"):
        own.Evaluator(**{name: [kind(fields=PIXEL)]})
    if kind is not Precision:  # which has a sigmoid before its threshold
        own.Evaluator(**{name: [kind(fields=PIXEL, threshold=0.3)]})
    own.Evaluator(**{name: [kind(fields=["pred_mask", "gt_mask"])]})
    if kind is not Precision:  # its scores are normalised in the Evaluator of anomalib's models
        with pytest.raises(InputError, match="raw scores of any range"):
            metrics.Evaluator(**{name: [kind(fields=PIXEL)]})


@pytest.mark.parametrize("kind", [BinaryPrecision, BinaryAUROC])
def test_no_score_passes_through_a_sigmoid_of_torchmetrics(kind, data):
    metric = own.create_anomaly_metric(kind)(prefix="x_")
    said = rf"x_{kind.__name__}: found scores from 26.1\d* to 34.5?\d*.* through a sigmoid"
    with pytest.raises(InputError, match=said):
        metric.update(data[0], data[1].long())
    with pytest.raises(InputError, match="through a sigmoid"):
        metric.update(preds=data[0], target=data[1].long())
    metric.update(data[0] / 40.0, data[1].long())
    metric.update((data[0] > THRESHOLD).long(), data[1].long())
    assert metric.compute() > 0


def test_an_area_of_torchmetrics_without_the_sigmoid():
    try:
        metric = own.create_anomaly_metric(BinaryAUROC)(normalization=None)
    except ValueError:
        pytest.skip("this torchmetrics has the sigmoid in any case")
    metric.update(torch.tensor([20.0, 30.0, 40.0, 50.0]), torch.tensor([0, 0, 1, 1]))
    assert metric.compute() == 1.0


@pytest.mark.parametrize("kind", [own.F1Score, own.Precision, metrics.F1Score], ids=str)
def test_without_a_threshold_raw_scores_are_refused_anywhere(kind):
    said = r"found scores from -2 to 7.5 and no threshold to decide at; name one"
    labels = torch.tensor([0, 1])
    with pytest.raises(InputError, match=said):
        kind().update(torch.tensor([-2.0, 7.5]), labels)
    with pytest.raises(InputError, match="found scores from 0 to 200 and no threshold"):
        kind().update(torch.tensor([0, 200], dtype=torch.uint8), labels)
    late = kind()
    late.threshold = 7.5
    late.update(torch.tensor([-2.0, 7.5]), labels)
    assert late.compute() == 1.0


class Attributes(own.AnomalyMetric, torchmetrics.Metric):
    """A metric as people write one, which reads what it likes."""

    full_state_update = False

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.add_state("total", torch.tensor(0.0), dist_reduce_fx="sum")
        self.seen = []

    def update(self, batch):
        self.total = self.total + batch.pred_score.sum() + batch["anomaly_map"].max()
        self.seen.append((len(batch), len(batch.image_path), batch.pred_mask is None))
        assert batch.mask_path is None if hasattr(batch, "mask_path") else True

    def compute(self):
        return self.total


class Theirs(torchmetrics.Metric):
    """A metric of anomalib: no class of ours, with a name, fields, and a batch of attributes."""

    def __init__(self, fields, name):
        super().__init__()
        self.fields, self.name = fields, name
        self.add_state("values", [], dist_reduce_fx="cat")

    def update(self, batch):
        for key in self.fields:
            if getattr(batch, key, None) is None:
                raise ValueError(f"missing required field: {key}")
        self.values.append(getattr(batch, self.fields[0]))

    def compute(self):
        return torch.cat(self.values).max()


def test_metrics_of_others_read_attributes_and_see_what_anomalib_shows(batches, tmp_path):
    mine, theirs = Attributes(fields=["pred_score"]), Theirs(IMAGE, "theirs")
    logged = logged_of(batches, [mine, theirs], tmp_path, post_processor())
    assert mine.seen == [(5, 5, False), (7, 7, False)]
    highest = (HIGH - THRESHOLD) / (HIGH - LOW) + 0.5
    assert logged["theirs"] == pytest.approx(highest, rel=1e-5)  # of normalised scores
    assert 2.0 < logged["Attributes"] < 14.0


@pytest.mark.parametrize("form", ["batch", "dict"])
def test_attributes_in_any_run(data, form, tmp_path):
    mine, theirs = Attributes(fields=["pred_score"]), Theirs(IMAGE, "theirs")
    evaluator = own.Evaluator(test_metrics=[mine, theirs])
    run = trainer(tmp_path, [evaluator])
    (logged,) = run.test(YieldsMaps(form), loader(*data), verbose=False)
    assert mine.seen == [(4, 4, True)] * 3
    assert logged["theirs"] == pytest.approx(float(data[0].max()))


def test_a_class_may_name_itself():
    class Named(own.AnomalyMetric, torchmetrics.MeanMetric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.name = "mean of scores"

    assert Named(fields=["pred_score"]).name == "mean of scores"
