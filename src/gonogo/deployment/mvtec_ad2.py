"""The submission of MVTec AD 2: which maps it needs, where they go, and the archive.

``submission/anomaly_images/<object>/<split>/<id>.tiff`` (float16), thresholded maps beside them in
``anomaly_images_thresholded`` (PNG of 0 and 255), packed as ``submission.tar.gz``.
"""

from __future__ import annotations

import gzip
import os
import re
import tarfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from gonogo.decisions import at_least, on_its_side
from gonogo.errors import InputError
from gonogo.files import naming
from gonogo.types import Array

__all__ = ["COUNTS", "SPLITS", "as_float16", "check_complete", "place", "write_archive"]

COUNTS = {
    "can": 321,
    "fabric": 314,
    "fruit_jelly": 255,
    "rice": 277,
    "sheet_metal": 142,
    "vial": 276,
    "wallplugs": 232,
    "walnuts": 228,
}
"""Images of each object in each split."""

SPLITS = {"test_private": "regular", "test_private_mixed": "mixed"}
"""The splits, and what the names of their images end in."""

_NAME = re.compile(r"[0-9]{3}_(regular|mixed)")


def place(name: str, *, thresholded: bool) -> str:
    """Where the file of a map, ``<object>/<split>/<id>.<ext>``, goes in the output folder."""
    thing, split, stem = _parts(name)
    folder, suffix = ("anomaly_images", "tiff")
    if thresholded:
        folder, suffix = ("anomaly_images_thresholded", "png")
    return f"submission/{folder}/{thing}/{split}/{stem}.{suffix}"


def check_complete(names: Sequence[str]) -> None:
    """Refuse maps that are not exactly those of the eight objects, before anything is written."""
    found = Counter(_parts(name)[:2] for name in names)
    wrong = [
        f"{thing}/{split} has {found[thing, split]} of {count}"
        for thing, count in COUNTS.items()
        for split in SPLITS
        if found[thing, split] != count
    ]
    if wrong:
        more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
        raise InputError(
            f"maps: found an incomplete set for MVTec AD 2: {', '.join(wrong[:4])}{more}; the "
            "server takes all images of both private splits, or nothing"
        )


def as_float16(scores: Array, threshold: float | None, name: str) -> Array:
    """The scores as float16, each on its side of the threshold that decides on them, if one does.

    ``float16 >= threshold`` is then the decision on the score, also where rounding to float16 would
    have carried the score, or the threshold, across. Scores that float16 cannot hold are refused.
    """
    with np.errstate(over="ignore"):
        half = scores.astype(np.float16)
    placed = half
    if threshold is not None:
        placed = on_its_side(half, at_least(scores, threshold), threshold)
    if not (np.isfinite(half).all() and np.isfinite(placed).all()):
        raise InputError(
            f"{name}: found scores from {scores.min():g} to {scores.max():g}, beyond the 65504 of "
            "float16 that the submission asks for; write them on a scale (--normalise)"
        )
    return placed


def write_archive(folder: Path, names: Sequence[str]) -> Path:
    """``submission.tar.gz`` of files in the folder: the same bytes for the same files.

    It appears whole or not at all.
    """
    path = folder / "submission.tar.gz"
    staged = folder / f".{path.name}.part"
    try:
        with (
            naming(path),
            staged.open("wb") as raw,
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
        ):
            for name in sorted(names):
                _add(archive, folder, name)
        with naming(path), staged.open("rb") as written:
            os.fsync(written.fileno())
        return staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def _add(archive: tarfile.TarFile, folder: Path, name: str) -> None:
    """A file without its owner and its time."""
    member = tarfile.TarInfo(name)
    member.size = (folder / name).stat().st_size
    member.mode = 0o644
    with (folder / name).open("rb") as file:
        archive.addfile(member, file)


def _parts(name: str) -> tuple[str, str, str]:
    path = PurePosixPath(name)
    parts = path.parts
    if len(parts) == 3 and parts[0] in COUNTS and parts[1] in SPLITS:
        match = _NAME.fullmatch(path.stem)
        if match is not None and match[1] == SPLITS[parts[1]]:
            return parts[0], parts[1], path.stem
    raise InputError(
        f"maps: found {name}; expected the layout of MVTec AD 2, "
        "<object>/test_private/000_regular.tiff and <object>/test_private_mixed/000_mixed.tiff, "
        f"where <object> is one of {', '.join(COUNTS)}"
    )
