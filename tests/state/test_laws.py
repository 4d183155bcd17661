"""A state is algebra: any split, any order of merging, saved or not, gives the same bits.

Budgets are those of an ant here, so that small images exceed them: a grid of a few bins, and
``auto`` goes over to certified after 150 bytes.
"""

from __future__ import annotations

import copy
import itertools
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo.states import Capacity
from tests.oracles.agreement import quietly, same_bits
from tests.oracles.strategies import Images, scored_images
from tests.state.content import content, filled, without_names

MODES = {
    "exact": {"mode": "exact", "pixel_thresholds": [0.5]},
    "certified": {"mode": "certified", "pixel_thresholds": [0.5]},
    "auto": {"mode": "auto", "connectivity": 4},
}
DEFECTS = [None, "scratch", "dent", "scratch"]


@pytest.fixture(scope="module", autouse=True)
def _small_budget():
    with pytest.MonkeyPatch.context() as patch:
        for room in ("gonogo.state.contents", "gonogo.counting.modes"):
            patch.setattr(f"{room}.capacity", lambda _: Capacity(distinct=6, pages=4))
        patch.setattr("gonogo.state.contents.DEFAULT_BUDGET", 150)
        yield


def parts(options, images: Images, cuts: list[int]) -> list[gonogo.State]:
    """States of the images between cuts; some are empty."""
    edges = [0, *sorted(cuts), len(images.maps)]
    return [
        filled(options, images.maps[a:b], images.masks[a:b], defects=DEFECTS[a:b])
        for a, b in itertools.pairwise(edges)
    ]


def whole(options, images: Images) -> gonogo.State:
    return filled(options, images.maps, images.masks, defects=DEFECTS[: len(images.maps)])


@pytest.mark.parametrize("mode", MODES)
@given(images=scored_images())
def test_it_computes_what_evaluate_gives(mode, images):
    state = whole(MODES[mode], images)
    options = {**MODES[mode], "mode": state.mode}
    found = quietly(state.compute)
    wanted = quietly(
        gonogo.evaluate, images.maps, images.masks, defects=DEFECTS[: len(images.maps)], **options
    )
    same_bits(found.to_dict(), wanted.to_dict())
    assert found.images == wanted.images
    for name, curve in found.pixel.curves().items():
        other = wanted.pixel.curves()[name]
        same_bits(_points(curve), _points(other))


def _points(curve):
    if isinstance(curve, gonogo.Curve):
        return [curve.x, curve.y, curve.thresholds]
    return _points(curve.lower) + _points(curve.upper)


@pytest.mark.parametrize("mode", MODES)
@given(images=scored_images(), cuts=st.lists(st.integers(0, 4), max_size=3))
def test_any_split_gives_the_same_state(mode, images, cuts):
    wanted = content(whole(MODES[mode], images))
    cuts = [min(cut, len(images.maps)) for cut in cuts]
    first, *rest = parts(MODES[mode], images, cuts)
    before = [content(state) for state in (first, *rest)]
    merged = first
    for state in rest:
        merged = merged + state
    assert content(merged) == wanted
    assert [content(state) for state in (first, *rest)] == before

    stream = gonogo.State(**MODES[mode])
    for a, b in itertools.pairwise([0, *sorted(cuts), len(images.maps)]):
        if a < b:
            stream.update(images.maps[a:b], images.masks[a:b], defects=DEFECTS[a:b])
    assert content(stream) == wanted


@pytest.mark.parametrize("mode", MODES)
@given(images=scored_images(), cuts=st.lists(st.integers(0, 4), min_size=2, max_size=2))
def test_merging_is_associative_commutative_and_has_an_identity(mode, images, cuts):
    cuts = [min(cut, len(images.maps)) for cut in cuts]
    a, b, c = parts(MODES[mode], images, cuts)
    assert content((a + b) + c) == content(a + (b + c))
    nothing = gonogo.State(**MODES[mode])
    assert content(a + nothing) == content(a) == content(nothing + a)
    forth, back = quietly((a + b + c).compute), quietly((c + b + a).compute)
    same_bits(forth.to_dict(), back.to_dict())
    assert without_names(forth) == without_names(back)


@pytest.mark.parametrize("mode", MODES)
@given(images=scored_images(), cut=st.integers(0, 4))
def test_copies_are_equal_and_independent(mode, images, cut):
    a, b = parts(MODES[mode], images, [min(cut, len(images.maps))])
    before = content(a)
    for copied in (pickle.loads(pickle.dumps(a)), copy.copy(a), copy.deepcopy(a)):
        assert content(copied) == before
        copied += b
        copied.update([images.maps[0]], [images.masks[0]])
        assert content(a) == before


@pytest.mark.parametrize("mode", MODES)
@given(images=scored_images())
def test_a_reset_state_is_a_new_one(mode, images):
    state = whole(MODES[mode], images)
    state.reset()
    assert content(state) == content(gonogo.State(**MODES[mode]))
    state.update(images.maps, images.masks, defects=DEFECTS[: len(images.maps)])
    assert content(state) == content(whole(MODES[mode], images))


@given(images=scored_images())
def test_auto_is_exact_up_to_the_budget_and_certified_beyond(images):
    state = whole(MODES["auto"], images)
    exact = whole({**MODES["auto"], "mode": "exact"}, images)
    kept = exact._contents().nbytes()
    assert state.mode == ("certified" if kept > 150 else "exact")
    assert quietly(state.compute).mode == state.mode
