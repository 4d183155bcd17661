"""Thresholds of a Lightning run: fitted on validation, kept in the checkpoint, applied."""

import numpy as np
import pytest
import torch

import gonogo
from gonogo.errors import InputError
from gonogo.torch import ImageBatch, ThresholdCallback
from gonogo.torch.checkpoints import own_state
from gonogo.torch.collected import Collected
from gonogo.torch.step import Step
from tests.torch.running import YieldsMaps, images, loader, trainer

FORMS = ["batch", "dict"]


@pytest.fixture(scope="module")
def data():
    return images()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("image", "pixel", "options"),
    [
        ("f1", "f1", {}),
        ("youden", "recall>=0.9", {"confidence": 0.9, "midpoint": True}),
        ("fpr<=0.2", "quantile=0.99", {}),
        ("max", "sigma=3", {}),
        ("manual=31.5", "cost=10:1", {"midpoint": True}),
    ],
)
def test_the_same_as_fit_threshold(data, tmp_path, form, image, pixel, options):
    callback = ThresholdCallback(image, pixel, **options)
    run = trainer(tmp_path, [callback])
    run.validate(YieldsMaps(form), loader(*data), verbose=False)
    confidence = options.pop("confidence", None)
    for level, policy, found in (
        ("image", image, callback.image_threshold),
        ("pixel", pixel, callback.pixel_threshold),
    ):
        given = options if not policy.startswith("manual") else {}
        sure = confidence if policy.startswith("recall") else None
        wanted = gonogo.fit_threshold(*data, policy=policy, level=level, confidence=sure, **given)
        assert found == wanted
    assert callback.image_threshold.fitted_on.image_score == "max"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stage", ["test", "predict"])
def test_decisions_keep_on_the_data_what_was_promised(data, tmp_path, form, stage):
    maps, masks = data
    callback, model = ThresholdCallback("recall>=1", "f1"), Keeps(form)
    run = trainer(tmp_path, [callback])
    run.validate(model, loader(*data), verbose=False)
    model.kept.clear()
    if stage == "test":
        run.test(model, loader(*data), verbose=False)
    else:
        run.predict(model, loader(*data))
    names = ("pred_label", "pred_mask") if form == "batch" else ("pred_labels", "pred_masks")
    labels, decided = (torch.cat([out[name] for out in model.kept]).numpy() for name in names)
    assert labels.dtype == decided.dtype == bool
    assert labels[masks.any((1, 2))].all()
    found = gonogo.confusion(maps, masks, callback.pixel_threshold.value)
    assert (decided & masks).sum() == found.true_positives
    assert (decided & ~masks).sum() == found.false_positives
    best = gonogo.f1_max(maps, masks)
    assert found.f1 == pytest.approx(best.value, rel=1e-12)


class Keeps(YieldsMaps):
    """Keeps what its steps gave, to see what callbacks made of it."""

    def __init__(self, form):
        super().__init__(form)
        self.kept = []

    def step(self, batch):
        self.kept.append(super().step(batch))
        return self.kept[-1]


def test_checkpoint(data, tmp_path):
    callback, model = ThresholdCallback("f1", "fpr<=0.01"), YieldsMaps()
    run = trainer(tmp_path, [callback])
    run.fit(model, loader(*data), loader(*data))
    path = tmp_path / "model.ckpt"
    run.save_checkpoint(path)
    fitted = (callback.image_threshold, callback.pixel_threshold)
    assert None not in fitted
    plain = torch.load(path, weights_only=True)["callbacks"][callback.state_key]
    assert plain["pixel"]["threshold"]["value"] == fitted[1].value

    fresh = ThresholdCallback("f1", "fpr<=0.01")
    again = trainer(tmp_path, [fresh])
    again.test(YieldsMaps(), loader(*data), ckpt_path=path, verbose=False)
    assert (fresh.image_threshold, fresh.pixel_threshold) == fitted

    # As Lightning before 2.6 leaves it: nothing was handed back.
    older = ThresholdCallback("f1", "fpr<=0.01")
    older.load_state_dict(own_state(older, again))
    assert (older.image_threshold, older.pixel_threshold) == fitted
    saved = older.pixel_threshold.save(tmp_path / "pixel.json")
    assert gonogo.Threshold.load(saved) == fitted[1]


def test_each_validation_starts_again(data, tmp_path):
    callback = ThresholdCallback()
    run = trainer(tmp_path, [callback])
    for _ in range(2):
        run.validate(YieldsMaps(), loader(*data), verbose=False)
        assert callback.pixel_threshold.fitted_on.normal == (~data[1]).sum()


def test_given_thresholds(data, tmp_path):
    given = gonogo.fit_threshold(*data, policy="f1")
    callback, model = ThresholdCallback(None, given), Keeps("batch")
    run = trainer(tmp_path, [callback])
    run.validate(model, loader(*data), verbose=False)
    assert callback.pixel_threshold is given
    model.kept.clear()
    run.test(model, loader(*data), verbose=False)
    assert model.kept[0].pred_label is None
    assert torch.equal(model.kept[0].pred_mask, given.decide(model.kept[0].anomaly_map))
    with pytest.raises(
        InputError, match="image: found a threshold of pixels; expected one of imag"
    ):
        ThresholdCallback(image=given)


def test_a_manual_threshold_needs_no_validation(data, tmp_path):
    callback, model = ThresholdCallback("manual=33", None), Keeps("batch")
    trainer(tmp_path, [callback]).predict(model, loader(*data))
    assert model.kept[0].pred_label.tolist() == (model.kept[0].pred_score >= 33).tolist()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_any_dtype(data, dtype):
    maps, masks = torch.as_tensor(data[0]).to(dtype), torch.as_tensor(data[1])
    callback = ThresholdCallback()
    step = {"anomaly_map": maps[:, None], "gt_mask": masks}
    callback.on_validation_batch_end(None, None, step, None, 0)
    callback.on_validation_epoch_end(None, None)
    exact = gonogo.fit_threshold(maps, masks, policy="f1")
    assert callback.pixel_threshold.value == exact.value
    callback.on_predict_batch_end(None, None, step, None, 0)
    assert step["pred_mask"].shape == maps[:, None].shape
    found = int((step["pred_mask"][:, 0] & masks).sum())
    assert found == exact.achieved.recall.count


def test_images_of_several_sizes():
    rng = np.random.default_rng(0)
    maps = [rng.normal(size=(h, 7)) for h in (5, 6, 9)]
    masks = [None, rng.random((6, 7)) > 0.5, rng.random((9, 7)) > 0.5]
    callback = ThresholdCallback()
    step = {"anomaly_map": maps, "gt_mask": masks}
    callback.on_validation_batch_end(None, None, step, None, 0)
    callback.on_validation_epoch_end(None, None)
    wanted = [mask if mask is not None else np.zeros((5, 7), bool) for mask in masks]
    flat = [np.concatenate([one.ravel() for one in each]) for each in (maps, wanted)]
    assert callback.pixel_threshold.value == gonogo.fit_threshold(*flat, policy="f1").value
    assert callback.image_threshold.fitted_on.anomalous == 2


def test_mistakes(data, tmp_path):
    with pytest.raises(InputError, match="policy: found 'f2'"):
        ThresholdCallback("f2")
    with pytest.raises(InputError, match="for which none of the policies has a use"):
        ThresholdCallback(confidence=0.9)
    with pytest.raises(InputError, match="confidence: found 95"):
        ThresholdCallback("recall>=1", confidence=95)
    normal = (data[0][1:3], data[1][1:3])
    with pytest.raises(InputError, match="policy f1 needs anomalous scores, found none"):
        trainer(tmp_path, [ThresholdCallback()]).validate(YieldsMaps(), loader(*normal))
    with pytest.raises(InputError, match=r"call trainer\.validate first"):
        trainer(tmp_path, [ThresholdCallback()]).test(YieldsMaps(), loader(*data))
    callback = ThresholdCallback()
    outputs = ImageBatch(anomaly_map=data[0][:2], gt_label=[1, 0])
    with pytest.raises(InputError, match=r"gt_mask: found none .* ThresholdCallback\(pixel=None\)"):
        callback.on_validation_batch_end(None, None, outputs, None, 0)
    outputs = {"pred_score": torch.tensor([0.1, torch.nan]), "gt_label": [0, 1]}
    with pytest.raises(InputError, match=r"1 value\(s\) that are NaN or infinite"):
        callback.on_validation_batch_end(None, None, outputs, None, 0)
    with pytest.raises(InputError, match="found neither pred_score nor anomaly_map to decide"):
        callback.on_test_batch_end(None, None, {"scores": 1.0}, None, 0)


def test_without_maps_there_is_no_pixel_threshold():
    callback = ThresholdCallback()
    outputs = {"pred_score": torch.tensor([0.1, 7.5, 0.2]), "gt_label": [0, 1, 0]}
    callback.on_validation_batch_end(None, None, outputs, None, 0)
    callback.on_validation_epoch_end(None, None)
    assert callback.pixel_threshold is None
    assert callback.image_threshold.value == 7.5
    assert callback.image_threshold.fitted_on.image_score == "given"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_batch_with_scores_of_its_own_is_enough_for_the_rule_to_be_given(order):
    maps = torch.rand(2, 4, 4)
    highest = {"pred_score": maps.amax((1, 2)), "anomaly_map": maps}
    batches = [highest, {**highest, "pred_score": torch.tensor([0.5, 0.7])}]
    collected = Collected("image")
    for place in order:
        collected.add(Step(batches[place], {"gt_label": torch.tensor([0, 1])}))
    assert collected.sample()[1] == "given"
    collected.forget()
    collected.add(Step(highest, {"gt_label": torch.tensor([0, 1])}))
    assert collected.sample()[1] == "max"
