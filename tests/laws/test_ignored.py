"""Ignored pixels count nowhere: every number is that of the data without them, in every mode."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import gonogo
from gonogo.distributed import count, derive, merge
from tests.oracles import ignored, ranking
from tests.oracles.agreement import agrees, quietly, same_bits
from tests.oracles.strategies import scored_images

VOID = 255


@st.composite
def with_void(draw, **options):
    """Images whose masks are 0, 1 and 255; in each at least one pixel is not ignored."""
    images = draw(scored_images(**options))
    masks = []
    for map_, mask in zip(images.maps, images.masks, strict=True):
        if mask is None:
            masks.append(None)
            continue
        void = draw(npst.arrays(bool, map_.shape))
        void.flat[draw(st.integers(0, void.size - 1))] = False
        values = (mask != 0).astype(np.uint8)
        values[void] = VOID
        masks.append(values)
    return images.maps, masks


def evaluated(maps, masks, **options):
    return quietly(
        gonogo.evaluate, maps, masks, ignore_value=VOID, fpr_limits=[0.3, 1.0], **options
    )


@given(images=with_void())
def test_exact_numbers_are_those_of_the_pixels_that_are_left(images):
    pixel = evaluated(*images).pixel
    scores, labels = ignored.pixels_without(*images, VOID)
    agrees(pixel.auroc, ranking.auroc(scores, labels))
    agrees(pixel.average_precision, ranking.average_precision(scores, labels))
    for limit in (0.3, 1.0):
        agrees(pixel.aupro[limit], ignored.aupro_without(*images, VOID, limit))
    assert (pixel.anomalous, pixel.normal) == (sum(labels), len(labels) - sum(labels))


@given(images=with_void())
def test_certified_intervals_contain_them(images):
    pixel = evaluated(*images, mode="certified", budget="1MiB").pixel
    scores, labels = ignored.pixels_without(*images, VOID)
    assert (pixel.anomalous, pixel.normal) == (sum(labels), len(labels) - sum(labels))
    exact = {
        "auroc": (pixel.auroc, ranking.auroc(scores, labels)),
        "ap": (pixel.average_precision, ranking.average_precision(scores, labels)),
        "aupro": (pixel.aupro[0.3], ignored.aupro_without(*images, VOID, 0.3)),
    }
    for found, value in exact.values():
        if value is None:
            assert np.isnan(float(found))
        else:
            assert found.low - 1e-12 <= float(value) <= found.high + 1e-12


@given(images=with_void(), threshold=st.sampled_from([0.0, 0.5, 1.0]))
def test_rows_and_decisions_are_those_of_the_pixels_that_are_left(images, threshold):
    result = evaluated(*images, pixel_thresholds=threshold)
    for row, map_, mask in zip(result.images, *images, strict=True):
        left = ignored.image_without(map_, mask, VOID)
        assert row.score == row.map_max == max(score for score, _ in left)
        assert row.map_min == min(score for score, _ in left)
        assert row.label == any(label for _, label in left)
        assert (row.height, row.width) == map_.shape
        counts = ranking.confusion(*zip(*left, strict=True), threshold)
        at = row.at_threshold[threshold]
        assert (at.true_positives, at.false_positives, at.false_negatives) == (
            counts.tp,
            counts.fp,
            counts.fn,
        )


@given(images=with_void(), data=st.data())
def test_what_the_map_holds_there_changes_nothing(images, data):
    maps, masks = images
    expected = evaluated(maps, masks)
    others = []
    for map_, mask in zip(maps, masks, strict=True):
        other = map_.copy()
        if mask is not None:
            other[mask == VOID] = data.draw(st.sampled_from([0, 1, 100]))
        others.append(other)
    assert evaluated(others, masks) == expected


@given(images=with_void(max_images=5), cut=st.integers(0, 5), mode=st.sampled_from(["e", "c"]))
def test_any_way_of_counting_gives_the_same_bits(images, cut, mode):
    maps, masks = images
    mode = {"e": "exact", "c": "certified"}[mode]
    cut = min(cut, len(maps))
    options = {"mode": mode, "ignore_value": VOID, "fpr_limits": [0.3, 1.0]}
    expected = evaluated(maps, masks, mode=mode)
    state, other = gonogo.State(**options), gonogo.State(**options)
    for map_, mask in zip(maps[:cut], masks[:cut], strict=True):
        state.update([map_], [mask])
    if maps[cut:]:
        other.update(maps[cut:], masks[cut:])
    whole = quietly((state + other).compute)
    same_bits(whole.to_dict(), expected.to_dict())
    assert whole.images == expected.images
    del options["mode"]
    pairs = list(zip(maps, masks, strict=True))
    parts = [merge([count([], mode=mode, **options)])]
    parts += [count([pair], first=k, mode=mode, **options) for k, pair in enumerate(pairs)]
    part = merge(parts)
    if mode == "exact":
        among = part.among()
        part = merge([part, *(count([one], first=k, among=among) for k, one in enumerate(pairs))])
    same_bits(quietly(derive, part).to_dict(), expected.to_dict())


@given(images=with_void())
def test_nothing_ignored_is_as_if_nothing_was_to_be_ignored(images):
    maps, masks = images
    plain = [None if mask is None else (mask == 1) for mask in masks]
    assume(any(mask is not None for mask in plain))
    same_bits(evaluated(maps, plain).to_dict(), evaluated(maps, plain).to_dict())
    same_bits(evaluated(maps, plain).image.auroc, quietly(gonogo.evaluate, maps, plain).image.auroc)


def test_a_serial_number_that_is_marked_costs_nothing():
    rng = np.random.default_rng(0)
    masks = np.zeros((2, 32, 32), np.uint8)
    masks[0, 5:12, 6:20], masks[:, 28:, 20:] = 1, 2
    maps = rng.random(masks.shape) + 2.0 * (masks == 1) + 5.0 * (masks == 2)
    for mode in ("exact", "certified"):
        result = gonogo.evaluate(maps, masks, ignore_value=2, mode=mode)
        assert float(result.pixel.auroc) == result.image.auroc == 1.0
        assert (result.pixel.anomalous, result.pixel.normal) == (98, 2 * 32 * 32 - 98 - 2 * 48)


def test_regions_are_labelled_after_ignored_pixels_are_taken_out():
    mask = np.array([[1, 1, VOID, 1], [0, 0, VOID, 0]], np.uint8)
    scores = np.arange(8.0).reshape(2, 4)
    result = gonogo.evaluate([scores, scores], [mask, None], ignore_value=VOID)
    assert (result.pixel.regions, result.images[0].anomalous_pixels) == (2, 3)


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_an_image_that_is_ignored_as_a_whole(mode):
    maps, masks = np.arange(12.0).reshape(3, 2, 2), np.zeros((3, 2, 2), np.uint8)
    masks[1, 0, 0], masks[2] = 1, VOID
    options = {"mode": mode, "ignore_value": VOID}
    with pytest.raises(gonogo.InputError, match="hidden: mask: every pixel has the value to ign"):
        gonogo.evaluate(maps, masks, names=["a", "b", "hidden"], **options)
    whole = gonogo.evaluate(maps, masks, image_scores=[0.0, 1.0, 2.0], **options)
    without = gonogo.evaluate(maps[:2], masks[:2], **options)
    assert whole.pixel == without.pixel
    row = whole.images[2]
    assert (row.label, row.score, row.map_min, row.map_max) == (False, 2.0, None, None)
    state = gonogo.State(**options)
    for k in range(3):
        state.update(maps[k], masks[k], image_scores=[float(k)])
    assert state.compute().pixel == without.pixel


def test_a_nan_that_is_ignored_is_no_fault():
    maps, masks = np.arange(8.0).reshape(2, 2, 2), np.zeros((2, 2, 2), np.uint8)
    masks[1, 1, 1], maps[0, 0, 0], masks[0, 0, 0] = 1, np.nan, VOID
    assert gonogo.evaluate(maps, masks, ignore_value=VOID).pixel.auroc == 1.0
    with pytest.raises(gonogo.InputError, match="NaN"):
        gonogo.evaluate(maps, masks == 1)
