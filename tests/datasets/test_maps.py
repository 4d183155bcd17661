"""Every format a map may come in is read exactly; everything else is one clear error."""

from __future__ import annotations

import pickle
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tifffile
from PIL import Image

from gonogo.datasets import read_map
from gonogo.errors import InputError, MissingExtra

SCORES = np.random.default_rng(1).normal(size=(13, 17)).astype(np.float32)


def assert_same(found, expected):
    assert found.dtype == expected.dtype
    assert found.dtype.isnative
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "zstd", "packbits", "lzma"])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i2", "u1", "u2", "i4"])
def test_tiff(tmp_path, compression, dtype):
    scores = (SCORES * 20).astype(dtype)
    tifffile.imwrite(tmp_path / "map.tiff", scores, compression=compression, rowsperstrip=4)
    assert_same(read_map(tmp_path / "map.tiff"), scores)


@pytest.mark.parametrize(
    "options",
    [
        {"byteorder": ">"},
        {"bigtiff": True},
        {"tile": (16, 16)},
        {"compression": "zlib", "predictor": True},
    ],
)
def test_tiff_variants(tmp_path, options):
    tifffile.imwrite(tmp_path / "map.TIF", SCORES, **options)
    assert_same(read_map(tmp_path / "map.TIF"), SCORES)


def test_tiff_by_pillow(tmp_path):
    Image.fromarray(SCORES).save(tmp_path / "map.tif", compression="tiff_adobe_deflate")
    assert_same(read_map(tmp_path / "map.tif"), SCORES)


@pytest.mark.parametrize("shape", [(13, 17), (1, 13, 17), (1, 1, 13, 17), (13, 17, 1)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy(tmp_path, shape, order):
    np.save(tmp_path / "map.npy", np.asarray(SCORES.reshape(shape), order=order))
    assert_same(read_map(tmp_path / "map.npy"), SCORES)


def test_npy_of_the_other_byte_order(tmp_path):
    np.save(tmp_path / "map.npy", SCORES.astype(">f4"))
    assert_same(read_map(tmp_path / "map.npy"), SCORES)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz(tmp_path, save):
    save(tmp_path / "map.npz", anything=SCORES)
    assert_same(read_map(tmp_path / "map.npz"), SCORES)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png(tmp_path, dtype):
    scores = np.random.default_rng(2).integers(0, np.iinfo(dtype).max, (13, 17)).astype(dtype)
    Image.fromarray(scores).save(tmp_path / "map.png")
    np.testing.assert_array_equal(read_map(tmp_path / "map.png"), scores)


def cut(path, *, bytes_lost):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - bytes_lost])


@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "zstd", "packbits"])
@pytest.mark.parametrize("bytes_lost", [1, 300])
def test_a_truncated_tiff_is_never_filled_up(tmp_path, compression, bytes_lost):
    tifffile.imwrite(tmp_path / "map.tiff", SCORES, compression=compression, rowsperstrip=4)
    cut(tmp_path / "map.tiff", bytes_lost=bytes_lost)
    with pytest.raises(InputError, match=r"map\.tiff: found a truncated TIFF \(\d+ bytes of at le"):
        read_map(tmp_path / "map.tiff")


@pytest.mark.parametrize("length", [1, 4, 8, 60, 120, 250])
@pytest.mark.filterwarnings("ignore")
def test_a_tiff_cut_in_its_head(tmp_path, length):
    tifffile.imwrite(tmp_path / "map.tiff", SCORES)
    (tmp_path / "map.tiff").write_bytes((tmp_path / "map.tiff").read_bytes()[:length])
    with pytest.raises(InputError, match=r"map\.tiff: (cannot read|found a truncated)"):
        read_map(tmp_path / "map.tiff")


def test_a_tiff_with_missing_strips(tmp_path):
    tifffile.imwrite(tmp_path / "map.tiff", SCORES, rowsperstrip=4, compression="zlib")
    with tifffile.TiffFile(tmp_path / "map.tiff", mode="r+") as tiff:
        counts = tiff.pages[0].tags["StripByteCounts"]
        counts.overwrite((0, *counts.value[1:]))
    with pytest.raises(InputError, match="missing blocks"):
        read_map(tmp_path / "map.tiff")


def test_more_than_one_page(tmp_path):
    tifffile.imwrite(tmp_path / "map.tiff", np.stack([SCORES] * 3), photometric="minisblack")
    with pytest.raises(InputError, match=r"found 3 pages; expected one image a file"):
        read_map(tmp_path / "map.tiff")


@pytest.mark.parametrize("name", ["map.tiff", "map.npy", "map.npz", "map.png"])
def test_a_colour_picture_is_no_map(tmp_path, name):
    picture = np.zeros((13, 17, 3), np.uint8)
    path = tmp_path / name
    if name.endswith("tiff"):
        tifffile.imwrite(path, picture, photometric="rgb")
    elif name.endswith("png"):
        Image.fromarray(picture).save(path)
    else:
        (np.save if name.endswith("npy") else np.savez)(path, picture)
    with pytest.raises(InputError, match=r"RGB.*; expected a map.*not a colour picture"):
        read_map(path)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_palette_is_no_map(tmp_path, suffix):
    Image.new("P", (17, 13)).save(tmp_path / f"map.{suffix}")
    with pytest.raises(InputError, match=r"found a (PNG|TIFF) of colours from a palette"):
        read_map(tmp_path / f"map.{suffix}")


def test_nothing_is_unpickled(tmp_path):
    class Bomb:
        def __reduce__(self):
            return pytest.fail, ("unpickled",)

    np.save(tmp_path / "object.npy", np.array([Bomb()]), allow_pickle=True)
    np.savez(tmp_path / "object.npz", np.array([Bomb()]), allow_pickle=True)
    (tmp_path / "bare.npy").write_bytes(pickle.dumps(Bomb()))
    for name in ("object.npy", "object.npz", "bare.npy"):
        with pytest.raises(InputError, match=rf"{name}: found pickled Python objects"):
            read_map(tmp_path / name)


def test_more_than_one_array(tmp_path):
    np.savez(tmp_path / "map.npz", left=SCORES, right=SCORES)
    with pytest.raises(InputError, match=r"found 2 arrays \(left, right\); expected one map"):
        read_map(tmp_path / "map.npz")


@pytest.mark.parametrize("suffix", ["tiff", "npy", "npz", "png"])
def test_an_empty_file(tmp_path, suffix):
    path = tmp_path / f"map.{suffix}"
    path.touch()
    with pytest.raises(InputError, match="found an empty file"):
        read_map(path)


@pytest.mark.parametrize("suffix", ["tiff", "npy", "npz", "png"])
def test_not_what_the_suffix_says(tmp_path, suffix):
    path = tmp_path / f"map.{suffix}"
    path.write_bytes(b"these are no scores, not at all" * 10)
    with pytest.raises(InputError, match=rf"map\.{suffix}: cannot read the anomaly map \(.+\)"):
        read_map(path)


@pytest.mark.parametrize("suffix", ["npy", "npz", "png"])
def test_a_file_cut_short(tmp_path, suffix):
    path = tmp_path / f"map.{suffix}"
    scores = np.random.default_rng(3).integers(0, 256, (64, 64), np.uint8)
    if suffix == "png":
        Image.fromarray(scores).save(path)
    else:
        (np.save if suffix == "npy" else np.savez)(path, scores)
    cut(path, bytes_lost=500)
    with pytest.raises(InputError, match="cannot read the anomaly map"):
        read_map(path)


@pytest.mark.parametrize("suffix", ["tiff", "npy", "npz", "png"])
def test_no_such_file(tmp_path, suffix):
    with pytest.raises(InputError, match=rf"map\.{suffix}: cannot open .*No such file"):
        read_map(tmp_path / f"map.{suffix}")


def test_an_unknown_suffix(tmp_path):
    with pytest.raises(
        InputError, match=r"found the suffix '\.mat'; expected anomaly map as \.tif"
    ):
        read_map(tmp_path / "map.mat")


@pytest.mark.parametrize(("name", "module"), [("map.tiff", "tifffile"), ("map.png", "imagecodecs")])
def test_without_the_readers_the_extra_is_named(tmp_path, monkeypatch, name, module):
    Image.fromarray(SCORES if name.endswith("tiff") else SCORES.astype(np.uint8)).save(
        tmp_path / name
    )
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=r'pip install "gonogo\[cli\]"'):
        read_map(tmp_path / name)


def test_headers_of_npy_files_are_parsed_by_one_thread_at_a_time(tmp_path, monkeypatch):
    """CPython 3.11 fails now and then where several threads parse at once."""
    np.save(tmp_path / "map.npy", np.zeros((4, 5), np.float32))
    parsing, most = [], []
    plain = np.lib.format.read_array_header_1_0

    def slow(file):
        parsing.append(None)
        most.append(len(parsing))
        time.sleep(0.01)
        parsing.pop()
        return plain(file)

    monkeypatch.setattr(np.lib.format, "read_array_header_1_0", slow)
    with ThreadPoolExecutor(4) as pool:
        maps = list(pool.map(read_map, [tmp_path / "map.npy"] * 8))
    assert all(one.shape == (4, 5) for one in maps)
    assert max(most) == 1


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<f2", "|u1"])
def test_arrays_of_either_order(tmp_path, suffix, order, dtype):
    scores = np.asarray(np.arange(20).reshape(4, 5), dtype, order=order)
    path = tmp_path / f"map{suffix}"
    if suffix == ".npy":
        np.save(path, scores)
    else:
        np.savez_compressed(path, scores)
    found = read_map(path)
    assert found.flags.writeable
    assert found.dtype == scores.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found, scores)
