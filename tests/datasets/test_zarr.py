"""Maps and masks as Zarr arrays, in chunks of one or several images."""

from __future__ import annotations

import pickle
import shutil
import sys

import numpy as np
import pytest

import gonogo
from gonogo.datasets import checkpoint, unfinished_images
from gonogo.datasets.images import find_images
from gonogo.datasets.zarr_arrays import zarr_images
from gonogo.datasets.zarr_stack import ZarrStack
from gonogo.distributed import count, derive
from gonogo.errors import InputError, MissingExtra
from gonogo.types import FolderOptions

zarr = pytest.importorskip("zarr", reason="the dask extra is not installed")

RNG = np.random.default_rng(4)
MAPS = RNG.normal(size=(7, 8, 6)).astype(np.float32)
MASKS = (RNG.random((7, 8, 6)) < 0.1).astype(np.uint8)
MASKS[::3] = 0


def write(path, array, chunks, **options):
    stored = zarr.create_array(
        str(path), shape=array.shape, chunks=chunks, dtype=array.dtype, **options
    )
    stored[...] = array
    return path


@pytest.fixture
def arrays(tmp_path):
    return (
        write(tmp_path / "plate.zarr", MAPS, (2, 8, 6)),
        write(tmp_path / "masks.zarr", MASKS, (1, 8, 6)),
    )


@pytest.mark.parametrize("chunks", [(1, 8, 6), (3, 4, 6), (7, 8, 6)])
@pytest.mark.parametrize("version", [2, 3])
def test_every_image(tmp_path, chunks, version):
    maps = write(
        tmp_path / "maps.zarr", MAPS[:, None], (chunks[0], 1, *chunks[1:]), zarr_format=version
    )
    masks = write(tmp_path / "plate", MASKS, chunks, zarr_format=version)
    ((category, images),) = zarr_images(maps, masks).items()
    assert category == "plate"
    for k in (0, 6, 3, 2, 5, 4, 1):
        scores, mask = pickle.loads(pickle.dumps(images[k])).load()
        assert np.array_equal(np.squeeze(scores), MAPS[k])
        assert np.array_equal(mask, MASKS[k])
    here = gonogo.evaluate(MAPS, MASKS, mode="certified")
    assert derive(count(images)).to_dict() == here.to_dict()


def test_images_are_named_by_number_and_know_their_chunk(arrays):
    images = zarr_images(*map(str, arrays))["plate"]
    assert [image.name for image in images][:2] == ["image 0", "image 1"]
    assert images[1].where == f"{arrays[0]}[1]"
    assert {image.together for image in images} == {2}


def test_chunks_are_read_once_for_their_images(arrays):
    stack = ZarrStack(str(arrays[0]))
    blocks = []
    for k in (0, 1, 2, 3, 1, 0):
        stack.image(k)
        blocks.append(sorted(stack._blocks))
    assert blocks == [[0], [0], [0, 1], [0, 1], [0, 1], [0, 1]]
    stack.image(4)
    assert sorted(stack._blocks) == [1, 2]


def test_scores_and_categories(arrays, tmp_path):
    (tmp_path / "scores.csv").write_text(
        "image,score\n" + "".join(f"image {k},{k / 2}\n" for k in range(7))
    )
    found = find_images(
        *arrays, FolderOptions(), categories=["plate"], image_scores=tmp_path / "scores.csv"
    )
    assert [image.score for image in found["plate"]] == [k / 2 for k in range(7)]
    with pytest.raises(InputError, match="categories: found no maps for cable; plate is there"):
        find_images(*arrays, FolderOptions(), categories=["cable"])


def test_arrays_elsewhere():
    fsspec = pytest.importorskip("fsspec")
    write("memory://store/maps.zarr", MAPS, (2, 8, 6))
    write("memory://store/masks.zarr", MASKS, (2, 8, 6))
    try:
        (images,) = zarr_images("memory://store/maps.zarr", "memory://store/masks.zarr").values()
        assert np.array_equal(images[3].load()[0], MAPS[3])
    finally:
        fsspec.filesystem("memory").rm("/store", recursive=True)


def test_what_is_refused(arrays, tmp_path, monkeypatch):
    maps, masks = arrays
    (tmp_path / "folder").mkdir()
    assert zarr_images(tmp_path / "folder", tmp_path / "folder") is None
    short = write(tmp_path / "short.zarr", MASKS[:4], (1, 8, 6))
    flat = write(tmp_path / "flat.zarr", MASKS[0], (8, 6))
    zarr.create_group(str(tmp_path / "group.zarr")).create_array("one", shape=(1,), dtype="f4")
    for one, other, message in [
        (
            maps,
            tmp_path / "folder",
            r"ground truth: .*folder is no Zarr array, but .*plate.zarr is",
        ),
        (maps, short, r"ground truth: found 4 masks in .* for 7 maps in"),
        (maps, flat, r"flat.zarr: found shape \(8, 6\); expected \(N, H, W\)"),
        (tmp_path / "group.zarr", masks, r"found a Zarr group with the arrays one; expected"),
        (tmp_path / "none.zarr", masks, r"none.zarr: cannot open the Zarr array"),
    ]:
        with pytest.raises(InputError, match=message):
            zarr_images(one, other)
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(MissingExtra, match=r'pip install "gonogo\[dask\]"'):
        zarr_images(maps, masks)


def test_an_array_that_goes_away_does_not_read_as_zeros(arrays):
    image = zarr_images(*arrays)["plate"][0]
    image.load()
    shutil.rmtree(arrays[1])
    with pytest.raises(
        InputError, match=r"masks.zarr\[0\]: cannot read it \(.*No such file"
    ) as info:
        image.load()
    assert isinstance(info.value.__cause__, FileNotFoundError)


def test_a_damaged_chunk_is_named(arrays):
    for file in [path for path in (arrays[0] / "c" / "1").rglob("*") if path.is_file()]:
        file.write_bytes(b"damage")
    images = zarr_images(*arrays)["plate"]
    images[0].load()
    with pytest.raises(InputError, match=r"plate.zarr\[2\]: cannot read it"):
        images[2].load()


def test_the_main_job(arrays, tmp_path):
    run = gonogo.evaluate_folder(*arrays, checkpoint=tmp_path / "run", mode="exact")
    here = gonogo.evaluate(MAPS, MASKS, mode="exact")
    assert run.categories["plate"].to_dict() == here.to_dict()
    assert run.categories["plate"].images == here.images


@pytest.fixture
def often(monkeypatch):
    """A checkpoint after every piece, and pieces of two images."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)
    monkeypatch.setattr(checkpoint, "_SMALLEST", 1)
    monkeypatch.setattr("gonogo.counting.reader.available_cores", lambda: 1)


def stopped(monkeypatch, arrays, reads, **options):
    """A run that ends as if it was killed, after so many maps."""
    read, plain = [], ZarrStack.image

    def image(self, index):
        if self.path.endswith("plate.zarr"):
            if len(read) == reads:
                raise KeyboardInterrupt
            read.append(index)
        return plain(self, index)

    with monkeypatch.context() as patch:
        patch.setattr(ZarrStack, "image", image)
        try:
            return gonogo.evaluate_folder(*arrays, **options), read
        except KeyboardInterrupt:
            return None, read


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_a_run_that_was_stopped_goes_on(tmp_path, monkeypatch, mode, version):
    arrays = (
        write(tmp_path / "plate.zarr", MAPS, (2, 4, 6), zarr_format=version),
        write(tmp_path / "masks.zarr", MASKS, (1, 8, 6), zarr_format=version),
    )
    options = {"mode": mode, "checkpoint": tmp_path / "run"}
    run, _ = stopped(monkeypatch, arrays, 5, **options)
    assert run is None
    done = unfinished_images(tmp_path / "run")
    assert 2 <= done < 7
    run, read = stopped(monkeypatch, arrays, 99, **options)
    assert sorted(read) == list(range(0 if mode == "exact" else done, 7))
    assert run.categories == gonogo.evaluate_folder(*arrays, mode=mode).categories


@pytest.mark.usefixtures("often")
def test_an_array_that_has_changed_is_named(arrays, tmp_path, monkeypatch):
    options = {"mode": "certified", "checkpoint": tmp_path / "run"}
    stopped(monkeypatch, arrays, 5, **options)
    zarr.open(str(arrays[0]))[1] = MAPS[1] + 1
    with pytest.raises(InputError, match=r"plate\.zarr\[1\]: found other pixels .*fresh=True"):
        gonogo.evaluate_folder(*arrays, **options)
    zarr.open(str(arrays[0]))[1] = MAPS[1]
    run = gonogo.evaluate_folder(*arrays, **options)
    assert run.categories == gonogo.evaluate_folder(*arrays, mode="certified").categories
    moved = arrays[0].rename(tmp_path / "elsewhere.zarr")
    with pytest.raises(
        InputError, match=r"the map of image 0 was .*plate\.zarr\[0\], and is .*else"
    ):
        gonogo.evaluate_folder(moved, arrays[1], name="plate", **options)
