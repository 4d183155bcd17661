"""What values of masks mean: two conventions, never both; explicit rules for all others."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

import gonogo
from gonogo import InputError
from gonogo._check import settings
from gonogo.distributed import count, derive, merge
from tests.oracles.agreement import quietly

RNG = np.random.default_rng(0)
MAPS = RNG.random((4, 6, 5))
DEFECT = np.zeros((6, 5), bool)
DEFECT[1:3, 2:4] = True
ONES = DEFECT.astype(np.uint8)
WHITE = ONES * np.uint8(255)
ZEROS = np.zeros((6, 5), np.uint8)

MIXED = re.escape(
    "masks: found the values 0/1 in part 1: mask and 0/255 in part 3: mask; expected one "
    "convention in all of them, because among 0/1 a 255 may be a pixel to ignore. Say what 255 is: "
    "ignore_value=255, or mask_values='nonzero' if it is anomalous"
)
NAMES = ["part 0", "part 1", "part 2", "part 3"]
MASKS = [ZEROS, ONES, None, WHITE]


def test_a_mixture_is_refused_with_one_image_of_each():
    for mode in ("exact", "certified"):
        with pytest.raises(InputError, match=f"^{MIXED}$"):
            gonogo.evaluate(MAPS, MASKS, names=NAMES, mode=mode)
    with pytest.raises(InputError, match="0/1 in image 1: mask and 0/255 in image 3: mask"):
        gonogo.aupro(MAPS, MASKS)


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_a_state_remembers_the_convention(mode, tmp_path):
    state = gonogo.State(mode=mode)
    state.update(MAPS[:3], MASKS[:3], names=NAMES[:3])
    before = state.compute()
    state.save(tmp_path / "state")
    for one in (state, gonogo.State.load(tmp_path / "state")):
        with pytest.raises(InputError, match=f"^{MIXED}$"):
            one.update(MAPS[3], MASKS[3], names=NAMES[3:])
        assert one.compute() == before
    other = gonogo.State(mode=mode)
    other.update(MAPS[3], MASKS[3], names=NAMES[3:])
    with pytest.raises(InputError, match=f"^{MIXED}$"):
        state + other
    with pytest.raises(InputError, match=f"^{MIXED}$"):
        other + state
    state.reset()
    state.update(MAPS[3], MASKS[3])


def test_a_state_names_images_by_their_place():
    state = gonogo.State()
    state.update(MAPS[:2], [ZEROS, ONES])
    with pytest.raises(InputError, match="0/1 in image 1: mask and 0/255 in image 2: mask;"):
        state.update(MAPS[2], WHITE)
    other = gonogo.State()
    other.update(MAPS[2:], [ZEROS, WHITE])
    with pytest.raises(InputError, match="0/1 in image 1: mask and 0/255 in image 3: mask;"):
        state + other


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_parts_of_a_cluster_remember_the_convention(mode):
    images = list(zip(MAPS, MASKS, strict=True))
    parts = [count(images[k:][:1], first=k, mode=mode) for k in range(4)]
    whole = merge(parts)
    if mode == "exact":
        again = [count(images[k:][:1], first=k, among=whole.among()) for k in range(4)]
        whole = merge([whole, *again])
    with pytest.raises(InputError, match="0/1 in image 1: mask and 0/255 in image 3: mask;"):
        derive(whole)
    with pytest.raises(InputError, match="0/1 in image 1: mask and 0/255 in image 3: mask;"):
        count(images, mode=mode)


def test_masks_that_show_no_convention_go_with_both():
    for mask in (ONES, WHITE, ONES.astype(np.int64)):
        found = gonogo.evaluate(MAPS, [ZEROS, mask, DEFECT, None])
        assert found == gonogo.evaluate(MAPS, [ZEROS, DEFECT, DEFECT, None])
    for full in (np.ones((6, 5), np.uint8), np.full((6, 5), 255, np.uint8)):
        other = WHITE if full[0, 0] == 1 else ONES
        with pytest.raises(InputError, match="one convention"):
            quietly(gonogo.evaluate, MAPS[:2], [full, other])


def test_labels_of_pixels_have_one_convention_too():
    with pytest.raises(InputError, match=r"^labels: found the values 0/1 in labels\[0\] and 0/255"):
        gonogo.auroc(list(MAPS[:2]), [ONES, WHITE])
    with pytest.raises(InputError, match=r"Bring them to one, for example labels == 255"):
        gonogo.fit_threshold(list(MAPS[:2]), [ONES, WHITE], policy="f1")


def test_a_rule_or_a_value_to_ignore_settles_a_mixture():
    united = gonogo.evaluate(MAPS, MASKS, mask_values="nonzero")
    assert united.pixel == gonogo.evaluate(MAPS, [ZEROS, DEFECT, None, DEFECT]).pixel
    void = gonogo.evaluate(MAPS, MASKS, ignore_value=255)
    assert (void.pixel.anomalous, void.pixel.regions) == (4, 1)
    assert void.pixel.normal == MAPS.size - 8


VALUES = np.array([[0, 1, 2, 3], [126, 127, 128, 255]], np.uint8)
RULES = {
    "nonzero": VALUES != 0,
    ">127": VALUES > 127,
    " > 127 ": VALUES > 127,
    ">=127": VALUES >= 127,
    ">0.5": VALUES > 0.5,
    "1,3": np.isin(VALUES, [1, 3]),
    "3, 1": np.isin(VALUES, [1, 3]),
    "255": VALUES == 255,
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.uint16, np.float32])
def test_rules(rule, dtype):
    scores = np.arange(8.0).reshape(2, 4)
    found = gonogo.evaluate([scores] * 2, [VALUES.astype(dtype), None], mask_values=rule)
    wanted = gonogo.evaluate([scores] * 2, [RULES[rule], None])
    assert (found.pixel, found.images) == (wanted.pixel, wanted.images)
    kept = (RULES[rule] & (VALUES != 255)).sum()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        both = gonogo.evaluate([scores] * 2, [VALUES, None], mask_values=rule, ignore_value=255)
    told = "found no anomalous pixel in any of 1 mask" in " ".join(str(w.message) for w in caught)
    assert told == (kept == 0)
    assert (both.pixel.anomalous, both.pixel.normal) == (kept, 15 - kept)


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("NONZERO", "nonzero"),
        ([3, 1], "1,3"),
        (255, "255"),
        (np.uint8(7), "7"),
        (">= 1.50", ">=1.5"),
        (" 3 ,\t1,-0", "0,1,3"),
    ],
)
def test_rules_have_one_spelling(value, spelled):
    assert settings(mask_values=value).mask_values == spelled


@pytest.mark.parametrize(
    "value",
    ["", "=>1", "1;3", "> x", "some", "<3", "nan", ">1e999", "1,-1e999", "1,", ">1,3", [], [None]],
)
def test_what_is_no_rule_is_refused(value):
    with pytest.raises(InputError, match=r"mask_values: found .*; expected nonzero, a limit as in"):
        settings(mask_values=value)


@pytest.mark.parametrize("value", ["x", float("nan"), True, [1, 2]])
def test_what_is_no_value_to_ignore_is_refused(value):
    with pytest.raises(InputError, match="ignore_value: found"):
        settings(ignore_value=value)


def test_a_mask_of_bits_under_a_rule():
    for rule in ("nonzero", ">=1", "1,255"):
        found = gonogo.evaluate(MAPS[:2], [DEFECT, None], mask_values=rule)
        assert found.pixel == gonogo.evaluate(MAPS[:2], [DEFECT, None]).pixel
    inverted = gonogo.evaluate(MAPS[:2], [DEFECT, None], mask_values="0")
    assert inverted.pixel == gonogo.evaluate(MAPS[:2], [~DEFECT, None]).pixel
    with pytest.raises(InputError, match="as of one bit per pixel, and the rule >127 does not say"):
        gonogo.evaluate(MAPS[:2], [DEFECT, None], mask_values=">127")


def test_a_mask_of_floats_is_finite():
    soft = np.where(DEFECT, 0.75, 0.25)
    found = gonogo.evaluate(MAPS[:2], [soft, None], mask_values=">0.5")
    assert found.pixel == gonogo.evaluate(MAPS[:2], [DEFECT, None]).pixel
    soft[0, 0] = np.nan
    with pytest.raises(InputError, match="image 0: mask: found values that are NaN"):
        gonogo.evaluate(MAPS[:2], [soft, None], mask_values=">0.5")


HINTS = {
    "grey": (np.array([[0, 3], [200, 255]], np.uint8), "mask_values='>127'"),
    "wide grey": (np.array([[0, 3], [200, 255]], np.int64), "mask_values='>127'"),
    "classes": (np.array([[0, 1], [2, 9]], np.uint8), "mask_values='nonzero'"),
    "signs": (np.array([[-1, 1], [1, -1]]), "mask_values='>0'"),
    "soft": (np.array([[0.0, 0.2], [0.7, 1.0]]), "mask_values='>0.5'"),
    "float 0/1": (np.array([[0.0, 1.0]]), "mask_values='nonzero'"),
    "void": (np.array([[0, 1], [1, 255]], np.uint8), "Say what 255 is: ignore_value=255, or mask_"),
}


@pytest.mark.parametrize(("mask", "hint"), HINTS.values(), ids=HINTS)
def test_the_hint_is_a_rule_that_fits(mask, hint):
    with pytest.raises(InputError, match=r"^image 0: mask: found dtype") as caught:
        gonogo.evaluate(np.zeros((1, *mask.shape)), mask[None])
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("labels", "hint"),
    [
        ([-1, 1], "labels > 0"),
        (np.array([0, 3, 255], np.uint8), "labels > 127"),
        ([0, 1, 2], "labels != 0"),
        ([0.2, 0.9], "labels > 0.5"),
    ],
)
def test_the_hint_for_labels(labels, hint):
    with pytest.raises(InputError, match=r"binarise, for example " + re.escape(hint) + "$"):
        gonogo.auroc(np.arange(len(labels)), labels)


def test_masks_that_look_inverted_are_told():
    rng = np.random.default_rng(0)
    defects = np.zeros((6, 64, 64), bool)
    defects[1:, 5:20, 5:20] = True
    maps = rng.random(defects.shape) + defects
    labels = [0, 1, 1, 1, 1, 1]
    inverted = np.where(defects, 0, 255).astype(np.uint8)
    inverted[0] = 0
    with pytest.warns(gonogo.InputWarning, match=r"masks: 95% of the pixels .* mask_values='0'"):
        gonogo.evaluate(maps, inverted, labels=labels)
    right = gonogo.evaluate(maps, [None, *inverted[1:]], mask_values="0")
    assert right.pixel.auroc == gonogo.evaluate(maps, defects).pixel.auroc
