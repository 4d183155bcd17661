"""Certified evaluation: intervals hold the exact numbers, and the laws of exact ones."""

from __future__ import annotations

import os
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo.types import Band, Bounded
from tests.laws.certificates import WAYS, holds, outside, pairs
from tests.oracles.agreement import defined_or_warned, same_bits
from tests.oracles.bands import leaves
from tests.oracles.shapes import TINY
from tests.oracles.strategies import scored_images

LIMITS = st.sampled_from(TINY)
OPTIONS = {"fpr_limits": (0.05, 0.3, 1.0), "at_fpr": (0.0, 0.1, 0.5), "at_recall": (0.5, 1.0)}


def evaluated(images, limits=None, **options):
    """Certified on a grid of these limits; exact where there are none."""
    options = {**OPTIONS, **options, "mode": "exact" if limits is None else "certified"}
    with mock.patch("gonogo.counting.modes.capacity", return_value=limits):
        return defined_or_warned(gonogo.evaluate, images.maps, images.masks, **options)


@given(images=scored_images(), limits=LIMITS)
def test_every_number_lies_in_its_interval(images, limits):
    exact, warned = evaluated(images)
    found, warned_too = evaluated(images, limits)
    assert (found.mode, exact.mode) == ("certified", "exact")
    assert warned == warned_too
    assert found.undefined == exact.undefined
    assert found.images == exact.images
    numbers = list(pairs(found.pixel, exact.pixel))
    assert [entry for entry in numbers if not holds(*entry[1:])] == []
    assert list(pairs(found.image, exact.image)) != []
    assert all(a == b or a != a for _, a, b in pairs(found.image, exact.image))


@given(images=scored_images(), limits=LIMITS)
def test_every_curve_lies_in_its_band(images, limits):
    exact, found = evaluated(images)[0].pixel.curves(), evaluated(images, limits)[0].pixel.curves()
    for name, curve in exact.items():
        band = found[name]
        if isinstance(band, Band):
            assert band.reason == curve.reason
            assert curve.reason or leaves(curve, band.lower, band.upper) == []
        else:
            same_bits([band.x, band.y], [curve.x, curve.y])


@given(images=scored_images(max_images=6), limits=LIMITS, data=st.data())
def test_any_order_and_any_number_of_threads(images, limits, data):
    names = [f"image {k}" for k in range(len(images.maps))]
    order = data.draw(st.permutations(range(len(names))))
    turned = type(images)([images.maps[k] for k in order], [images.masks[k] for k in order])
    whole, _ = evaluated(images, limits, names=names)
    for threads in (1, 3):
        with mock.patch("gonogo.counting.reader.available_cores", return_value=threads):
            found, _ = evaluated(turned, limits, names=[names[k] for k in order])
        same_bits(found.to_dict()["pixel"], whole.to_dict()["pixel"])


@given(images=scored_images(dtypes=(np.float16, np.uint8, np.int8, np.float32)))
def test_at_any_budget_few_scores_are_exact(images):
    """Without tricks: the smallest budget holds the 256 values of a byte and all of these."""
    exact, _ = evaluated(images)
    found, _ = defined_or_warned(
        gonogo.evaluate, images.maps, images.masks, mode="certified", budget="1MiB", **OPTIONS
    )
    for name, number, value in pairs(found.pixel, exact.pixel):
        assert not isinstance(number, Bounded) or number.error == 0.0, name
        assert holds(number, value), name


@pytest.mark.parametrize("size", ["half", "float"])
def test_a_million_float16_scores_have_no_width(size):
    rng = np.random.default_rng(3)
    maps = rng.standard_normal((4, 512, 512)).astype(np.float16)
    masks = rng.random(maps.shape) < 0.02
    masks[0] = False
    exact = gonogo.evaluate(maps, masks).pixel
    if size == "float":
        maps = maps.astype(np.float32)
    found = gonogo.evaluate(maps, masks, mode="certified").pixel
    for name, number, value in pairs(found, exact):
        assert holds(number, value), name
        assert not isinstance(number, Bounded) or number.error == 0.0, name


@pytest.mark.parametrize("way", WAYS)
def test_random_data_sets_of_every_dtype_sign_and_tie(way):
    """A sample of what ``python -m tests.laws.certificates`` tries at length."""
    for seed in range(500 if os.environ.get("GONOGO_EXAMPLES") == "thorough" else 30):
        assert outside(seed, way) == []
