"""The same four images in the folders of many data sets: the same numbers, or a refusal by name."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gonogo
from gonogo.datasets import ImageFile, find_categories, read_map
from gonogo.errors import InputError, InputWarning
from tests.datasets.conftest import write_map

MASK = np.zeros((12, 16), np.uint8)
MASK[3:6, 4:9] = 255
LEFT, RIGHT = MASK.copy(), MASK.copy()
LEFT[:, 6:], RIGHT[:, :6] = 0, 0
KINDS = {
    "mask": MASK,
    "empty": MASK * 0,
    "left": LEFT,
    "right": RIGHT,
    "photo": np.arange(12 * 16 * 3, dtype=np.uint8).reshape(12, 16, 3),
}

# Maps of two normal and two anomalous images, the other files, and the masks of the third image.
FORMS = {
    "mvtec": (
        ["test/good/0", "test/good/1", "test/crack/0", "test/hole/0"],
        {"ground_truth/crack/0_mask.png": "mask", "ground_truth/hole/0_mask.png": "mask"},
        ["0_mask.png"],
    ),
    "btad": (
        ["test/ok/0", "test/ok/1", "test/ko/2", "test/ko/3"],
        {
            **{f"test/ok/{k}.bmp": "photo" for k in (0, 1)},
            **{f"test/ko/{k}.bmp": "photo" for k in (2, 3)},
            **{f"ground_truth/ko/{k}.png": "mask" for k in (2, 3)},
        },
        ["2.png"],
    ),
    "btad with masks of normal images": (
        ["test/OK/0", "test/OK/1", "test/KO/2", "test/KO/3"],
        {
            **{f"ground_truth/OK/{k}.png": "empty" for k in (0, 1)},
            **{f"ground_truth/KO/{k}.png": "mask" for k in (2, 3)},
        },
        ["2.png"],
    ),
    "visa": (
        ["test/Normal/0000", "test/Normal/0001", "test/bad/000", "test/bad/001"],
        {
            **{f"test/Normal/000{k}.JPG": "photo" for k in (0, 1)},
            **{f"test/bad/00{k}.JPG": "photo" for k in (0, 1)},
            **{f"ground_truth/bad/00{k}.png": "mask" for k in (0, 1)},
        },
        ["000.png"],
    ),
    "loco": (
        ["test/good/000", "test/good/001", "test/logical/000", "test/structural/000"],
        {
            "ground_truth/logical/000/000.png": "left",
            "ground_truth/logical/000/001.png": "right",
            "ground_truth/structural/000/000.png": "mask",
        },
        ["000.png", "001.png"],
    ),
    "numbered parts": (
        ["test/good/7", "test/good/8", "test/bad/7", "test/bad/8"],
        {
            "ground_truth/bad/7_mask_0.png": "left",
            "ground_truth/bad/7_mask_1.png": "right",
            "ground_truth/bad/8_mask.png": "mask",
        },
        ["7_mask_0.png", "7_mask_1.png"],
    ),
    "kolektor": (
        ["Part0", "Part1", "Part2", "Part3"],
        {
            **{f"Part{k}.jpg": "photo" for k in range(4)},
            **{f"Part{k}_label.bmp": "empty" for k in (0, 1)},
            **{f"Part{k}_label.bmp": "mask" for k in (2, 3)},
        },
        ["Part2_label.bmp"],
    ),
    "kolektor 2": (
        ["100", "101", "102", "103"],
        {
            **{f"10{k}.png": "photo" for k in range(4)},
            **{f"10{k}_GT.png": "empty" for k in (0, 1)},
            **{f"10{k}_GT.png": "mask" for k in (2, 3)},
        },
        ["102_GT.png"],
    ),
    "photographs of all images, masks of some": (
        ["a", "b", "c", "d"],
        {
            **{f"{name}.png": "photo" for name in "abcd"},
            **{f"{name}_mask.png": "mask" for name in "cd"},
        },
        ["c_mask.png"],
    ),
    "photographs as jpg, masks of the same name": (
        ["a", "b", "c", "d"],
        {
            **{f"{name}.jpg": "photo" for name in "abcd"},
            **{f"{name}.png": "mask" for name in "cd"},
        },
        ["c.png"],
    ),
    "dagm": (["1", "2", "3", "4"], {f"{k}_label.PNG": "mask" for k in (3, 4)}, ["3_label.PNG"]),
    "plain": (["1", "2", "3", "4"], {f"{k}.gif": "mask" for k in (3, 4)}, ["3.gif"]),
    **{
        f"suffix {suffix}": (
            ["1", "2", "3", "4"],
            {f"{k}{suffix}.png": "mask" for k in (3, 4)},
            [f"3{suffix}.png"],
        )
        for suffix in ("_Mask", "_gt", "_ground_truth", "-mask", ".seg", "_labels", "_GroundTruth")
    },
}


def quietly(function, *args, **options):
    """What it returns; what it tells of folders is tested by itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        return function(*args, **options)


def write(root: Path, maps: list[str], files: dict[str, str]) -> tuple[Path, Path]:
    for place, name in enumerate(maps):
        write_map(root / "maps" / f"{name}.tiff", place, bump=place > 1)
    for name, kind in files.items():
        path = root / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(KINDS[kind]).save(path)
    (root / "data").mkdir(exist_ok=True)
    return root / "maps", root / "data"


def found(root: Path, maps: list[str], files: dict[str, str], **options) -> list[ImageFile]:
    ((_, images),) = quietly(find_categories, *write(root, maps, files), **options).items()
    return images


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> tuple[float, float, dict[float, float]]:
    place = tmp_path_factory.mktemp("maps") / "map.tiff"
    maps = [read_map(write_map(place, k, bump=k > 1)) for k in range(4)]
    result = gonogo.evaluate(np.stack(maps), np.stack([MASK * 0, MASK * 0, MASK, MASK]))
    return result.image.auroc, result.pixel.auroc, dict(result.pixel.aupro)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_numbers(tmp_path, expected, form):
    maps, files, masks = FORMS[form]
    folders = write(tmp_path, maps, files)
    run = quietly(gonogo.evaluate_folder, *folders)
    (result,) = run.categories.values()
    assert (result.image.auroc, result.pixel.auroc, dict(result.pixel.aupro)) == expected
    assert [
        row.label for row in sorted(result.images, key=lambda row: maps.index(row.name[:-5]))
    ] == [
        False,
        False,
        True,
        True,
    ]
    (images,) = quietly(find_categories, *folders).values()
    third = next(image for image in images if image.name == f"{maps[2]}.tiff")
    assert [path.name for path in third.mask_paths] == masks
    ((_, originals),) = run.originals.items()
    assert all(
        files[str(one.photograph.relative_to(folders[1]))] == "photo"
        for one in originals
        if one.photograph
    )
    assert any(one.photograph for one in originals) == ("photo" in files.values())


NAMES = ["good", "Good", "GOOD", "ok", "OK", "normal", "Normal", "defect_free", "Defect-Free"]


@pytest.mark.parametrize("name", NAMES)
def test_usual_names_of_the_folder_of_normal_images(tmp_path, name):
    maps = [f"test/{name}/0", f"test/{name}/1", "test/bad/0", "test/bad/1"]
    files = {f"ground_truth/bad/{k}.png": "mask" for k in (0, 1)}
    images = {image.name: image for image in found(tmp_path, maps, files)}
    assert [images[f"{one}.tiff"].label for one in maps] == [False, False, True, True]
    assert {images[f"{one}.tiff"].defect for one in maps} == {None, "bad"}


UNUSUAL = ["test/fine/0", "test/fine/1", "test/bad/0", "test/bad/1"]
BAD = {f"ground_truth/bad/{k}.png": "mask" for k in (0, 1)}


def test_another_name_is_asked_for_and_taken(tmp_path):
    with pytest.raises(
        InputError,
        match=r'test: found no folder of normal images, .* without masks \(fine\): normal="fine"',
    ):
        found(tmp_path, UNUSUAL, BAD)
    images = found(tmp_path, UNUSUAL, BAD, normal="fine")
    assert sum(image.label is False for image in images) == 2
    with pytest.raises(InputError, match=r"normal: found no folder fin in .*/test; expected some"):
        found(tmp_path, UNUSUAL, BAD, normal=["fin"])
    with pytest.raises(InputError, match="normal: found an empty name"):
        found(tmp_path, UNUSUAL, BAD, normal="")


def test_two_folders_of_usual_names_are_refused_until_one_is_named(tmp_path):
    maps = ["test/good/0", "test/ok/1", "test/bad/0", "test/bad/1"]
    with pytest.raises(
        InputError, match=r'found 2 folders that may hold .*good, ok; .*normal="good"'
    ):
        found(tmp_path, maps, BAD)
    assert sum(one.label is False for one in found(tmp_path, maps, BAD, normal=["ok", "good"])) == 2


def test_where_every_folder_has_masks_none_needs_to_be_normal(tmp_path):
    images = found(tmp_path, ["test/bad/0", "test/bad/1"], BAD)
    assert [image.label for image in images] == [True, True]


PHOTOGRAPHS = {f"test/{name}.png": "photo" for name in ("good/0", "good/1", "bad/0", "bad/1")}
GOOD = ["test/good/0", "test/good/1", "test/bad/0", "test/bad/1"]


def test_without_masks_the_image_level_is_evaluated_and_told(tmp_path):
    folders = write(tmp_path, GOOD, PHOTOGRAPHS)
    with pytest.warns(
        InputWarning, match=r"data has no masks: the image level alone .*good is nor"
    ):
        run = gonogo.evaluate_folder(*folders)
    result = run.categories["data"]
    assert (result.image.auroc, result.pixel) == (1.0, None)
    assert run.origin.task is None


@pytest.mark.parametrize(
    "files",
    [{}, PHOTOGRAPHS, BAD, {"ground_truth/bad/0.png": "mask", "ground_truth/bad/x.jpg": "photo"}],
)
def test_the_image_level_that_was_asked_for_needs_no_masks(tmp_path, files):
    run = gonogo.evaluate_folder(*write(tmp_path, GOOD, files), task="image")
    result = run.categories["data"]
    assert (result.image.auroc, result.pixel, run.origin.task) == (1.0, None, "image")
    assert {row.anomalous_pixels for row in result.images} == {None}


def test_the_image_level_of_plain_folders_takes_labels_from_masks(tmp_path):
    maps, files, _ = FORMS["kolektor 2"]
    run = quietly(gonogo.evaluate_folder, *write(tmp_path, maps, files), task="image")
    assert [row.label for row in run.categories["data"].images] == [False, False, True, True]
    assert run.categories["data"].pixel is None


@pytest.mark.parametrize(
    ("files", "options", "says"),
    [
        ({}, {}, r'there is no folder .*ground_truth; .*needs no masks, pass task="image"'),
        (PHOTOGRAPHS, {"task": "pixel"}, r"there is no folder .*data/ground_truth"),
        (
            {"ground_truth/bad/0.png": "mask"},
            {},
            r'bad/1\.tiff: found no mask for this .*; for the image level alone.* task="image"',
        ),
        (
            {"ground_truth/good/1.png": "empty"},
            {},
            r"bad/0\.tiff: found no mask for this anomalous",
        ),
        (BAD, {"task": "images"}, "task: found 'images'; expected image or pixel"),
    ],
)
def test_masks_that_are_missing_in_part_are_refused(tmp_path, files, options, says):
    with pytest.raises(InputError, match=says):
        found(tmp_path, GOOD, files, **options)


def test_no_masks_and_no_usual_name_is_refused(tmp_path):
    files = {f"{name}.png": "photo" for name in UNUSUAL}
    with pytest.raises(
        InputError, match=r"found no folder of normal .* without masks \(bad, fine\): norm"
    ):
        found(tmp_path, UNUSUAL, files)
    with pytest.warns(InputWarning, match="fine is normal"):
        find_categories(*write(tmp_path, UNUSUAL, files), normal="fine")


def test_a_category_without_masks_among_others_is_refused(tmp_path):
    maps = [f"{category}/{name}" for category in ("cap", "nut") for name in GOOD]
    files = {f"cap/{name}": kind for name, kind in BAD.items()}
    files |= {f"nut/{name}": kind for name, kind in PHOTOGRAPHS.items()}
    folders = write(tmp_path, maps, files)
    with pytest.raises(
        InputError, match=r'ground truth: found no masks for nut, but .*task="image"'
    ):
        find_categories(*folders)
    assert set(find_categories(*folders, task="image")) == {"cap", "nut"}
    assert set(find_categories(*folders, categories=["cap"])) == {"cap"}


PLAIN = ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("maps", "files", "says"),
    [
        (
            PLAIN,
            ["3_mask.png", "3_gt.png"],
            r"3_mask\.png: found a second mask of the .*, 3_gt\.png",
        ),
        (
            PLAIN,
            ["3.png", "3_mask.png", "4_mask.png"],
            r"3\.png: found a second mask .*3_mask\.png",
        ),
        (PLAIN, ["3.png", "3.bmp"], r"found both 3\.bmp and 3\.png"),
        (PLAIN, ["3_mask.png", "3_mask.bmp"], r"found both 3_mask\.bmp and 3_mask\.png"),
        (PLAIN, ["3_mask.png", "3/0.png"], r"3/0\.png: found a second mask .*, 3_mask\.png"),
        (PLAIN, ["3/0.png", "3/0.bmp"], r"data/3: found both 0\.bmp and 0\.png"),
        (PLAIN, ["3/0.png", "5/0.png"], r"found no map for 1 mask\(s\): .*5/0\.png"),
        (PLAIN, ["3_mask.png", "5_mask.png"], r"no map for 1 mask\(s\): .*mask_suffix=\"_x\""),
        (PLAIN, ["3_m.png"], r"found no map for 1 mask\(s\): .*3_m\.png; .*_mask, _gt, _label"),
        (
            [*PLAIN, "3_label"],
            ["3_label.png"],
            r"3_label\.png: found maps for 3 and 3_label, .*mask_suffix=\"\" where",
        ),
        (PLAIN, ["3_mask.jpg"], r"3_mask\.jpg: found the suffix '\.jpg'; expected masks as"),
        (PLAIN, ["3.jpg"], r"3\.jpg: found the suffix '\.jpg'; .*lossy formats"),
    ],
)
def test_what_may_be_either_is_refused(tmp_path, maps, files, says):
    with pytest.raises(InputError, match=says):
        found(tmp_path, maps, dict.fromkeys(files, "mask"))


def test_two_masks_of_each_image_are_no_photographs(tmp_path):
    files = {f"{k}_mask.png": "mask" for k in PLAIN} | {f"{k}.png": "mask" for k in PLAIN}
    files |= {"1.png": "empty"}
    with pytest.raises(
        InputError, match=r"2\.png: found a second mask of .*, 2_mask\.png; expected"
    ):
        found(tmp_path, PLAIN, files)
    assert len(found(tmp_path, PLAIN, files, mask_suffix="_mask")) == 4


@pytest.mark.parametrize(
    ("files", "suffix", "masks"),
    [
        (["3_m.png", "4_m.png"], "_m", ["3_m.png"]),
        (["3_M.png", "4_m.png"], ["_m", "_x"], ["3_M.png"]),
        (["3.png", "3_m.png", "4_m.png"], "_m", ["3_m.png"]),
        (["3.png", "3_gt.png", "3_mask.png"], "_gt", ["3_gt.png"]),
        (["3_mask_1.png", "3_mask_2.png"], "_mask", ["3_mask_1.png", "3_mask_2.png"]),
        (["3.png", "4.png"], "", ["3.png"]),
    ],
)
def test_the_suffix_that_is_named_counts_alone(tmp_path, files, suffix, masks):
    files = dict.fromkeys(files, "mask")
    if "3_gt.png" in files:
        with pytest.raises(InputError, match=r"no map for 1 mask\(s\): .*3_mask\.png"):
            found(tmp_path, PLAIN, files, mask_suffix=suffix)
        (tmp_path / "data/3_mask.png").unlink()
        del files["3_mask.png"]
    images = {image.name: image for image in found(tmp_path, PLAIN, files, mask_suffix=suffix)}
    assert [path.name for path in images["3.tiff"].mask_paths] == masks


def test_parts_of_a_mask_and_photographs_beside_masks_are_told(tmp_path):
    folders = write(tmp_path / "parts", *FORMS["numbered parts"][:2])
    with pytest.warns(InputWarning) as caught:
        find_categories(*folders)
    (message,) = [str(one.message) for one in caught]
    assert message == (
        f"{folders[1] / 'ground_truth/bad'}: found several mask files for 1 image(s), the first 7 "
        "(7_mask_0.png, 7_mask_1.png); those of one image are united"
    )
    folders = write(tmp_path / "beside", *FORMS["kolektor 2"][:2])
    with pytest.warns(InputWarning) as caught:
        find_categories(*folders)
    (message,) = [str(one.message) for one in caught]
    assert message == (
        f"{folders[1]}: found photographs beside the masks; took 100_GT.png for a mask and 100.png "
        "for a photograph, and the others likewise"
    )


def test_parts_of_a_mask_must_agree(tmp_path):
    (image,) = [one for one in found(tmp_path, *FORMS["loco"][:2]) if one.more_masks]
    assert (image.load()[1] == MASK).all()
    place = image.more_masks[0]
    Image.fromarray(RIGHT[:, 1:]).save(place)
    with pytest.raises(
        InputError, match=r"001\.png: found a mask of 12 x 15 beside one of 12 x 16"
    ):
        image.load()
    Image.fromarray(MASK // 255 * 254).save(place)
    with pytest.raises(InputError, match=r"001\.png: found other values than in .*000\.png where"):
        image.load()


@pytest.mark.parametrize("option", [{"normal": "good"}, {"normal": ["a", "b"]}])
def test_options_that_say_nothing_of_plain_folders_are_refused(tmp_path, option):
    with pytest.raises(InputError, match=r"normal: found .*plain layout, where masks .*; leave it"):
        found(tmp_path, *FORMS["plain"][:2], **option)


def test_unknown_options_are_refused(tmp_path):
    with pytest.raises(TypeError, match="unexpected keyword argument 'normals'"):
        found(tmp_path, *FORMS["plain"][:2], normals="good")


def test_a_single_category_may_be_named(tmp_path):
    maps, files, _ = FORMS["mvtec"]
    folders = write(tmp_path / "one", maps, files)
    run = gonogo.evaluate_folder(*folders, name="cap 3")
    assert list(run.categories) == list(run.originals) == ["cap 3"]
    assert run.origin.name == "cap 3"
    both = [f"{category}/{name}" for category in ("cap", "nut") for name in maps]
    masks = {f"{category}/{name}": "mask" for category in ("cap", "nut") for name in files}
    folders = write(tmp_path / "two", both, masks)
    with pytest.raises(
        InputError, match=r"name: found x for 2 categories \(cap, nut\), which have"
    ):
        find_categories(*folders, name="x")
    (image, *_) = find_categories(*folders, categories=["nut"], name="x")["x"]
    assert image.name == "nut/test/crack/0.tiff"


@pytest.mark.parametrize("name", ["", "a/b", "..", " x", "a\nb", 3])
def test_names_that_are_no_names(tmp_path, name):
    with pytest.raises(InputError, match=r"name: found .*; expected a name without slashes"):
        found(tmp_path, *FORMS["plain"][:2], name=name)
