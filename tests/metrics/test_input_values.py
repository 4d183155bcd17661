"""The input door, value by value: which masks, labels and scores are taken, which are refused."""

import math
import re

import numpy as np
import pytest

import gonogo
from gonogo import InputError
from tests.oracles.agreement import quietly

MAP = np.array([[0.1, 0.9], [0.2, 0.3]])
MASK = np.array([[0, 1], [0, 0]], bool)
EXACT = gonogo.auroc(MAP, MASK)

FAMILY = [gonogo.evaluate, gonogo.auroc, gonogo.aupro, gonogo.f1_max, gonogo.roc_curve]


TAKEN = {
    "bool": MASK,
    "uint8": MASK.astype(np.uint8),
    "int8": MASK.astype(np.int8),
    "int64": MASK.astype(np.int64),
    "uint16": MASK.astype(np.uint16),
    "big-endian": MASK.astype(">i4"),
    "255": MASK.astype(np.uint8) * np.uint8(255),
    "Fortran order": np.asfortranarray(MASK),
    "list of bool": MASK.tolist(),
    "list of int": MASK.astype(int).tolist(),
}


@pytest.mark.parametrize("mask", TAKEN.values(), ids=TAKEN)
def test_masks_that_are_taken(mask):
    assert gonogo.auroc(MAP, mask) == EXACT
    assert quietly(gonogo.evaluate, MAP, mask).pixel.auroc == EXACT


@pytest.mark.parametrize("value", [1, 255], ids=["ones", "255s"])
def test_a_mask_that_is_anomalous_everywhere_is_taken(value):
    masks = [np.full((2, 2), value, np.uint8), np.zeros((2, 2), np.uint8)]
    assert gonogo.evaluate([MAP + 1, MAP], masks).pixel.auroc == 1.0


REFUSED = {
    "float 0/1": (np.array([[0.0, 1.0], [0.0, 0.0]]), "float64"),
    "soft": (np.array([[0.0, 0.7], [0.2, 0.0]], np.float32), "0.7"),
    "two": (np.array([[0, 2], [0, 0]]), "2"),
    "minus one": (np.array([[0, -1], [0, 0]]), "-1"),
    "a third value": (np.array([[0, 128], [0, 255]], np.uint8), "128"),
    "0, 1, 255": (np.array([[0, 1], [0, 255]], np.uint8), "255"),
    "1, 255": (np.array([[1, 255], [1, 255]], np.uint8), "255"),
    "255 as uint16": (np.array([[0, 255], [0, 0]], np.uint16), "uint16"),
    "255 as int64": (np.array([[0, 255], [0, 0]], np.int64), "int64"),
    "255 everywhere as int32": (np.array([[255, 255], [255, 255]], np.int32), "int32"),
    "complex": (np.array([[0j, 1], [0, 0]]), "complex"),
    "text": (np.array([["0", "1"], ["0", "0"]]), "U"),
}


@pytest.mark.parametrize(("mask", "shown"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("metric", FAMILY)
def test_masks_that_are_refused(metric, mask, shown):
    with pytest.raises(InputError, match=r"(masks?|labels?)\b.*found") as caught:
        metric(MAP, mask)
    assert shown in str(caught.value)
    advice = (
        r"binarise.* (> 0\.5|> 127|!= 0)|\.astype\(bool\)|Give 1 for|mask_values='|Say what 255"
    )
    assert re.search(advice, str(caught.value))


@pytest.mark.parametrize(
    ("labels", "advice"),
    [
        (["good", "bad"], "Give 1 for what is anomalous and 0 for what is normal"),
        ([0.0, 1.0], "These are 0 and 1 already: pass them with .astype(bool)"),
        ([0.2, 0.9], "Are scores and labels swapped?"),
    ],
)
def test_labels_that_are_refused_come_with_advice(labels, advice):
    for call in (
        lambda: gonogo.auroc([0, 1], labels),
        lambda: gonogo.evaluate(None, labels=labels, image_scores=[0, 1]),
    ):
        with pytest.raises(InputError, match=r"labels: found dtype") as caught:
            call()
        assert advice in str(caught.value)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("metric", FAMILY)
def test_nan_and_infinity_are_refused_with_their_number_and_place(metric, bad, dtype):
    map_ = MAP.astype(dtype)
    map_[0, 1] = map_[1, 0] = bad
    with pytest.raises(InputError, match=r"found 2 .*NaN or infinite") as caught:
        metric(map_, MASK)
    assert "(0, 1)" in str(caught.value)


def test_the_image_with_a_nan_is_named():
    bad = MAP.copy()
    bad[1, 1] = math.nan
    with pytest.raises(InputError, match=r"spur 7.*found 1 .*\(1, 1\)"):
        gonogo.evaluate([MAP, bad], [MASK, MASK], names=["good 1", "spur 7"])


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_nan_among_image_scores_is_refused(bad):
    with pytest.raises(InputError, match=r"scores: found 1 .*the first .*2"):
        gonogo.auroc([0.5, 0.25, bad], [0, 1, 0])
    with pytest.raises(InputError, match=r"image_scores: found 1 "):
        gonogo.evaluate(None, image_scores=[0.5, 0.25, bad], labels=[0, 1, 0])


@pytest.mark.parametrize("dtype", [np.complex64, "U3", object])
@pytest.mark.parametrize("metric", FAMILY)
def test_scores_that_are_not_real_numbers_are_refused(metric, dtype):
    with pytest.raises(InputError, match=r"(maps?|scores?)\b.*found .*expected"):
        metric(MAP.astype(dtype), MASK)


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_integers_beyond_float64_are_refused_rather_than_rounded(dtype):
    scores = np.array([2**53 + 1, 2**53], dtype)
    with pytest.raises(InputError, match=r"2\*\*53"):
        gonogo.auroc(scores, [1, 0])
    assert gonogo.auroc(scores - dtype(1), [1, 0]) == 1.0


@pytest.mark.parametrize(
    "dtype", ["f2", "f4", "f8", ">f4", ">f8", "i1", "u1", "i2", ">u2", "i4", "u4", "i8", "u8", "?"]
)
def test_scores_of_every_real_type(dtype):
    scores = np.array([[0, 1], [1, 0]]).astype(dtype)
    assert gonogo.auroc(scores, MASK) == 5 / 6
    assert quietly(gonogo.evaluate, scores, MASK).pixel.auroc == 5 / 6


def test_images_of_different_types_are_compared_as_numbers():
    third = np.array([[1 / 3]])
    maps = [third.astype(np.float32), third, np.array([[1]]), np.array([[0.25]], np.float16)]
    masks = [np.array([[i == 1]]) for i in range(4)]
    greater = sum(float(map_[0, 0]) < 1 / 3 for map_ in maps)
    assert gonogo.auroc(maps, masks) == greater / 3
    assert gonogo.evaluate(maps, masks).pixel.auroc == greater / 3


def test_a_threshold_of_a_curve_holds_for_images_of_a_finer_type():
    base = np.float32(0.5)
    maps = [np.array([[base]]), np.array([[float(base) + 1e-12, 0.25]])]
    masks = [np.array([[True]]), np.array([[False, False]])]
    curve = gonogo.roc_curve(maps, masks)
    normal = maps[1].ravel()
    for x, threshold in zip(curve.x, curve.thresholds, strict=True):
        assert x == np.mean(normal >= threshold)


def test_nothing_given_is_changed():
    map_, mask = MAP.copy(), MASK.astype(np.uint8) * np.uint8(255)
    map_.flags.writeable = mask.flags.writeable = False
    quietly(gonogo.evaluate, map_, mask)
    gonogo.auroc(map_, mask)
    gonogo.pro_curve(map_, mask)


@pytest.mark.parametrize("limit", [0, 0.0, -0.1, 1.5, math.nan, math.inf, "third", None])
def test_an_fpr_limit_lies_above_zero_and_at_most_at_one(limit):
    with pytest.raises(InputError, match=r"fpr_limits?: found"):
        gonogo.evaluate(MAP, MASK, fpr_limits=(0.3, limit))
    with pytest.raises(InputError, match=r"fpr_limits?: found"):
        gonogo.aupro(MAP, MASK, fpr_limit=limit)
    with pytest.raises(InputError, match=r"fpr_limits?: found"):
        gonogo.aupros(MAP, MASK, fpr_limits=(limit,))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("connectivity", 6),
        ("connectivity", None),
        ("image_score", "median"),
        ("image_score", "top-0"),
        ("resize", "area"),
        ("at_fpr", (1.5,)),
        ("at_recall", (0.0,)),
        ("at_recall", (math.nan,)),
        ("image_thresholds", (math.nan,)),
        ("pixel_thresholds", ("high",)),
    ],
)
def test_options_that_are_refused(option, value):
    with pytest.raises(InputError, match=f"{option}: found"):
        gonogo.evaluate(MAP, MASK, **{option: value})


def test_zero_is_a_threshold():
    result = quietly(gonogo.evaluate, MAP, MASK, pixel_thresholds=(0.0,), image_thresholds=0)
    assert result.pixel.at_threshold[0.0].false_positives == 3
    assert result.image.at_threshold[0.0].true_positives == 1


def test_a_label_that_contradicts_its_mask_is_refused():
    maps, masks = np.stack([MAP, MAP]), np.stack([MASK, ~MASK & False])
    with pytest.raises(InputError, match=r"image 0|cut") as caught:
        gonogo.evaluate(maps, masks, labels=[0, 0], names=["cut", "good"])
    assert "label" in str(caught.value)
    assert "mask" in str(caught.value)


def test_an_anomalous_image_without_a_mask_is_refused():
    with pytest.raises(InputError, match=r"mask"):
        gonogo.evaluate([MAP, MAP], [MASK, None], labels=[1, 1])


def test_input_errors_are_value_errors():
    assert issubclass(InputError, ValueError)
    assert issubclass(InputError, gonogo.GonogoError)


def test_the_mean_of_the_highest_scores_never_overflows():
    maps = np.zeros((2, 3, 3))
    maps[0, 0], maps[1, 0] = 1.7e308, -1.7e308
    result = gonogo.evaluate(maps, maps > 1.0, image_score="top-3")
    assert result.images[0].score == pytest.approx(1.7e308, rel=1e-15)
    assert result.images[1].score == 0.0
