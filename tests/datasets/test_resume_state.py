"""What a checkpoint is made of: states that come back as they were, and digests that notice."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest
from PIL import Image

from gonogo import _check
from gonogo.counting import ImageReader, PartialResult, first_pass, second_pass, single_pass
from gonogo.datasets.fingerprint import Watched, still_the_same
from gonogo.datasets.image_file import ImageFile
from gonogo.errors import InputError
from gonogo.states import capacity, observe, refuse_mixed_masks
from gonogo.states.state_file import read_state, write_state
from gonogo.states.stored import (
    Stored,
    grid_from,
    images_from,
    ranked_from,
    stored_grid,
    stored_images,
    stored_ranked,
)
from tests.datasets.conftest import write_map, write_mask


def equal(one, other):
    """The same types, values, dtypes and order, all the way down."""
    assert type(one) is type(other)
    if dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            equal(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            equal(one[key], other[key])
    else:
        assert one == other


@pytest.fixture(params=["float16", "float32", "float64", "uint8", "mixed"])
def reader(request):
    """Images of any dtype, with two defect types, one without a name, and normal ones."""
    rng = np.random.default_rng(5)
    maps = [200 * rng.random((40, 60)) for _ in range(7)]
    if request.param == "mixed":
        maps = [m.astype(d) for m, d in zip(maps, ["f2", "f4", "f8", "u1"] * 2, strict=False)]
    else:
        maps = [m.astype(request.param) for m in maps]
    masks = [None, None, *(np.zeros((40, 60), bool) for _ in range(5))]
    for mask in masks[2:6]:
        mask[3:9, 5:30] = mask[20, 20] = True
    defects = [None, None, "dent", "dent", "hole", None, None]
    sources = _check.images(maps, masks, defects=defects)
    settings = _check.settings(pixel_thresholds=(3, 150.5))
    with ImageReader(dict(enumerate(sources)), settings) as reader:
        yield reader


def first(reader):
    return first_pass(reader, nothing(reader, "exact"))


def nothing(reader, mode):
    return PartialResult(reader.settings, True, mode)


def through_a_file(stored, folder):
    path = write_state(folder / "state", stored.record, stored.arrays.items())
    return Stored(*read_state(path))


def test_images(reader, tmp_path):
    images = dict(first(reader).images)
    equal(images_from(through_a_file(stored_images(images), tmp_path)), images)
    equal(images_from(through_a_file(stored_images({}), tmp_path)), {})


def test_saved_images_name_the_files_of_their_masks(tmp_path):
    files = {}
    for place, high in enumerate((1, 255)):
        path = write_map(tmp_path / f"{place}.tiff", place)
        mask = tmp_path / f"masks/{place}.png"
        mask.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((12, 16), high, np.uint8)).save(mask)
        files[place] = ImageFile(path.name, path, mask)
    seen = [observe(one, _check.settings(), shapes=(), pixels=True) for one in files.values()]
    again = images_from(through_a_file(stored_images(dict(enumerate(seen))), tmp_path))
    equal(
        [one.mask_where for one in again.values()], [str(one.mask_path) for one in files.values()]
    )
    for images in (seen, again.values()):
        with pytest.raises(
            InputError, match=r"0/1 in \S*masks.0\.png and 0/255 in \S*masks.1\.png;"
        ):
            refuse_mixed_masks(images)


def test_ranks(reader, tmp_path):
    done = first(reader)
    ranks = second_pass(reader, done, done.distinct_positives()).ranks
    equal(ranked_from(through_a_file(stored_ranked(ranks), tmp_path)), ranks)


@pytest.mark.parametrize("budget", [1 << 14, 1 << 24])
def test_grids(reader, tmp_path, budget):
    certified = single_pass(reader, nothing(reader, "certified"), capacity(budget))
    grid = pickle.loads(pickle.dumps(certified.grid))  # all listed
    equal(grid_from(through_a_file(stored_grid(grid), tmp_path)), grid)


def test_areas_beyond_32_bits(tmp_path, reader):
    images = dict(first(reader).images)
    large = images[2].anomalous
    areas = large.areas + 2**40
    images[2] = dataclasses.replace(images[2], anomalous=dataclasses.replace(large, areas=areas))
    equal(images_from(through_a_file(stored_images(images), tmp_path)), images)


@pytest.fixture
def image(tmp_path):
    map_path = write_map(tmp_path / "a.tiff", bump=True)
    return ImageFile("a.tiff", map_path, write_mask(tmp_path / "a.png"))


def digest_of(array, folder):
    np.save(folder / "x.npy", array)
    return read(ImageFile("x.npy", folder / "x.npy"))[0].digest


def read(image):
    """The fingerprints of an image that was read."""
    watched = Watched(image)
    watched.load()
    return watched.prints


CHANGES = {
    "one value": lambda a: a.__setitem__((70, 200), 7),
    "the last value": lambda a: a.__setitem__((-1, -1), 7),
    "two values swapped": lambda a: a[3].__setitem__([4, 5], a[3, [5, 4]]),
    "two rows swapped": lambda a: a.__setitem__([10, 90], a[[90, 10]]),
    "mirrored": lambda a: a.__setitem__(slice(None), a[:, ::-1].copy()),
    "upside down": lambda a: a.__setitem__(slice(None), a[::-1].copy()),
}


@pytest.mark.parametrize("dtype", ["f4", "f8", "u1", "f2"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("width", [256, 333, 512, 509, 1018])
def test_changes_change_the_digest(tmp_path, dtype, change, width):
    array = (250 * np.random.default_rng(1).random((100, width))).astype(dtype)
    before = digest_of(array, tmp_path)
    CHANGES[change](array)
    assert digest_of(array, tmp_path) != before


def test_shape_and_dtype_belong_to_the_digest(tmp_path):
    array = np.arange(64, dtype="f4")
    digests = {
        digest_of(other, tmp_path)
        for other in (array.reshape(8, 8), array.reshape(4, 16), array.reshape(8, 8).view("i4"))
    }
    assert len(digests) == 3


def test_an_unchanged_file_is_not_read(image, monkeypatch):
    prints = read(image)
    monkeypatch.setattr(ImageFile, "load_for", None)
    settings = _check.settings()
    assert still_the_same(image, prints, settings) == prints
    unknown = dataclasses.replace(prints[0], modified=0)
    with pytest.raises(TypeError):  # where no time is known, it is read
        still_the_same(image, (unknown, prints[1]), settings)
