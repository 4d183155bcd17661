"""MVTec AD's layout: what is found, and which gaps are errors."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from gonogo.datasets import ImageFile, find_categories
from gonogo.datasets.photographs import PhotographSize
from gonogo.errors import InputError, InputWarning


def found(folders, **options) -> list[ImageFile]:
    (images,) = find_categories(*folders, **options).values()
    return images


def test_images_are_found_with_their_masks(mvtec):
    maps, truth = mvtec
    images = found(mvtec)
    assert [image.name for image in images] == [
        "test/good/000.tiff",
        "test/good/001.tiff",
        "test/hole/000.tiff",
        "test/scratch/000.tiff",
        "test/scratch/001.tiff",
    ]
    assert images[0] == ImageFile(
        "test/good/000.tiff", maps / "test/good/000.tiff", None, label=False, defect=None
    )
    assert images[2].mask_path == truth / "ground_truth/hole/000_mask.png"
    assert [image.label for image in images] == [False, False, True, True, True]
    assert [image.defect for image in images] == [None, None, "hole", "scratch", "scratch"]


def test_load(mvtec):
    images = found(mvtec)
    scores, mask = images[0].load()
    assert scores.shape == (12, 16)
    assert mask is None
    scores, mask = images[-1].load()
    assert scores[3:6, 4:9].min() >= 0.5
    assert mask.sum() == 15 * 255


def test_the_ground_truth_folder_itself_may_be_named(mvtec):
    maps, truth = mvtec
    assert find_categories(maps, truth / "ground_truth") == find_categories(maps, truth)


def test_masks_without_the_word_mask_and_in_other_formats(mvtec):
    _, truth = mvtec
    mask = truth / "ground_truth/hole/000_mask.png"
    mask.rename(mask.with_name("000.PNG"))
    assert found(mvtec)[2].mask_path == mask.with_name("000.PNG")


def test_a_mask_of_a_good_image_is_used(mvtec):
    _, truth = mvtec
    source = truth / "ground_truth/hole/000_mask.png"
    (truth / "ground_truth/good").mkdir()
    shutil.copy(source, truth / "ground_truth/good/001_mask.png")
    assert found(mvtec)[1].mask_path == truth / "ground_truth/good/001_mask.png"
    assert found(mvtec)[1].label is False


def test_files_of_other_kinds_are_left_out(mvtec):
    maps, truth = mvtec
    before = found(mvtec)
    (maps / "test/good/.hidden.tiff").touch()
    (maps / "test/good/notes.txt").touch()
    (maps / "test/readme.md").touch()
    (maps / "log").mkdir()
    (truth / "license.txt").touch()
    (truth / "train/good").mkdir(parents=True)
    assert found(mvtec) == before


def add_photographs(truth, maps):
    for path in (maps / "test").rglob("*.tiff"):
        photograph = truth / path.relative_to(maps).with_suffix(".jpg")
        photograph.parent.mkdir(parents=True, exist_ok=True)
        photograph.touch()


def test_photographs_of_the_same_set_are_fine(mvtec):
    maps, truth = mvtec
    before = found(mvtec)
    add_photographs(truth, maps)
    images = found(mvtec)
    assert [replace(image, photograph=None) for image in images] == before
    example, mask = truth / "test/hole/000.jpg", before[2].mask_path
    assert images[0].photograph == PhotographSize(truth / "test/good/000.jpg", example, mask)


@pytest.mark.parametrize("lost", ["good/001", "hole/000"])
def test_an_image_without_a_map(mvtec, lost):
    maps, truth = mvtec
    add_photographs(truth, maps)
    (maps / f"test/{lost}.tiff").unlink()
    with pytest.raises(
        InputError, match=rf"model/test: found no map for 1 image\(s\): test/{lost};"
    ):
        found(mvtec)


@pytest.mark.parametrize("lost", ["good/001", "hole/000"])
def test_a_map_without_an_image(mvtec, lost):
    maps, truth = mvtec
    add_photographs(truth, maps)
    (truth / f"test/{lost}.jpg").unlink()
    with pytest.raises(
        InputError, match=rf"bottle/test: found no image for 1 map\(s\): test/{lost}"
    ):
        found(mvtec)


def test_an_anomalous_image_without_a_mask(mvtec):
    _, truth = mvtec
    (truth / "ground_truth/scratch/001_mask.png").unlink()
    with pytest.raises(
        InputError,
        match=r"model/test/scratch/001\.tiff: found no mask for this anomalous image; expected "
        r".*bottle/ground_truth/scratch/001_mask\.png\. Images without a mask: test/scratch/001",
    ):
        found(mvtec)


def test_a_mask_without_a_map(mvtec):
    maps, _ = mvtec
    shutil.rmtree(maps / "test/scratch")
    with pytest.raises(
        InputError, match=r"model/test: found no map for 2 mask\(s\): .*000_mask\.png"
    ):
        found(mvtec)


def test_two_maps_of_one_name(mvtec):
    maps, _ = mvtec
    (maps / "test/good/000.npy").touch()
    with pytest.raises(InputError, match=r"test/good: found both 000\.npy and 000\.tiff; expected"):
        found(mvtec)


def test_two_masks_of_one_image(mvtec):
    _, truth = mvtec
    folder = truth / "ground_truth/hole"
    shutil.copy(folder / "000_mask.png", folder / "000.bmp")
    with pytest.raises(InputError, match=r"000\.bmp: found a second mask .*, 000_mask\.png"):
        found(mvtec)


def test_a_mask_in_a_lossy_format_is_not_passed_over(mvtec):
    _, truth = mvtec
    (truth / "ground_truth/good").mkdir()
    (truth / "ground_truth/good/000_mask.jpg").touch()
    with pytest.raises(
        InputError, match=r"000_mask\.jpg: found the suffix '\.jpg'; expected masks as"
    ):
        found(mvtec)


def test_a_long_list_of_gaps_is_cut(mvtec):
    maps, truth = mvtec
    for path in (truth / "ground_truth").rglob("*.png"):
        for place in range(3):
            shutil.copy(path, path.with_name(f"9{place}{path.name}"))
    with pytest.raises(InputError, match=r"for 9 mask\(s\): [^,]+, [^,]+, [^,]+ and 6 more;"):
        found((maps, truth))


def test_files_that_nobody_reads_are_told(mvtec):
    maps, truth = mvtec
    (maps / "test/good/001.tiff").rename(maps / "test/good/001.pt")
    (truth / "ground_truth/hole/labels.json").touch()
    with pytest.warns(InputWarning) as caught:
        assert len(found(mvtec)) == 4
    assert sorted(str(one.message) for one in caught) == [
        f"{truth / 'ground_truth/hole'}: left out 1 file(s) that are no masks: labels.json",
        f"{maps / 'test/good'}: left out 1 file(s) that are no maps: 001.pt",
    ]


@pytest.mark.parametrize(
    "place", ["model/test/good/010.tiff", "bottle/ground_truth/hole/010_mask.PNG"]
)
def test_a_folder_in_the_place_of_a_file_is_refused_by_name(mvtec, tmp_path, place):
    (tmp_path / place).mkdir()
    with pytest.raises(InputError, match=r"010\S+: found a folder; expected a file"):
        found(mvtec)


def test_folders_of_other_names_are_passed_over(mvtec):
    for name in ("notes", "stack.zarr", ".cache.tiff"):
        (mvtec[0] / "test/good" / name).mkdir()
    assert len(found(mvtec)) == 5
