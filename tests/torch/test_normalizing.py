"""Scales in a Lightning run: outputs rewritten, raw tensors and decisions left as they are."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

import gonogo
from gonogo.compat.anomalib.utils.metrics import AnomalibMetricCollection, AnomalyScoreThreshold
from gonogo.compat.quadra import normalize_anomaly_score
from gonogo.errors import InputError
from gonogo.torch import (
    AUROC,
    CdfNormalizationCallback,
    Evaluator,
    F1Score,
    MinMaxNormalizationCallback,
    ThresholdCallback,
    ThresholdNormalizationCallback,
)
from tests.torch.running import YieldsMaps, images, loader, trainer

SCALES = {
    MinMaxNormalizationCallback: gonogo.MinMax,
    CdfNormalizationCallback: gonogo.Cdf,
    ThresholdNormalizationCallback: gonogo.DivideByThreshold,
}
AT = {gonogo.MinMax: 0.5, gonogo.Cdf: 0.5, gonogo.DivideByThreshold: 100.0}


@pytest.fixture(scope="module")
def data():
    return images()


class KeepsBoth(YieldsMaps):
    """Keeps what its steps gave, and the raw tensors that were in it."""

    def __init__(self, form="batch"):
        super().__init__(form)
        self.given, self.raw = [], []

    def step(self, batch):
        out = super().step(batch)
        maps = out["anomaly_maps"] if self.form == "dict" else out.anomaly_map
        scores = out["pred_scores"] if self.form == "dict" else out.pred_score
        self.given.append(out)
        self.raw.append((scores, maps, scores.clone(), maps.clone()))
        return out


@pytest.mark.parametrize("callback", SCALES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("form", ["batch", "dict"])
@pytest.mark.parametrize("stage", ["test", "predict"])
def test_outputs_are_on_the_scale_and_raw_tensors_as_they_were(
    data, tmp_path, callback, form, stage
):
    maps, masks = data
    model, thresholds = KeepsBoth(form), ThresholdCallback()
    run = trainer(tmp_path, [thresholds, callback()])
    run.validate(model, loader(*data), verbose=False)
    model.given.clear()
    model.raw.clear()
    if stage == "test":
        run.test(model, loader(*data), verbose=False)
    else:
        run.predict(model, loader(*data))
    scores = maps.max((1, 2))
    kind = SCALES[callback]
    normal = masks.any((1, 2))
    fitted = {
        "image": kind.fit(scores if kind is not gonogo.Cdf else scores[~normal].astype(float),
                          thresholds.image_threshold),
        "pixel": kind.fit(maps if kind is not gonogo.Cdf else maps[~masks],
                          thresholds.pixel_threshold),
    }  # fmt: skip
    plural = "s" if form == "dict" else ""
    for out, (score, map_, score_before, map_before) in zip(model.given, model.raw, strict=True):
        shown, shown_map = out["pred_score" + plural], out["anomaly_map" + plural]
        assert torch.equal(shown, fitted["image"](score))
        assert torch.equal(shown_map, fitted["pixel"](map_))
        assert torch.equal(score, score_before)
        assert torch.equal(map_, map_before)
        assert torch.equal(shown >= AT[kind], out["pred_label" + plural])
        assert torch.equal(shown_map >= AT[kind], out["pred_mask" + plural])


@pytest.mark.parametrize("callback", [MinMaxNormalizationCallback, CdfNormalizationCallback])
def test_scales_are_in_the_checkpoint(data, tmp_path, callback):
    run = trainer(tmp_path, [ThresholdCallback(), callback()])
    run.fit(YieldsMaps(), loader(*data), loader(*data))
    run.save_checkpoint(tmp_path / "model.ckpt")
    before = run.predict(YieldsMaps(), loader(*data))
    fresh = trainer(tmp_path, [ThresholdCallback(), callback()])
    after = fresh.predict(YieldsMaps(), loader(*data), ckpt_path=tmp_path / "model.ckpt")
    for one, other in zip(before, after, strict=True):
        assert torch.equal(one.anomaly_map, other.anomaly_map)
        assert torch.equal(one.pred_score, other.pred_score)


def quadra_module(image, pixel):
    """A module with the attributes of quadra's, thresholds fitted by the metric they have."""
    thresholds = []
    for value in (image, pixel):
        threshold = AnomalyScoreThreshold()
        threshold.update(
            torch.tensor([value - 1, value], dtype=torch.float64), torch.tensor([0, 1])
        )
        threshold.compute()
        thresholds.append(threshold)
    collections = [AnomalibMetricCollection([F1Score(), AUROC()]) for _ in range(2)]
    return SimpleNamespace(
        image_threshold=thresholds[0],
        pixel_threshold=thresholds[1],
        image_metrics=collections[0],
        pixel_metrics=collections[1],
    )


@pytest.mark.parametrize("threshold_type", ["pixel", "image"])
@pytest.mark.parametrize("hook", ["on_test_batch_end", "on_predict_batch_end"])
def test_what_quadra_documents(threshold_type, hook):
    module = quadra_module(image=4.0, pixel=8.0)
    callback = ThresholdNormalizationCallback(threshold_type=threshold_type)
    callback.on_test_start(None, module)
    assert module.image_metrics.threshold == module.pixel_metrics.threshold == 100.0
    assert module.image_metrics["F1Score"].threshold == 100.0
    raw = {
        "pred_scores": torch.tensor([2.0, 4.0, 60.0]),
        "anomaly_maps": torch.rand(3, 1, 5, 5) * 20,
        "box_scores": [torch.tensor([4.0]), torch.tensor([]), torch.tensor([1.0, 8.0])],
    }
    outputs = {"label": torch.tensor([0, 1, 1]), **raw}
    copies = {name: [one.clone() for one in value] for name, value in raw.items()}
    getattr(callback, hook)(None, module, outputs, None, 0)
    maps_by = 4.0 if threshold_type == "image" else 8.0
    assert outputs["pred_scores"].tolist() == [50.0, 100.0, 1000.0]
    wanted = normalize_anomaly_score(raw["anomaly_maps"], maps_by)
    assert torch.equal(outputs["anomaly_maps"], wanted)
    for one, given in zip(outputs["box_scores"], raw["box_scores"], strict=True):
        assert torch.equal(one, normalize_anomaly_score(given, maps_by))
    for name, values in copies.items():
        assert all(torch.equal(one, other) for one, other in zip(raw[name], values, strict=True))
    assert list(outputs) == ["label", "pred_scores", "anomaly_maps", "box_scores"]


def test_metrics_decide_the_same_on_both_scales(data):
    maps, masks = map(torch.as_tensor, data)
    module = quadra_module(image=33.0, pixel=32.3)
    raw = F1Score(threshold=float(module.pixel_threshold.value))
    raw.update(maps, masks)
    callback = ThresholdNormalizationCallback()
    callback.on_test_start(None, module)
    outputs = {"anomaly_maps": maps, "pred_scores": maps.flatten(1).amax(1)}
    callback.on_test_batch_end(None, module, outputs, None, 0)
    f1 = module.pixel_metrics["F1Score"]
    f1.update(outputs["anomaly_maps"], masks)
    assert f1.compute() == raw.compute()


@pytest.mark.parametrize("value", [-3.0, 0.0, 0.7])
def test_thresholds_of_any_sign(value):
    module = SimpleNamespace(image_threshold=value)
    scores = torch.linspace(-5, 5, 101, dtype=torch.float64)
    outputs = {"pred_score": scores}
    ThresholdNormalizationCallback().on_predict_batch_end(None, module, outputs, None, 0)
    assert torch.equal(outputs["pred_score"] >= 100.0, scores >= value)
    assert np.array_equal(outputs["pred_score"], normalize_anomaly_score(scores.numpy(), value))


def test_mistakes(data, tmp_path):
    with pytest.raises(InputError, match="threshold_type: found 'pixels'; expected pixel or image"):
        ThresholdNormalizationCallback("pixels")
    with pytest.raises(InputError, match=r"image_threshold: found none; add .*ThresholdCallback"):
        trainer(tmp_path, [ThresholdNormalizationCallback()]).test(YieldsMaps(), loader(*data))
    thresholds = ThresholdCallback("manual=32", "manual=32")
    with pytest.raises(InputError, match=r"found nothing that the scale was fitted on; call"):
        trainer(tmp_path, [thresholds, MinMaxNormalizationCallback()]).test(
            YieldsMaps(), loader(*data)
        )
    evaluator = Evaluator(test_metrics=[AUROC(fields=["pred_score", "gt_label"])])
    run = trainer(tmp_path, [thresholds, ThresholdNormalizationCallback(), evaluator])
    with pytest.raises(InputError, match=r"found ThresholdNormalizationCallback before the Evalu"):
        run.test(YieldsMaps(), loader(*data))
    with pytest.raises(InputError, match="found neither pred_score nor anomaly_map to put on"):
        ThresholdNormalizationCallback().on_test_batch_end(None, None, {"x": 1}, None, 0)
    module = SimpleNamespace(image_threshold=1.0)
    outputs = {"pred_score": torch.tensor([1.0, torch.inf])}
    with pytest.raises(InputError, match=r"1 value\(s\) that are NaN or infinite"):
        ThresholdNormalizationCallback().on_test_batch_end(None, module, outputs, None, 0)


class PostProcessor(torch.nn.Module):
    """Has the switch of anomalib 2."""

    def __init__(self, enable_normalization):
        super().__init__()
        self.enable_normalization = enable_normalization


@pytest.mark.parametrize("callback", SCALES, ids=lambda one: one.__name__)
def test_scores_are_not_put_on_two_scales(data, tmp_path, callback):
    told = (
        rf"found {callback.__name__} in a run whose PostProcessor puts scores on a scale already; "
        r".* turn the other off: PostProcessor\(enable_normalization=False\)"
    )
    model = YieldsMaps()
    model.post_processor = PostProcessor(enable_normalization=True)
    run = trainer(tmp_path, [ThresholdCallback(), callback()])
    with pytest.raises(InputError, match=told):
        run.validate(model, loader(*data), verbose=False)
    model.post_processor = PostProcessor(enable_normalization=False)
    trainer(tmp_path, [ThresholdCallback(), callback()]).validate(
        model, loader(*data), verbose=False
    )


def test_two_scales_of_one_run(data, tmp_path):
    both = [ThresholdCallback(), MinMaxNormalizationCallback(), ThresholdNormalizationCallback()]
    told = "found MinMaxNormalizationCallback and ThresholdNormalizationCallback; .* one scale only"
    with pytest.raises(InputError, match=told):
        trainer(tmp_path, both).validate(YieldsMaps(), loader(*data), verbose=False)
