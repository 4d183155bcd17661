"""The plain layout: maps and masks of the same name."""

from __future__ import annotations

import shutil

import pytest

from gonogo.datasets import ImageFile, find_categories
from gonogo.errors import InputError


def found(folders) -> list[ImageFile]:
    (images,) = find_categories(*folders).values()
    return images


def test_maps_without_a_mask_are_normal(plain):
    maps, masks = plain
    assert found(plain) == [
        ImageFile("a.tiff", maps / "a.tiff", None, label=False),
        ImageFile("b.tiff", maps / "b.tiff", None, label=False),
        ImageFile("c.tiff", maps / "c.tiff", masks / "c.png", label=None),
        ImageFile("d.tiff", maps / "d.tiff", masks / "d.png", label=None),
    ]


def test_masks_may_be_called_masks(plain):
    _, masks = plain
    (masks / "c.png").rename(masks / "c_mask.png")
    assert found(plain)[2].mask_path == masks / "c_mask.png"


def test_a_mask_without_a_map(plain):
    (plain[0] / "d.tiff").unlink()
    with pytest.raises(InputError, match=r"screws: found no map for 1 mask\(s\): .*masks/d\.png;"):
        found(plain)


@pytest.mark.parametrize(("folder", "name"), [(0, "c.npy"), (1, "c.bmp")])
def test_two_files_of_one_name(plain, folder, name):
    (plain[folder] / name).touch()
    with pytest.raises(InputError, match=rf"found both {name} and c\.(tiff|png)"):
        found(plain)


def test_no_masks_at_all(plain):
    _, masks = plain
    shutil.rmtree(masks)
    masks.mkdir()
    with pytest.raises(
        InputError, match=r"masks: found no masks; expected <name>\.png or <name>_m"
    ):
        found(plain)


def test_maps_and_masks_in_one_folder_are_told_apart_or_refused(plain):
    maps, masks = plain
    for path in masks.iterdir():
        shutil.copy(path, maps / f"{path.stem}_mask.png")
    with pytest.raises(InputError, match=r"c\.tiff: found a second mask"):
        found((maps, maps))
