"""What a state takes, keeps, refuses and says."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest

import gonogo
from gonogo import InputError, MergeError
from gonogo.states import GridCounter
from tests.oracles.agreement import quietly, same_bits
from tests.state.content import content, filled

RNG = np.random.default_rng(3)
MAPS = RNG.random((4, 5, 6)).round(1)
MASKS = RNG.random((4, 5, 6)) < 0.3
MASKS[3] = False
MODES = ("exact", "certified", "auto")


@pytest.mark.parametrize("mode", MODES)
def test_forms_of_update(mode):
    wanted = content(filled({"mode": mode}, list(MAPS), list(MASKS)))
    forms = {
        "(N, 1, H, W)": [(MAPS[:, None], MASKS[:, None])],
        "images": list(zip(MAPS, MASKS, strict=True)),
        "pairs": [(zip(MAPS, MASKS, strict=True),)],
        "nested lists": [(MAPS.tolist(), MASKS.tolist())],
    }
    for name, updates in forms.items():
        state = gonogo.State(mode=mode)
        for update in updates:
            state.update(*update)
        assert content(state) == wanted, name


@pytest.mark.parametrize("mode", MODES)
def test_masks_of_white(mode):
    white = MASKS.astype(np.uint8) * 255
    state = filled({"mode": mode}, list(MAPS), list(white))
    single = gonogo.State(mode=mode)
    for map_, mask in zip(MAPS, white, strict=True):
        single.update(map_, mask)
    assert content(single) == content(state)
    assert state.compute() == filled({"mode": mode}, list(MAPS), list(MASKS)).compute()


def test_given_scores_labels_defects_and_names():
    given = {
        "labels": [1, 1, 1, 0],
        "image_scores": [4.0, 3.5, 0.5, 1.0],
        "defects": ["a", "b", "a", None],
        "names": ["p", "q", "r", "s"],
    }
    state = gonogo.State(image_thresholds=[1.0])
    for i in range(4):
        state.update(MAPS[i], MASKS[i], **{name: [each[i]] for name, each in given.items()})
    found = state.compute()
    wanted = gonogo.evaluate(MAPS, MASKS, image_thresholds=[1.0], **given)
    same_bits(found.to_dict(), wanted.to_dict())
    assert found.images == wanted.images
    assert found.settings.image_score == wanted.settings.image_score == "given"


@pytest.mark.parametrize("mode", MODES)
def test_image_scores_alone(mode):
    state = gonogo.State(mode=mode)
    state.update(None, image_scores=[0.5, 2.0], labels=[0, 1])
    state.update(None, image_scores=[1.0], labels=[0])
    result = state.compute()
    assert (result.pixel, result.image.auroc) == (None, 1.0)
    assert state.mode == ("certified" if mode == "certified" else "exact")
    assert [row.name for row in result.images] == ["image 0", "image 1", "image 2"]


def test_maps_and_labels_without_masks():
    state = gonogo.State()
    state.update(MAPS[:2], labels=[1, 0])
    state.update(MAPS[2:], labels=[0, 1])
    wanted = gonogo.evaluate(MAPS, labels=[1, 0, 0, 1])
    same_bits(state.compute().to_dict(), wanted.to_dict())
    assert state._contents().nbytes() == 0


def test_images_are_numbered_where_they_have_no_name():
    a = filled({}, list(MAPS[:1]), list(MASKS[:1]))
    b = filled({}, list(MAPS[1:]), list(MASKS[1:]), names=["x", None, "image 0"])
    names = [row.name for row in (a + b).compute().images]
    assert names == ["image 0", "x", "image 2", "image 0"]
    names = [row.name for row in quietly((b + a).compute).images]
    assert names == ["x", "image 1", "image 0", "image 3"]


@pytest.mark.parametrize("mode", MODES)
def test_changing_an_array_afterwards_changes_nothing(mode):
    maps, masks = MAPS.copy(), MASKS.copy()
    state = filled({"mode": mode}, list(maps), list(masks))
    before = content(state)
    maps[:], masks[:] = 7.0, True
    assert content(state) == before


def test_computing_changes_nothing_and_more_may_follow():
    for mode in MODES:
        state = filled({"mode": mode}, list(MAPS[:2]), list(MASKS[:2]))
        before = content(state)
        quietly(state.compute)
        assert content(state) == before
        state.update(MAPS[2:], MASKS[2:])
        assert content(state) == content(filled({"mode": mode}, list(MAPS), list(MASKS)))


@pytest.mark.parametrize("mode", MODES)
def test_a_refused_batch_leaves_the_state_alone(mode):
    bad = MAPS.copy()
    bad[3, 2, 1] = np.nan
    state = filled({"mode": mode}, list(MAPS[:2]), list(MASKS[:2]))
    before = content(state)
    with pytest.raises(InputError, match=r"image 5: map.*NaN"):
        state.update(bad, MASKS)
    with pytest.raises(InputError, match=r"image 2: the map is 5 x 6 and the mask 4 x 6"):
        state.update([MAPS[0]], [MASKS[0][:4]])
    assert content(state) == before


def test_an_interrupted_update_is_never_silent(monkeypatch, tmp_path):
    state = filled({"mode": "certified"}, list(MAPS), list(MASKS))
    count = GridCounter.add

    def interrupted(self, scores, anomalous, defect=None):
        count(self, scores, anomalous, defect)
        raise KeyboardInterrupt

    monkeypatch.setattr(GridCounter, "add", interrupted)
    with pytest.raises(KeyboardInterrupt):
        state.update(MAPS[0], MASKS[0])
    monkeypatch.undo()
    for use in (state.compute, lambda: state.save(tmp_path / "s"), lambda: state + state):
        with pytest.raises(gonogo.GonogoError, match=r"150 pixels .* 120: .* interrupted"):
            use()
    state.reset()
    state.update(MAPS, MASKS)
    assert state.compute().pixel.anomalous == MASKS.sum()


def test_nothing_to_compute():
    with pytest.raises(InputError, match="found no image"):
        gonogo.State().compute()


def test_what_came_with_the_first_images_has_to_come_with_all():
    state = filled({}, list(MAPS), list(MASKS))
    with pytest.raises(InputError, match=r"masks: found none, .*; None in the list of masks"):
        state.update(MAPS, labels=[0] * 4)
    with pytest.raises(InputError, match=r"image_scores: found some, but .* came without"):
        state.update(MAPS, MASKS, image_scores=[1.0] * 4)
    state = gonogo.State()
    state.update(MAPS, labels=[0] * 4)
    with pytest.raises(InputError, match=r"masks: found some, but .* came without"):
        state.update(MAPS, MASKS)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ({"mode": "exact"}, {"mode": "certified"}, "mode 'exact' and 'certified'"),
        ({}, {"budget": "32MiB"}, "budget 67108864 and 33554432"),
        ({"connectivity": 4}, {}, "connectivity 4 and 8"),
        ({"fpr_limits": 0.3}, {"fpr_limits": 0.1}, r"fpr_limits \(0.3,\) and \(0.1,\)"),
        ({"resize": "nearest"}, {}, "resize 'nearest' and None"),
    ],
)
def test_unlike_states_are_refused_by_name(one, other, told):
    with pytest.raises(MergeError, match=told):
        gonogo.State(**one) + gonogo.State(**other)


def test_states_of_other_inputs_are_refused_by_name():
    state, labelled = filled({}, list(MAPS), list(MASKS)), gonogo.State()
    labelled.update(None, image_scores=[1.0], labels=[1])
    with pytest.raises(MergeError, match="masks given to the first alone; image_scores given to"):
        state + labelled
    with pytest.raises(TypeError):
        state + 1


def test_bad_settings_are_refused():
    with pytest.raises(InputError, match="budget"):
        gonogo.State(budget="1 kB")
    with pytest.raises(InputError, match="mode"):
        gonogo.State(mode="fast")


def test_it_says_what_it_is():
    state = filled({"mode": "certified"}, list(MAPS), list(MASKS))
    assert repr(state) == "<State of 4 images, certified>"
    assert (state.mode, state.settings.mode) == ("certified", "certified")


def test_it_warns_as_evaluate_does():
    state = filled({}, [MAPS[3]], [MASKS[3]])
    with pytest.warns(gonogo.UndefinedMetricWarning) as caught:
        state.compute()
    assert {warning.filename for warning in caught} == {__file__}


# Maps of normal images without a mask are resized to the size of the masks, whichever comes first.
SMALL = [MAPS[0][:3, :3], MAPS[1][:2, :4], MAPS[2][:3, :3]]
LARGE = np.zeros((6, 6), bool)
LARGE[2:4, 1:3] = True


@pytest.mark.filterwarnings("ignore:budget. found 800 in mode exact")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_maps_wait_for_the_size_of_the_masks(mode, order, monkeypatch):
    monkeypatch.setattr("gonogo._check.options._SMALLEST_BUDGET", 1)
    options = {"mode": mode, "budget": 800, "resize": "bilinear", "pixel_thresholds": [0.5]}
    maps = [SMALL[i] for i in order]
    masks = [[LARGE, None, None][i] for i in order]
    stream, merged = gonogo.State(**options), gonogo.State(**options)
    for one in zip(maps, masks, strict=True):
        stream.update(*([each] for each in one))
        merged = merged + filled(options, *([each] for each in one))
    assert content(stream) == content(merged) == content(filled(options, maps, masks))
    found = quietly(stream.compute)
    wanted = gonogo.evaluate(maps, masks, **{**options, "mode": stream.mode})
    same_bits(found.to_dict(), wanted.to_dict())
    assert found.images == wanted.images
    assert stream.mode == ("certified" if mode == "auto" else mode)


@pytest.mark.parametrize("mode", MODES)
def test_without_any_mask_maps_keep_their_size(mode):
    options = {"mode": mode, "resize": "nearest"}
    state = filled(options, SMALL, [None] * 3)
    before = content(state)
    found = quietly(state.compute)
    wanted = quietly(gonogo.evaluate, SMALL, [None] * 3, **options)
    same_bits(found.to_dict(), wanted.to_dict())
    assert found.images == wanted.images
    assert content(state) == before


@pytest.mark.parametrize("mode", MODES)
def test_masks_of_two_sizes_give_no_size(mode):
    options = {"mode": mode, "resize": "nearest"}
    first = filled(options, SMALL[:2], [LARGE, None])
    second = filled(options, SMALL[2:], [np.ones((4, 4), bool)])
    with pytest.raises(InputError, match="resize: found masks of 2 sizes"):
        first + second
    with pytest.raises(InputError, match="resize: found masks of 2 sizes"):
        first.update(SMALL[2:], [np.ones((4, 4), bool)])


def test_one_image_without_its_mask():
    """An array alone is not taken for a normal image; it is said how one is given."""
    state, scores = gonogo.State(), np.ones((4, 4))
    for refused in (lambda: state.update(scores, None), lambda: state.update(scores)):
        with pytest.raises(gonogo.InputError, match=r"a normal image .* lists: \[map\], \[None\]"):
            refused()
    state.update(np.eye(4), np.eye(4, dtype=bool))
    state.update([scores], [None])
    assert [row.label for row in state.compute().images] == [True, False]


def test_a_state_that_went_over_to_certified_says_so():
    state = gonogo.State(budget="1MiB")
    maps = np.random.default_rng(0).random((4, 300, 300))
    state.update(maps[:1], maps[:1] > 0.9, labels=[1])
    state.update(maps[1:], maps[1:] > 2.0, labels=[0, 0, 0])
    says = "state: the scores take more than 1048576 bytes, so mode auto counts them certified"
    with pytest.warns(gonogo.InputWarning, match=says):
        state.compute()


def test_a_named_default_budget_is_the_default():
    named = filled({"mode": "certified", "budget": "64MiB"}, list(MAPS[:2]), list(MASKS[:2]))
    usual = filled({"mode": "certified"}, list(MAPS[2:]), list(MASKS[2:]))
    assert len((named + usual).compute().images) == 4


AT_EXIT = """
import atexit, sys
import numpy as np
import gonogo

state = gonogo.State(mode="certified")
maps = np.random.default_rng(0).random((50, 50))
state.update(maps, maps > 0.9)
atexit.register(lambda: state.save(sys.argv[1]))
"""


def test_a_state_is_saved_while_python_shuts_down(tmp_path):
    path = tmp_path / "late.gonogo"
    subprocess.run([sys.executable, "-c", AT_EXIT, path], check=True, timeout=120)
    assert quietly(gonogo.State.load(path).compute).pixel.anomalous > 0
