"""Lists of batches, as a loop over a loader collects them: the same numbers as one stack."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo import InputError
from tests.oracles.agreement import quietly
from tests.oracles.strategies import scored_images

RNG = np.random.default_rng(0)
MAPS = RNG.random((6, 8, 7)).astype(np.float32)
MASKS = RNG.random((6, 8, 7)) > 0.8
MASKS[[1, 4]] = False
LABELS = MASKS.any(axis=(1, 2))
SCORES = MAPS.max(axis=(1, 2))

FORMS = {
    "(B, H, W)": ([MAPS[:2], MAPS[2:]], [MASKS[:2], MASKS[2:]], None),
    "(B, 1, H, W)": ([MAPS[:2, None], MAPS[2:, None]], [MASKS[:2, None], MASKS[2:, None]], None),
    "the last is smaller": (
        [MAPS[:4], MAPS[4:5], MAPS[5]],
        [MASKS[:4], MASKS[4:5], MASKS[5]],
        None,
    ),
    "labels too": ([MAPS[:2], MAPS[2:]], [MASKS[:2], MASKS[2:]], [LABELS[:2], LABELS[2:]]),
    "labels (B, 1)": ([MAPS[:2], MAPS[2:]], [MASKS[:2], MASKS[2:]], LABELS[:, None]),
    "maps alone": ([MAPS[:2], MAPS[2:]], list(MASKS), list(LABELS)),
    "masks alone": (MAPS, [MASKS[:1], MASKS[1:]], None),
    "no masks for normal": (
        [MAPS[:1], MAPS[1:2], MAPS[2:4], MAPS[4], MAPS[5:]],
        [MASKS[:1], None, MASKS[2:4], None, MASKS[5]],
        None,
    ),
    "lists of images": ([list(MAPS[:2]), list(MAPS[2:])], [list(MASKS[:2]), list(MASKS[2:])], None),
    "a generator": ((MAPS[k : k + 2] for k in (0, 2, 4)), [MASKS[:2], MASKS[2:]], None),
}


@pytest.mark.parametrize(("maps", "masks", "labels"), FORMS.values(), ids=FORMS)
def test_they_give_what_one_stack_gives(maps, masks, labels):
    assert gonogo.evaluate(maps, masks, labels=labels) == gonogo.evaluate(MAPS, MASKS)


def test_none_for_a_batch_of_normal_images():
    found = gonogo.evaluate([MAPS[:2], MAPS[2:]], [MASKS[:2], None])
    assert found == gonogo.evaluate(MAPS, [*MASKS[:2], None, None, None, None])


def test_states_and_functions_take_them():
    state = gonogo.State()
    state.update([MAPS[:2], MAPS[2:5]], [MASKS[:2], MASKS[2:5]])
    state.update(MAPS[5], MASKS[5])
    assert state.compute() == gonogo.evaluate(MAPS, MASKS)
    batches = [MAPS[:2], MAPS[2:]], [MASKS[:2], MASKS[2:]]
    assert gonogo.aupro(*batches) == gonogo.aupro(MAPS, MASKS)
    assert gonogo.auroc(*batches) == gonogo.auroc(MAPS, MASKS)


def test_scores_and_labels_of_batches_without_masks():
    options = {"labels": [LABELS[:2].tolist(), LABELS[2:].tolist()]}
    found = gonogo.evaluate(None, image_scores=[SCORES[:2], SCORES[2:]], **options)
    assert found.image == gonogo.evaluate(None, image_scores=SCORES, labels=LABELS).image
    assert gonogo.evaluate([MAPS[:2], MAPS[2:]], **options).image == found.image


def test_tensors():
    torch = pytest.importorskip("torch")
    maps = [torch.from_numpy(MAPS[k : k + 3][:, None]) for k in (0, 3)]
    masks = [torch.from_numpy(MASKS[k : k + 3][:, None]) for k in (0, 3)]
    labels = [torch.from_numpy(LABELS[k : k + 3]) for k in (0, 3)]
    assert gonogo.evaluate(maps, masks, labels=labels) == gonogo.evaluate(MAPS, MASKS)


@given(images=scored_images(one_size=True, max_images=6), cuts=st.lists(st.integers(0, 6)))
def test_any_cut(images, cuts):
    masks = [
        np.zeros(map_.shape, bool) if mask is None else mask != 0
        for map_, mask in zip(images.maps, images.masks, strict=True)
    ]
    maps, masks = np.stack(images.maps), np.stack(masks)
    ends = sorted({0, len(maps), *(cut for cut in cuts if cut < len(maps))})
    parts = [slice(*pair) for pair in itertools.pairwise(ends)]
    if maps.shape[2] in (1, 3, 4):  # may be channels
        maps, masks = maps[:, None], masks[:, None]
    found = quietly(
        gonogo.evaluate, [maps[part] for part in parts], [masks[part] for part in parts]
    )
    assert found == quietly(gonogo.evaluate, maps, masks)


@pytest.mark.parametrize(
    ("maps", "masks", "said"),
    [
        (
            [MAPS[:3], MAPS[3:]],
            [MASKS[0], MASKS[3]],
            (
                "masks[0]: found 1 for 3 maps; expected as many; maps[0] was taken for a batch of "
                "3 images of 8 x 7: if these are channels, reduce them to one score a pixel"
            ),
        ),
        ([MAPS[:3], MAPS[3:]], [MASKS[:3], MASKS[3:5]], "masks[1]: found 2 for 3 maps"),
        (
            [MAPS[:3], MAPS[3:]],
            list(MASKS[:5]),
            "masks: found 5 for 6 maps; expected as many as maps; maps[0] was taken for a batch",
        ),
        (
            [np.zeros((8, 7, 3))],
            [MASKS[0]],
            (
                "maps[0]: found shape (8, 7, 3), which may be one image with 3 channels or a batch "
                "of 8; reduce channels to one score a pixel, or give a batch as (N, 1, H, W)"
            ),
        ),
        ([MAPS[:2], np.zeros((2, 3, 8, 7))], [MASKS[:2]] * 2, "maps[1][0]: found shape (3, 8, 7)"),
    ],
)
def test_what_may_be_something_else_is_refused(maps, masks, said):
    with pytest.raises(InputError, match=re.escape(said)):
        gonogo.evaluate(maps, masks)


def test_labels_of_another_number_are_refused():
    with pytest.raises(InputError, match=r"labels: found shape \(5,\); expected \(6,\)"):
        gonogo.evaluate([MAPS[:2], MAPS[2:]], labels=[LABELS[:2], LABELS[2:5]])
