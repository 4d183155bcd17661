"""Masks keep the values that were drawn, in every format and colour mode."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from PIL import Image

from gonogo.datasets import read_mask
from gonogo.errors import InputError
from tests.datasets.test_polarity import BIT, chunk, png

DRAWN = np.zeros((13, 17), np.uint8)
DRAWN[2:6, 3:9] = 255
TRUE = DRAWN > 0


def indexed(*colours):
    """A palette image of the indices 0 and 1."""
    image = Image.fromarray(TRUE.astype(np.uint8)).convert("P")
    image.putpalette([channel for colour in colours for channel in colour])
    return image


def colours(alpha=None):
    channels = [DRAWN] * 3 + ([] if alpha is None else [alpha])
    return Image.fromarray(np.stack(channels, axis=-1))


OPAQUE = np.full_like(DRAWN, 255)
IMAGES = {
    "grey": (Image.fromarray(DRAWN), DRAWN),
    "zero-one": (Image.fromarray(DRAWN // 255), DRAWN // 255),
    "one-bit": (Image.fromarray(TRUE), TRUE),
    "grey-palette": (indexed((0, 0, 0), (255, 255, 255)), DRAWN),
    "colour-palette": (indexed((0, 0, 0), (128, 0, 0)), DRAWN // 255),
    "rgb": (colours(), DRAWN),
    "rgba": (colours(OPAQUE), DRAWN),
    "grey-alpha": (Image.fromarray(np.stack([DRAWN, OPAQUE], axis=-1)), DRAWN),
}
CAN_HOLD = {
    "png": set(IMAGES),
    "tif": set(IMAGES) - {"grey-palette", "colour-palette"},
    "bmp": {"grey", "zero-one", "one-bit", "grey-palette", "colour-palette", "rgb"},
    "gif": {"grey", "zero-one", "one-bit", "grey-palette", "colour-palette"},
}


@pytest.mark.parametrize(
    ("suffix", "mode"), [(suffix, mode) for suffix in CAN_HOLD for mode in sorted(CAN_HOLD[suffix])]
)
def test_values_are_kept(tmp_path, mode, suffix):
    image, expected = IMAGES[mode]
    image.save(tmp_path / f"mask.{suffix}")
    found = read_mask(tmp_path / f"mask.{suffix}")
    np.testing.assert_array_equal(found > 0, TRUE)
    assert int(found.max()) in ({1, 255} if expected is TRUE else {int(expected.max())})


@pytest.mark.parametrize("value", [1, 255])
def test_a_palette_tiff(tmp_path, value):
    colormap = np.zeros((3, 256), np.uint16)
    colormap[:, 1] = value << 8
    tifffile.imwrite(
        tmp_path / "mask.tif", TRUE.astype(np.uint8), photometric="palette", colormap=colormap
    )
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.tif"), TRUE * np.uint8(value))


def test_sixteen_bit_values_are_left_to_the_engine(tmp_path):
    Image.fromarray(DRAWN.astype(np.uint16) * 257).save(tmp_path / "mask.png")
    assert np.unique(read_mask(tmp_path / "mask.png")).tolist() == [0, 65535]


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif"])
def test_differing_channels_are_refused(tmp_path, suffix):
    picture = np.stack([DRAWN, DRAWN.T.reshape(DRAWN.shape), DRAWN * 0], axis=-1)
    Image.fromarray(picture).save(tmp_path / f"mask.{suffix}")
    with pytest.raises(InputError, match=rf"mask\.{suffix}: found the colours .*one value per p"):
        read_mask(tmp_path / f"mask.{suffix}")


def test_a_drawing_in_the_alpha_channel_is_refused(tmp_path):
    colours(alpha=255 - DRAWN).save(tmp_path / "mask.png")
    with pytest.raises(InputError, match="which do not settle what is normal"):
        read_mask(tmp_path / "mask.png")


def test_a_film_is_no_mask(tmp_path):
    first, second = Image.fromarray(DRAWN), Image.fromarray(DRAWN.T.reshape(DRAWN.shape))
    first.save(tmp_path / "mask.gif", save_all=True, append_images=[second])
    with pytest.raises(InputError, match="found 2 frames; expected one image per file"):
        read_mask(tmp_path / "mask.gif")


def test_a_stack_is_no_mask(tmp_path):
    tifffile.imwrite(tmp_path / "mask.tif", np.stack([DRAWN] * 3), photometric="minisblack")
    with pytest.raises(InputError, match="found 3 pages"):
        read_mask(tmp_path / "mask.tif")


def test_a_very_large_mask_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    Image.fromarray(DRAWN).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), DRAWN)


@pytest.mark.parametrize("suffix", ["png", "bmp", "gif", "tiff"])
@pytest.mark.parametrize("content", [b"", b"no image" * 40])
def test_not_an_image(tmp_path, suffix, content):
    path = tmp_path / f"mask.{suffix}"
    path.write_bytes(content)
    problem = "cannot read the mask" if content else "found an empty file"
    with pytest.raises(InputError, match=rf"mask\.{suffix}: {problem}"):
        read_mask(path)


def test_a_truncated_png(tmp_path):
    path = tmp_path / "mask.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 2, (99, 99), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(InputError, match=r"cannot read the mask \(.*too small\); the file may be"):
        read_mask(path)


def test_a_lossy_format_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"found the suffix '\.jpg'; expected mask as \.png, \.bmp"
    ):
        read_mask(tmp_path / "mask.jpg")


VOID = (224, 224, 192)


def with_void(tmp_path):
    """Black, dark red, and pixels of neither class as the index 255, as VOC writes them."""
    indices = TRUE.astype(np.uint8)
    indices[8:, 12:] = 255
    image = Image.fromarray(indices).convert("P")
    palette = np.zeros((256, 3), np.uint8)
    palette[1], palette[255] = (128, 0, 0), VOID
    image.putpalette(palette.tobytes())
    image.save(tmp_path / "mask.png")
    return indices


def test_a_third_color_is_refused_unless_it_is_to_be_ignored(tmp_path):
    indices = with_void(tmp_path)
    with pytest.raises(
        InputError,
        match=r"\(224, 224, 192, 255\).*which indices .* mask_values='1'.* ignore_value=255",
    ):
        read_mask(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png", ignore=255), indices)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png", stored=True), indices)


@pytest.mark.parametrize("rest", [0, 255], ids=["normal", "nothing"])
def test_nothing_beside_what_is_ignored(tmp_path, rest):
    with_void(tmp_path)
    image = Image.open(tmp_path / "mask.png")
    indices = np.where(np.asarray(image) == 255, 255, rest).astype(np.uint8)
    void = Image.fromarray(indices).convert("P")
    void.putpalette(image.getpalette())
    void.save(tmp_path / "void.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "void.png", ignore=255), indices)


def test_what_is_ignored_leaves_the_colors_to_decide(tmp_path):
    """Red is the index 0 here, black 1."""
    indexed((255, 0, 0), (0, 0, 0)).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png", ignore=255), ~TRUE)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png", stored=True), TRUE)


def test_stored_bits_of_tifffile_are_read_for_a_rule(tmp_path):
    tifffile.imwrite(tmp_path / "mask.tif", TRUE)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.tif", stored=True), TRUE)


@pytest.mark.parametrize(("depth", "scale"), [(2, 85), (4, 17)])
@pytest.mark.parametrize("extra", [(), (chunk(b"tRNS", b"\0\2"),)])
def test_few_bits_are_read_as_stored_for_a_rule(tmp_path, depth, scale, extra):
    png(depth, 0, BIT, *extra)(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png", stored=True), BIT)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), BIT * scale)
