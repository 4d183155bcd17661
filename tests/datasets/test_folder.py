"""``evaluate_folder``: the numbers of ``evaluate`` on the same arrays, category by category."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import gonogo
from gonogo.datasets import find_categories

SAME = {
    "fpr_limits": (0.2, 1.0),
    "connectivity": 4,
    "image_score": "top-3",
    "at_fpr": (0.1,),
    "at_recall": (0.5,),
    "image_thresholds": (0.9,),
    "pixel_thresholds": (0.5, 1.0),
}


def in_memory(images, **options):
    maps, masks = zip(*(image.load() for image in images), strict=True)
    return gonogo.evaluate(
        list(maps),
        list(masks),
        defects=[image.defect for image in images],
        names=[image.name for image in images],
        **options,
    )


@pytest.mark.parametrize("options", [{}, SAME])
def test_the_same_as_in_memory(root, options):
    run = gonogo.evaluate_folder(*root, **options)
    for name, images in find_categories(*root).items():
        assert run.categories[name] == in_memory(images, **options)
    assert list(run.categories) == ["bottle", "cable", "screw"]
    assert run.seconds > 0
    assert run.settings == run.categories["cable"].settings


def test_options_about_the_folder(root, tmp_path):
    scores = tmp_path / "scores.csv"
    scores.write_text("image,score\na,3\nb,2\nc,1\nd,1\n")
    run = gonogo.evaluate_folder(*root, categories=["screw"], image_scores=scores, layout="plain")
    assert list(run.categories) == ["screw"]
    assert run.categories["screw"].image.auroc == 0.0
    assert [row.score for row in run.categories["screw"].images] == [3.0, 2.0, 1.0, 1.0]


def test_progress(root):
    calls = []
    gonogo.evaluate_folder(*root, progress=lambda *call: calls.append(call))
    assert calls == [
        *(("bottle", done, 5) for done in range(1, 6)),
        *(("cable", done, 5) for done in range(1, 6)),
        *(("screw", done, 4) for done in range(1, 5)),
    ]


def test_resize(plain):
    maps, masks = plain
    for path in masks.glob("*.png"):
        Image.open(path).resize((32, 24), Image.Resampling.NEAREST).save(path)
    with pytest.raises(
        gonogo.InputError, match=r"c\.tiff: the map is 12 x 16 and the mask 24 x 32"
    ):
        gonogo.evaluate_folder(maps, masks)
    run = gonogo.evaluate_folder(maps, masks, resize="nearest")
    assert {(row.height, row.width) for row in run.categories["screws"].images} == {(24, 32)}


def test_a_bad_option_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(gonogo.InputError, match="connectivity"):
        gonogo.evaluate_folder(tmp_path / "nowhere", tmp_path, connectivity=6)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda scores, mask: (np.where(scores > 0.9, np.nan, scores), mask),
            r"test/scratch/001\.npy: map: found .* NaN",
        ),
        (
            lambda scores, mask: (scores, mask // 2),
            r"ground_truth/scratch/001_mask\.png: found .* with the values 0, 127",
        ),
        (
            lambda scores, mask: (scores, mask[:2]),
            r"test/scratch/001\.npy: the map is 12 x 16 and the mask 2 x 16",
        ),
    ],
)
@pytest.mark.parametrize("checkpoint", [False, True])
def test_what_the_engine_refuses_names_the_file(mvtec, spoil, message, checkpoint, tmp_path):
    maps, truth = mvtec
    image = find_categories(maps, truth)["bottle"][-1]
    scores, mask = spoil(*image.load())
    np.save(image.map_path.with_suffix(".npy"), scores)
    image.map_path.unlink()
    Image.fromarray(mask).save(image.mask_path)
    with pytest.raises(gonogo.InputError, match=message) as error:
        gonogo.evaluate_folder(maps, truth, checkpoint=tmp_path / "run" if checkpoint else None)
    assert str(error.value).startswith(str(tmp_path))
