"""Which categories there are, in which layout, and what they are called."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from gonogo.datasets import find_categories
from gonogo.errors import InputError, InputWarning


def test_a_root_of_many(root):
    found = find_categories(*root)
    assert {name: len(images) for name, images in found.items()} == {
        "bottle": 5,
        "cable": 5,
        "screw": 4,
    }
    assert found["cable"][0].name == "cable/test/good/000.tiff"
    assert found["screw"][0].name == "screw/a.tiff"


def test_pictures_beside_the_categories_are_left_out(root):
    before = find_categories(*root)
    for folder in root:
        (folder / "overview.png").touch()
    assert find_categories(*root) == before


def test_some_of_many(root):
    chosen = ["screw", "bottle/", "screw"]
    assert list(find_categories(*root, categories=chosen)) == ["screw", "bottle"]
    with pytest.raises(
        InputError, match="found no maps for zipper; expected some of bottle, cable"
    ):
        find_categories(*root, categories=["bottle", "zipper"])


def test_one_category_is_named_after_its_ground_truth(mvtec, plain):
    assert list(find_categories(*mvtec)) == ["bottle"]
    assert list(find_categories(*plain)) == ["screws"]
    assert list(find_categories(*mvtec, categories=["bottle"])) == ["bottle"]
    with pytest.raises(InputError, match="found no maps for cable; expected some of bottle"):
        find_categories(*mvtec, categories=["cable"])


def test_relative_folders_have_names_too(mvtec, monkeypatch):
    maps, truth = mvtec
    monkeypatch.chdir(truth)
    assert list(find_categories(os.path.relpath(maps), ".")) == ["bottle"]


def test_the_layout_may_be_told(mvtec, plain):
    assert find_categories(*mvtec, layout="mvtec") == find_categories(*mvtec)
    assert find_categories(*plain, layout="plain") == find_categories(*plain)
    with pytest.raises(InputError, match=r"maps: found no maps in .*model;"):
        find_categories(*mvtec, layout="plain")
    with pytest.raises(
        InputError, match=r"maps: found no maps in .*screws \(there are .* \.tiff\)"
    ):
        find_categories(*plain, layout="mvtec")
    with pytest.raises(InputError, match="layout: found 'loco'; expected auto, mvtec, plain"):
        find_categories(*plain, layout="loco")


def test_a_plain_category_called_test(plain):
    maps, masks = plain
    for folder in plain:
        (folder / "inside").mkdir()
        for path in folder.iterdir():
            if path.is_file():
                path.rename(folder / "inside" / path.name)
        (folder / "inside").rename(folder / "test")
    assert {name: len(images) for name, images in find_categories(maps, masks).items()} == {
        "test": 4
    }


@pytest.mark.parametrize("place", [0, 1])
def test_a_missing_folder(mvtec, place):
    folders = list(mvtec)
    folders[place] = folders[place] / "nowhere"
    argument = ("maps", "ground truth")[place]
    with pytest.raises(InputError, match=rf"{argument}: there is no folder .*nowhere; check the p"):
        find_categories(*folders)


@pytest.mark.parametrize("place", [0, 1])
def test_a_file_for_a_folder(mvtec, place):
    folders = list(mvtec)
    folders[place] = mvtec[0] / "test/good/000.tiff"
    with pytest.raises(InputError, match=r"found a file, .*000\.tiff; expected the folder"):
        find_categories(*folders)


def test_no_maps(tmp_path, mvtec):
    empty = tmp_path / "empty"
    (empty / "photos").mkdir(parents=True)
    (empty / "000.jpg").touch()
    with pytest.raises(
        InputError, match=r"found no maps in .*empty \(there are files of .* \.jpg\)"
    ):
        find_categories(empty, mvtec[1])


def test_no_maps_in_the_right_layout(mvtec):
    maps, truth = mvtec
    shutil.rmtree(truth / "ground_truth")
    (truth / "ground_truth").mkdir()
    for path in maps.rglob("*.tiff"):
        path.rename(path.with_suffix(".pt"))
    with pytest.raises(InputError, match="found no maps"):
        find_categories(maps, truth)


def test_the_test_folder_itself_gets_a_hint(mvtec):
    maps, truth = mvtec
    with pytest.raises(InputError, match=r"one category; pass .*/model$"):
        find_categories(maps / "test", truth)


def test_no_ground_truth_in_this_layout(mvtec, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(
        InputError, match=r"there is no folder .*other/ground_truth; expected MVTec"
    ):
        find_categories(mvtec[0], other)


def test_one_category_of_maps_for_a_whole_data_set(root):
    maps, truth = root
    with pytest.raises(InputError, match=r"is one category, so pass its .*data/cable"):
        find_categories(maps / "cable", truth)


def test_several_models_for_one_category(root):
    maps, truth = root
    with pytest.raises(InputError, match=r"bottle is the ground truth of one category; pass the"):
        find_categories(maps, truth / "bottle")


def test_maps_of_a_category_without_ground_truth(root):
    maps, truth = root
    shutil.rmtree(truth / "cable")
    with pytest.raises(
        InputError, match=r"there is no folder .*data/cable for the maps in .*cable"
    ):
        find_categories(maps, truth)
    assert list(find_categories(maps, truth, categories=["bottle", "screw"])) == ["bottle", "screw"]


def test_ground_truth_of_a_category_without_maps_is_told(root):
    maps, truth = root
    shutil.rmtree(maps / "cable")
    shutil.rmtree(maps / "screw")
    with pytest.warns(InputWarning, match="has no maps for cable, screw; they are not part of the"):
        assert list(find_categories(maps, truth)) == ["bottle"]
    assert list(find_categories(maps, truth, categories=["bottle"])) == ["bottle"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed_and_keep_their_names(mvtec, tmp_path):
    maps, truth = mvtec
    (tmp_path / "link").symlink_to(truth, target_is_directory=True)
    assert list(find_categories(maps, tmp_path / "link")) == ["link"]
