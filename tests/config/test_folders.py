"""Images in folders that are named one by one, each with its map and its mask."""

from __future__ import annotations

import shutil

import pytest

from gonogo.config.folders import NamedFolders
from gonogo.config.layouts import KnownLayout
from gonogo.errors import InputError
from tests.config.conftest import write_image


def folders(root, **changes):
    named = {
        "name": "brush",
        "root": root,
        "normal": ("train/good",),
        "anomalous": ("test/defective",),
        "normal_test": ("test/good",),
        "masks": ("ground_truth/defective",),
    }
    return NamedFolders(**{**named, **changes})


def found_in(brushes, *, pixels=True, **changes):
    maps, data = brushes
    (one,) = folders(data, **changes).find(maps, pixels=pixels).values()
    return one


def test_images_maps_and_masks(brushes):
    maps, data = brushes
    found = found_in(brushes)
    assert [image.name for image in found.images] == [
        *(f"test/good/{number:03}.tiff" for number in range(3)),
        *(f"test/defective/{number:03}.tiff" for number in range(4)),
    ]
    assert [image.label for image in found.images] == [False] * 3 + [True] * 4
    last = found.images[-1]
    assert last.map_path == maps / "test/defective/003.tiff"
    assert last.mask_path == data / "ground_truth/defective/003_mask.png"
    assert last.defect == "defective"
    assert found.images[0].mask_path is None
    assert found.photographs[last.name] == data / "test/defective/003.png"
    assert [image.name for image in found.training] == [
        "train/good/000.tiff",
        "train/good/001.tiff",
    ]


def test_without_masks_for_the_image_level(brushes):
    shutil.rmtree(brushes[1] / "ground_truth")
    found = found_in(brushes, pixels=False, masks=())
    assert {image.mask_path for image in found.images} == {None}


def test_without_normal_test_images_those_with_a_map_are_tested(brushes):
    found = found_in(brushes, normal_test=())
    assert [image.name for image in found.images][:2] == [
        "train/good/000.tiff",
        "train/good/001.tiff",
    ]
    assert len(found.images) == 6
    assert found.training == []


def test_several_anomalous_folders_with_one_mask_folder_or_one_each(brushes):
    maps, data = brushes
    for number in range(2):
        mask = data / f"ground_truth/bent/{number:03}.png"
        write_image(data, maps, f"test/bent/{number:03}", 40 + number, mask=mask)
    both = ("test/defective", "test/bent")
    one = found_in(brushes, anomalous=both, masks=("ground_truth",))
    each = found_in(
        brushes, anomalous=both, masks=("ground_truth/defective", "./ground_truth/bent")
    )
    assert one == each
    assert [image.defect for image in one.images[3:]] == ["defective"] * 4 + ["bent"] * 2
    assert one.images[-1].mask_path == data / "ground_truth/bent/001.png"


def test_folders_inside_a_folder_are_defects(brushes):
    maps, data = brushes
    mask = data / "ground_truth/defective/deep/000_mask.png"
    write_image(data, maps, "test/defective/deep/000", 50, mask=mask)
    assert found_in(brushes).images[-1].defect == "deep"
    assert found_in(brushes).images[-1].mask_path == mask


def test_maps_by_the_last_name_of_a_folder_and_absolute_folders(brushes):
    maps, data = brushes
    for name in ("good", "defective"):
        shutil.move(maps / "test" / name, maps / name)
    found = found_in(brushes, anomalous=(str(data / "test/defective"),))
    assert [image.name for image in found.images][-1] == "defective/003.tiff"
    assert len(found.images) == 7


def test_suffixes_of_photographs(brushes):
    (brushes[1] / "test/good/notes.jpg").touch()
    assert len(found_in(brushes, extensions=frozenset({".png"})).images) == 7
    with pytest.raises(InputError, match="test/good: found no map for notes"):
        found_in(brushes)


def without_root(_maps, data):
    shutil.rmtree(data)


def without_a_folder(_maps, data):
    shutil.rmtree(data / "test/defective")


def without_maps_of_a_folder(maps, _data):
    shutil.rmtree(maps / "test/defective")


def without_a_map(maps, _data):
    (maps / "test/good/001.tiff").unlink()


def without_an_image(_maps, data):
    (data / "test/defective/002.png").unlink()


def without_a_mask(_maps, data):
    (data / "ground_truth/defective/002_mask.png").unlink()


def with_a_mask_too_many(_maps, data):
    shutil.copy(
        data / "ground_truth/defective/002_mask.png", data / "ground_truth/defective/zz_mask.png"
    )


def without_masks(_maps, data):
    shutil.rmtree(data / "ground_truth")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (without_root, "dataset.path: there is no folder .*toothbrush; check the path"),
        (without_a_folder, "abnormal_dir: there is no folder .*test/defective"),
        (without_maps_of_a_folder, "maps: found no folder with the maps of the images in .*defect"),
        (without_a_map, "maps/test/good: found no map for 001; expected an image and a map"),
        (without_an_image, "toothbrush/test/defective: found no image for 002"),
        (
            without_a_mask,
            r"002.png: found no mask for this anomalous image; expected .*002_mask.png",
        ),
        (with_a_mask_too_many, "found no map for 1 mask.*zz_mask.png"),
        (without_masks, "mask: there is no folder .*ground_truth/defective"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_missing_is_named(brushes, spoil, says):
    spoil(*brushes)
    with pytest.raises(InputError, match=says):
        found_in(brushes)


def test_no_image_at_all(brushes):
    with pytest.raises(InputError, match="found no image in the folders that the file names"):
        found_in(brushes, normal=(), normal_test=(), anomalous=())


def test_photographs_of_the_known_layout_lie_beside_the_ground_truth(brushes):
    maps, data = brushes
    found = KnownLayout(data, layout="mvtec").find(maps, pixels=True)["toothbrush"]
    assert found.photographs["test/good/000.tiff"] == data / "test/good/000.png"
    assert len(found.photographs) == 7
    unmasked = KnownLayout(data).find(maps, pixels=False)["toothbrush"]
    assert {image.mask_path for image in unmasked.images} == {None}
