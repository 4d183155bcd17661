"""Images in folders that are named one by one, each with its map and its mask."""

from __future__ import annotations

import shutil

import pytest

from gonogo.config.folders import NamedFolders
from gonogo.config.layouts import KnownLayout
from gonogo.errors import InputError
from gonogo.types import FolderOptions
from tests.config.conftest import write_image


def folders(root, **changes):
    named = {
        "name": "cup",
        "root": root,
        "normal": ("train/good",),
        "anomalous": ("test/cracked",),
        "normal_test": ("test/good",),
        "masks": ("ground_truth/cracked",),
    }
    return NamedFolders(**{**named, **changes})


def found_in(caps, *, pixels=True, **changes):
    maps, data = caps
    (one,) = folders(data, **changes).find(maps, pixels=pixels).values()
    return one


def test_images_maps_and_masks(caps):
    maps, data = caps
    found = found_in(caps)
    assert [image.name for image in found.images] == [
        *(f"test/good/{number:03}.tiff" for number in range(3)),
        *(f"test/cracked/{number:03}.tiff" for number in range(4)),
    ]
    assert [image.label for image in found.images] == [False] * 3 + [True] * 4
    last = found.images[-1]
    assert last.map_path == maps / "test/cracked/003.tiff"
    assert last.mask_path == data / "ground_truth/cracked/003_mask.png"
    assert last.defect == "cracked"
    assert found.images[0].mask_path is None
    assert found.photographs[last.name] == data / "test/cracked/003.png"
    assert [image.name for image in found.training] == [
        "train/good/000.tiff",
        "train/good/001.tiff",
    ]


def test_without_masks_for_the_image_level(caps):
    shutil.rmtree(caps[1] / "ground_truth")
    found = found_in(caps, pixels=False, masks=())
    assert {image.mask_path for image in found.images} == {None}


def test_without_normal_test_images_those_with_a_map_are_tested(caps):
    found = found_in(caps, normal_test=())
    assert [image.name for image in found.images][:2] == [
        "train/good/000.tiff",
        "train/good/001.tiff",
    ]
    assert len(found.images) == 6
    assert found.training == []


def test_several_anomalous_folders_with_one_mask_folder_or_one_each(caps):
    maps, data = caps
    for number in range(2):
        mask = data / f"ground_truth/bent/{number:03}.png"
        write_image(data, maps, f"test/bent/{number:03}", 40 + number, mask=mask)
    both = ("test/cracked", "test/bent")
    one = found_in(caps, anomalous=both, masks=("ground_truth",))
    each = found_in(caps, anomalous=both, masks=("ground_truth/cracked", "./ground_truth/bent"))
    assert one == each
    assert [image.defect for image in one.images[3:]] == ["cracked"] * 4 + ["bent"] * 2
    assert one.images[-1].mask_path == data / "ground_truth/bent/001.png"


def test_folders_inside_a_folder_are_defects(caps):
    maps, data = caps
    mask = data / "ground_truth/cracked/deep/000_mask.png"
    write_image(data, maps, "test/cracked/deep/000", 50, mask=mask)
    assert found_in(caps).images[-1].defect == "deep"
    assert found_in(caps).images[-1].mask_path == mask


def test_maps_by_the_last_name_of_a_folder_and_absolute_folders(caps):
    maps, data = caps
    for name in ("good", "cracked"):
        shutil.move(maps / "test" / name, maps / name)
    found = found_in(caps, anomalous=(str(data / "test/cracked"),))
    assert [image.name for image in found.images][-1] == "cracked/003.tiff"
    assert len(found.images) == 7


def test_suffixes_of_photographs(caps):
    (caps[1] / "test/good/notes.jpg").touch()
    assert len(found_in(caps, extensions=frozenset({".png"})).images) == 7
    with pytest.raises(InputError, match="test/good: found no map for notes"):
        found_in(caps)


def without_root(_maps, data):
    shutil.rmtree(data)


def without_a_folder(_maps, data):
    shutil.rmtree(data / "test/cracked")


def without_maps_of_a_folder(maps, _data):
    shutil.rmtree(maps / "test/cracked")


def without_a_map(maps, _data):
    (maps / "test/good/001.tiff").unlink()


def without_an_image(_maps, data):
    (data / "test/cracked/002.png").unlink()


def without_a_mask(_maps, data):
    (data / "ground_truth/cracked/002_mask.png").unlink()


def with_a_mask_too_many(_maps, data):
    shutil.copy(
        data / "ground_truth/cracked/002_mask.png", data / "ground_truth/cracked/zz_mask.png"
    )


def without_masks(_maps, data):
    shutil.rmtree(data / "ground_truth")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (without_root, "dataset.path: there is no folder .*cap; check the path"),
        (without_a_folder, "abnormal_dir: there is no folder .*test/cracked"),
        (
            without_maps_of_a_folder,
            "found no folder with the maps of the images in .*cracked",
        ),
        (without_a_map, "maps/test/good: found no map for 001; expected an image and a map"),
        (without_an_image, "cap/test/cracked: found no image for 002"),
        (
            without_a_mask,
            r"002.png: found no mask for this anomalous image; expected .*002_mask.png",
        ),
        (with_a_mask_too_many, "found no map for 1 mask.*zz_mask.png"),
        (without_masks, "mask: there is no folder .*ground_truth/cracked"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_missing_is_named(caps, spoil, says):
    spoil(*caps)
    with pytest.raises(InputError, match=says):
        found_in(caps)


def test_no_image_at_all(caps):
    with pytest.raises(InputError, match="found no image in the folders that the file names"):
        found_in(caps, normal=(), normal_test=(), anomalous=())


def test_photographs_of_the_known_layout_lie_beside_the_ground_truth(caps):
    maps, data = caps
    found = KnownLayout(data, how=FolderOptions(layout="mvtec")).find(maps, pixels=True)["cap"]
    assert found.photographs["test/good/000.tiff"] == data / "test/good/000.png"
    assert len(found.photographs) == 7
    unmasked = KnownLayout(data).find(maps, pixels=False)["cap"]
    assert {image.mask_path for image in unmasked.images} == {None}


def test_a_folder_in_the_place_of_a_map_is_refused_by_name(caps):
    (caps[0] / "test/good/010.tiff").mkdir()
    with pytest.raises(InputError, match=r"010\.tiff: found a folder; expected a file"):
        found_in(caps)
