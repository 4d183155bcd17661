"""Photographs lie under their maps as these were made of them, or not at all."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from PIL import Image

import gonogo
from gonogo import plot
from gonogo.drawing import Overlay, draw_overlays, photograph
from gonogo.drawing.overlays import HeatScale
from gonogo.orientation import frame_of, quiet_reading, same_shape
from gonogo.report import originals_of
from tests.report.test_document import inside

STORED_AS = {  # what a sensor stores, so that turning it as EXIF says gives the upright picture
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
BESIDE = "which part of it the map shows is not known, so it does not lie under the map"


def upright():
    """Twice as wide as high, and bright in its top left corner."""
    pixels = np.full((40, 80, 3), 60, np.uint8)
    pixels[4:14, 6:20] = 255
    return pixels


def stored(path, pixels, orientation=None):
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    exif = picture.getexif()
    if orientation is not None:
        exif[274] = orientation
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, exif=exif, quality=95)
    return path


def bright(pixels):
    return np.asarray(pixels)[..., 0] > 150


def overlap(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_upright_where_that_has_the_shape_of_the_map(tmp_path, orientation, suffix):
    path = stored(tmp_path / f"a.{suffix}", STORED_AS[orientation](upright()), orientation)
    seen = photograph(path, (20, 40))
    assert seen.shape == (40, 80, 3)
    assert overlap(bright(seen), bright(upright())) > 0.9


def test_as_stored_where_only_that_has_the_shape_of_the_map(tmp_path):
    path = stored(tmp_path / "a.jpg", STORED_AS[6](upright()), 6)
    assert photograph(path, (80, 40)).shape == (80, 40, 3)
    assert photograph(path, (64, 64)).shape == (40, 80, 3)  # neither: upright, as a viewer shows it
    assert photograph(path).shape == (40, 80, 3)


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0" + b"\xff" * 30,
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x01\0\0\0six\0",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0\0\0\0\0",
        b"Exif\0\0",
    ],
    ids=["noise", "cut", "text", "ninety-nine", "empty"],
)
def test_damaged_exif_turns_nothing(tmp_path, exif):
    buffer = io.BytesIO()
    Image.fromarray(upright()).save(buffer, "JPEG", exif=exif, quality=95)
    (tmp_path / "a.jpg").write_bytes(buffer.getvalue())
    with quiet_reading():
        assert photograph(tmp_path / "a.jpg", (40, 80)).shape == (40, 80, 3)
    result, maps, masks = evaluated()
    page = result.report(
        tmp_path / "page.html", maps=maps, masks=masks, photographs=[tmp_path / "a.jpg"] * 2
    )
    assert inside(page)["categories"]["data"]["pictures"]["0"]["photograph"]["width"] == 80


def evaluated(shape=(40, 80)):
    maps = np.random.default_rng(0).random((2, *shape)).astype(np.float32)
    masks = np.zeros(maps.shape, bool)
    masks[1, 4:14, 6:20] = True
    maps[masks] += 4.0
    return gonogo.evaluate(maps, masks), maps, masks


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((667, 1000), (171, 256), True),
        ((900, 1000), (14, 14), True),
        ((900, 1000), (256, 256), False),
        ((480, 640), (640, 480), False),
        ((1024, 1024), (3, 3), True),
        ((14, 14), (900, 1000), True),
    ],
)
def test_sizes_are_of_one_shape_to_a_pixel_of_the_smaller(one, other, same):
    assert same_shape(one, other) is same


def test_a_map_that_is_resized_was_said_to_be_of_the_whole_photograph():
    assert frame_of((8, 8), None, resized=False) == (8, 8)
    assert frame_of((8, 8), None, resized=True) is None
    assert frame_of((8, 8), (40, 80), resized=True) == (40, 80)


@pytest.mark.parametrize("mode", ["full", "simple"])
def test_pictures_show_another_shape_beside_the_heat_and_say_so_once(tmp_path, mode):
    result, maps, masks = evaluated()
    tall = stored(tmp_path / "tall.png", np.full((90, 60, 3), 200, np.uint8))
    images = originals_of(result.images, maps, masks, [tall, tall])
    heat = HeatScale(0.0, 5.0)
    overlays = [
        Overlay(one.image, one.photograph, "", heat, 4.0, result.settings) for one in images
    ]
    with pytest.warns(gonogo.InputWarning, match=BESIDE) as told:
        files = draw_overlays(overlays, tmp_path / "out", mode)
    assert len(told) == 1
    assert "the photograph is 90 x 60 and its map 40 x 80 (and 1 more)" in str(told[0].message)
    panels = np.asarray(Image.open(files[1]))[16:]
    assert panels.shape[:2] == (40, {"full": 5, "simple": 2}[mode] * 84 - 4)
    first = panels[:, :80]  # the photograph whole, on grey: 27 x 40 in the middle
    assert (first == 200).all(axis=-1).sum() == 27 * 40
    assert (first == 128).all(axis=-1).sum() == 53 * 40
    last = panels[:, -80:]
    assert not (last == 200).all(axis=-1).any()


def test_the_report_shows_another_shape_beside_the_heat_and_says_so_once(tmp_path):
    result, maps, masks = evaluated()
    tall = stored(tmp_path / "tall.png", np.full((90, 60, 3), 200, np.uint8))
    with pytest.warns(gonogo.InputWarning, match=BESIDE) as told:
        page = result.report(tmp_path / "a.html", maps=maps, masks=masks, photographs=[tall] * 2)
    assert len(told) == 1
    for picture in inside(page)["categories"]["data"]["pictures"].values():
        assert "photograph" not in picture
        assert picture["beside"]["frame"] == [40, 80]
        assert (picture["beside"]["width"], picture["beside"]["height"]) == (60, 90)
        assert picture["heat"]


def test_the_report_turns_photographs(tmp_path):
    result, maps, masks = evaluated()
    path = stored(tmp_path / "a.jpg", STORED_AS[6](upright()), 6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = result.report(tmp_path / "a.html", maps=maps, masks=masks, photographs=[path] * 2)
    picture = inside(page)["categories"]["data"]["pictures"]["1"]["photograph"]
    assert (picture["width"], picture["height"]) == (80, 40)


def test_figures_leave_another_shape_out_or_beside(tmp_path):
    result, maps, masks = evaluated()
    tall = stored(tmp_path / "tall.png", np.full((90, 60, 3), 200, np.uint8))
    given = {"maps": maps, "masks": masks, "photographs": [tall] * 2}
    with pytest.warns(gonogo.InputWarning, match="heatmap: .*" + BESIDE):
        axes = plot.heatmap(result, **given)
    assert len(axes.images) == 1
    with pytest.warns(gonogo.InputWarning, match="figures: .*" + BESIDE) as told:
        axes = plot.grid(result, **given)
    assert len(told) == 1
    widths = [one.images[0].get_array().shape[1] for one in axes.child_axes]
    assert widths == [162, 162]  # the photograph, a gap and the heat
