"""Maps that are resized: an image without a mask takes its size from its photograph."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo
from gonogo.datasets.image_file import ImageFile, with_photographs
from gonogo.datasets.photographs import PhotographSize
from gonogo.drawing import photograph
from gonogo.errors import InputError
from gonogo.orientation import quiet_reading

SIZES = {"good/0": (30, 20), "good/1": (16, 44), "bad/0": (24, 32), "bad/1": (18, 40)}
ONE_SIZE = dict.fromkeys(SIZES, (24, 32))


def write(root: Path, sizes: dict[str, tuple[int, int]], masks: dict[str, tuple[int, int]]):
    """Maps of 12 x 16; photographs and masks of these sizes (height, width)."""
    for place, (name, size) in enumerate(sizes.items()):
        scores = np.random.default_rng(place).random((12, 16), np.float32)
        for path in (root / f"maps/test/{name}.tiff", root / f"data/test/{name}.png"):
            path.parent.mkdir(parents=True, exist_ok=True)
        if name in masks:
            scores[3:6, 4:9] += 0.5
            mask = np.zeros(masks[name], np.uint8)
            mask[6:10, 8:16] = 255
            path = root / f"data/ground_truth/{name}_mask.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(mask).save(path)
        tifffile.imwrite(root / f"maps/test/{name}.tiff", scores)
        Image.new("RGB", size[::-1]).save(root / f"data/test/{name}.png")
    return root / "maps", root / "data"


def sizes_of(folders, **options) -> dict[str, tuple[int | None, int | None]]:
    run = gonogo.evaluate_folder(*folders, resize="bilinear", **options)
    rows = run.categories["data"].images
    return {row.name[5:-5]: (row.height, row.width) for row in rows}


def bad(sizes):
    return {name: size for name, size in sizes.items() if name.startswith("bad")}


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_the_photograph_tells_the_size(tmp_path, mode):
    folders = write(tmp_path, SIZES, bad(SIZES))
    assert sizes_of(folders, mode=mode) == SIZES


def test_also_where_all_masks_have_one_size(tmp_path):
    sizes = SIZES | {"bad/1": SIZES["bad/0"]}
    assert sizes_of(write(tmp_path, sizes, bad(sizes))) == sizes


def test_photographs_of_another_size_than_masks_say_nothing(tmp_path):
    folders = write(tmp_path, dict.fromkeys(SIZES, (60, 80)), bad(ONE_SIZE))
    assert sizes_of(folders) == ONE_SIZE
    several = write(tmp_path / "more", dict.fromkeys(SIZES, (60, 80)), bad(SIZES))
    with pytest.raises(InputError, match=r"good/0\.tiff: resize has no size .* masks have 2 sizes"):
        sizes_of(several)


def test_sizes_are_not_remembered_of_files_that_change(tmp_path):
    folders = write(tmp_path, ONE_SIZE, bad(ONE_SIZE))
    assert sizes_of(folders) == ONE_SIZE
    for name in SIZES:
        Image.new("RGB", (80, 60)).save(folders[1] / f"test/{name}.png")
    assert sizes_of(folders) == ONE_SIZE


def test_rotated_photographs_are_as_large_as_they_are_shown(tmp_path):
    folders = write(tmp_path, SIZES, bad(SIZES))
    exif = Image.Exif()
    exif[0x0112] = 6
    path = folders[1] / "test/good/0.png"
    Image.new("RGB", SIZES["good/0"]).save(path.with_suffix(".jpg"), exif=exif)
    path.unlink()
    assert sizes_of(folders) == SIZES


NO_NUMBER = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x03\0\0\0ab\0\0" + bytes(4)
NO_OFFSET = b"Exif\0\0II*\0" + b"\xff" * 8
CUT_SHORT = b"Exif\0\0II*\0\x08\0\0\0\x20\0\x12\x01\x03\0\x01\0"


@pytest.mark.parametrize("exif", [NO_NUMBER, NO_OFFSET, CUT_SHORT, b"Exif\0\0nothing"])
def test_damaged_exif_turns_nothing_and_says_nothing(tmp_path, exif):
    folders = write(tmp_path, SIZES, bad(SIZES))
    path = folders[1] / "test/good/0.png"
    size = SIZES["good/0"]
    Image.new("RGB", size[::-1]).save(path.with_suffix(".jpg"), exif=exif)
    path.unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sizes_of(folders) == SIZES
    with quiet_reading():
        assert photograph(path.with_suffix(".jpg")).shape[:2] == size


@pytest.mark.parametrize("options", [{"mask_values": "1"}, {"mask_values": "1", "ignore_value": 2}])
def test_the_size_of_a_mask_does_not_depend_on_what_its_values_mean(tmp_path, options):
    folders = write(tmp_path, SIZES, bad(SIZES))
    for path in (folders[1] / "ground_truth").rglob("*.png"):
        indices = np.array(Image.open(path)) // 255
        indices[0, :3] = 2
        mask = Image.fromarray(indices.astype(np.uint8)).convert("P")
        mask.putpalette([20, 20, 90, 255, 0, 0, 0, 255, 0])
        mask.save(path)
    assert sizes_of(folders, **options) == SIZES


def test_a_photograph_that_cannot_be_read_is_named(tmp_path):
    folders = write(tmp_path, SIZES, bad(SIZES))
    path = folders[1] / "test/good/1.png"
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"good/1\.png: cannot read the size of the photograph"):
        sizes_of(folders)
    assert (
        len(
            gonogo.evaluate_folder(*folders, resize="bilinear", on_error="skip")
            .categories["data"]
            .skipped
        )
        == 1
    )


def test_photographs_are_not_opened_without_resizing(tmp_path):
    folders = write(tmp_path, dict.fromkeys(SIZES, (12, 16)), bad(dict.fromkeys(SIZES, (12, 16))))
    for path in (folders[1] / "test").rglob("*.png"):
        path.write_bytes(b"nothing")
    run = gonogo.evaluate_folder(*folders)
    assert {(row.height, row.width) for row in run.categories["data"].images} == {(12, 16)}


def test_photographs_beside_masks(tmp_path):
    maps, data = write(tmp_path, SIZES, bad(SIZES))
    plain, masks = tmp_path / "plain", tmp_path / "masks"
    for folder in (plain, masks):
        folder.mkdir()
    for name in SIZES:
        flat = name.replace("/", "_")
        (maps / f"test/{name}.tiff").rename(plain / f"{flat}.tiff")
        Image.open(data / f"test/{name}.png").save(masks / f"{flat}.jpg")
        if name.startswith("bad"):
            (data / f"ground_truth/{name}_mask.png").rename(masks / f"{flat}_GT.png")
    with pytest.warns(gonogo.errors.InputWarning, match="found photographs beside the masks"):
        run = gonogo.evaluate_folder(plain, masks, resize="nearest")
    (result,) = run.categories.values()
    assert [(row.height, row.width) for row in result.images] == [
        SIZES[row.name[:-5].replace("_", "/")] for row in result.images
    ]


def test_every_photograph_is_beside_the_first_pair_of_one_and_a_mask():
    paths = {name: Path(f"photographs/{name}.png") for name in ("a", "c", "d")}
    images = [
        ImageFile("a", Path("maps/a.npy")),
        ImageFile("b", Path("maps/b.npy"), Path("masks/b.png")),  # without a photograph
        ImageFile("c", Path("maps/c.npy"), Path("masks/c.png")),
        ImageFile("d", Path("maps/d.npy"), Path("masks/d.png")),
    ]
    found = with_photographs(iter(images), paths)
    assert [one.photograph for one in found] == [
        None
        if one.name == "b"
        else PhotographSize(paths[one.name], paths["c"], images[2].mask_path)
        for one in images
    ]
    alone = with_photographs(images[:2], paths)
    assert [one.photograph for one in alone] == [PhotographSize(paths["a"]), None]
