"""Heat maps hold the scores on one scale, and the grid begins with what went wrong."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo
from gonogo import plot
from gonogo.errors import InputError
from gonogo.palette import HEAT
from tests.plot.test_curves import words


@pytest.fixture
def folders(tmp_path, made):
    maps, masks, _ = made
    for k, (scores, mask) in enumerate(zip(maps, masks, strict=True)):
        name = f"{'hole' if mask.any() else 'good'}/{k:03}"
        paths = [
            tmp_path / "maps/test" / f"{name}.tiff",
            tmp_path / "data/test" / f"{name}.png",
            tmp_path / "data/ground_truth" / f"{name}_mask.png",
        ]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        tifffile.imwrite(paths[0], scores)
        Image.fromarray(np.full((48, 48, 3), 10 * k, np.uint8)).save(paths[1])
        if mask.any():
            Image.fromarray(mask.astype(np.uint8) * 255).save(paths[2])
    return tmp_path / "maps", tmp_path / "data"


def test_a_heat_map_holds_the_scores_on_the_scale_of_all_maps(made):
    maps, masks, result = made
    axes = plot.heatmap(result, maps=maps, masks=masks, image="test/3.tiff")
    (picture,) = axes.images
    np.testing.assert_array_equal(picture.get_array(), maps[3])
    assert picture.get_clim() == pytest.approx((maps.min(), maps.max()))
    assert picture.cmap.name == "inferno"
    np.testing.assert_allclose(picture.cmap.colors, np.array(HEAT) / 255)
    assert axes.get_title(loc="left").startswith("test/3.tiff")
    assert "ground truth" in words(axes)
    assert "pixel best F1: score ≥ 1.7261677" in words(axes)  # of float32 maps: 8 digits are sure


def test_the_outline_goes_around_the_mask(made):
    maps, masks, result = made
    options = {"maps": maps, "masks": masks, "pixel_threshold": None}
    axes = plot.heatmap(result, image=0, **options)
    (contour,) = axes.collections
    (path,) = contour.get_paths()
    rows, columns = np.nonzero(masks[0])
    assert path.vertices[:, 0].min() == columns.min() - 0.5
    assert path.vertices[:, 1].max() == rows.max() + 0.5
    assert plot.heatmap(result, image=9, **options).collections[:] == []


def test_a_run_of_folders_knows_its_images(folders, tmp_path):
    run = gonogo.evaluate_folder(*folders)
    run.save(tmp_path / "run")
    for thing in (run, tmp_path / "run"):
        axes = plot.heatmap(thing, image="test/hole/002.tiff")
        seen, heat = axes.images
        assert np.all(seen.get_array() == 20)
        assert heat.get_array().shape == (24, 24)


def test_the_most_wrong_image_is_drawn_where_none_is_named(made):
    maps, masks, result = made
    at = result.image.f1_max.threshold
    wrong = [row.name for row in result.images if (row.score >= at) != row.label]
    assert wrong
    title = plot.heatmap(result, maps=maps, masks=masks).get_title(loc="left")
    assert title.split("\n")[0] in wrong


@pytest.mark.parametrize("mode", ["simple", "full"])
def test_a_grid_begins_with_what_went_wrong(made, mode):
    maps, masks, result = made
    axes = plot.grid(result, maps=maps, masks=masks, mode=mode, images=10, columns=3)
    titles = [one.get_title(loc="left") for one in axes.child_axes]
    assert len(titles) == 10
    order = [title.split("\n")[1].split(":")[0].split(",")[0] for title in titles]
    ranks = [("missed", "false alarm", "right").index(word) for word in order]
    assert ranks == sorted(ranks)
    scores = {row.name: row for row in result.images}
    at = result.image.f1_max.threshold
    for title, word in zip(titles, order, strict=True):
        row = scores[title.split("\n")[0]]
        right = (row.score >= at) == row.label
        assert word == ("right" if right else "missed" if row.label else "false alarm")
    widths = {one.images[0].get_array().shape[1] for one in axes.child_axes}
    assert widths == {24 if mode == "simple" else 5 * 24 + 4 * 2}


@pytest.mark.parametrize("name", ["3", "3.png", "test/3", "bolt/test/3.tiff"])
def test_any_end_of_a_name_will_do(made, name):
    maps, masks, result = made
    axes = plot.heatmap(result, maps=maps, masks=masks, image=name)
    assert axes.get_title(loc="left").startswith("test/3.tiff")


def test_an_end_of_two_names_is_refused(made):
    maps, masks = (array[5:7] for array in made[:2])
    two = gonogo.evaluate(maps, masks, names=["a/0.tiff", "b/0.tiff"])
    options = {"maps": maps, "masks": masks}
    with pytest.raises(InputError, match=r"'0', which names both 'a/0.tiff' and 'b/0.tiff'; write"):
        plot.heatmap(two, image="0", **options)
    assert plot.heatmap(two, image="b/0", **options).get_title(loc="left").startswith("b/0.tiff")


def test_images_by_name_in_their_order(made):
    maps, masks, result = made
    wanted = ["test/7.tiff", "test/0.tiff"]
    axes = plot.grid(result, maps=maps, masks=masks, images=wanted)
    assert [one.get_title(loc="left").split("\n")[0] for one in axes.child_axes] == wanted


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
@pytest.mark.parametrize("chosen", [slice(0, 1), slice(6, 10), slice(9, 10)])
def test_without_a_threshold(made, chosen):
    maps, masks, _ = made
    result = gonogo.evaluate(maps[chosen], masks[chosen])
    axes = plot.grid(result, maps=maps[chosen], masks=masks[chosen])
    assert len(axes.child_axes) == len(maps[chosen])
    plot.heatmap(result, maps=maps[chosen], masks=masks[chosen])


def test_photographs_may_be_arrays(made):
    maps, masks, result = made
    shots = [np.full((24, 24), k / 10) for k in range(10)]
    axes = plot.heatmap(result, maps=maps, masks=masks, photographs=shots, image=5)
    assert np.all(axes.images[0].get_array() == 128)


def test_mistakes(made):
    maps, masks, result = made
    with pytest.raises(InputError, match="if it is of a run of folders, pass the Run itself with"):
        plot.heatmap(result)
    with pytest.raises(InputError, match="maps: found none; a run of arrays keeps no images, so"):
        plot.grid(gonogo.Run({"a": result}, result.settings), category="a")
    with pytest.raises(InputError, match="maps: found 3 for the 10 images"):
        plot.grid(result, maps=maps[:3], masks=masks[:3])
    with pytest.raises(InputError, match="image: found no 'x'; expected a name such as 'test/0"):
        plot.heatmap(result, maps=maps, masks=masks, image="x")
    with pytest.raises(InputError, match="image: found 10; expected a place below 10"):
        plot.heatmap(result, maps=maps, masks=masks, image=10)
    with pytest.raises(InputError, match="images: found 0; expected at least 1, or names"):
        plot.grid(result, maps=maps, masks=masks, images=0)
    with pytest.raises(InputError, match="mode: found 'half'; expected 'full' or 'simple'"):
        plot.grid(result, maps=maps, masks=masks, mode="half")
