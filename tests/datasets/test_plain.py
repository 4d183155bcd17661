"""The plain layout: maps and masks of the same name."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from gonogo.datasets import ImageFile, evaluate_folder, find_categories
from gonogo.errors import InputError, InputWarning
from tests.oracles.agreement import quietly


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
    with pytest.raises(InputError, match=r"c_mask\.png: found maps for c and c_mask, and"):
        found((maps, maps))


def test_swapped_folders_of_arrays_get_a_hint(plain):
    maps, masks = plain
    (masks / "c.png").rename(masks / "c.npy")
    with pytest.raises(InputError, match=r"c\.npy: found the suffix .*maps and masks swapped\?"):
        found((maps, masks))


def test_files_that_nobody_reads_are_told(plain):
    maps, masks = plain
    (maps / "c.tiff").rename(maps / "c.pt")
    (masks / "c.png").unlink()
    (maps / "d.tiff").rename(maps / "d.jpg")
    (masks / "d.png").rename(masks / "d.pt")
    (masks / "b.png").write_bytes(b"")
    with pytest.warns(InputWarning) as caught:
        assert [image.name for image in found(plain)] == ["a.tiff", "b.tiff"]
    assert sorted(str(one.message) for one in caught) == [
        f"{masks}: left out 1 file(s) that are no masks: d.pt",
        f"{maps}: left out 2 file(s) that are no maps: c.pt, d.jpg",
    ]


def test_notes_and_pictures_of_maps_are_left_out_silently(plain):
    before = found(plain)
    for name in ("scores.csv", "README.md", "c.jpg", ".hidden.pt"):
        (plain[0] / name).touch()
    assert found(plain) == before


def test_read_only_masks_of_zeros_and_ones(tmp_path):
    for folder in ("maps", "masks"):
        (tmp_path / folder).mkdir()
    np.save(tmp_path / "maps/a.npy", np.eye(8) + np.linspace(0, 0.5, 8))
    Image.fromarray(np.eye(8, dtype=np.uint8)).save(tmp_path / "masks/a.png")
    run = quietly(evaluate_folder, tmp_path / "maps", tmp_path / "masks")
    (result,) = run.categories.values()
    assert (result.pixel.regions, result.pixel.auroc) == (1, 1.0)


def test_a_folder_in_the_place_of_a_map_is_refused_by_name(plain):
    (plain[0] / "e.tiff").mkdir()
    with pytest.raises(InputError, match=r"e\.tiff: found a folder; expected a file"):
        found(plain)


def test_masks_are_not_taken_for_maps_too(tmp_path):
    for name in ("a", "b"):
        Image.fromarray(np.eye(8, dtype=np.uint8) * 255).save(tmp_path / f"{name}.png")
    with pytest.raises(InputError, match=r"ground_truth: found .*a\.png, which is among the maps"):
        evaluate_folder(tmp_path, tmp_path)
