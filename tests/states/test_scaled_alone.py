"""Maps that were normalised one by one are noticed; those that only saturate are not."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import gonogo
from gonogo.distributed import count, derive, merge

RNG = np.random.default_rng(3)
MASKS = np.zeros((12, 24, 24), bool)
MASKS[:6, 4:10, 4:10] = True
RAW = RNG.random((12, 24, 24)) + 1.5 * MASKS


def alone(maps, *, by=0.0, minimum=True):
    low = maps.min(axis=(1, 2), keepdims=True) if minimum else 0.0
    return (maps - low) / (maps.max(axis=(1, 2), keepdims=True) - low + by)


SUSPECT = {
    "min and max": alone(RAW),
    "float32": alone(RAW.astype(np.float32)),
    "a small number in the divisor": alone(RAW, by=1e-8),
    "maximum alone": alone(RAW, minimum=False),
    "bytes": (alone(RAW) * 255).round().astype(np.uint8),
    "all but one": np.concatenate([RAW[:1] / 2, alone(RAW)[1:]]),
}
PLAIN = {
    "raw": RAW,
    "all by one range": (RAW - RAW.min()) / np.ptp(RAW),
    "saturated where anomalous": (np.clip(RAW, 0, 1.2) * 200).astype(np.uint8),
    "zero and one": (RAW > 0.9).astype(np.float32),
    "few steps": (RAW * 2).astype(np.uint8),
    "four maps": alone(RAW)[[0, 1, 10, 11]],
    "constant": np.zeros_like(RAW),
}


def told(function, *args, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(*args, **options)
    return [str(w.message) for w in caught if "the same maximum" in str(w.message)]


@pytest.mark.parametrize("mode", ["exact", "certified"])
@pytest.mark.parametrize("maps", SUSPECT.values(), ids=SUSPECT)
def test_they_are_told_once(maps, mode):
    (said,) = told(gonogo.evaluate, maps, MASKS, mode=mode)
    count = 11 if maps is SUSPECT["all but one"] else 12
    assert said.startswith(f"maps: {count} of 12 have the same maximum, those of normal images")
    assert said.endswith("or normalise all maps by one minimum and maximum")


@pytest.mark.parametrize("maps", PLAIN.values(), ids=PLAIN)
def test_others_are_not(maps):
    masks = MASKS[[0, 1, 10, 11]] if len(maps) == 4 else MASKS
    assert told(gonogo.evaluate, maps, masks) == []


def test_every_way_of_counting_tells():
    maps = alone(RAW)
    state = gonogo.State()
    for map_, mask in zip(maps, MASKS, strict=True):
        state.update(map_, mask)
    assert len(told(state.compute)) == 1
    pairs = list(zip(maps, MASKS, strict=True))
    part = merge([count(pairs[:5]), count(pairs[5:], first=5)])
    (said,) = told(derive, part, category="screw")
    assert said.startswith("screw: maps: 12 of 12")


def test_labels_without_masks():
    labels = MASKS.any(axis=(1, 2))
    assert len(told(gonogo.evaluate, alone(RAW), labels=labels)) == 1
    assert told(gonogo.evaluate, alone(RAW), labels=labels, image_scores=np.arange(12.0)) == []


def test_one_kind_of_images_alone_says_nothing():
    assert told(gonogo.evaluate, alone(RAW)[:6], MASKS[:6]) == []
