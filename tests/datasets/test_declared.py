"""What a header declares is checked before pixels are decoded: no file takes memory by a claim."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo
from gonogo.datasets import evaluate_folder, memory, read_map, read_mask, reading
from gonogo.datasets import tiff as tiff_file
from gonogo.errors import InputError
from tests.datasets.conftest import write_map, write_mask

LONG = 10**6


def chunk(name, content):
    checked = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checked)


def png(height, width, rows=b"", *, depth=8, padding=0):
    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"teXt", b"a\0" + b" " * padding)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def npy(height, width, dtype="|u1"):
    content = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": (height, width)}
    np.lib.format.write_array_header_1_0(content, header)
    return content.getvalue()


def npz(member, name="map.npy"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, member)
    return content.getvalue()


def tiff(height, width, compression=None):
    content = io.BytesIO()
    tifffile.imwrite(content, np.zeros((4, 4), np.uint8), compression=compression, metadata=None)
    content.seek(0)
    with tifffile.TiffFile(content, mode="r+") as file:
        for name, length in (("ImageLength", height), ("ImageWidth", width)):
            file.pages[0].tags[name].overwrite(length)
        file.pages[0].tags["RowsPerStrip"].overwrite(height)
        return content.getvalue()


def bmp(height, width):
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 54, 0, 0, 54) + head


def gif(height, width):
    frame = struct.pack("<HHHHB", 0, 0, width, height, 0)
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    return head + b"\0\0\0\xff\0\0," + frame + b"\x02\x02\x4c\x01\0;"


CLAIMS = {
    "mask.png": png(LONG, LONG),
    "mask.bmp": bmp(LONG, LONG),
    "mask.gif": gif(65535, 65535),
    "mask.tif": tiff(LONG, LONG),
    "zstd.tif": tiff(LONG, LONG, "zstd"),
    "map.png": png(LONG, LONG, depth=16),
    "map.npy": npy(LONG, LONG),
    "map.npz": npz(npy(LONG, LONG)),
    "map.tiff": tiff(LONG, LONG, "zlib"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_small_file_that_claims_much(tmp_path, name):
    assert len(CLAIMS[name]) < 600
    (tmp_path / name).write_bytes(CLAIMS[name])
    read = read_mask if name.startswith("mask") else read_map
    with pytest.raises(InputError, match=rf"{name}: .*(as its header declares them|cannot read)"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", CLAIMS)
def test_it_can_be_skipped(tmp_path, name):
    maps, masks = tmp_path / "maps", tmp_path / "masks"
    for stem in ("a", "b", "c"):
        write_map(maps / f"{stem}.tiff", bump=stem == "b")
    write_mask(masks / "b.png")
    if name.startswith("mask"):
        (masks / name).with_stem("c").write_bytes(CLAIMS[name])
    else:
        (maps / "c.tiff").unlink()
        (maps / name).with_stem("c").write_bytes(CLAIMS[name])
    run = evaluate_folder(maps, masks, on_error="skip")
    (result,) = run.categories.values()
    assert [row.name for row in result.images] == ["a.tiff", "b.tiff"]
    (skipped,) = result.skipped
    assert "c." in skipped.reason


def test_sizes_are_compared_before_anything_is_decoded(tmp_path):
    """Neither file has the pixels that it declares, so that decoding would be another error."""
    (tmp_path / "maps").mkdir()
    (tmp_path / "masks").mkdir()
    (tmp_path / "maps/a.npy").write_bytes(npy(12, 16) + bytes(12 * 16))
    (tmp_path / "masks/a.png").write_bytes(png(60_000, 60_000, padding=400_000))
    said = r"a\.npy: the map is 12 x 16 and the mask 60000 x 60000; make them the same size"
    with pytest.raises(InputError, match=said):
        evaluate_folder(tmp_path / "maps", tmp_path / "masks")
    with pytest.raises(InputError, match=r"a\.png: (cannot read the mask|.*not enough memory)"):
        evaluate_folder(tmp_path / "maps", tmp_path / "masks", resize="bilinear")


@pytest.mark.parametrize(
    ("which", "said", "skippable"),
    [
        ("total_memory", r"0\.8 GiB.*\(1\.0 GiB in all\); cut it into tiles", True),
        ("available_memory", r"0\.8 GiB.*\(1\.0 GiB available\); end what else", False),
    ],
)
def test_more_than_the_memory_holds(tmp_path, monkeypatch, which, said, skippable):
    """What is skipped must not depend on what else takes memory at the time."""
    monkeypatch.setattr(reading, "total_memory", lambda: 2**40)
    monkeypatch.setattr(reading, "available_memory", lambda: 2**40)
    monkeypatch.setattr(reading, which, lambda: 2**30)
    maps, masks = tmp_path / "maps", tmp_path / "masks"
    for stem in ("a", "b"):
        write_map(maps / f"{stem}.tiff", bump=stem == "b")
    write_mask(masks / "b.png")
    tifffile.imwrite(maps / "map.tiff", shape=(30_000, 30_000), dtype=np.uint8)
    with pytest.raises(InputError, match=rf"map\.tiff: found 30000 x 30000 pixels, .*{said}"):
        read_map(maps / "map.tiff")
    if skippable:
        (result,) = evaluate_folder(maps, masks, on_error="skip").categories.values()
        assert [one.name for one in result.skipped] == ["map.tiff"]
    else:
        with pytest.raises(InputError, match=said):
            evaluate_folder(maps, masks, on_error="skip")


@pytest.mark.parametrize("side", [12, 9000])
def test_a_full_memory_is_never_skipped(tmp_path, monkeypatch, side):
    """Not even of a large map: another time there may be room for it."""
    maps, masks = tmp_path / "maps", tmp_path / "masks"
    for stem in ("a", "b"):
        write_map(maps / f"{stem}.tiff", bump=stem == "b")
    write_mask(masks / "b.png")
    tifffile.imwrite(maps / "c.tiff", shape=(side, side), dtype=np.uint8)
    plain = tiff_file.Page.stored

    def full(page):
        if page.shape == (side, side):
            raise MemoryError
        return plain(page)

    monkeypatch.setattr(tiff_file.Page, "stored", full)
    with pytest.raises(InputError, match=r"c\.tiff: not enough memory to read the anomaly map"):
        evaluate_folder(maps, masks, on_error="skip")


def test_the_memory_of_the_system():
    available, total = memory.available_memory(), memory.total_memory()
    assert available is None or available > 2**20
    assert total is None or total > 2**20
    assert None in (available, total) or available <= total


def test_the_memory_gone_meanwhile_is_no_reason_to_skip(tmp_path, monkeypatch):
    """Every image that follows would be left out as well."""
    write_map(tmp_path / "maps/a.tiff", bump=True)
    write_map(tmp_path / "maps/b.tiff")
    write_mask(tmp_path / "masks/a.png")

    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr("gonogo.states.observed.finite_range", full)
    with pytest.raises(gonogo.InputError, match=r"a\.tiff: not enough memory to count this image"):
        evaluate_folder(tmp_path / "maps", tmp_path / "masks", on_error="skip")


@pytest.mark.parametrize(
    ("rows", "height"), [(5, 13), (12, 13), (0, 13)], ids=["some", "one less", "none"]
)
def test_a_png_whose_data_end_early_is_never_filled_up(tmp_path, rows, height):
    content = png(height, 17, (b"\0" + b"\xff" * 17) * rows)
    (tmp_path / "mask.png").write_bytes(content)
    for read in (read_mask, read_map):
        with pytest.raises(InputError, match=r"mask\.png: cannot read"):
            read(tmp_path / "mask.png")


@pytest.mark.parametrize("compression", [None, "zlib", "zstd", "packbits"])
@pytest.mark.parametrize("options", [{"rowsperstrip": 4}, {"tile": (16, 16)}])
def test_a_tiff_with_fewer_blocks_than_declared(tmp_path, compression, options):
    path = tmp_path / "map.tiff"
    tifffile.imwrite(path, np.ones((48, 32), np.uint8), compression=compression, **options)
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages[0].tags["ImageLength"].overwrite(96)
    for read in (read_mask, read_map):
        with pytest.raises(InputError, match=r"map\.tiff: found a TIFF with missing blocks"):
            read(path)


@pytest.mark.parametrize(
    ("member", "says"),
    [
        (b"no array at all", "it is not an NPY file"),
        (b"\x80\x04]\x94.", "found pickled Python objects"),
        (npy(4, 4, "|O"), "found pickled Python objects"),
        (npy(4, 4) + bytes(15), "cannot read the anomaly map"),
        (b"", "cannot read the anomaly map"),
    ],
    ids=["text", "pickle", "objects", "short", "empty"],
)
def test_a_member_of_an_npz_that_is_no_array(tmp_path, member, says):
    (tmp_path / "map.npz").write_bytes(npz(member))
    with pytest.raises(InputError, match=rf"map\.npz: .*{says}"):
        read_map(tmp_path / "map.npz")


def test_a_frame_that_fills_a_part_of_a_gif(tmp_path):
    drawn = Image.fromarray(np.eye(8, dtype=np.uint8) * 255)
    drawn.save(tmp_path / "mask.gif")
    content = bytearray((tmp_path / "mask.gif").read_bytes())
    content[6:10] = struct.pack("<HH", 16, 16)
    (tmp_path / "mask.gif").write_bytes(content)
    with pytest.raises(InputError, match="a frame that fills only a part of the picture"):
        read_mask(tmp_path / "mask.gif")


def test_an_animated_png_is_no_mask(tmp_path):
    first, second = (Image.fromarray(np.full((4, 4), value, np.uint8)) for value in (0, 255))
    first.save(tmp_path / "mask.png", save_all=True, append_images=[second])
    with pytest.raises(InputError, match="an animated PNG"):
        read_mask(tmp_path / "mask.png")
