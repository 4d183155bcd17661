"""Dask arrays and bags of people's own, on whichever scheduler Dask uses."""

from __future__ import annotations

import numpy as np
import pytest

import gonogo
from gonogo.distributed import evaluate_bag, evaluate_dask
from gonogo.errors import InputError
from tests.distributed.conftest import document
from tests.distributed.images import Broken, plain_images

dask = pytest.importorskip("dask", reason="the dask extra is not installed")
da = pytest.importorskip("dask.array")
db = pytest.importorskip("dask.bag")

RNG = np.random.default_rng(3)
MAPS = RNG.normal(size=(11, 9, 7)).astype(np.float32).round(2)
MASKS = RNG.random((11, 9, 7)) < 0.1
MASKS[::3] = False


@pytest.fixture(params=["threads", "cluster"], autouse=True)
def scheduler(request):
    if request.param == "cluster":
        client = request.getfixturevalue("client")
        with client.as_current():
            yield
    else:
        with dask.config.set(scheduler="threads"):
            yield


@pytest.mark.parametrize("mode", ["exact", "certified", "auto"])
@pytest.mark.parametrize("chunks", [(1, 9, 7), (4, 5, 3), (11, 9, 2)])
def test_arrays_in_chunks_of_any_shape(mode, chunks):
    maps, masks = da.from_array(MAPS, chunks), da.from_array(MASKS, (3, 9, 7))
    options = {"defects": ["a", "b", None] * 3 + ["a", "b"], "fpr_limits": (0.2,)}
    there = evaluate_dask(maps, masks, mode=mode, **options)
    here = gonogo.evaluate(MAPS, MASKS, mode=mode, **options)
    assert document(there) == document(here)


def test_arrays_with_an_axis_of_length_one_and_given_scores():
    scores, names = MAPS.mean(axis=(1, 2)), [f"n{k}" for k in range(11)]
    there = evaluate_dask(
        da.from_array(MAPS[:, None], (2, 1, 9, 7)), MASKS[:, None], image_scores=scores, names=names
    )
    here = gonogo.evaluate(MAPS, MASKS, image_scores=scores, names=names)
    assert document(there) == document(here)


def test_arrays_without_masks_have_no_pixel_level():
    labels = MASKS.any(axis=(1, 2))
    there = evaluate_dask(da.from_array(MAPS, (2, 9, 7)), labels=labels, mode="exact")
    assert there.pixel is None
    assert document(there) == document(gonogo.evaluate(MAPS, labels=labels, mode="exact"))


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_bags_of_pairs(mode):
    pairs = list(zip(MAPS, [mask if mask.any() else None for mask in MASKS], strict=True))
    there = evaluate_bag(db.from_sequence(pairs, npartitions=4), mode=mode)
    names = [row.name for row in there.images]
    assert names[:4] == [
        "partition 0, image 0",
        "partition 0, image 1",
        "partition 0, image 2",
        "partition 1, image 0",
    ]
    here = gonogo.evaluate(MAPS, MASKS, names=names, mode=mode)
    assert document(there) == document(here)


def test_bags_of_images_that_read_themselves():
    images = plain_images(10)
    there = evaluate_bag(db.from_sequence(images, partition_size=3), mode="exact")
    assert [row.name for row in there.images] == [image.name for image in images]
    bag = db.from_sequence([*images, Broken("part 10", 10)], partition_size=3)
    with pytest.raises(InputError, match=r"^part 10: found nothing but noise"):
        evaluate_bag(bag)
    skipped = evaluate_bag(bag, mode="exact", on_error="skip")
    assert [one.name for one in skipped.skipped] == ["part 10"]
    assert skipped.images == there.images


def test_what_is_refused():
    maps = da.from_array(MAPS, (2, 9, 7))
    with pytest.raises(InputError, match="masks: found none, and no labels"):
        evaluate_dask(maps)
    with pytest.raises(InputError, match=r"masks: found shape \(10, 9, 7\); expected that of"):
        evaluate_dask(maps, MASKS[:10])
    with pytest.raises(InputError, match=r"maps: found shape \(11, 7\); expected \(N, H, W\)"):
        evaluate_dask(maps[:, 0], MASKS)
    with pytest.raises(InputError, match=r"call maps.compute_chunk_sizes\(\) first"):
        evaluate_dask(maps[maps.max(axis=(1, 2)) > 0], MASKS)
    with pytest.raises(InputError, match=r"bag: found list; expected a dask.bag"):
        evaluate_bag([])
    with pytest.raises(TypeError, match="unexpected keyword argument 'limits'"):
        evaluate_dask(maps, MASKS, limits=0.3)
