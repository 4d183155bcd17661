"""Files that somebody might write on purpose, or a broken program: every kind that gonogo reads."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from gonogo.states.state_file import write_state

__all__ = ["Hostile", "handmade"]

LONG = 10**6
DEEP = 100_000
SCORES = np.random.default_rng(3).random((12, 16), dtype=np.float32)


@dataclass(frozen=True)
class Hostile:
    """A file: of which kind, with which suffix (of the original where empty), and its bytes."""

    kind: str
    name: str
    suffix: str
    content: bytes


def handmade(valid: dict[str, bytes], scratch: Path) -> list[Hostile]:
    """All of them; ``valid`` are originals by kind, ``scratch`` is a folder to write in."""
    made = [
        *(Hostile(kind, *one) for kind in ("map", "mask", "photograph") for one in _images()),
        *(Hostile("map", *one) for one in _arrays()),
        *(Hostile(kind, *one) for kind in ("scores", "images") for one in _tables()),
        *(
            Hostile(kind, *one)
            for kind in ("results", "threshold", "journal")
            for one in _documents(valid[kind])
        ),
        *(Hostile("config", *one) for one in _settings()),
        *(
            Hostile(kind, *one)
            for kind in ("state", "index", "plan", "counts", "seen")
            for one in _states(valid[kind], scratch)
        ),
        *(Hostile("curves", f"curves, {name}", "", content) for name, _, content in _arrays()),
    ]
    return [*made, *(Hostile(kind, "no bytes at all", "", b"") for kind in valid)]


def chunk(name: bytes, content: bytes) -> bytes:
    checked = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checked)


def png(height: int, width: int, rows: bytes = b"", *chunks: bytes, depth=8, kind=0) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = [chunk(b"IHDR", head), *chunks, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def npy(shape: object, dtype: object = "<f4", content: bytes = b"") -> bytes:
    header = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


def npz(*members: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members:
            archive.writestr(zipfile.ZipInfo(name), member)  # of no time: the same bytes each time
    return content.getvalue()


def tiff(overwritten: dict[str, object], array=SCORES, **options) -> bytes:
    content = io.BytesIO()
    tifffile.imwrite(content, array, metadata=None, **options)
    content.seek(0)
    with tifffile.TiffFile(content, mode="r+") as file:
        for name, value in overwritten.items():
            file.pages[0].tags[name].overwrite(value)
        return content.getvalue()


def looped() -> bytes:
    """A TIFF whose directory comes after itself."""
    content = bytearray(tiff({}))
    start = struct.unpack_from("<I", content, 4)[0]
    tags = struct.unpack_from("<H", content, start)[0]
    struct.pack_into("<I", content, start + 2 + 12 * tags, start)
    return bytes(content)


def _images() -> list[tuple[str, str, bytes]]:
    rows = (b"\0" + bytes(16)) * 12
    bomb = (b"\0" + bytes(30_000)) * 300
    gif = struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + b"\0\0\0\xff\0\0,"
    huge = {"ImageLength": LONG, "ImageWidth": LONG, "RowsPerStrip": LONG}
    bmp = struct.pack("<IiiHHIIiiII", 40, LONG, LONG, 1, 24, 0, 0, 0, 0, 0, 0)
    return [
        ("png of 10^6 x 10^6", ".png", png(LONG, LONG)),
        ("png of 2^31 - 1", ".png", png(2**31 - 1, 2**31 - 1, depth=16)),
        ("png without pixels", ".png", png(0, 0)),
        ("png of a few rows", ".png", png(12, 16, rows[:40])),
        ("png with more rows", ".png", png(12, 16, rows * 50)),
        ("png, 30000 wide, cut short", ".png", png(30_000, 30_000, bomb)),
        ("png of depth 3", ".png", png(12, 16, rows, depth=3)),
        ("png of color type 9", ".png", png(12, 16, rows, kind=9)),
        ("png, palette without colors", ".png", png(12, 16, rows, kind=3)),
        (
            "png, index beyond its palette",
            ".png",
            png(12, 16, (b"\0" + b"\x07" * 16) * 12, chunk(b"PLTE", bytes(6)), kind=3),
        ),
        (
            "png with a text that unpacks to much",
            ".png",
            png(12, 16, rows, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))),
        ),
        ("png of a chunk without end", ".png", png(12, 16, rows)[:33] + b"\xff\xff\xff\xffIDAT"),
        ("png, signature alone", ".png", b"\x89PNG\r\n\x1a\n"),
        ("bmp of 10^6 x 10^6", ".bmp", struct.pack("<2sIHHI", b"BM", 54, 0, 0, 54) + bmp),
        (
            "bmp of a negative width",
            ".bmp",
            b"BM" + bytes(8) + struct.pack("<IIii", 54, 40, -5, -5),
        ),
        ("bmp with its pixels beyond it", ".bmp", b"BM" + b"\xff" * 12 + bmp),
        ("gif of 65535 x 65535", ".gif", b"GIF89a" + gif),
        ("gif without a frame", ".gif", b"GIF89a" + struct.pack("<HHBBB", 16, 12, 0, 0, 0) + b";"),
        ("gif of blocks alone", ".gif", b"GIF89a" + gif[:7] + b"!\xfe\xff" * 3000),
        ("tiff of 10^6 x 10^6", ".tiff", tiff(huge)),
        ("tiff of 10^6 x 10^6, packed", ".tiff", tiff(huge, compression="zstd")),
        ("tiff of 10^6 x 10^6, lzma", ".tiff", tiff(huge, compression="lzma")),
        ("tiff of 30000 x 30000", ".tiff", tiff(dict.fromkeys(huge, 30_000), compression="zlib")),
        ("tiff of too few strips", ".tiff", tiff({"ImageLength": 24}, rowsperstrip=4)),
        ("tiff after itself", ".tiff", looped()),
        ("tiff without a directory", ".tiff", b"II*\0\x08\0\0\0\0\0\0\0\0\0"),
        ("tiff with 65535 tags", ".tiff", b"II*\0\x08\0\0\0\xff\xff" + b"\0\1\4\0\1\0\0\0" * 9),
        ("tiff without rows", ".tiff", tiff({"ImageLength": 0})),
        ("tiff, strips beyond it", ".tiff", tiff({"StripOffsets": 2**31})),
        ("tiff of bits 77", ".tiff", tiff({"BitsPerSample": 77})),
        ("tiff of compression 9999", ".tiff", tiff({"Compression": 9999})),
        ("big tiff that points nowhere", ".tiff", b"II+\0\x08\0\0\0" + b"\xff" * 8),
        ("tiff of NaN", ".tiff", tiff({}, np.full((12, 16), np.nan, np.float32))),
        ("text", ".png", b"these are no pixels" * 20),
        ("text as a tiff", ".tiff", b"these are no pixels" * 20),
    ]


def _arrays() -> list[tuple[str, str, bytes]]:
    good = npy((12, 16), "<f4", SCORES.tobytes())
    stored = pickle.dumps({"scores": SCORES})
    return [
        ("npy of 10^6 x 10^6", ".npy", npy((LONG, LONG))),
        ("npy of a negative shape", ".npy", npy((-12, -16), "<f4", SCORES.tobytes())),
        ("npy of a shape of text", ".npy", npy("a shape")),
        ("npy of 100 dimensions", ".npy", npy((1,) * 100, "<f4", bytes(4))),
        ("npy of a huge product", ".npy", npy((2**62, 2**62))),
        ("npy without elements", ".npy", npy((0, 0))),
        ("npy of zero bytes each", ".npy", npy((LONG, LONG), "|V0")),
        ("npy of text", ".npy", npy((12, 16), "<U9", bytes(12 * 16 * 36))),
        ("npy of records", ".npy", npy((12, 16), [("a", "<f4")], SCORES.tobytes())),
        ("npy of dates", ".npy", npy((12, 16), "<M8[s]", bytes(12 * 16 * 8))),
        ("npy of complex numbers", ".npy", npy((12, 16), "<c8", bytes(12 * 16 * 8))),
        ("npy of objects", ".npy", npy((12, 16), "|O", stored)),
        ("npy of an unknown dtype", ".npy", npy((12, 16), "<q77", SCORES.tobytes())),
        ("npy that is cut", ".npy", good[:-9]),
        ("npy of version 9", ".npy", good[:6] + b"\x09" + good[7:]),
        ("npy with a header without end", ".npy", good[:8] + b"\xff\xff" + good[10:]),
        ("npy with nested parentheses", ".npy", npy(0)[:10] + b"(" * 9000),
        ("pickle", ".npy", stored),
        ("npz of text", ".npz", npz(("map.npy", b"no array"))),
        ("npz of a pickle", ".npz", npz(("map.npy", stored))),
        ("npz of objects", ".npz", npz(("map.npy", npy((1,), "|O", stored)))),
        ("npz of 10^6 x 10^6", ".npz", npz(("map.npy", npy((LONG, LONG))))),
        (
            "npz of zeros that unpack",
            ".npz",
            npz(("map.npy", npy((9000, 9000), "|u1", bytes(9000**2)))),
        ),
        ("npz with a path upwards", ".npz", npz(("../../map.npy", good))),
        ("npz without members", ".npz", npz()),
        ("npz of the same twice", ".npz", npz(("map.npy", good), ("other.npy", good))),
        ("npz of another suffix", ".npz", npz(("map.txt", b"0.5"))),
        ("npz that is cut", ".npz", npz(("map.npy", good))[:-30]),
    ]


def _tables() -> list[tuple[str, str, bytes]]:
    row = b"good/000.tiff,0.5,0\n"
    head = b"image,score,label\n"
    return [
        ("csv of NUL bytes", "", bytes(300)),
        ("csv that is no text", "", b"\xff\xfe\xfa" * 100),
        ("csv in UTF-16", "", (head + row).decode().encode("utf-16")),
        ("csv of a heading alone", "", head),
        ("csv of one column twice", "", b"image,score,score\n" + row),
        ("csv with a quote without end", "", head + b'"' + row * 9000),
        ("csv of a cell of 1 MB", "", head + b"x" * 1_000_000 + b",1,0\n"),
        ("csv of 5000 columns", "", b",".join(b"c%d" % i for i in range(5000)) + b"\n"),
        ("csv of inf", "", head + b"good/000.tiff,inf,0\n"),
        ("csv of other digits", "", head + "good/000.tiff,1_0٣,0\n".encode()),
        ("csv of a large number", "", head + b"good/000.tiff," + b"9" * 5000 + b",0\n"),
        ("csv of escape codes", "", head + b"\x1b[2J,x,0\n"),
        ("csv of carriage returns", "", (head + row).replace(b"\n", b"\r")),
    ]


def _documents(valid: bytes) -> list[tuple[str, str, bytes]]:
    text = valid.decode()
    first = json.loads(text.splitlines()[0] if "\n{" in text else text)
    changes = [
        ("null", None),
        ("a list", []),
        ("a number", 1e400),
        ("a text", "x" * 50_000),
        ("true", True),
        ("an object", {}),
        ("a large integer", 10**400),
    ]
    changed = [
        (f"json, {name} for {key}", "", json.dumps(first | {key: value}).encode() + b"\n")
        for key in first
        for name, value in changes
    ]
    return [
        ("json nested in lists", "", b"[" * DEEP),
        ("json nested and closed", "", b"[" * DEEP + b"]" * DEEP),
        ("json nested in objects", "", b'{"a":' * DEEP + b"1" + b"}" * DEEP),
        ("json of a number of 10^5 digits", "", b"9" * DEEP),
        ("json of NaN", "", b"NaN"),
        ("json of a list", "", b"[]"),
        ("json of null", "", b"null"),
        ("json of halves of surrogates", "", b'"\\ud800"'),
        ("json that is no text", "", b"\xff\xfe" * 200),
        ("json with a byte order mark", "", b"\xef\xbb\xbf" + valid),
        ("json that is cut", "", valid[: len(valid) // 2]),
        *changed,
    ]


def _settings() -> list[tuple[str, str, bytes]]:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    return [
        ("yaml nested in lists", "", b"maps: " + b"[" * 5000 + b"]" * 5000),
        ("yaml nested in objects", "", b"maps: " + b"{a: " * 5000 + b"}" * 5000),
        ("yaml nested by lines", "", b"\n".join(b" " * i + b"a:" for i in range(2000))),
        ("yaml of aliases of aliases", "", "\n".join([*laughs, "maps: *a11"]).encode()),
        ("yaml of itself", "", b"maps: &a [*a]"),
        ("yaml of Python", "", b"maps: !!python/object/apply:os.system [true]"),
        ("yaml of an unknown tag", "", b"maps: !x 3"),
        ("yaml of dates", "", b"maps: 2024-13-45"),
        ("yaml of a large number", "", b"maps: a\nground_truth: b\nfpr_limits: " + b"9" * 5000),
        ("yaml of base 60", "", b"maps: 190:20:30"),
        ("yaml of two documents", "", b"maps: a\n---\nmaps: b\n"),
        ("yaml of tabs", "", b"maps:\n\t- a"),
        ("yaml of control characters", "", b"maps: \x01\x02"),
        ("yaml of binary", "", b"maps: !!binary ////"),
        ("yaml of sets", "", b"maps: !!set {a, b}\nground_truth: !!omap [a: b]"),
        ("yaml of a merge", "", b"maps: &m {a: b}\n<<: *m"),
        ("yaml of a merge of numbers", "", b"<<: 3\nmaps: a"),
        ("yaml of a key of a list", "", b"? [a, b]\n: c"),
        ("yaml of a text of 1 MB", "", b"maps: " + b"x" * 1_000_000),
        ("yaml of NUL bytes", "", b"maps: a\0b\nground_truth: c"),
        ("yaml of a path with NUL", "", b'maps: "a\\0b"\nground_truth: c'),
        ("yaml that is no text", "", b"\xff\xfe\xfa" * 100),
        ("yaml of numbers for texts", "", b"maps: 3\nground_truth: 4"),
        ("yaml of nothing for options", "", b"maps: a\nground_truth: b\nfpr_limits:\nresize: ~\n"),
    ]


def _states(valid: bytes, scratch: Path) -> list[tuple[str, str, bytes]]:
    def state(record: object, **arrays) -> bytes:
        write_state(scratch / "state", record, arrays.items())
        return (scratch / "state").read_bytes()

    unpacks = npz(("gonogo-state.json", bytes(300_000_000)))
    first = {"format": "gonogo.state", "version": 1, "gonogo": "9"}
    return [
        ("state that is cut", "", valid[: len(valid) // 2]),
        ("state without its digest", "", valid[:-64]),
        ("state of an empty record", "", state({})),
        ("state of a list", "", state([])),
        ("state of null", "", state(None)),
        ("state of another record", "", state({"checkpoint": 1, "what": "state", "mode": 3})),
        (
            "state of names that lead away",
            "",
            state(
                {
                    "checkpoint": 1,
                    "plan": "../../x",
                    "counts": "/etc/passwd",
                    "seen": ["."],
                    "done": 1,
                }
            ),
        ),
        (
            "state of numbers for names",
            "",
            state({"checkpoint": 1, "plan": 3, "counts": 4, "seen": 5, "done": "x"}),
        ),
        ("state of wrong arrays", "", state({"kind": "state"}, scores=SCORES, counts=SCORES)),
        ("state of a head that unpacks", "", unpacks),
        ("state of a nested head", "", npz(("gonogo-state.json", b"[" * DEEP))),
        ("state of a head of text", "", npz(("gonogo-state.json", b"no json"))),
        ("state of a head of lists", "", npz(("gonogo-state.json", b"[]"))),
        (
            "state of version 2",
            "",
            npz(("gonogo-state.json", json.dumps(first | {"version": 2}).encode())),
        ),
        (
            "state of version x",
            "",
            npz(("gonogo-state.json", json.dumps(first | {"version": "x"}).encode())),
        ),
        (
            "state of version 10^400",
            "",
            npz(
                ("gonogo-state.json", b'{"format":"gonogo.state","version":1' + b"0" * 5000 + b"}")
            ),
        ),
    ]


def pictures() -> list[tuple[str, str, str, bytes]]:
    """Valid images as (kind, name, suffix, content), to change bytes of."""
    drawn = np.zeros((12, 16), np.uint8)
    drawn[3:6, 4:9] = 255
    colored = Image.fromarray(drawn // 255).convert("P")
    colored.putpalette([0, 0, 0, 255, 0, 0])
    masks = [
        ("L.png", ".png", _saved(Image.fromarray(drawn), "PNG")),
        ("1.png", ".png", _saved(Image.fromarray(drawn > 0), "PNG")),
        ("P.png", ".png", _saved(colored, "PNG", transparency=0)),
        ("RGB.png", ".png", _saved(colored.convert("RGB"), "PNG")),
        ("L.bmp", ".bmp", _saved(Image.fromarray(drawn), "BMP")),
        ("1.bmp", ".bmp", _saved(Image.fromarray(drawn > 0), "BMP")),
        ("P.bmp", ".bmp", _saved(colored, "BMP")),
        ("P.gif", ".gif", _saved(colored, "GIF")),
        ("L.tif", ".tif", _saved(Image.fromarray(drawn), "TIFF")),
        ("P.tif", ".tif", _saved(colored, "TIFF")),
        ("fax.tif", ".tif", _saved(Image.fromarray(drawn > 0), "TIFF", compression="group4")),
        ("lzw.tif", ".tif", _saved(Image.fromarray(drawn), "TIFF", compression="tiff_lzw")),
    ]
    packed = io.BytesIO()
    np.savez_compressed(packed, map=SCORES)
    maps = [
        *((f"{c}.tiff", ".tiff", tiff({}, compression=c)) for c in (None, "zlib", "zstd", "lzma")),
        ("strips.tiff", ".tiff", tiff({}, rowsperstrip=3, compression="lzw")),
        ("tiles.tiff", ".tiff", tiff({}, tile=(16, 16), compression="zlib", predictor=True)),
        ("jpeg.tiff", ".tiff", tiff({}, (SCORES * 255).astype(np.uint8), compression="jpeg")),
        ("map.npy", ".npy", npy((12, 16), "<f4", SCORES.tobytes())),
        ("map.npz", ".npz", packed.getvalue()),
        ("map.png", ".png", _saved(Image.fromarray((SCORES * 999).astype(np.uint16)), "PNG")),
    ]
    photographs = [
        ("photograph.png", ".png", masks[3][2]),
        ("photograph.jpg", ".jpg", _saved(colored.convert("RGB"), "JPEG")),
        ("photograph.bmp", ".bmp", masks[6][2]),
    ]
    by_kind = {"mask": masks, "map": maps, "photograph": photographs}
    return [(kind, *one) for kind, found in by_kind.items() for one in found]


def _saved(image: Image.Image, form: str, **options) -> bytes:
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()
