"""The same mask in every way that programs write it: read right or refused by name.

Right is: the drawn pixels are anomalous. A file means as an anomaly map what it means as a mask, so
that drawn pixels are higher there, or it is refused.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import skimage.io
import tifffile
from PIL import Image

import gonogo
from gonogo._check import mask_array
from gonogo.datasets import read_map, read_mask
from gonogo.errors import InputError

TRUE = np.zeros((13, 17), bool)
TRUE[2:6, 3:9] = True
BIT = TRUE.astype(np.uint8)
GREY = BIT * np.uint8(255)
BLACK, WHITE, RED, GREEN, BLUE = (0, 0, 0), (255, 255, 255), (255, 0, 0), (48, 112, 32), (0, 0, 255)
UNSETTLED = r"which do not settle what is normal; .*: convert it"
ZERO_IS_WHITE = r"1-bit pixels that are declared as zero is white.*not settled.*astype"
TURNED = r"found the orientation [2-8], which asks for the pixels to be turned.*expected 1"
NO_MAP = "expected a map|a palette|expected anomaly map as|transparent"


@dataclass(frozen=True)
class Way:
    """How one file is written; ``refused`` is the message for masks, None where it is read."""

    suffix: str
    write: Callable[[Path], object]
    refused: str | None = None
    map_refused: str | None = NO_MAP


def picture(array, **options) -> Callable[[Path], object]:
    return lambda path: Image.fromarray(array).save(path, **options)


def palette(*colors, indices=BIT, **options) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        image = Image.fromarray(indices.astype(np.uint8)).convert("P")
        image.putpalette([channel for color in colors for channel in color])
        image.save(path, **options)

    return write


def tiff(array, **options) -> Callable[[Path], object]:
    return lambda path: tifffile.imwrite(path, array, **options)


def colored(background, drawn) -> np.ndarray:
    return np.where(TRUE[..., None], np.array(drawn, np.uint8), np.array(background, np.uint8))


def quantized(path: Path) -> None:
    Image.fromarray(colored(BLACK, RED)).quantize(2).save(path)


def palette_tiff(*colors, indices=BIT, shift=8) -> Callable[[Path], object]:
    colormap = np.zeros((3, 256), np.uint16)
    colormap[:, : len(colors)] = np.array(colors, np.uint16).T << shift
    return tiff(indices, photometric="palette", colormap=colormap)


def chunk(name: bytes, content: bytes) -> bytes:
    checked = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checked)


def png(depth: int, kind: int, samples: np.ndarray, *extra: bytes) -> Callable[[Path], object]:
    """A PNG of any depth and color type; samples (H, W) or (H, W, channels)."""
    height, width = samples.shape[:2]
    rows = samples.reshape(height, -1)
    if depth == 16:
        packed = [row.astype(">u2").tobytes() for row in rows]
    else:
        bits = (rows[..., None] >> np.arange(depth)[::-1]) & 1
        packed = [np.packbits(row.reshape(-1).astype(np.uint8)).tobytes() for row in bits]
    content = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
        + b"".join(extra)
        + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in packed)))
        + chunk(b"IEND", b"")
    )
    return lambda path: path.write_bytes(content)


def interlaced(path: Path) -> None:
    """Adam7: seven smaller images one after the other."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2)]
    rows = b"".join(
        b"\0" + row.tobytes()
        for top, left, down, right in [*passes, (1, 0, 2, 1)]
        for row in GREY[top::down, left::right]
        if row.size
    )
    head = struct.pack(">IIBBBBB", 17, 13, 8, 0, 0, 0, 1)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def exif(orientation: int) -> Image.Exif:
    content = Image.Exif()
    content[274] = orientation
    return content


def exif_at_the_end(path: Path) -> None:
    png(8, 0, GREY)(path)
    whole, end = path.read_bytes()[:-12], path.read_bytes()[-12:]
    path.write_bytes(whole + chunk(b"eXIf", exif(6).tobytes().removeprefix(b"Exif\0\0")) + end)


def bmp_1bit(first, second, indices) -> Callable[[Path], object]:
    rows = [np.packbits(row).tobytes().ljust(4, b"\0") for row in indices[::-1]]
    colors = bytes([*first[::-1], 0, *second[::-1], 0])
    pixels = b"".join(rows)
    head = struct.pack("<IiiHHIIiiII", 40, 17, 13, 1, 1, 0, len(pixels), 0, 0, 2, 2)
    start = struct.pack("<2sIHHI", b"BM", 62 + len(pixels), 0, 0, 62)
    return lambda path: path.write_bytes(start + head + colors + pixels)


def alpha(rgb, opacity) -> np.ndarray:
    return np.dstack([rgb, opacity])


RAW_EXIF = (
    b"Raw profile type exif\0\nexif\n%8d\n" % len(exif(8).tobytes())
    + exif(8).tobytes().hex().encode()
    + b"\n"
)
TRANSPARENT_BLACK = chunk(b"PLTE", bytes([*BLACK, *RED])) + chunk(b"tRNS", b"\x00\xff")
STRIPES = np.broadcast_to(np.arange(17) % 2 * 2, BIT.shape)
OPAQUE = np.full_like(GREY, 255)
WAYS = {
    # Pillow's modes
    "1.png": Way(".png", picture(TRUE), None, None),
    "L.png": Way(".png", picture(GREY), None, None),
    "L of 0 and 1": Way(".png", picture(BIT), None, None),
    "I;16 of 0 and 1": Way(".png", picture(BIT.astype(np.uint16)), None, None),
    "I;16 of 0 and 65535": Way(".png", picture(GREY * np.uint16(257)), "0, 65535", None),
    "LA": Way(".png", picture(alpha(GREY, OPAQUE))),
    "RGB": Way(".png", picture(colored(BLACK, WHITE))),
    "RGB, red": Way(".png", picture(colored(BLACK, RED))),
    "RGB, blue, of the value 1": Way(".png", picture(colored(BLACK, (0, 0, 1)))),
    "RGB, green and red": Way(".png", picture(colored(GREEN, RED)), UNSETTLED),
    "RGB, two of three channels": Way(".png", picture(colored(BLACK, (255, 255, 0)))),
    "RGBA": Way(".png", picture(alpha(colored(BLACK, WHITE), OPAQUE))),
    "RGBA, red": Way(".png", picture(alpha(colored(BLACK, RED), OPAQUE))),
    "RGBA, red on nothing": Way(".png", picture(alpha(colored(BLACK, RED), GREY))),
    "RGBA, black on nothing": Way(".png", picture(alpha(colored(BLACK, BLACK), GREY)), UNSETTLED),
    "RGBA, drawn as a hole": Way(
        ".png", picture(alpha(colored(BLACK, RED), 255 - GREY)), UNSETTLED
    ),
    # palettes
    "P, white second": Way(".png", palette(BLACK, WHITE)),
    "P, white first": Way(".png", palette(WHITE, BLACK, indices=1 - BIT)),
    "P, red second": Way(".png", palette(BLACK, RED)),
    "P, red first": Way(".png", palette(RED, BLACK, indices=1 - BIT)),
    "P, dark red as of VOC": Way(".png", palette(BLACK, (128, 0, 0))),
    "P, adaptive": Way(".png", quantized),
    "P, green and red": Way(".png", palette(GREEN, RED), UNSETTLED),
    "P, black unused": Way(".png", palette(GREEN, RED, BLACK), UNSETTLED),
    "P, blue unused": Way(".png", palette(BLUE, BLACK, RED, indices=BIT + 1)),
    "P, black twice": Way(".png", palette(BLACK, RED, BLACK, indices=np.where(BIT, 1, STRIPES))),
    "P, two classes": Way(
        ".png", palette(BLACK, BLUE, RED, indices=BIT * (1 + STRIPES // 2)), UNSETTLED
    ),
    "P, red alone": Way(".png", palette(RED, BLACK, indices=BIT * 0), UNSETTLED),
    "P, transparent background": Way(".png", palette(BLACK, RED, transparency=0)),
    "P, transparent label": Way(".png", palette(BLACK, RED, transparency=1), UNSETTLED),
    # PNG as other programs write it
    "grey of 1 bit": Way(".png", png(1, 0, BIT), None, None),
    "grey of 2 bits": Way(".png", png(2, 0, BIT * 3), None, None),
    "grey of 4 bits": Way(".png", png(4, 0, BIT * 15), None, None),
    "palette of 1 bit, label first": Way(
        ".png", png(1, 3, 1 - BIT, chunk(b"PLTE", bytes([*RED, *BLACK])))
    ),
    "palette of 2 bits": Way(
        ".png", png(2, 3, BIT * 2, chunk(b"PLTE", bytes([*BLACK, *BLUE, *RED])))
    ),
    "palette of 4 bits": Way(".png", png(4, 3, BIT, chunk(b"PLTE", bytes([*BLACK, *RED])))),
    "palette with tRNS": Way(".png", png(1, 3, BIT, TRANSPARENT_BLACK)),
    "grey with tRNS of black": Way(".png", png(8, 0, GREY, chunk(b"tRNS", b"\0\0"))),
    "grey with tRNS of white": Way(".png", png(8, 0, GREY, chunk(b"tRNS", b"\0\xff")), UNSETTLED),
    "RGB of 16 bits, of 0 and 1": Way(".png", png(16, 2, np.dstack([BIT] * 3))),
    "interlaced": Way(".png", interlaced, None, None),
    "png by imagecodecs": Way(
        ".png", lambda p: p.write_bytes(imagecodecs.png_encode(GREY)), None, None
    ),
    "png by scikit-image": Way(
        ".png", lambda p: skimage.io.imsave(p, GREY, check_contrast=False), None, None
    ),
    # GIF and BMP
    "gif, white": Way(".gif", picture(GREY)),
    "gif, red": Way(".gif", picture(colored(BLACK, RED))),
    "gif, label first": Way(".gif", palette(RED, BLACK, indices=1 - BIT)),
    "gif, transparent background": Way(".gif", palette(BLACK, RED, transparency=0)),
    "gif by imagecodecs": Way(".gif", lambda p: p.write_bytes(imagecodecs.gif_encode(GREY))),
    "bmp of 1 bit": Way(".bmp", picture(TRUE)),
    "bmp of 1 bit, white first": Way(".bmp", bmp_1bit(WHITE, BLACK, ~TRUE)),
    "bmp of 1 bit, black first": Way(".bmp", bmp_1bit(BLACK, WHITE, TRUE)),
    "bmp of 1 bit, red first": Way(".bmp", bmp_1bit(RED, BLACK, ~TRUE)),
    "bmp of 1 bit, green and red": Way(".bmp", bmp_1bit(GREEN, RED, TRUE), UNSETTLED),
    "bmp of 8 bits": Way(".bmp", picture(GREY)),
    "bmp, palette": Way(".bmp", palette(BLACK, RED)),
    "bmp, palette, label first": Way(".bmp", palette(RED, BLACK, indices=1 - BIT)),
    "bmp of 24 bits": Way(".bmp", picture(colored(BLACK, RED))),
    "bmp by imagecodecs": Way(".bmp", lambda p: p.write_bytes(imagecodecs.bmp_encode(GREY))),
    # TIFF
    "tiff of 1 bit by Pillow": Way(".tif", picture(TRUE), None, None),
    "tiff of 1 bit by Pillow, zero is white": Way(
        ".tif", picture(TRUE, tiffinfo={262: 0}), ZERO_IS_WHITE, ZERO_IS_WHITE
    ),
    "tiff of 8 bits": Way(".tif", tiff(GREY), None, None),
    "tiff of 8 bits, zero is white": Way(
        ".tif", tiff(255 - GREY, photometric="miniswhite"), None, None
    ),
    "tiff of 16 bits": Way(".tif", tiff(BIT.astype(np.uint16)), None, None),
    "tiff of 16 bits, zero is white": Way(
        ".tif", tiff(65535 - BIT.astype(np.uint16), photometric="miniswhite"), None, None
    ),
    "tiff of floats, zero is white": Way(
        ".tif",
        tiff(TRUE.astype(np.float32), photometric="miniswhite"),
        "float32.*not settled",
        "float32.*not settled",
    ),
    "tiff of bool by tifffile": Way(".tif", tiff(TRUE), ZERO_IS_WHITE, ZERO_IS_WHITE),
    "tiff of bool, of another program": Way(
        ".tif", tiff(TRUE, software="labeltool 1.0"), ZERO_IS_WHITE, ZERO_IS_WHITE
    ),
    "tiff of bool, of no program": Way(
        ".tif", tiff(TRUE, software=False, metadata=None), ZERO_IS_WHITE, ZERO_IS_WHITE
    ),
    "tiff of bool, packed": Way(
        ".tif", tiff(TRUE, software="x", compression="packbits"), ZERO_IS_WHITE, ZERO_IS_WHITE
    ),
    "tiff of bool, zero is white, on purpose": Way(
        ".tif", tiff(~TRUE, photometric="miniswhite"), ZERO_IS_WHITE, ZERO_IS_WHITE
    ),
    "tiff of bool, zero is black": Way(".tif", tiff(TRUE, photometric="minisblack"), None, None),
    "tiff by scikit-image": Way(
        ".tif", lambda p: skimage.io.imsave(p, GREY, check_contrast=False), None, None
    ),
    "tiff by fax, group 3": Way(".tif", picture(TRUE, compression="group3"), None, None),
    "tiff by fax, group 4": Way(".tif", picture(TRUE, compression="group4"), None, None),
    "tiff by fax, zero is white": Way(
        ".tif", picture(TRUE, compression="group4", tiffinfo={262: 0}), None, None
    ),
    "tiff, palette": Way(".tif", palette_tiff(BLACK, RED)),
    "tiff, palette, label first": Way(".tif", palette_tiff(RED, BLACK, indices=1 - BIT)),
    "tiff, palette of greys": Way(".tif", palette_tiff(WHITE, BLACK, indices=1 - BIT)),
    "tiff, palette of 8 bits": Way(".tif", palette_tiff(BLACK, RED, shift=0)),
    "tiff, palette of 8 bits beside one of 16": Way(
        ".tif", palette_tiff(BLACK, (128, 0, 0), (65535, 0, 0), shift=0)
    ),
    "tiff, palette of 8 bits, label first, beside one of 16": Way(
        ".tif", palette_tiff((128, 0, 0), BLACK, (65535, 0, 0), indices=1 - BIT, shift=0)
    ),
    "tiff, palette of two others": Way(".tif", palette_tiff(GREEN, RED), UNSETTLED),
    "tiff, RGB": Way(".tif", tiff(colored(BLACK, RED), photometric="rgb")),
    "tiff, RGB, planes apart": Way(
        ".tif",
        tiff(np.moveaxis(colored(BLACK, RED), -1, 0), photometric="rgb", planarconfig="separate"),
    ),
    "tiff, CMYK": Way(
        ".tif",
        tiff(np.dstack([BIT * 0, GREY, GREY, BIT * 0]), photometric="separated"),
        "photometric interpretation",
        "photometric interpretation",
    ),
    **{
        f"tiff, orientation {value}": Way(
            ".tif",
            tiff(GREY, photometric="minisblack", extratags=[(274, "H", 1, value, True)]),
            None if value == 1 else TURNED,
            None if value == 1 else TURNED,
        )
        for value in (1, 2, 3, 6, 8)
    },
    "png, orientation 1": Way(".png", picture(GREY, exif=exif(1)), None, None),
    "png, orientation 3": Way(".png", picture(GREY, exif=exif(3)), TURNED, TURNED),
    "png, orientation 6 after the pixels": Way(".png", exif_at_the_end, TURNED, TURNED),
    "png, orientation 8 in a text": Way(
        ".png", png(8, 0, GREY, chunk(b"tEXt", RAW_EXIF)), TURNED, TURNED
    ),
    "png of a palette, orientation 3": Way(".png", palette(BLACK, RED, exif=exif(3)), TURNED),
    "png with a text": Way(".png", png(8, 0, GREY, chunk(b"tEXt", b"Title\0mask")), None, None),
    "tiff, packed": Way(".tif", tiff(GREY, compression="lzw"), None, None),
}


@pytest.fixture(params=WAYS, ids=lambda name: name.replace(" ", "_"))
def way(request) -> Way:
    return WAYS[request.param]


def test_as_a_mask(tmp_path, way):
    path = tmp_path / f"mask{way.suffix}"
    way.write(path)
    if way.refused is None:
        np.testing.assert_array_equal(mask_array(read_mask(path), "mask"), TRUE)
        return
    with pytest.raises(InputError, match=way.refused):
        mask_array(read_mask(path), "mask")


VOC_GREYS = [BLACK, RED, GREEN, BLUE, WHITE, (0, 128, 0), (128, 0, 0), (128, 128, 128), (64, 0, 0)]


@pytest.mark.parametrize(
    ("suffix", "write", "options"),
    [
        (".png", palette, {}),
        (".gif", palette, {"optimize": False}),
        (".bmp", palette, {}),
        (".tif", palette_tiff, {}),
    ],
)
def test_a_rule_reads_all_files_with_one_palette_alike(tmp_path, suffix, write, options):
    """Index 7 is a grey: a file that has no other color is read as its neighbor with one."""
    greys, colors = BIT * 7, BIT * 7
    colors[0, 0] = 8
    for name, indices in (("greys", greys), ("colors", colors)):
        path = tmp_path / f"{name}{suffix}"
        write(*VOC_GREYS, indices=indices, **options)(path)
        np.testing.assert_array_equal(read_mask(path, stored=True), indices)
    ramp = tmp_path / f"ramp{suffix}"
    write(BLACK, (128, 128, 128), WHITE, indices=BIT)(ramp)
    np.testing.assert_array_equal(read_mask(ramp, stored=True), BIT * np.uint8(128))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_an_index_to_ignore_is_no_grey(tmp_path, suffix):
    """White is index 1, and 255 to be ignored: with and without pixels of the index 255."""
    colors = [BLACK, WHITE, *[(0, 0, place) for place in range(2, 256)]]
    for name, corner in (("without", 0), ("with", 255)):
        indices = BIT.copy()
        indices[0, 0] = corner
        path = tmp_path / f"{name}{suffix}"
        (palette_tiff if suffix == ".tif" else palette)(*colors, indices=indices)(path)
        np.testing.assert_array_equal(read_mask(path, ignore=255), indices)


@pytest.mark.parametrize(
    "name", ["1.png", "bmp of 1 bit", "bmp of 1 bit, white first", "bmp of 1 bit, black first"]
)
def test_one_bit_per_pixel_is_bool(tmp_path, name):
    path = tmp_path / f"mask{WAYS[name].suffix}"
    WAYS[name].write(path)
    found = read_mask(path)
    assert found.dtype == np.bool_
    np.testing.assert_array_equal(found, TRUE)


def test_eight_bits_in_black_and_white_stay_greys(tmp_path):
    palette(BLACK, WHITE)(tmp_path / "a.bmp")
    np.testing.assert_array_equal(read_mask(tmp_path / "a.bmp"), GREY)


def test_one_bit_per_pixel_goes_with_zero_and_one(tmp_path):
    for name in ("maps", "masks"):
        (tmp_path / name).mkdir()
    for name in ("a", "b"):
        tifffile.imwrite(tmp_path / f"maps/{name}.tif", TRUE.astype(np.float32))
    Image.fromarray(BIT).save(tmp_path / "masks/a.png")
    tifffile.imwrite(tmp_path / "maps/c.tif", TRUE.astype(np.float32))
    Image.fromarray(TRUE).save(tmp_path / "masks/b.bmp")
    (result,) = gonogo.evaluate_folder(tmp_path / "maps", tmp_path / "masks").categories.values()
    assert [row.anomalous_pixels for row in result.images] == [TRUE.sum()] * 2 + [0]


def test_as_a_map(tmp_path, way):
    path = tmp_path / f"map{way.suffix}"
    way.write(path)
    if way.map_refused is None:
        scores = read_map(path)
        assert scores[TRUE].min() > scores[~TRUE].max()
        return
    with pytest.raises(InputError, match=way.map_refused):
        read_map(path)
