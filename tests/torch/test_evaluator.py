"""The Evaluator in a Lightning run: what it logs, and what it leaves alone."""

import copy
import csv
import pickle

import numpy as np
import pytest
import torch
from lightning.pytorch.loggers import CSVLogger
from torchmetrics import Accuracy
from torchmetrics.classification import BinaryConfusionMatrix, BinaryF1Score, BinaryPrecision

import gonogo
from gonogo.errors import InputError, InputWarning
from gonogo.torch import (
    AUPR,
    AUPRO,
    AUROC,
    PRO,
    ROC,
    AnomalyScoreDistribution,
    Evaluator,
    F1Max,
    F1Score,
    ImageBatch,
    MinMax,
    ThresholdCallback,
    create_anomaly_metric,
)
from tests.torch.running import YieldsMaps, images, loader, trainer

IMAGE = {"fields": ["pred_score", "gt_label"], "prefix": "image_"}
PIXEL = {"fields": ["anomaly_map", "gt_mask"], "prefix": "pixel_"}


@pytest.fixture(scope="module")
def data():
    return images()


def metrics():
    return [AUROC(**IMAGE), AUPR(**IMAGE), AUROC(**PIXEL), F1Max(**PIXEL), AUPRO(**PIXEL)]


def logged_rows(folder):
    text = (folder / "lightning_logs/version_0/metrics.csv").read_text()
    return list(csv.DictReader(text.splitlines()))


def expected(result, suffix=""):
    return {
        f"image_AUROC{suffix}": result.image.auroc,
        f"image_AUPR{suffix}": result.image.average_precision,
        f"pixel_AUROC{suffix}": result.pixel.auroc,
        f"pixel_F1Max{suffix}": result.pixel.f1_max.value,
        f"pixel_AUPRO{suffix}": result.pixel.aupro[0.3],
    }


@pytest.mark.parametrize("field", ["label", "mask"])
def test_decisions_that_come_after_it(data, tmp_path, field):
    decided = F1Score(fields=[f"pred_{field}", f"gt_{field}"])
    threshold, evaluator = ThresholdCallback("manual=32", "manual=32"), Evaluator(None, [decided])
    behind = trainer(tmp_path, [evaluator, threshold])
    told = rf"F1Score needs pred_{field} of it; put ThresholdCallback before the Evaluator: \["
    with pytest.raises(InputError, match=told):
        behind.test(YieldsMaps(), loader(*data), verbose=False)
    (logged,) = trainer(tmp_path, [threshold, evaluator]).test(
        YieldsMaps(), loader(*data), verbose=False
    )
    result = gonogo.evaluate(*data, image_thresholds=32.0, pixel_thresholds=32.0)
    level = result.image if field == "label" else result.pixel
    assert logged["F1Score"] == level.at_threshold[32.0].f1


def test_decisions_of_the_model_need_no_callback_before_it(data, tmp_path):
    class Decides(YieldsMaps):
        def test_step(self, batch, *_):
            step = self.step(batch)
            step.pred_label = step.pred_score >= 32.0
            return step

    evaluator = Evaluator(None, [F1Score(fields=["pred_label", "gt_label"])])
    run = trainer(tmp_path, [evaluator, ThresholdCallback("manual=33", None)])
    (logged,) = run.test(Decides(), loader(*data), verbose=False)
    result = gonogo.evaluate(*data, image_thresholds=32.0)
    assert logged["F1Score"] == result.image.at_threshold[32.0].f1


@pytest.mark.parametrize("form", ["batch", "dict"])
def test_logged_values_are_those_of_evaluate(data, tmp_path, form):
    logger = CSVLogger(tmp_path)
    evaluator = Evaluator(metrics(), metrics(), by_defect=False, figures=False)
    run = trainer(tmp_path, [evaluator], logger=logger)
    wanted = expected(gonogo.evaluate(*data))
    in_validation = {f"val_{name}": value for name, value in wanted.items()}
    assert run.validate(YieldsMaps(form), loader(*data), verbose=False) == [in_validation]
    assert run.callback_metrics == wanted | in_validation
    assert run.test(YieldsMaps(form), loader(*data), verbose=False) == [wanted]
    rows = logged_rows(tmp_path)
    assert {name: float(rows[-1][name]) for name in wanted} == wanted


def test_a_batch_of_one_may_have_its_path_as_one_string(data, tmp_path):
    class OnePath(YieldsMaps):
        def step(self, batch):
            (path,) = batch["image_path"]
            return dict(super().step(batch), image_path=path)

    evaluator = Evaluator(test_metrics=[AUROC(**IMAGE)], figures=False)
    run = trainer(tmp_path, [evaluator])
    (logged,) = run.test(OnePath("dict"), loader(*data, batch_size=1), verbose=False)
    assert (
        logged["image_AUROC_by_defect/bad"]
        == logged["image_AUROC"]
        == gonogo.auroc(data[0].max((1, 2)), data[1].any((1, 2)))
    )


def test_values_by_defect(data, tmp_path):
    maps, masks = data
    defects = [None if not m.any() else ("hole", "scratch")[i % 2] for i, m in enumerate(masks)]
    paths = [f"data\\test/{name or 'good'}/{i}.png" for i, name in enumerate(defects)]
    others = [
        F1Score(**IMAGE | {"fields": ["pred_label", "gt_label"]}),
        create_anomaly_metric(BinaryF1Score)(fields=["pred_mask", "gt_mask"]),
    ]
    evaluator = Evaluator(test_metrics=[*metrics(), *others], figures=False)
    run = trainer(tmp_path, [ThresholdCallback("manual=33.5", "manual=32"), evaluator])
    (logged,) = run.test(YieldsMaps(), loader(maps, masks, paths=paths), verbose=False)
    result = gonogo.evaluate(
        maps, masks, defects=defects, image_thresholds=33.5, pixel_thresholds=32
    )
    wanted = expected(result)
    wanted["image_F1Score"] = result.image.at_threshold[33.5].f1
    for name, one in result.by_defect.items():
        wanted |= expected(one, f"_by_defect/{name}")
        wanted[f"image_F1Score_by_defect/{name}"] = one.image.at_threshold[33.5].f1
    theirs = {name: value for name, value in logged.items() if name.startswith("Binary")}
    assert {name: value for name, value in logged.items() if name not in theirs} == wanted
    assert theirs == pytest.approx(
        {
            "BinaryF1Score": result.pixel.at_threshold[32.0].f1,
            **{
                f"BinaryF1Score_by_defect/{name}": one.pixel.at_threshold[32.0].f1
                for name, one in result.by_defect.items()
            },
        },
        rel=1e-6,
    )
    assert set(result.by_defect) == {"hole", "scratch"}


def test_each_epoch_starts_again(data, tmp_path):
    maps, masks = data
    evaluator = Evaluator([AUROC(**PIXEL)], figures=False, by_defect=False)
    run = trainer(tmp_path, [evaluator], max_epochs=3, logger=CSVLogger(tmp_path))
    run.fit(YieldsMaps(), loader(*data), loader(*data))
    rows = logged_rows(tmp_path)
    assert [float(row["val_pixel_AUROC"]) for row in rows] == [gonogo.auroc(maps, masks)] * 3
    for name in ("pixel_AUROC", "val_pixel_AUROC"):
        assert run.callback_metrics[name] == gonogo.auroc(maps, masks)


def test_metrics_over_the_same_fields_share_a_state(data, tmp_path):
    evaluator = Evaluator(test_metrics=metrics(), figures=False, by_defect=False)
    trainer(tmp_path, [evaluator]).test(YieldsMaps(), loader(*data), verbose=False)
    _, _, auroc, f1_max, aupro = evaluator.test_metrics
    for other in (f1_max, aupro):
        assert all(a is b for a, b in zip(auroc.scores, other.scores, strict=True))
    assert f1_max.threshold == gonogo.f1_max(*data).threshold
    assert aupro.compute() == gonogo.aupro(*data)


def test_the_model_is_left_alone(data, tmp_path):
    model = YieldsMaps()
    before = copy.deepcopy(model.state_dict()), set(vars(model)), list(model.modules())
    evaluator = Evaluator(metrics(), metrics(), figures=False)
    run = trainer(tmp_path, [evaluator])
    run.fit(model, loader(*data), loader(*data))
    run.test(model, loader(*data), verbose=False)
    assert before[0].keys() == model.state_dict().keys()
    assert list(model.modules()) == before[2]
    assert set(vars(model)) - before[1] <= {"_metric_attributes", "_hparams"}  # Lightning's own
    assert not any(isinstance(one, (AUROC, Evaluator)) for one in vars(model).values())
    kept = YieldsMaps()
    kept.evaluator = Evaluator(metrics(), metrics())
    assert kept.state_dict().keys() == model.state_dict().keys()


def test_predict_and_sanity_checks_leave_no_trace(data, tmp_path):
    evaluator = Evaluator(metrics(), metrics())
    run = trainer(tmp_path, [evaluator])
    predictions = run.predict(YieldsMaps(), loader(*data))
    assert len(predictions) == 3
    normal = (data[0][1:3], data[1][1:3])
    run = trainer(tmp_path, [evaluator], num_sanity_val_steps=1, limit_val_batches=0)
    run.fit(YieldsMaps(), loader(*data), loader(*normal))  # would warn: no anomalies
    assert "pixel_AUROC" not in run.callback_metrics


def test_hooks_without_a_trainer(data):
    """As anomalib's tiled ensemble calls them."""
    evaluator = Evaluator(test_metrics=metrics(), compute_on_cpu=False)
    maps, masks = map(torch.as_tensor, data)
    for part in (slice(0, 5), slice(5, 12)):
        batch = ImageBatch(
            anomaly_map=maps[part],
            gt_mask=masks[part],
            pred_score=maps[part].flatten(1).amax(1),
            gt_label=masks[part].flatten(1).any(1),
        )
        evaluator.on_test_batch_end(None, None, None, batch=batch, batch_idx=0)
    found = {one.name: one.compute().item() for one in evaluator.test_metrics}
    assert found == expected(gonogo.evaluate(*data))


def test_truth_may_lie_in_the_batch_and_predictions_in_the_outputs(data):
    maps, masks = map(torch.as_tensor, data)
    evaluator = Evaluator(test_metrics=AUROC(**PIXEL))
    evaluator.on_test_batch_end(None, None, {"anomaly_map": maps}, {"gt_mask": masks}, 0)
    assert evaluator.test_metrics[0].compute().item() == gonogo.auroc(*data)
    with pytest.raises(InputError, match="the field 'gt_mask' is not there in this batch"):
        evaluator.on_test_batch_end(None, None, {"anomaly_map": maps}, {"truth": masks}, 0)


def test_a_metric_that_is_not_strict_is_passed_over(data, tmp_path):
    evaluator = Evaluator(
        test_metrics=[AUROC(**IMAGE), AUROC(fields=["nothing", "gt_mask"], strict=False)]
    )
    (logged,) = trainer(tmp_path, [evaluator]).test(YieldsMaps(), loader(*data), verbose=False)
    assert set(logged) == {"image_AUROC", "image_AUROC_by_defect/bad"}


def test_barebones(data, tmp_path):
    evaluator = Evaluator(test_metrics=[AUROC(**PIXEL)])
    run = trainer(
        tmp_path,
        [evaluator],
        barebones=True,
        enable_checkpointing=None,
        logger=None,
        enable_progress_bar=None,
        enable_model_summary=None,
        log_every_n_steps=None,
    )
    with pytest.warns(InputWarning, match=r"trainer.test\(\) gives \[\{\}\]; .*callback_metrics"):
        run.test(YieldsMaps(), loader(*data))
    assert run.callback_metrics["pixel_AUROC"] == gonogo.auroc(*data)


def test_pickling(data, tmp_path):
    evaluator = Evaluator(test_metrics=metrics(), figures=False)
    trainer(tmp_path, [evaluator]).test(YieldsMaps(), loader(*data), verbose=False)
    fresh = pickle.loads(pickle.dumps(Evaluator(metrics(), metrics()[:1])))
    assert [one.name for one in fresh.val_metrics] == [one.name for one in metrics()]
    again = copy.deepcopy(fresh)
    (logged,) = trainer(tmp_path, [again]).test(YieldsMaps(), loader(*data), verbose=False)
    assert logged["image_AUROC"] == gonogo.evaluate(*data).image.auroc


def test_undefined_values_are_logged_as_nan_with_a_warning(data, tmp_path):
    normal = (data[0][1:3], data[1][1:3])
    evaluator = Evaluator(test_metrics=[AUROC(**IMAGE)])
    run = trainer(tmp_path, [evaluator])
    with pytest.warns(gonogo.UndefinedMetricWarning, match="image_AUROC is undefined"):
        (logged,) = run.test(YieldsMaps(), loader(*normal), verbose=False)
    assert np.isnan(logged["image_AUROC"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            lambda: [AUROC(fields=IMAGE["fields"]), AUROC(fields=PIXEL["fields"])],
            "found AUROC of test_metrics and AUROC of test_metrics, .* logged as 'AUROC'; tell",
        ),
        (lambda: [BinaryPrecision()], r"BinaryPrecision without fields; .*create_anomaly_metric"),
        (lambda: [AUROC()], "found AUROC without fields"),
        (lambda: "AUROC", "found str; expected a metric of gonogo.torch or a list of them"),
        (lambda: [torch.nn.Linear(1, 1)], "found Linear; expected a metric"),
    ],
)
def test_what_is_refused(given, message):
    with pytest.raises(InputError, match=message):
        Evaluator(test_metrics=given())


@pytest.mark.parametrize(
    "metric",
    [
        lambda: MinMax(fields=["anomaly_map"]),
        lambda: AnomalyScoreDistribution(fields=["pred_score", "anomaly_map"]),
    ],
    ids=["MinMax", "AnomalyScoreDistribution"],
)
def test_metrics_of_several_values_are_refused_before_the_run(metric):
    told = r"test_metrics: found \w+, which has several values; .* update and compute this one"
    with pytest.raises(InputError, match=told):
        Evaluator(test_metrics=[metric(), AUROC(**IMAGE)])


def test_several_values_that_show_at_the_end_cost_no_other_metric(data, tmp_path):
    matrix = create_anomaly_metric(BinaryConfusionMatrix)(fields=["pred_label", "gt_label"])
    evaluator = Evaluator(test_metrics=[matrix, AUROC(**IMAGE)], by_defect=False, figures=False)
    run = trainer(tmp_path, [ThresholdCallback("manual=32", None), evaluator])
    with pytest.warns(InputWarning, match="BinaryConfusionMatrix: nothing is logged, because it"):
        (logged,) = run.test(YieldsMaps(), loader(*data), verbose=False)
    assert logged == {"image_AUROC": gonogo.evaluate(*data).image.auroc}


RAW = {"fields": ["pred_score", "gt_label"]}


@pytest.mark.parametrize(
    "metric",
    [
        lambda: F1Score(**RAW),
        lambda: F1Score(fields=["anomaly_maps", "mask"]),
        lambda: PRO(**PIXEL),
        lambda: create_anomaly_metric(BinaryF1Score)(**RAW),
        lambda: create_anomaly_metric(Accuracy)(**RAW),
    ],
    ids=["scores", "maps", "PRO", "theirs", "of a task"],
)
def test_raw_scores_and_a_threshold_that_nobody_named(metric):
    told = r"raw scores of any range, and no threshold .*'pred_(mask|label)', .*threshold=\.\.\."
    with pytest.raises(InputError, match=told):
        Evaluator(test_metrics=metric())


def test_thresholds_that_are_named_and_labels_that_are_predicted(data, tmp_path):
    named = F1Score(**RAW, threshold=32.0)
    later = PRO(**PIXEL)
    later.threshold = 31.5
    predicted = create_anomaly_metric(BinaryF1Score)(fields=["pred_label", "gt_label"])
    evaluator = Evaluator(test_metrics=[named, later, predicted], by_defect=False)
    run = trainer(tmp_path, [ThresholdCallback("manual=32", None), evaluator])
    (logged,) = run.test(YieldsMaps(), loader(*data), verbose=False)
    result = gonogo.evaluate(*data, image_thresholds=32.0)
    assert logged["F1Score"] == result.image.at_threshold[32.0].f1
    assert logged["BinaryF1Score"] == pytest.approx(logged["F1Score"], rel=1e-6)


@pytest.mark.parametrize("of", [F1Score, PRO])
def test_an_unnamed_threshold_decides_labels_and_shares_only(data, of):
    maps, masks = map(torch.as_tensor, data)
    with pytest.raises(InputError, match=rf"{of.__name__}: found scores from .* name one, "):
        of().update(maps, masks)
    for labels in (masks, masks.byte(), masks.byte() * 255, masks.float(), masks.float() * 0.9):
        metric = of()
        metric.update(labels, masks)
        assert float(metric.compute()) == 1.0
    with pytest.raises(InputError, match="no threshold to decide at"):
        of().update(masks.byte() * 254, masks)


def test_two_evaluators_of_one_run(data, tmp_path):
    apart = [Evaluator(test_metrics=[AUROC(**level)]) for level in (IMAGE, PIXEL)]
    (logged,) = trainer(tmp_path, apart).test(YieldsMaps(), loader(*data), verbose=False)
    result = gonogo.evaluate(*data)
    assert logged["image_AUROC"] == result.image.auroc
    assert logged["pixel_AUROC"] == result.pixel.auroc
    same = [Evaluator(test_metrics=metrics()), Evaluator([AUPR(**IMAGE)], [AUROC(**IMAGE)])]
    told = "Evaluators: found image_AUROC of test_metrics and image_AUROC of test_metrics"
    with pytest.raises(InputError, match=told):
        trainer(tmp_path, same).test(YieldsMaps(), loader(*data), verbose=False)


def test_curves_are_drawn_and_not_logged(data, tmp_path):
    evaluator = Evaluator(test_metrics=[ROC(**PIXEL)])
    run = trainer(tmp_path, [evaluator])
    assert run.test(YieldsMaps(), loader(*data), verbose=False) == [{}]
    assert (tmp_path / "figures/test/pixel_ROC.png").read_bytes().startswith(b"\x89PNG")
