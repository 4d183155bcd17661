"""anomalib 2's names, and the Evaluator inside its models; those are a stand-in here."""

import pickle
import sys
from importlib import import_module

import pytest
import torch
from torch.utils.data import DataLoader

import gonogo
import gonogo.compat.anomalib as compat
import gonogo.torch as own
from gonogo.compat.anomalib import install_evaluator, metrics
from gonogo.errors import InputError
from tests.compat import anomalib_stand_in as anomalib
from tests.torch.running import YieldsMaps, images, loader, trainer

# fmt: off
NAMES = [
    "AUPR", "AUPRO", "AUROC", "AnomalyScoreDistribution", "BinaryPrecisionRecallCurve",
    "F1AdaptiveThreshold", "F1Max", "F1Score", "ManualThreshold", "MinMax", "PBn", "PGn", "PRO",
]
TWINS = [
    "_AUPR", "_AUPRO", "_AUROC", "_F1AdaptiveThreshold", "_F1Max", "_MinMax", "_PRO",
]
UNBINNED = ["AUPR", "AUROC", "BinaryPrecisionRecallCurve", "F1AdaptiveThreshold"]
MODULES = {
    "metrics.anomaly_score_distribution": ["AnomalyScoreDistribution"],
    "metrics.aupr": ["AUPR", "_AUPR"],
    "metrics.aupro": ["AUPRO", "_AUPRO"],
    "metrics.auroc": ["AUROC", "_AUROC"],
    "metrics.base": ["AnomalibMetric", "create_anomalib_metric"],
    "metrics.evaluator": ["Evaluator"],
    "metrics.f1_max": ["F1Max"],
    "metrics.f1_score": ["F1Max", "F1Score", "_F1Max"],
    "metrics.min_max": ["MinMax", "_MinMax"],
    "metrics.pg_pb": ["PBn", "PGn", "_PBn", "_PGn"],
    "metrics.precision_recall_curve": ["BinaryPrecisionRecallCurve"],
    "metrics.pro": ["PRO", "_PRO"],
    "metrics.threshold": ["F1AdaptiveThreshold", "ManualThreshold"],
    "metrics.threshold.f1_adaptive_threshold": ["F1AdaptiveThreshold", "_F1AdaptiveThreshold"],
    "metrics.threshold.manual_threshold": ["ManualThreshold"],
    "data": ["ImageBatch", "ImageItem"],
    "data.dataclasses": ["ImageBatch", "ImageItem"],
    "data.dataclasses.torch": ["ImageBatch", "ImageItem"],
}
NOT_HERE = {
    "": ["models", "engine", "Engine", "PIMO", "PostProcessor"],
    ".metrics": ["PIMO", "AUPIMO", "_AUPIMO", "OptimalF1", "create_metric_collection"],
    ".metrics.pimo": ["PIMO", "AUPIMO", "AUPIMOResult"],
    ".metrics.binning": ["thresholds_between_0_and_1"],
    ".metrics.threshold": ["Threshold", "BaseThreshold"],
    ".data": ["Folder", "MVTecAD", "VideoBatch"],
    ".data.dataclasses": ["NumpyImageBatch"],
    ".utils.metrics": ["get_metrics"],
}
# fmt: on


@pytest.fixture(scope="module")
def data():
    return images()


@pytest.fixture
def installed(monkeypatch):
    """anomalib can be imported."""
    for name, module in anomalib.modules().items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def batches(data):
    maps, masks = map(torch.as_tensor, data)
    return [
        compat.ImageBatch(
            anomaly_map=maps[part],
            gt_mask=masks[part],
            pred_score=maps[part].flatten(1).amax(1),
            gt_label=masks[part].flatten(1).any(1),
        )
        for part in (slice(0, 5), slice(5, 9), slice(9, 12))
    ]


def of(batches):
    return DataLoader(batches, batch_size=1, collate_fn=anomalib.collated)


def pixel_and_image():
    image, pixel = ["pred_score", "gt_label"], ["anomaly_map", "gt_mask"]
    return [
        metrics.AUROC(fields=image, prefix="image_"),
        metrics.AUPRO(fields=pixel, prefix="pixel_"),
        metrics.F1Max(fields=pixel, prefix="pixel_"),
        metrics.F1Score(fields=["pred_label", "gt_label"], prefix="image_"),
    ]


@pytest.fixture
def wanted(data):
    result = gonogo.evaluate(*data, image_thresholds=33.0)
    return {
        "image_AUROC": result.image.auroc,
        "pixel_AUPRO": result.pixel.aupro[0.3],
        "pixel_F1Max": result.pixel.f1_max.value,
        "image_F1Score": result.image.at_threshold[33.0].f1,
    }


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    found, ours = getattr(metrics, name), getattr(own, name)
    assert found is getattr(compat, name)
    assert issubclass(found, ours)


@pytest.mark.parametrize("name", TWINS)
def test_twins_take_values(name):
    assert getattr(metrics, name) is getattr(metrics, name[1:])


@pytest.mark.parametrize("module", MODULES)
def test_modules_as_people_know_them(module):
    found = import_module(f"gonogo.compat.anomalib.{module}")
    for name in MODULES[module]:
        assert getattr(found, name) is getattr(compat if "data" in module else metrics, name)
    with pytest.raises(AttributeError, match=r"no attribute 'nothing'; docs/anomalib.md says"):
        _ = found.nothing
    assert not hasattr(found, "__wrapped__")


@pytest.mark.parametrize("module", NOT_HERE)
def test_what_is_not_here_points_to_the_page(module):
    for name in NOT_HERE[module]:
        with pytest.raises(ImportError, match=rf"has no {name}: .*; docs/anomalib.md says what is"):
            exec(f"from gonogo.compat.anomalib{module} import {name}")  # as people write it


@pytest.mark.parametrize("name", UNBINNED)
@pytest.mark.parametrize("thresholds", [100, [0.1, 0.5], torch.linspace(0, 1, 5)], ids=str)
def test_thresholds_are_taken_and_change_nothing(name, thresholds):
    fields = ["pred_score", "gt_label"]
    scores, labels = torch.tensor([20.0, 30.0, 0.2, 50.0]), torch.tensor([0, 1, 0, 1])
    given = getattr(metrics, name)(fields=fields, prefix="x_", thresholds=thresholds)
    plain = getattr(own, name)(fields=fields, prefix="x_")
    for metric in (given, plain):
        metric.update({"pred_score": scores, "gt_label": labels})
    assert given.name == plain.name
    assert given.shares_with(plain)
    values = [metric.compute() for metric in (given, pickle.loads(pickle.dumps(given)))]
    values = [tensors(value) for value in (*values, given.unrounded, plain.compute())]
    assert [one.dtype for one in values[2]] == [torch.float64] * len(values[2])
    for one in values:
        assert all(torch.equal(a, b.to(a.dtype)) for a, b in zip(one, values[3], strict=True))


def tensors(value):
    return value if isinstance(value, tuple) else (value,)


@pytest.mark.parametrize("name", ["F1Max", "AUPRO", "PRO"])
def test_thresholds_where_anomalib_takes_none(name):
    with pytest.raises((TypeError, ValueError), match="thresholds"):
        getattr(metrics, name)(fields=["pred_score", "gt_label"], thresholds=100)


def test_other_names():
    assert metrics.AnomalibMetric is own.AnomalyMetric
    assert metrics.create_anomalib_metric is own.create_anomaly_metric
    assert compat.ImageBatch is own.ImageBatch
    assert issubclass(metrics.Evaluator, own.Evaluator)
    assert metrics.Evaluator is compat.Evaluator
    with pytest.raises(AttributeError, match="has no attribute 'AUPIMOResults'"):
        _ = metrics.AUPIMOResults
    with pytest.raises(AttributeError, match="has no attribute 'AUPIMOResults'"):
        _ = compat.AUPIMOResults


@pytest.mark.usefixtures("installed")
def test_our_evaluator_alone_is_refused_there():
    with pytest.raises(TypeError, match="Passed object should be"):
        anomalib.Patchcore(evaluator=own.Evaluator())


@pytest.mark.usefixtures("installed")
def test_in_a_model_it_sees_raw_scores(batches, wanted, tmp_path):
    evaluator = metrics.Evaluator(test_metrics=pixel_and_image())
    assert isinstance(evaluator, anomalib.Evaluator)
    # The lowest fifth and the highest fifth of the range are clamped away.
    post = anomalib.PostProcessor(threshold=33.0 - 1e-6, low=31.5, high=34.0)
    model = anomalib.Patchcore(evaluator=evaluator, post_processor=post)
    run = trainer(tmp_path)
    for _ in range(2):
        (logged,) = run.test(model, of(batches), verbose=False)
        assert logged == wanted
    squashed = metrics.AUPRO(fields=["anomaly_map", "gt_mask"])
    for batch in batches:
        copy = batch.update(in_place=False)
        post.on_test_batch_end(None, None, copy)
        squashed.update(copy)
    assert squashed.compute() != wanted["pixel_AUPRO"]


@pytest.mark.usefixtures("installed")
def test_in_validation_scores_are_raw_anyway(batches, wanted, tmp_path):
    evaluator = metrics.Evaluator(val_metrics=pixel_and_image()[:3])
    (logged,) = trainer(tmp_path).validate(
        anomalib.Patchcore(evaluator), of(batches), verbose=False
    )
    found = {name.removeprefix("val_"): value for name, value in logged.items()}
    assert found == {name: wanted[name] for name in list(wanted)[:3]}


@pytest.mark.usefixtures("installed")
def test_installed_into_a_model_that_is_there(batches, wanted, tmp_path):
    post = anomalib.PostProcessor(threshold=33.0 - 1e-6, low=31.5, high=34.0)
    model = anomalib.Patchcore(evaluator=False, post_processor=post)
    found = install_evaluator(model, own.Evaluator(test_metrics=pixel_and_image(), figures=False))
    assert model.evaluator is found
    assert isinstance(found, anomalib.Evaluator)
    assert not found.figures
    (logged,) = trainer(tmp_path).test(model, of(batches), verbose=False)
    assert logged == wanted


def test_a_model_that_would_never_run_it():
    model = YieldsMaps()
    with pytest.raises(InputError, match=r"give it yourself: Trainer\(callbacks=\[evaluator\]\)"):
        install_evaluator(model, metrics.Evaluator())
    assert model.evaluator is None


def test_without_anomalib_it_runs_in_any_trainer(data, wanted, tmp_path):
    evaluator = metrics.Evaluator(test_metrics=pixel_and_image()[:3])
    run = trainer(tmp_path, [evaluator])
    (logged,) = run.test(YieldsMaps(), loader(*data), verbose=False)
    assert {name: logged[name] for name in list(wanted)[:3]} == dict(list(wanted.items())[:3])


@pytest.mark.usefixtures("installed")
def test_pickling():
    evaluator = pickle.loads(pickle.dumps(metrics.Evaluator(test_metrics=pixel_and_image())))
    assert isinstance(evaluator, anomalib.Evaluator)
    assert [one.name for one in evaluator.test_metrics] == [one.name for one in pixel_and_image()]


def test_behind_a_scale_it_sees_raw_scores(data, wanted, tmp_path):
    evaluator = metrics.Evaluator(test_metrics=pixel_and_image()[:3])
    scale = own.ThresholdNormalizationCallback()
    run = trainer(tmp_path, [own.ThresholdCallback("manual=2", "manual=2"), scale, evaluator])
    (logged,) = run.test(YieldsMaps(), loader(*data), verbose=False)
    assert {name: logged[name] for name in list(wanted)[:3]} == dict(list(wanted.items())[:3])
