"""Count, merge, derive: parts add up in any order and tree, and unlike ones are refused."""

from __future__ import annotations

import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo.counting import Fault
from gonogo.distributed import count, derive, merge
from gonogo.errors import InputError, MergeError
from tests.distributed.conftest import document
from tests.distributed.images import Broken, plain_images
from tests.oracles.agreement import quietly
from tests.oracles.strategies import scored_images


def cuts(images, size):
    return [(first, images[first : first + size]) for first in range(0, len(images), size)]


def exactly(parts, **options):
    """Both passes, each part pickled as if it had come from elsewhere."""
    looked = merge(sent(count(some, first=k, mode="exact", **options)) for k, some in parts)
    among = sent(looked.among())
    return merge([looked, *(sent(count(some, first=k, among=among)) for k, some in parts)])


def certified(parts, **options):
    return merge(sent(count(some, first=k, **options)) for k, some in parts)


def sent(value):
    return pickle.loads(pickle.dumps(value))


@given(images=scored_images(max_images=7), size=st.integers(1, 4), seed=st.integers(0, 99))
def test_parts_give_what_one_call_gives(images, size, seed):
    pairs = list(zip(images.maps, images.masks, strict=True))
    parts = cuts(pairs, size)
    random.Random(seed).shuffle(parts)
    for mode, way in (("exact", exactly), ("certified", certified)):
        whole = quietly(gonogo.evaluate, images.maps, images.masks, mode=mode)
        assert document(quietly(derive, way(parts))) == document(whole)


@pytest.mark.parametrize("way", [exactly, certified])
def test_any_nesting_of_merges(way):
    images = plain_images(9)
    whole = document(derive(way(cuts(images, 9))))
    assert document(derive(way(cuts(images, 1)))) == whole
    parts = [count([image], first=k) for k, image in enumerate(images)]
    left, right = merge(parts[:2]), merge([merge(parts[5:]), parts[2]])
    assert document(derive(merge([right, merge(parts[3:5]), left]))) == document(
        derive(certified(cuts(images, 9)))
    )


def test_on_a_pool():
    images = plain_images(12)
    parts = cuts(images, 5)
    with ThreadPoolExecutor(3) as pool:
        looked = merge(pool.map(lambda part: count(part[1], first=part[0], mode="exact"), parts))
        again = partial(count, among=looked.among())
        ranked = list(pool.map(lambda part: again(part[1], first=part[0]), parts))
    assert document(derive(merge([*ranked, looked]))) == document(derive(exactly(parts)))


def test_options_are_those_of_evaluate():
    maps = np.arange(48.0).reshape(3, 4, 4)
    masks = maps > 40
    options = {"fpr_limits": 0.1, "connectivity": 4, "image_score": "top-3", "pixel_thresholds": 9}
    result = derive(exactly(cuts(list(zip(maps, masks, strict=True)), 2), **options))
    assert document(result) == document(gonogo.evaluate(maps, masks, mode="exact", **options))
    assert [row.name for row in result.images] == ["image 0", "image 1", "image 2"]
    with pytest.raises(TypeError, match="unexpected keyword argument 'fpr'"):
        count([], fpr=0.3)
    looked = count([], mode="exact", fpr_limits=0.1)
    with pytest.raises(InputError, match="fpr_limits: is the one that among was counted with"):
        count([], among=looked.among(), fpr_limits=0.1)
    with pytest.raises(InputError, match="expected certified, or exact in two passes"):
        count([], mode="auto")
    with pytest.raises(InputError, match=r"image 1: found 3 items; expected a pair \(map, mask\)"):
        count([(maps[0], masks[0]), (maps[0], masks[0], None)])


def test_a_certified_part_does_not_guess_the_size_of_masks():
    pairs = [(np.zeros((2, 2)), None), (np.eye(2), np.eye(4, dtype=bool))]
    with pytest.raises(InputError, match=r"image 0: there is no mask.*pass mask_shape"):
        count(pairs, resize="nearest")
    parts = [count(pairs[k:][:1], first=k, resize="nearest", mask_shape=(4, 4)) for k in (0, 1)]
    assert {(row.height, row.width) for row in derive(merge(parts)).images} == {(4, 4)}


def test_what_is_refused():
    images = plain_images(4)
    whole = count(images)
    first = count(images, mode="exact")
    with pytest.raises(MergeError, match="the same image"):
        merge([whole, count(images[2:], first=2)])
    with pytest.raises(MergeError, match="an exact and a certified part"):
        merge([whole, first])
    with pytest.raises(MergeError, match=r"counted with image_score max and top-3"):
        merge([whole, count([], image_score="top-3")])
    with pytest.raises(MergeError, match="3 images looked at and 0 ranked"):
        derive(first)
    with pytest.raises(MergeError, match="4 images looked at and 2 ranked"):
        derive(merge([first, count(images[:2], among=first.among())]))
    few = count(images[:2], mode="exact")
    with pytest.raises(MergeError, match="distinct anomalous scores"):
        merge(
            [
                count(images[:2], among=few.among()),
                count(images[2:], first=2, among=first.among()),
            ]
        )
    wrong = merge([first, count(images, among=few.among())])
    with pytest.raises(MergeError, match="among other anomalous scores"):
        derive(wrong)
    with pytest.raises(InputError, match="parts: found none"):
        merge([])


def test_an_image_that_another_part_counted_is_no_fault():
    images = plain_images(4)
    bad = [*images[:3], Broken("part 3", 3)]
    for way in (certified, exactly):
        part = way(cuts(bad, 2))
        assert [fault.name for fault in part.faults.values()] == ["part 3"]
        with pytest.raises(InputError, match=r"^part 3: found nothing but noise"):
            derive(part)
        result = derive(part, on_error="skip")
        assert [one.name for one in result.skipped] == ["part 3"]
        assert len(result.images) == 3
    mended = merge([count(bad), count(images[3:], first=3)])
    assert mended.faults == {}
    assert document(derive(mended)) == document(derive(count(images)))


def test_files_that_are_not_there_are_never_skipped(tmp_path):
    from gonogo.datasets import ImageFile

    np.save(tmp_path / "a.npy", np.eye(3))
    there, gone = (ImageFile(name, tmp_path / name, label=False) for name in ("a.npy", "b.npy"))
    part = count([there, gone])
    with pytest.raises(InputError, match=r"b.npy: cannot open the anomaly map \(No such file"):
        derive(part, on_error="skip")


def test_errors_of_the_system_name_the_image():
    class Odd(Broken):
        def load(self):
            raise PermissionError(13, "Permission denied")

    part = count([Odd("part 7", 7)])
    assert part.faults[0].reason == "part 7: [Errno 13] Permission denied"


def test_many_bad_images_are_all_named():
    part = count([Broken(f"part {k}", k) for k in range(14)])
    with pytest.raises(InputError) as caught:
        derive(part)
    assert str(caught.value).endswith("\n- part 10, part 11, part 12, part 13")


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_images_without_masks_have_no_pixel_level(mode):
    images = [replace(image, masked=False, label=bool(image.seed % 2)) for image in plain_images(6)]
    parts = [count(some, first=k, mode=mode, pixels=False) for k, some in cuts(images, 2)]
    result = derive(merge(parts))
    assert result.pixel is None
    assert (result.image.anomalous, result.image.normal) == (3, 3)
    with pytest.raises(MergeError, match="a part with pixels and one without"):
        merge([*parts, count([], mode=mode)])


def test_a_part_that_was_lost_is_noticed():
    rng = np.random.default_rng(0)
    maps = rng.random((6, 8, 8))
    parts = [
        count(zip(maps[k : k + 2], maps[k : k + 2] > 0.8, strict=True), first=k) for k in (0, 2, 4)
    ]
    assert len(quietly(derive, merge(parts), images=6).images) == 6
    with pytest.raises(InputError, match="images: found 4 in these parts; expected 6: merge every"):
        derive(merge(parts[1:]), images=6)
    again = count(zip(maps[:2], maps[:2] > 0.8, strict=True), first=1)
    with pytest.raises(MergeError, match=r"the same image \(image 1, at place 1\); no two images"):
        merge([parts[0], again])


def test_a_file_that_one_worker_could_not_reach_is_unreachable():
    """Whichever comes first: then it may be the disk, and nothing is skipped."""
    damaged = Fault("a", "a: damaged", tried=frozenset("1"))
    gone = Fault("a", "a: gone", unreachable=True, tried=frozenset("2"))
    assert damaged + gone == gone + damaged
    assert (damaged + gone).unreachable
    assert (damaged + gone).tried == frozenset("12")
    assert not (damaged + damaged).unreachable
