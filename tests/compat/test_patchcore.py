"""The two functions of PatchCore's metrics: scikit-learn's curves, array for array."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gonogo
from gonogo.compat.patchcore import (
    compute_imagewise_retrieval_metrics,
    compute_pixelwise_retrieval_metrics,
)
from gonogo.errors import InputError, InputWarning, UndefinedMetricWarning
from tests.compat import oracle
from tests.oracles.strategies import labelled_scores

IMAGE_KEYS = ["auroc", "fpr", "tpr", "threshold"]
PIXEL_KEYS = ["auroc", "fpr", "tpr", "optimal_threshold", "optimal_fpr", "optimal_fnr"]


def assert_image_level(scores, labels):
    found = compute_imagewise_retrieval_metrics(scores, labels)
    expected = oracle.imagewise(scores, labels)
    assert list(found) == IMAGE_KEYS
    assert found["auroc"] == pytest.approx(expected["auroc"], rel=1e-12, abs=1e-15)
    for name in ("fpr", "tpr", "threshold"):
        assert found[name].dtype == np.float64
        np.testing.assert_array_equal(found[name], expected[name])


def assert_pixel_level(maps, masks):
    found = compute_pixelwise_retrieval_metrics(maps, masks)
    expected = oracle.pixelwise(maps, masks)
    assert list(found) == PIXEL_KEYS
    assert found["auroc"] == pytest.approx(expected["auroc"], rel=1e-12, abs=1e-15)
    for name in PIXEL_KEYS[1:]:
        np.testing.assert_array_equal(found[name], expected[name])


def both_classes(labels):
    labels.flat[0], labels.flat[-1] = 0, 1
    return labels


LEVELS = st.sampled_from([1, 2, 3, 10, 1000, 10**9])
DTYPES = st.sampled_from([np.float16, np.float32, np.float64, np.int16, np.uint8])


@given(labelled_scores(max_size=200))
def test_image_level_equals_scikit_learn(drawn):
    assume(drawn.labels.any() and not drawn.labels.all())
    assert_image_level(drawn.scores, drawn.labels)


@given(st.integers(1, 4), LEVELS, DTYPES, st.integers(0, 2**32 - 1))
def test_pixel_level_equals_scikit_learn(count, levels, dtype, seed):
    rng = np.random.default_rng(seed)
    masks = both_classes((rng.random((count, 8, 9)) < 0.1).astype(np.uint8))
    maps = rng.integers(0, levels, masks.shape) / levels * 100 + 20 * masks
    found = compute_pixelwise_retrieval_metrics(maps.astype(dtype), masks)
    expected = oracle.pixelwise(maps.astype(dtype), masks)
    assert list(found) == PIXEL_KEYS
    assert found["auroc"] == pytest.approx(expected["auroc"], rel=1e-12, abs=1e-15)
    for name in ("fpr", "tpr"):
        np.testing.assert_array_equal(found[name], expected[name])
    assert f1(maps.astype(dtype), masks, found["optimal_threshold"]) == pytest.approx(
        f1(maps.astype(dtype), masks, expected["optimal_threshold"]), rel=1e-12
    )


def f1(maps, masks, threshold):
    return gonogo.confusion(maps, masks, float(threshold)).f1


def test_more_pixels_than_one_piece():
    rng = np.random.default_rng(5)
    masks = (rng.random((3, 700, 900)) < 0.02).astype(np.uint8)
    maps = (rng.random(masks.shape) + 0.2 * masks).astype(np.float32)
    assert_pixel_level(maps, masks)
    assert_pixel_level(list(maps), list(masks))


def test_ties_everywhere():
    masks = np.zeros((2, 6, 6), int)
    masks[0, 2:4, 2:4] = 1
    assert_pixel_level(np.round(np.arange(72).reshape(2, 6, 6) / 20), masks)
    assert_pixel_level(np.zeros((2, 6, 6)), masks)
    assert_pixel_level(np.where(masks, -0.0, 0.0), masks)


@pytest.mark.parametrize("model", ["difference", "ssim"])
def test_deeppcb_equals_scikit_learn(deeppcb, model):
    from gonogo.datasets import read_map, read_mask

    paths = sorted((deeppcb / "maps" / model / "test").rglob("*.tiff"))[::6]
    maps = [read_map(path) for path in paths]
    masks = [_mask(deeppcb, path, read_mask) for path in paths]
    assert_pixel_level(maps, masks)
    assert_image_level([one.max() for one in maps], [int(mask.any()) for mask in masks])


def _mask(folder, path, read):
    if path.parent.name == "good":
        return np.zeros((320, 320), np.uint8)
    return read(folder / "ground_truth" / path.parent.name / f"{path.stem}_mask.png") // 255


def test_the_examples_of_the_document():
    scores = np.array([0.1, 0.4, 0.9, 0.3, 0.8, 0.2])
    labels = np.array([0, 0, 1, 0, 1, 0])
    found = compute_imagewise_retrieval_metrics(scores, labels)
    assert found["auroc"] == 1.0
    assert found["threshold"][0] == np.inf
    rng = np.random.default_rng(0)
    predictions = [rng.random((22, 24)) for _ in range(3)]
    truth = [rng.integers(0, 2, (22, 24)) for _ in range(3)]
    assert_pixel_level(predictions, truth)
    threshold = compute_pixelwise_retrieval_metrics(predictions, truth)["optimal_threshold"]
    binary = [(mask >= threshold).astype(int) for mask in predictions]
    assert binary[0].shape == (22, 24)


def test_keywords_are_those_of_the_document():
    compute_imagewise_retrieval_metrics(
        anomaly_prediction_weights=[0.1, 0.2], anomaly_ground_truth_labels=[0, 1]
    )
    compute_pixelwise_retrieval_metrics(
        anomaly_segmentations=[np.eye(2)], ground_truth_masks=[np.eye(2, dtype=int)]
    )


def forms_of_masks():
    masks = np.zeros((3, 5, 6), int)
    masks[1, 1:3, 2:5] = 1
    return masks, {
        "integers": masks,
        "booleans": masks.astype(bool),
        "floats": masks.astype(np.float32),
        "bytes of 255": (masks * 255).astype(np.uint8),
        "list of arrays": list(masks),
        "nested lists": [mask[None].tolist() for mask in masks],
        "nested lists of floats": [mask[None].astype(float).tolist() for mask in masks],
        "one channel": masks[:, None],
        "none where normal": [None, masks[1], None],
    }


@pytest.mark.parametrize("form", forms_of_masks()[1])
def test_every_form_of_masks_gives_the_same(form):
    masks, forms = forms_of_masks()
    maps = np.random.default_rng(1).random(masks.shape, np.float32)
    expected = compute_pixelwise_retrieval_metrics(maps, masks)
    given_as = [maps, list(maps)] if form != "one channel" else [maps[:, None], maps]
    for each in given_as:
        found = compute_pixelwise_retrieval_metrics(each, forms[form])
        assert [np.array_equal(found[key], expected[key]) for key in expected] == [True] * 6


def test_tensors():
    torch = pytest.importorskip("torch")
    masks, _ = forms_of_masks()
    maps = np.random.default_rng(1).random(masks.shape, np.float32)
    expected = compute_pixelwise_retrieval_metrics(maps, masks)
    found = compute_pixelwise_retrieval_metrics(torch.tensor(maps), list(torch.tensor(masks)))
    assert found["optimal_threshold"] == expected["optimal_threshold"]
    labels = torch.tensor([0, 1, 1])
    assert compute_imagewise_retrieval_metrics(list(torch.arange(3.0)), labels)["auroc"] == 1.0


def test_scores_as_predict_returns_them():
    scores = [np.float32(0.25), np.float32(0.5), np.float32(0.75)]
    assert_image_level(scores, [0, 1, 0])


def test_the_rates_follow_the_document_and_on_request_the_code():
    rng = np.random.default_rng(2)
    masks = (rng.random((2, 20, 20)) < 0.1).astype(int)
    maps = rng.random(masks.shape) + 0.3 * masks
    document = compute_pixelwise_retrieval_metrics(maps, masks)
    peer = compute_pixelwise_retrieval_metrics(maps, masks, rates="peer")
    threshold = document["optimal_threshold"]
    counts = gonogo.confusion(maps, masks, threshold)
    assert document["optimal_fpr"] == counts.false_positives / (masks == 0).sum()
    assert document["optimal_fnr"] == counts.false_negatives / (masks == 1).sum()
    rates = oracle.rates_of_all(maps, masks, threshold)
    assert (peer["optimal_fpr"], peer["optimal_fnr"]) == rates
    assert rates != (document["optimal_fpr"], document["optimal_fnr"])
    with pytest.raises(InputError, match="rates: found 'all'; expected 'document' or 'peer'"):
        compute_pixelwise_retrieval_metrics(maps, masks, rates="all")


@pytest.mark.parametrize("as_list", [True, False])
def test_fractions_on_the_border_of_a_mask_are_truncated_with_a_warning(as_list):
    rng = np.random.default_rng(3)
    masks = np.zeros((2, 12, 12))
    masks[0, 3:8, 3:8] = 0.5
    masks[0, 4:7, 4:7] = 1.0
    maps = rng.random(masks.shape) + 0.4 * masks
    given_masks = list(masks) if as_list else masks
    with pytest.warns(InputWarning, match="found 16 values between 0 and 1.*masks > 0.5"):
        found = compute_pixelwise_retrieval_metrics(maps, given_masks, rates="peer")
    expected = oracle.pixelwise(maps, masks)
    for name in PIXEL_KEYS[1:4]:
        np.testing.assert_array_equal(found[name], expected[name])
    rates = oracle.rates_of_all(maps, masks, found["optimal_threshold"])
    assert (found["optimal_fpr"], found["optimal_fnr"]) == rates


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_is_nan_with_a_reason_and_scikit_learns_curve(label):
    maps = np.arange(8.0).reshape(2, 2, 2)
    masks = np.full(maps.shape, label)
    with pytest.warns(UndefinedMetricWarning, match="needs anomalous and normal") as told:
        found = compute_pixelwise_retrieval_metrics(maps, masks)
    assert len(told) == 1
    scalars = [value for value in found.values() if isinstance(value, float)]
    assert len(scalars) == 4
    assert all(math.isnan(value) and value.reason for value in scalars)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = oracle.imagewise(maps.ravel(), masks.ravel())
    with pytest.warns(UndefinedMetricWarning, match="auroc: undefined"):
        image = compute_imagewise_retrieval_metrics(maps.ravel(), masks.ravel())
    assert math.isnan(image["auroc"])
    for name in ("fpr", "tpr", "threshold"):
        np.testing.assert_array_equal(image[name], expected[name])


@pytest.mark.parametrize(
    ("maps", "masks", "message"),
    [
        ([np.full((2, 2), np.nan)], [np.eye(2)], r"anomaly_segmentations\[0\]: found 4 value"),
        (
            [np.eye(2)],
            [np.eye(3)],
            r"ground_truth_masks\[0\]: found shape \(3, 3\) for anomaly",
        ),
        ([np.eye(2)], [np.eye(2)] * 2, "ground_truth_masks: found 2 for 1 anomaly_segmentations"),
        (
            np.eye(2),
            2.0 * np.eye(2),
            "ground_truth_masks: found values from 0 to 2; expected 0",
        ),
        (np.eye(2), 3 * np.eye(2, dtype=int), "ground_truth_masks: found dtype int64 with the val"),
        (np.empty((0, 2, 2)), np.empty((0, 2, 2)), "anomaly_segmentations: found no score"),
    ],
)
def test_bad_input(maps, masks, message):
    with pytest.raises(InputError, match=message):
        compute_pixelwise_retrieval_metrics(maps, masks)


def test_the_input_is_left_alone():
    masks, _ = forms_of_masks()
    maps = np.random.default_rng(1).random(masks.shape)
    before = maps.copy(), masks.copy()
    compute_pixelwise_retrieval_metrics(maps, masks)
    np.testing.assert_array_equal(maps, before[0])
    np.testing.assert_array_equal(masks, before[1])
