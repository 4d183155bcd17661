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
    with pytest.raises(InputError, match=r"maps: found no maps in .*model;.*found \(auto, not pl"):
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
    with (
        pytest.warns(InputWarning, match=r"are no maps: 000\.pt"),
        pytest.raises(InputError, match="found no maps"),
    ):
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


@pytest.mark.parametrize("place", [0, 1])
def test_maps_of_one_category_with_the_ground_truth_of_another(root, place):
    maps, truth = root
    shutil.rmtree(root[place] / ("cable", "bottle")[place])
    there = root[1 - place] / ("cable", "bottle")[1 - place]
    with pytest.warns(InputWarning, match=f"bottle is compared .*cable, although there is {there}"):
        assert list(find_categories(maps / "bottle", truth / "cable")) == ["cable"]


def test_other_names_of_folders_are_no_cause_for_a_warning(root, plain):
    maps, truth = root
    (maps / "bottle").rename(maps / "difference")
    assert list(find_categories(maps / "difference", truth / "bottle")) == ["bottle"]
    masks = plain[1].rename(plain[0].parent / "screw_masks")
    assert list(find_categories(plain[0], masks)) == ["screw_masks"]


@pytest.mark.parametrize("names", [("screws/maps", "screws/masks"), ("screws", "gt")])
def test_a_folder_called_maps_is_no_category(plain, tmp_path, names):
    maps, truth = (tmp_path / "new" / name for name in names)
    for before, after in zip(plain, (maps, truth), strict=True):
        after.parent.mkdir(parents=True, exist_ok=True)
        before.rename(after)
    assert list(find_categories(maps, truth)) == ["screws"]


def test_swapped_folders_get_a_hint(root):
    maps, truth = root
    for folder in ("bottle", "cable"):
        (truth / folder / "test/good").mkdir(parents=True)
        (truth / folder / "test/good/000.png").touch()
    for one, other in ((truth, maps), (truth / "bottle", maps / "bottle")):
        with pytest.raises(InputError, match=r"bottle/ground_truth; .*are the two folders swapped"):
            find_categories(one, other)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed_and_keep_their_names(mvtec, tmp_path):
    maps, truth = mvtec
    (tmp_path / "link").symlink_to(truth, target_is_directory=True)
    assert list(find_categories(maps, tmp_path / "link")) == ["link"]


@pytest.mark.parametrize("name", ["screw", "ab", 5])
def test_categories_are_a_list_of_names(root, name):
    with pytest.raises(InputError, match=r"categories: found .*; expected a list of names"):
        find_categories(*root, categories=name)


def test_no_category_at_all(root, plain):
    for folders in (root, plain):
        with pytest.raises(InputError, match="categories: found none; name those to evaluate"):
            find_categories(*folders, categories=[])


def test_a_file_called_test(plain):
    (plain[0] / "test").touch()
    with pytest.warns(InputWarning, match="left out 1 file.* no maps: test$"):
        assert list(find_categories(*plain)) == ["screws"]


@pytest.mark.parametrize("place", [0, 1])
def test_a_path_that_is_none(mvtec, place):
    folders = list(mvtec)
    folders[place] = None
    with pytest.raises(InputError, match="found None; expected the path of a folder"):
        find_categories(*folders)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
@pytest.mark.parametrize("name", ["a.tiff", "c.tiff"])
def test_a_name_that_is_not_utf8(plain, name):
    maps, masks = plain
    (maps / name).rename(maps / "caf\udce9.tiff")
    with pytest.raises(InputError, match=r"found the name 'caf\\udce9\.tiff', which is not UTF-8"):
        find_categories(*plain)
    maps = maps.rename(maps.with_name("\udce9"))
    with pytest.raises(InputError, match="which is not UTF-8; rename it"):
        find_categories(maps, masks)
